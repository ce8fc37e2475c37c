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

  /// Makes sure that only root and the caller can create names in `path`: that it and every directory above it
  /// belong to one of the two, and are not writable by others (or have the sticky bit, as /tmp has, and are above it).
  ///
  /// - Parameter isAbove: whether it is to be above what is made there, and not the place itself.
  static func checkOwnership(of path: String, isAbove: Bool = false) throws(WriteError) {
    guard var directory = FileReader.realPath(path) else { throw .system(SystemError("open", path)) }
    var isAbove = isAbove
    while true {
      var status = stat()
      if lstat(directory, &status) != 0 { throw .system(SystemError("stat", directory)) }
      let isSticky = isAbove && status.st_mode & S_ISVTX != 0
      if let reason = Changes.distrust(status, allowingOthers: isSticky) { throw .refused(directory, reason) }
      if directory == "/" { return }
      directory = FileReader.directory(of: directory)
      isAbove = true
    }
  }

  /// The same of where a file is or is to be: of the nearest directory that is there, and of each on the way to it. Where a link
  /// leads there, whoever can put another in its place chooses the file.
  static func checkOwnership(ofFile path: String) throws(WriteError) {
    try checkNames(on: path, links: 0)
    var directory = FileReader.directory(of: path)
    while FileReader.realPath(directory) == nil, directory != "/", directory != "." {
      directory = FileReader.directory(of: directory)
    }
    try checkOwnership(of: directory, isAbove: directory != FileReader.directory(of: path))
  }

  private static func checkNames(on path: String, links: Int) throws(WriteError) {
    var place = path.hasPrefix("/") ? "/" : FileReader.realPath(".") ?? "/"
    for step in path.split(separator: "/") {
      let next = join(place, String(step))
      var status = stat()
      guard lstat(next, &status) == 0 else { return }
      if status.st_mode & S_IFMT == S_IFLNK {
        if let reason = Changes.distrust(status, allowingOthers: true) { throw .refused(next, reason) }
        guard links < 40, let target = linkContents(next), let real = FileReader.realPath(next) else {
          return
        }
        try checkNames(on: target.hasPrefix("/") ? target : join(place, target), links: links + 1)
        place = real
        continue
      }
      guard status.st_mode & S_IFMT == S_IFDIR else { return }
      let isSticky = status.st_mode & S_ISVTX != 0
      if let reason = Changes.distrust(status, allowingOthers: isSticky) { throw .refused(next, reason) }
      place = next
    }
  }

  /// Whether the file at `path` may have come from another user than root and the caller; nil if it cannot.
  static func distrust(ofFile path: String) -> WriteError? {
    do throws(WriteError) {
      try checkOwnership(ofFile: path)
      return nil
    } catch { return error }
  }

  /// Why files in `directory` may have come from another user than root and the caller; nil if they cannot.
  package static func distrust(_ directory: String) -> (path: String, reason: String)? {
    do throws(WriteError) {
      try checkOwnership(of: directory)
      return nil
    } catch .refused(let path, let reason) {
      return (path, reason)
    } catch {
      return (directory, error.description)
    }
  }
}

/// Why a file or a directory may have come from another user than root and the caller; nil if it cannot.
func distrust(_ status: stat, allowingOthers: Bool = false) -> String? {
  if status.st_uid != 0, status.st_uid != geteuid() {
    return "it belongs to another user (uid \(status.st_uid))"
  }
  if !allowingOthers, status.st_mode & 0o022 != 0 { return "other users may write it" }
  return nil
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
