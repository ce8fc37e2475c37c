// Where a name really leads.

import Glibc
import PostfixFiles

/// The real path of something that exists.
func realPath(_ path: String) throws(WriteError) -> String {
  guard let real = FileReader.realPath(path) else { throw .system(SystemError("open", path)) }
  return real
}

/// The file that a write to `path` must replace: symbolic links followed to the end, also to a file that is
/// not there yet.
func targetPath(_ path: String) throws(WriteError) -> String {
  var path = path
  // The kernel's own limit for a chain of links.
  for _ in 0..<40 {
    var status = stat()
    if stat(path, &status) == 0 { return try realPath(path) }
    if errno != ENOENT { throw .system(SystemError("open", path)) }
    guard let next = linkContents(path) else {
      return join(try realPath(FileReader.directory(of: path)), baseName(of: path))
    }
    path = next.hasPrefix("/") ? next : join(FileReader.directory(of: path), next)
  }
  throw .system(SystemError("open", path, ELOOP))
}

private func linkContents(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  let count = readlink(path, &buffer, buffer.count)
  if count <= 0 { return nil }
  return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

func baseName(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

func join(_ directory: String, _ name: String) -> String {
  directory.hasSuffix("/") ? directory + name : directory + "/" + name
}

func exists(_ path: String) -> Bool { FileStamp.ofName(path) != nil }
