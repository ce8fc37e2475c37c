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
  foreignPlace(onTheWayTo: path, links: 0)
}

private func foreignPlace(onTheWayTo path: String, links: Int) -> (path: String, reason: String)? {
  let steps = path.split(separator: "/")
  var place = path.hasPrefix("/") ? "/" : realPath(".") ?? "/"
  for (index, step) in steps.enumerated() {
    let next = place == "/" ? "/\(step)" : "\(place)/\(step)"
    var status = stat()
    guard lstat(next, &status) == 0 else { return nil }
    place = next
    if status.st_mode & S_IFMT == S_IFLNK {
      if let reason = distrust(status, allowingOthers: true) { return (next, reason) }
      guard links < 40, let target = linkContents(next), let real = realPath(next), lstat(real, &status) == 0
      else { return nil }
      let whole = target.hasPrefix("/") ? target : "\(next)/../\(target)"
      if let found = foreignPlace(onTheWayTo: whole, links: links + 1) { return found }
      place = real
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return nil }
    let isSticky = status.st_mode & S_ISVTX != 0 && index != steps.count - 2
    if let reason = distrust(status, allowingOthers: isSticky) { return (place, reason) }
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
