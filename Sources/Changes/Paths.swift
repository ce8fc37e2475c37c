// Where a name really leads.

import Glibc
import PostfixFiles
import System

/// The real path of something that exists.
func realPath(_ path: String) throws(WriteError) -> String {
  guard let real = FileReader.realPath(path) else { throw .system(SystemError("open", path)) }
  return real
}

/// The file that a write to `path` must replace: symbolic links followed to the end, also to a file that is not there yet.
/// A link that belongs to neither root nor the caller is not followed: its owner would choose which file is written.
///
/// - Parameter path: absolute.
func targetPath(_ path: String) throws(WriteError) -> String {
  var rest = path.split(separator: "/").map(String.init)[...]
  var resolved = "/"
  // The kernel's own limit for the links of one path.
  var links = 0
  while let step = rest.popFirst() {
    if step == "." { continue }
    if step == ".." {
      resolved = FileReader.directory(of: resolved)
      continue
    }
    let next = join(resolved, step)
    var status = stat()
    if lstat(next, &status) != 0 {
      // Only the last step may be missing.
      if errno == ENOENT, rest.isEmpty { return next }
      throw .system(SystemError("open", next))
    }
    guard status.st_mode & S_IFMT == S_IFLNK else {
      resolved = next
      continue
    }
    links += 1
    if links > 40 { throw .system(SystemError("open", path, ELOOP)) }
    if status.st_uid != 0, status.st_uid != geteuid() {
      throw .refused(next, "this symbolic link belongs to another user (uid \(status.st_uid))")
    }
    guard let contents = linkContents(next) else { throw .system(SystemError("open", next)) }
    if contents.hasPrefix("/") { resolved = "/" }
    rest = (contents.split(separator: "/").map(String.init) + rest)[...]
  }
  return resolved
}

func baseName(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

func join(_ directory: String, _ name: String) -> String {
  directory.hasSuffix("/") ? directory + name : directory + "/" + name
}
