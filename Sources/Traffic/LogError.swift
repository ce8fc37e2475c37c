// Why a log cannot be read, and who may.

import Glibc
import PostfixFiles
import System

package struct LogError: Error, Hashable, Sendable {
  package let path: String
  /// What is wrong, and what is needed.
  package let reason: String
  package let isMissing: Bool
  /// Whether it unpacks to what no log comes to: the logs beside it are as good as without it.
  package let isNoLog: Bool

  package init(path: String, reason: String, isMissing: Bool = false, isNoLog: Bool = false) {
    self.isNoLog = isNoLog
    self.path = path
    self.reason = reason
    self.isMissing = isMissing
  }

  /// Of a call of the system that failed.
  init(path: String, errno code: Int32) {
    var words = Errno(rawValue: code).description
    if code == EACCES || code == EPERM, let readers = Self.readers(of: path) { words += "; \(readers)" }
    self.init(path: path, reason: words, isMissing: code == ENOENT || code == ENOTDIR)
  }

  package var message: String { "\(printable(path)): \(printable(reason))" }

  /// Who may read a file that we may not.
  private static func readers(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let directory = FileReader.directory(of: path)
      return directory == path || directory == "." ? nil : readers(of: directory)
    }
    let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)"
    let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
    // journald lets the administrators' group read its files by an access list, which the mode does not show.
    let others = path.hasSuffix(".journal") && getgrnam("adm") != nil ? ", and mostly the group adm," : ""
    return status.st_mode & S_IRGRP != 0
      ? "the group \(group)\(others) may read \(path)" : "only \(owner) may read \(path)"
  }
}
