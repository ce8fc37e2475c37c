// Whether the configuration can be written at all, known before anything is edited.

import Glibc
import PostfixFiles

/// Why no file can be made in a directory.
package enum WriteObstacle: Hashable, Sendable {
  case noPermission
  case readOnlyFileSystem

  /// Asks the system; nil if no obstacle is known.
  package static func of(_ directory: String) -> WriteObstacle? {
    if access(directory, W_OK) == 0 { return nil }
    switch errno {
    case EACCES, EPERM: return .noPermission
    case EROFS: return .readOnlyFileSystem
    default: return nil
    }
  }

  /// For the header, safe to show.
  func mark(_ directory: String) -> String {
    switch self {
    case .noPermission: "read-only: \(callAsRoot(in: directory))"
    case .readOnlyFileSystem: "read-only file system"
    }
  }

  /// Why nothing can be written to `directory` (safe to show), and what to do.
  func message(_ directory: String) -> String {
    switch self {
    case .noPermission:
      "no permission to write \(directory): need \(callAsRoot(in: directory)); :output DIR writes the edited files elsewhere"
    case .readOnlyFileSystem:
      "\(directory) is on a read-only file system: mount it read-write first; :output DIR writes the edited files elsewhere"
    }
  }
}
