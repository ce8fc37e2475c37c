// Where what outlives a run is kept: outside of the configuration, by the directory's real path. Only root and the
// caller can write there, so what lies there may be believed.

import Glibc
import PostfixFiles
import System

/// The directory for the history of writes.
package struct StateDirectory: Hashable, Sendable {
  package let root: String

  /// A directory of the caller's choice: tests, the demo.
  package init(_ root: String) { self.root = root }

  /// /var/lib/randmap for root; otherwise $XDG_STATE_HOME/randmap, by default ~/.local/state/randmap.
  package static func standard() -> StateDirectory {
    if geteuid() == 0 { return StateDirectory("/var/lib/randmap") }
    // The XDG specification: a relative path is to be ignored.
    if let state = environmentVariable("XDG_STATE_HOME"), state.hasPrefix("/") {
      return StateDirectory(join(state, "randmap"))
    }
    let home =
      environmentVariable("HOME") ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
    return StateDirectory(join(home, ".local/state/randmap"))
  }

  /// The part for one configuration directory, given by its real path. The name of the last step is not one
  /// that a configuration directory has, so one directory can be inside another.
  func directory(for realPath: String) -> String { root + realPath + "/.writes" }

  /// Makes sure that only root and the caller can put names on the way to a file that is or is to be in it.
  static func checkPlace(of path: String) throws(WriteError) {
    if let found = foreignPlace(onTheWayTo: path) { throw .refused(found.path, found.reason) }
  }
}

/// Who writes, for the history.
package struct Author: Hashable, Sendable {
  package var user: String
  /// The person who called sudo(8).
  package var sudoUser: String?
  /// The command as it was called, or "console".
  package var command: String

  package init(user: String, sudoUser: String? = nil, command: String) {
    self.user = user
    self.sudoUser = sudoUser
    self.command = command
  }

  /// The user of this process.
  package static func current(command: String) -> Author {
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
    return Author(
      user: name ?? "uid \(geteuid())", sudoUser: environmentVariable("SUDO_USER"), command: command)
  }
}
