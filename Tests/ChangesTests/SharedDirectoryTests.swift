// Writing where others may write too: root refuses, and nobody else can be led to other files than those of the directory.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits, .enabled(if: geteuid() == 0, "only root can be several users")) struct SharedDirectoryTests {
  private static let writer: uid_t = 65534
  private static let stranger: uid_t = 65533

  private func isShared(_ error: any Error, _ path: String) -> Bool {
    if case WriteError.sharedDirectory(path, _) = error { true } else { false }
  }

  /// Runs the writing program as another user.
  private func write(as user: uid_t, _ arguments: [String]) throws -> FinishedProcess {
    try run(
      "setpriv", ["--reuid", "\(user)", "--clear-groups", try builtProgram("CrashingWriter")] + arguments)
  }

  @Test(
    arguments: [
      (owner: writer, group: 0, mode: 0o755), (owner: 0, group: stranger, mode: 0o2775),
      (owner: 0, group: 0, mode: 0o1777),
    ] as [(owner: uid_t, group: gid_t, mode: mode_t)])
  func rootWritesInNoDirectoryThatOthersMayWrite(owner: uid_t, group: gid_t, mode: mode_t) throws {
    let scene = try Scene()
    _ = try scene.writer().write(try scene.change())
    chown(scene.directory, owner, group)
    chmod(scene.directory, mode)
    let before = try remainsOfTree(scene.temporary.path)
    #expect { try scene.writer().undo(scene.directory) } throws: { isShared($0, scene.directory) }
    let text = try readFile(scene.directory + "/main.cf")
    let change = FileChange(path: scene.directory + "/main.cf", before: text, after: text + [10])
    let set = ChangeSet(directory: scene.directory, changes: [change], summary: "")
    #expect { try scene.writer().write(set) } throws: { isShared($0, scene.directory) }
    #expect(try remainsOfTree(scene.temporary.path) == before)
  }

  /// The same for a directory above it, unless it has the sticky bit, as /tmp has.
  @Test func orBelowOne() throws {
    let scene = try Scene()
    chmod(scene.temporary.path, 0o777)
    #expect { try scene.writer().write(try scene.change()) } throws: { isShared($0, scene.temporary.path) }
    chmod(scene.temporary.path, 0o1777)
    chmod(scene.state, 0o700)
    _ = try scene.writer().write(try scene.change())
  }

  @Test func theOwnerMayWriteThere() throws {
    let scene = try Scene()
    chmod(scene.temporary.path, 0o755)
    let state = try scene.temporary.makeDirectory("theirs", mode: 0o700)
    for name in try TestSupport.namesIn(scene.directory) {
      chown(scene.directory + "/" + name, Self.writer, 65534)
    }
    for path in [state, scene.directory] { chown(path, Self.writer, 65534) }
    let done = try write(as: Self.writer, [scene.directory, state, scene.new, "before", "9999"])
    #expect(done.status == .exited(0), "\(done.summary)")
  }

  @Test func aLinkOfAnotherUserIsNotFollowed() throws {
    let scene = try Scene()
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    try writeFile(elsewhere + "/precious", "mine\n")
    let link = scene.directory + "/outbound"
    unlink(link)
    symlink(elsewhere + "/precious", link)
    lchown(link, Self.stranger, 0)
    let change = FileChange(path: link, before: Array("mine\n".utf8), after: Array("theirs\n".utf8))
    let set = ChangeSet(directory: scene.directory, changes: [change], summary: "")
    #expect {
      try scene.writer().write(set)
    } throws: { error in
      if case WriteError.refused(link, _) = error { true } else { false }
    }
    #expect(try readText(elsewhere + "/precious") == "mine\n")
    lchown(link, 0, 0)
    _ = try scene.writer().write(set)
    #expect(try readText(elsewhere + "/precious") == "theirs\n")
  }

  /// A file of another user is replaced by one of the caller's: its rights to run as its owner do not move along.
  @Test func setUserIDGoesWhereTheOwnerChanges() throws {
    let scene = try Scene()
    chmod(scene.temporary.path, 0o755)
    let state = try scene.temporary.makeDirectory("theirs", mode: 0o700)
    for path in [state, scene.directory] { chown(path, Self.writer, 65534) }
    for name in try TestSupport.namesIn(scene.directory) { chmod(scene.directory + "/" + name, 0o644) }
    chown(scene.directory + "/outbound", Self.stranger, 1)
    chmod(scene.directory + "/outbound", 0o6755)
    let done = try write(as: Self.writer, [scene.directory, state, scene.new, "before", "9999"])
    #expect(done.status == .exited(0), "\(done.summary)")
    #expect(
      done.standardOutput.contains("outbound: set-user-ID and set-group-ID were removed"), "\(done.summary)")
    let remains = try remainsOfFile(scene.directory + "/outbound")
    #expect(remains.mode & 0o7777 == 0o755 && remains.owner == [Self.writer, 0])
  }

  @Test(arguments: ["FIFO", "link", "directory"])
  func aLockFileThatIsNoneStopsTheWriteAndLeavesNothing(_ kind: String) throws {
    let scene = try Scene()
    let lock = scene.directory + "/main.cf.tmp"
    switch kind {
    case "FIFO": mkfifo(lock, 0o666)
    case "link": symlink("/dev/null", lock)
    default: mkdir(lock, 0o755)
    }
    let before = try scene.remains()
    #expect(throws: WriteError.self) { try scene.writer().write(try scene.change()) }
    #expect(try scene.remains() == before)
    #expect(try scene.writer().interruption(of: scene.directory) == nil)
  }

  /// What cannot be looked at is not taken for absent: half of a write would follow.
  @Test func aNameThatCannotBeLookedAtIsAnError() throws {
    let temporary = try TemporaryDirectory()
    try temporary.write("file", "")
    #expect(try !Name(temporary.file("nothing")).exists())
    for path in [temporary.file("file/below"), temporary.file(String(repeating: "x", count: 300))] {
      #expect(throws: WriteError.self) { try Name(path).exists() }
    }
  }
}
