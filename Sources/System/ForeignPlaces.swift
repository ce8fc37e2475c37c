// Where another user than root and the caller can put names. What lies there may be that user's, and what is made there may be
// exchanged.

#if canImport(Glibc)
  import Glibc
#endif

/// Why a file or a directory may have come from another user than root and the caller; nil if it cannot.
package func distrust(_ status: stat, allowingOthers: Bool = false) -> String? {
  if status.st_uid != 0, status.st_uid != geteuid() {
    return "it belongs to another user (uid \(status.st_uid))"
  }
  if !allowingOthers, status.st_mode & 0o022 != 0 { return "other users may write it" }
  return nil
}

/// What a name that is missing on the way to a file means, in a directory where others may put names too.
package enum MissingName: Sendable {
  /// It may be another user's, who took it away for this look and puts it back.
  case foreign
  /// The caller makes it, and looks again before it goes by what is there.
  case made
  /// It makes the directory of the file, and what is above that has to be there.
  case directoryMade
}

/// The first place on the way to a file where another user can put names, with the reason; nil if there is none. The file, and
/// directories on the way, need not be there: a missing name is safe where only root and the caller can put names.
///
/// A directory with the sticky bit, such as /tmp, may be on the way, but the file may not be in it. A link may be on the way if
/// no other user can exchange it, or what it leads to.
///
/// What was found safe stays safe: no other user can take it away or replace it.
package func foreignPlace(
  onTheWayTo path: String, missing: MissingName = .foreign
) -> (path: String, reason: String)? {
  func steps(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
  // In reverse, so that the next one is the last.
  var rest = Array((path.hasPrefix("/") ? steps(path) : steps(realPath(".") ?? "/") + steps(path)).reversed())
  /// Without links. Of a directory with the sticky bit, the reason why no file may be in it.
  var place: [(name: String, reason: String?)] = []
  var links = 0
  while let step = rest.popLast() {
    if step == "." { continue }
    if step == ".." {
      place = place.dropLast()
      continue
    }
    let next = "/" + (place.map(\.name) + [step]).joined(separator: "/")
    if let reason = place.last?.reason, rest.allSatisfy({ $0 == "." || $0 == ".." }) {
      return ("/" + place.map(\.name).joined(separator: "/"), reason)
    }
    var status = stat()
    guard lstat(next, &status) == 0 else {
      // Nor can it be used then, or there is no such name.
      guard [ENOENT, EACCES, ENAMETOOLONG].contains(errno) else {
        return (next, "it cannot be looked at: \(Errno.last.description)")
      }
      let isMade = missing == .made || missing == .directoryMade && rest.count == 1
      guard let reason = place.last?.reason, !isMade else { return nil }
      return ("/" + place.map(\.name).joined(separator: "/"), reason)
    }
    switch status.st_mode & S_IFMT {
    case S_IFLNK:
      if let reason = distrust(status, allowingOthers: true) { return (next, reason) }
      links += 1
      guard links <= 40, let target = linkContents(next) else { return (next, "its links lead nowhere") }
      if target.hasPrefix("/") { place = [] }
      rest += steps(target).reversed()
    case S_IFDIR:
      let isSticky = status.st_mode & S_ISVTX != 0
      if let reason = distrust(status, allowingOthers: isSticky) { return (next, reason) }
      place.append((step, isSticky ? distrust(status) : nil))
    default: return nil
    }
  }
  return nil
}

/// Makes the directories that are missing on the way to a file. Before each step it looks whether another user can lead it
/// elsewhere, and at the end whether what is there is as it was made.
///
/// - Parameter make: makes one directory; that it is there already is no error.
/// - Returns: the place where another user can put names, with the reason; nil if there is none.
package func makeWay<Failure>(
  to path: String, make: (String) throws(Failure) -> Void
) throws(Failure) -> (path: String, reason: String)? {
  // Refused before anything is made, where that can be seen now.
  if let found = foreignPlace(onTheWayTo: path, missing: .made) { return found }
  var directory = path.hasPrefix("/") ? "" : "."
  for step in path.split(separator: "/").dropLast() {
    directory += "/\(step)"
    var status = stat()
    if stat(directory, &status) == 0 { continue }
    if let found = foreignPlace(onTheWayTo: directory + "/file", missing: .directoryMade) { return found }
    try make(directory)
  }
  return foreignPlace(onTheWayTo: path)
}

/// What a symbolic link says; nil if `path` is none.
package func linkContents(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &buffer, buffer.count)
  if count <= 0 { return nil }
  return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func realPath(_ path: String) -> String? {
  guard let real = realpath(path, nil) else { return nil }
  defer { free(real) }
  return String(cString: real)
}
