// A file as it is on disk now: what a write compares with, and what it hands on to the new file.

import CLinux
import Glibc
import PostfixFiles
import Store

/// What a new file takes over from the one that it replaces.
struct FileAttributes: Hashable, Sendable {
  var mode: UInt32
  var user: UInt32
  var group: UInt32
  var extended: [String: [UInt8]] = [:]
  /// Whether the file keeps the access list that its directory gives to each new file. A file that replaces an old one does
  /// not: the list may name people who could not read the old one.
  var keepsInherited = false

  /// The attribute that holds a list of rights (an ACL).
  static let accessList = "system.posix_acl_access"

  /// Those of a file of the caller's own.
  static func ours(mode: UInt32) -> FileAttributes {
    FileAttributes(mode: mode, user: geteuid(), group: getegid(), keepsInherited: true)
  }
}

struct FileSnapshot: Sendable {
  let bytes: [UInt8]
  let attributes: FileAttributes
  let stamp: FileStamp
  let linkCount: Int

  /// Reads a regular file; nil if it does not exist. A symbolic link is an error.
  static func read(_ name: Name) throws(WriteError) -> FileSnapshot? {
    try name.withRegularFile { file, status throws(WriteError) in
      FileSnapshot(
        bytes: try readAll(file, size: Int(status.st_size)),
        attributes: FileAttributes(status, extended: extendedAttributes(file.descriptor)),
        stamp: FileStamp(status), linkCount: Int(status.st_nlink))
    }
  }

  /// What a change compares with: the bytes of a file, the rows of a database in words; nil if there are none.
  static func read(_ path: String, _ storage: Storage, in open: OpenDirectories? = nil) throws(WriteError)
    -> FileSnapshot?
  {
    switch storage {
    case .file:
      guard let open else { return try read(Name(path)) }
      return try read(open.name(path))
    case .database:
      guard let status = try Name(path).status() else { return nil }
      do throws(StoreError) {
        return FileSnapshot(
          bytes: try PoolDatabase.text(path), attributes: FileAttributes(status),
          stamp: FileStamp(status), linkCount: 1)
      } catch {
        switch error {
        case .missing, .noPools: return nil
        default: throw .database(error)
        }
      }
    }
  }

  static func readAll(_ file: OpenFile, size: Int) throws(WriteError) -> [UInt8] {
    var problem: Int32 = 0
    // One byte more than expected, so that the end is met without growing.
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var filled = 0
    while true {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(file.descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count < 0 { problem = errno }
      if count < 0, problem == EINTR { continue }
      if count < 0 { throw .system(SystemError("read", file.path, problem)) }
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
