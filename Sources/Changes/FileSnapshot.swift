// A file as it is on disk now: what a write compares with, and what it hands on to the new file.

import CLinux
import Glibc
import PostfixFiles

/// What a new file takes over from the one that it replaces.
struct FileAttributes: Hashable, Sendable {
  var mode: UInt32
  var user: UInt32
  var group: UInt32
  var extended: [String: [UInt8]] = [:]
}

struct FileSnapshot: Sendable {
  let bytes: [UInt8]
  let attributes: FileAttributes
  let stamp: FileStamp
  let linkCount: Int

  /// Reads a regular file; nil where there is none. A symbolic link, which `path` must not be, is an error.
  static func read(_ path: String) throws(WriteError) -> FileSnapshot? {
    try withRegularFile(path) { descriptor, status throws(WriteError) in
      FileSnapshot(
        bytes: try readAll(descriptor, path, size: Int(status.st_size)),
        attributes: FileAttributes(status, extended: extendedAttributes(descriptor)),
        stamp: FileStamp(status), linkCount: Int(status.st_nlink))
    }
  }

  static func readAll(_ descriptor: Int32, _ path: String, size: Int) throws(WriteError) -> [UInt8] {
    var problem: Int32 = 0
    // One byte more than expected, so that the end is met without growing.
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var filled = 0
    while true {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count < 0 { problem = errno }
      if count < 0, problem == EINTR { continue }
      if count < 0 { throw .system(SystemError("read", path, problem)) }
      if count == 0 { break }
      filled += count
      if filled == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

extension FileAttributes {
  init(_ status: stat, extended: [String: [UInt8]] = [:]) {
    self.init(
      mode: UInt32(status.st_mode) & 0o7777, user: status.st_uid, group: status.st_gid, extended: extended)
  }
}

/// The extended attributes of an open file: ACLs and security labels are among them. Empty where the file
/// system has none.
func extendedAttributes(_ descriptor: Int32) -> [String: [UInt8]] {
  let length = flistxattr(descriptor, nil, 0)
  if length <= 0 { return [:] }
  var names = [CChar](repeating: 0, count: length)
  let got = flistxattr(descriptor, &names, names.count)
  if got <= 0 { return [:] }
  var found: [String: [UInt8]] = [:]
  for name in names[..<got].split(separator: 0) {
    let name = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let size = fgetxattr(descriptor, name, nil, 0)
    if size < 0 { continue }
    var value = [UInt8](repeating: 0, count: size)
    if fgetxattr(descriptor, name, &value, size) == size { found[name] = value }
  }
  return found
}

/// Opens a regular file for a look; nil where there is none. A symbolic link, which `path` must not be, is an error.
func withRegularFile<Result>(
  _ path: String, _ look: (_ descriptor: Int32, _ status: stat) throws(WriteError) -> Result
) throws(WriteError) -> Result? {
  // O_NONBLOCK: a FIFO must not hold us up.
  let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
  if descriptor < 0 {
    if errno == ENOENT { return nil }
    throw .system(SystemError("open", path))
  }
  defer { close(descriptor) }
  var status = stat()
  if fstat(descriptor, &status) != 0 { throw .system(SystemError("stat", path)) }
  if status.st_mode & S_IFMT != S_IFREG { throw .notRegular(path) }
  return try look(descriptor, status)
}
