// Writing on disks as they are: links, modes, attributes, files of others, other writers.

import CLinux
import Changes
import Glibc
import PostfixTools
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct WriteTests {
  let scene: Scene

  init() throws { scene = try Scene() }

  private func change(_ name: String, _ text: String) throws -> ChangeSet {
    let path = scene.directory + "/" + name
    return ChangeSet(
      directory: scene.directory,
      changes: [FileChange(path: path, before: try? readFile(path), after: Array(text.utf8))], summary: name)
  }

  @Test func keepsModeOwnerAndAttributes() throws {
    let before = try scene.remains()
    let result = try scene.writer(fileSystem: RealFileSystem()).write(try scene.change())
    let after = try scene.remains()
    for name in ["main.cf", "transport", "outbound", "transport.lmdb"] {
      #expect(after[name]?.mode == before[name]?.mode, "\(name)")
      #expect(after[name]?.owner == before[name]?.owner, "\(name)")
      #expect(after[name]?.attribute == before[name]?.attribute, "\(name)")
      #expect(after[name]?.bytes != before[name]?.bytes, "\(name)")
    }
    #expect(after["outbound"]?.attribute == Array("kept".utf8))
    #expect(after.keys.sorted() == ["fresh", "main.cf", "outbound", "transport", "transport.lmdb"])
    #expect(result.files.last == scene.directory + "/main.cf")
    #expect(result.losses.isEmpty && result.unbuilt.isEmpty && result.leftBehind == nil)
    let found = try PostfixCommands().query(
      table: "lmdb:\(scene.directory)/transport", key: "example.org", configDirectory: scene.directory)
    #expect(found == Array("smtp:[new.example]".utf8))
  }

  @Test func theTargetOfASymbolicLinkIsReplaced() throws {
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    rename(scene.directory + "/outbound", elsewhere + "/real")
    symlink("../elsewhere/real", scene.directory + "/outbound")
    _ = try scene.writer().write(try change("outbound", "smtp:[x]\n"))
    #expect(try remainsOfFile(scene.directory + "/outbound").link == "../elsewhere/real")
    #expect(try readText(elsewhere + "/real") == "smtp:[x]\n")
    #expect(try remainsOfFile(elsewhere + "/real").mode & 0o7777 == 0o600)
    #expect(try namesIn(elsewhere) == ["real"])
    _ = try scene.writer().undo(scene.directory)
    #expect(try readText(elsewhere + "/real") == "smtp:[old.example]\n")
  }

  @Test func aLinkToAnotherFileSystemIsFollowed() throws {
    let other = try TemporaryDirectory(in: "/dev/shm")
    try writeFile(other.file("main.cf"), "a = b\n", mode: 0o640)
    unlink(scene.directory + "/main.cf")
    symlink(other.file("main.cf"), scene.directory + "/main.cf")
    _ = try scene.writer().write(try change("main.cf", "a = c\n"))
    #expect(try readText(other.file("main.cf")) == "a = c\n")
    #expect(try namesIn(other.path) == ["main.cf"])
  }

  @Test func aFileThatChangedUnderTheEditIsAConflict() throws {
    let set = try scene.change()
    try writeFile(scene.directory + "/outbound", "by hand\n")
    let before = try scene.remains()
    #expect(throws: WriteError.conflict([scene.directory + "/outbound"])) { try scene.writer().write(set) }
    #expect(try scene.remains() == before)
    #expect(try scene.writer().log(scene.directory).isEmpty)
  }

  @Test func twoWritersAtOnce() async throws {
    let path = scene.directory + "/main.cf"
    let start = try readFile(path)
    let (scene, directory) = (scene, scene.directory)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<6 {
        let writer = scene.writer()
        group.addTask {
          let change = FileChange(path: path, before: start, after: Array("n = \(number)\n".utf8))
          let set = ChangeSet(directory: directory, changes: [change], summary: "")
          return (try? writer.write(set)) != nil
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count { $0 } == 1)
    #expect(try scene.writer().log(scene.directory).count == 1)
  }

  @Test func postconfIsWaitedFor() throws {
    let lock = scene.directory + "/main.cf.tmp"
    let descriptor = open(lock, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    flock(descriptor, LOCK_EX)
    var writer = scene.writer()
    writer.patience = .milliseconds(200)
    #expect {
      try writer.write(try change("main.cf", "a = 1\n"))
    } throws: { error in
      // The test itself holds it.
      if case WriteError.busy(lock, by: let holder) = error {
        holder?.contains("process \(getpid()) ") == true
      } else {
        false
      }
    }
    #expect(try namesIn(scene.directory).contains("main.cf.tmp"))
    unlink(lock)
    close(descriptor)
    _ = try writer.write(try change("main.cf", "a = 1\n"))
    #expect(try !namesIn(scene.directory).contains("main.cf.tmp"))
  }

  @Test func withoutPostmapTheSourceIsWrittenAndTheIndexNamed() throws {
    let index = try readFile(scene.directory + "/transport.lmdb")
    let result = try scene.writer(tools: PostfixCommands(directories: [])).write(try scene.change())
    #expect(result.unbuilt.map(\.source) == [scene.directory + "/transport"])
    #expect(result.unbuilt.first?.reason == .notInstalled(.postmap))
    #expect(try readText(scene.directory + "/transport") == Scene.newTransport)
    #expect(try readFile(scene.directory + "/transport.lmdb") == index)
  }

  @Test func aTableThatPostmapRefusesStopsEverything() throws {
    let before = try scene.remains()
    var set = try scene.change()
    for number in set.changes.indices where set.changes[number].path.hasSuffix("/transport") {
      // An lmdb key has at most 511 bytes.
      set.changes[number].after = Array((String(repeating: "k", count: 600) + " smtp:[a]\n").utf8)
    }
    #expect { try scene.writer().write(set) } throws: { error in
      guard case WriteError.index = error else { return false }
      return true
    }
    #expect(try scene.remains() == before)
  }

  @Test func undoTakesBackOneWriteAfterTheOther() throws {
    let start = try scene.remains()
    _ = try scene.writer().write(try change("outbound", "smtp:[1]\n"))
    let first = try scene.remains()
    _ = try scene.writer().write(try change("outbound", "smtp:[2]\n"))
    _ = try scene.writer().undo(scene.directory)
    #expect(try scene.remains() == first)
    _ = try scene.writer().undo(scene.directory)
    #expect(try scene.remains() == start)
    #expect(throws: WriteError.nothingToUndo(directory: scene.directory)) {
      try scene.writer().undo(scene.directory)
    }
    #expect(try scene.writer().log(scene.directory).map { $0.undone?.user } == ["test", "test"])
  }

  @Test func onlyTheWriteThatWasLookedAtIsTakenBack() throws {
    _ = try scene.writer().write(try change("outbound", "smtp:[1]\n"))
    let preview = try scene.writer().undoing(scene.directory)
    _ = try scene.writer().write(try change("outbound", "smtp:[2]\n"))
    let path = scene.directory + "/outbound"
    #expect(throws: WriteError.conflict([path])) {
      try scene.writer().undo(scene.directory, expecting: preview)
    }
    #expect(try readText(path) == "smtp:[2]\n")
    _ = try scene.writer().undo(
      scene.directory, expecting: try scene.writer().undoing(scene.directory))
    #expect(try readText(path) == "smtp:[1]\n")
  }

  @Test func undoRefusesWhatHasChangedSince() throws {
    _ = try scene.writer().write(try change("outbound", "smtp:[1]\n"))
    try writeFile(scene.directory + "/outbound", "by hand\n")
    #expect(throws: WriteError.conflict([scene.directory + "/outbound"])) {
      try scene.writer().undo(scene.directory)
    }
    #expect(try readText(scene.directory + "/outbound") == "by hand\n")
  }

  @Test func oldWritesArePrunedButNeverTheLast() throws {
    var writer = scene.writer()
    let path = scene.directory + "/outbound"
    var before = try readFile(path)
    for number in 0..<53 {
      let after = Array("n\(number)\n".utf8)
      let change = FileChange(path: path, before: before, after: after)
      _ = try writer.write(ChangeSet(directory: scene.directory, changes: [change], summary: "\(number)"))
      before = after
    }
    #expect(try writer.log(scene.directory).map(\.number) == Array(4...53))
    writer.clock = { 4_000_000_000 }
    _ = try writer.write(try change("outbound", "last\n"))
    // The clock may be wrong: the last ten stay.
    #expect(try writer.log(scene.directory).map(\.number) == Array(45...54))
  }

  /// An access control list of POSIX is an attribute, as the kernel keeps it: a version, then tag, bits and id of each entry.
  @Test func keepsAnAccessControlList() throws {
    func entry(_ tag: UInt16, _ bits: UInt16, _ id: UInt32 = .max) -> [UInt8] {
      withUnsafeBytes(of: tag.littleEndian, Array.init) + withUnsafeBytes(of: bits.littleEndian, Array.init)
        + withUnsafeBytes(of: id.littleEndian, Array.init)
    }
    // Owner rw, user 65534 r, group none, mask r, others none.
    let list =
      [2, 0, 0, 0] + entry(1, 6) + entry(2, 4, 65534) + entry(4, 0) + entry(0x10, 4) + entry(0x20, 0)
    let path = scene.directory + "/main.cf"
    try #require(setxattr(path, "system.posix_acl_access", list, list.count, 0) == 0)
    let result = try scene.writer(fileSystem: RealFileSystem()).write(
      try change("main.cf", "relayhost = [new]\n"))
    var kept = [UInt8](repeating: 0, count: 256)
    let count = getxattr(path, "system.posix_acl_access", &kept, kept.count)
    #expect(Array(kept.prefix(max(0, count))) == list)
    #expect(result.losses.isEmpty)
    #expect(try readText(path) == "relayhost = [new]\n")
  }

  /// Root may not replace it either; what was there stays, and nothing is left beside it.
  @Test func anImmutableFileIsRefused() throws {
    let chattr = try requiredTool("chattr", package: "e2fsprogs")
    let path = scene.directory + "/main.cf"
    let before = try scene.remains()
    let set = try run(chattr, ["+i", path])
    // A file system without the flag has nothing to refuse.
    guard set.status == .exited(0) else { return }
    defer { _ = try? run(chattr, ["-i", path]) }
    #expect(throws: WriteError.self) { _ = try scene.writer().write(try scene.change()) }
    #expect(try scene.remains() == before)
    try run(chattr, ["-i", path])
    _ = try scene.writer().write(try scene.change())
    #expect(try scene.remains() != before)
  }
}
