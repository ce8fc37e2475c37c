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

/// The first place on the way to a file where another user can put names, with the reason; nil if there is none. The file, and
/// directories on the way, need not be there.
///
/// A directory with the sticky bit, such as /tmp, may be on the way, but the file may not be in it. A link may be on the way if
/// nobody else can exchange it, or what it leads to.
package func foreignPlace(onTheWayTo path: String) -> (path: String, reason: String)? {
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
    guard lstat(next, &status) == 0 else { return nil }
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
