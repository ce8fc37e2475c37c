// A configuration directory to write in, and what it looks like afterwards, to the last bit.

import CLinux
import Changes
import Glibc
import PostfixTools
import TestSupport

/// Everything that a write must keep or change on purpose, of one name.
struct Remains: Equatable, CustomStringConvertible {
  var mode: UInt32
  var owner: [UInt32]
  var attribute: [UInt8]
  var link: String?
  var bytes: [UInt8]

  var description: String {
    "\(String(mode, radix: 8)) \(owner) \(attribute.count) \(link ?? "") \(bytes.count) bytes"
  }
}

/// The real file system, but it does not wait for the disk: no test here cuts the power.
struct QuickFileSystem: FileSystem {
  func perform(_ call: SystemCall) throws(SystemError) -> Int {
    if case .synchronize = call { return 0 }
    return try RealFileSystem().perform(call)
  }
}

/// A directory with a main.cf, a table with an index, and two pool files; `new` holds other contents.
struct Scene {
  let temporary: TemporaryDirectory
  var directory: String { temporary.file("etc") }
  var state: String { temporary.file("state") }
  var new: String { temporary.file("new") }

  static let oldTransport = "example.com smtp:[old.example]\n"
  static let newTransport = "example.com smtp:[new.example]\nexample.org smtp:[new.example]\n"

  init() throws {
    temporary = try TemporaryDirectory()
    try temporary.makeDirectory("etc")
    try temporary.makeDirectory("new")
    try writeFile(directory + "/main.cf", "relay_transport = smtp:[old.example]\n")
    try writeFile(directory + "/transport", Scene.oldTransport, mode: 0o640)
    try writeFile(directory + "/outbound", "smtp:[old.example]\n", mode: 0o600)
    if geteuid() == 0 { chown(directory + "/outbound", 65534, 65534) }
    let note = Array("kept".utf8)
    setxattr(directory + "/outbound", "user.note", note, note.count, 0)
    settle()
    try PostfixCommands().buildIndex(
      type: "lmdb", source: directory + "/transport", configDirectory: directory)
    try writeFile(new + "/main.cf", "relay_transport = smtp:[new.example]\n")
    try writeFile(new + "/transport", Scene.newTransport)
    try writeFile(new + "/outbound", "smtp:[new.example]\nsmtp:[b.example]\n")
    try writeFile(new + "/fresh", "smtp:[fresh.example]\n")
  }

  /// Postfix waits until a main.cf that was just written has rested for a second: say that it has.
  func settle() {
    let past = [timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0)]
    utimensat(AT_FDCWD, directory + "/main.cf", past, 0)
  }

  func writer(fileSystem: any FileSystem = QuickFileSystem(), tools: PostfixCommands = PostfixCommands())
    -> Writer
  {
    Writer(
      state: StateDirectory(state), author: Author(user: "test", command: "test"), tools: tools,
      fileSystem: fileSystem)
  }

  /// The change that makes `directory` hold what `new` holds.
  func change() throws -> ChangeSet {
    let changes = try namesIn(new).map { name in
      FileChange(
        path: "\(directory)/\(name)", before: try? readFile("\(directory)/\(name)"),
        after: try readFile("\(new)/\(name)"), indexes: name == "transport" ? [.lmdb] : [])
    }
    return ChangeSet(directory: directory, changes: changes, summary: "test")
  }

  func remains() throws -> [String: Remains] { try remainsOf(directory) }
}

func remainsOf(_ directory: String) throws -> [String: Remains] {
  var all: [String: Remains] = [:]
  for name in try namesIn(directory) { all[name] = try remainsOfFile(directory + "/" + name) }
  return all
}

/// The same of everything below a directory, by path.
func remainsOfTree(_ directory: String) throws -> [String: Remains] {
  var all: [String: Remains] = [:]
  for (name, remains) in try remainsOf(directory) {
    let path = directory + "/" + name
    all[path] = remains
    if remains.mode & S_IFMT == S_IFDIR { all.merge(try remainsOfTree(path)) { first, _ in first } }
  }
  return all
}

func remainsOfFile(_ path: String) throws -> Remains {
  var status = stat()
  lstat(path, &status)
  var note = [UInt8](repeating: 0, count: 64)
  let length = lgetxattr(path, "user.note", &note, note.count)
  var link: String?
  if status.st_mode & S_IFMT == S_IFLNK {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    link = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
  return Remains(
    mode: UInt32(status.st_mode), owner: [status.st_uid, status.st_gid],
    attribute: Array(note.prefix(max(length, 0))), link: link,
    // A sparse file of 200 GB is not read.
    bytes: status.st_mode & S_IFMT == S_IFREG && status.st_size < 1 << 30 ? try readFile(path) : [])
}

/// The history after whatever happened: whole, and in step with the directory.
func expectedWrites(_ writer: Writer, _ directory: String) throws -> [Bool] {
  try writer.log(directory).map { $0.undone == nil }
}
