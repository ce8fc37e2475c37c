// Where what outlives a run is kept: outside of the configuration, by the directory's real path.

import Glibc

/// The directory for the history of writes.
public struct StateDirectory: Hashable, Sendable {
  public let root: String

  /// A directory of the caller's choice: tests, the demo.
  public init(_ root: String) { self.root = root }

  /// /var/lib/randmap for root; otherwise $XDG_STATE_HOME/randmap, by default ~/.local/state/randmap.
  public static func standard() -> StateDirectory {
    if geteuid() == 0 { return StateDirectory("/var/lib/randmap") }
    // The XDG specification: a relative path is to be ignored.
    if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return StateDirectory(join(state, "randmap"))
    }
    let home = environment("HOME") ?? getpwuid(geteuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
    return StateDirectory(join(home, ".local/state/randmap"))
  }

  /// The part for one configuration directory, given by its real path. The name of the last step is not one
  /// that a configuration directory has, so one directory can be inside another.
  func directory(for realPath: String) -> String { root + realPath + "/.writes" }
}

func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// Who writes, for the history.
public struct Author: Hashable, Sendable {
  public var user: String
  /// The person behind sudo(8).
  public var sudoUser: String?
  /// The command as it was called, or "console".
  public var command: String

  public init(user: String, sudoUser: String? = nil, command: String) {
    self.user = user
    self.sudoUser = sudoUser
    self.command = command
  }

  /// The user of this process.
  public static func current(command: String) -> Author {
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
    return Author(user: name ?? "uid \(geteuid())", sudoUser: environment("SUDO_USER"), command: command)
  }
}
