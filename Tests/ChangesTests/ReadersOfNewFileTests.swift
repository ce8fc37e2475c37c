// A password in a file that is edited: nobody may read the new file who could not read the old one. And chains of links, and a
// state directory that may not be written.

import CLinux
import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite(.waits, .enabled(if: geteuid() == 0, "only root can be several users")) struct ReadersOfNewFileTests {
  private static let writer: uid_t = 65534
  private static let accessList = "system.posix_acl_access"
  let scene: Scene
  let state: String

  init() throws {
    scene = try Scene()
    chmod(scene.temporary.path, 0o755)
    state = try scene.temporary.makeDirectory("theirs", mode: 0o700)
    for path in [state, scene.directory] { chown(path, Self.writer, 65534) }
    for name in try TestSupport.namesIn(scene.directory) {
      chown("\(scene.directory)/\(name)", Self.writer, 65534)
      chmod("\(scene.directory)/\(name)", 0o644)
    }
  }

  private func writeAsAnotherUser() throws -> FinishedProcess {
    try run(
      "setpriv",
      [
        "--reuid", "\(Self.writer)", "--regid", "65534", "--clear-groups", try builtProgram("CrashingWriter"),
        scene.directory, state, scene.new, "before", "1000000",
      ])
  }

  /// The list of rights as the kernel keeps it: a version, then tag, bits and id of each entry.
  private func list(of user: uid_t) -> [UInt8] {
    func entry(_ tag: UInt16, _ bits: UInt16, _ id: UInt32 = .max) -> [UInt8] {
      withUnsafeBytes(of: tag.littleEndian, Array.init) + withUnsafeBytes(of: bits.littleEndian, Array.init)
        + withUnsafeBytes(of: id.littleEndian, Array.init)
    }
    return [2, 0, 0, 0] + entry(1, 6) + entry(2, 4, user) + entry(4, 4) + entry(0x10, 4) + entry(0x20, 0)
  }

  private func hasList(_ path: String) -> Bool { getxattr(path, Self.accessList, nil, 0) >= 0 }

  /// The old group cannot be kept: the new one does not get its rights.
  @Test(arguments: [(0o640, 0o600), (0o660, 0o600), (0o664, 0o644), (0o604, 0o600)] as [(mode_t, mode_t)])
  func anotherGroupGetsNoRightsOfTheOldOne(before: mode_t, after: mode_t) throws {
    let path = scene.directory + "/outbound"
    chown(path, Self.writer, 1)
    chmod(path, before)
    let done = try writeAsAnotherUser()
    #expect(done.status == .exited(0), "\(done.summary)")
    let remains = try remainsOfFile(path)
    #expect(remains.owner == [Self.writer, 65534])
    #expect(remains.mode & 0o7777 == UInt32(after), "\(String(remains.mode, radix: 8))")
    #expect(done.standardOutput.contains("outbound: the rights of its group were removed"), "\(done.summary)")
  }

  /// Nor does it by a list of rights, whose entry for the group of the file would be the new one's.
  @Test func anotherGroupGetsNoRightsByAList() throws {
    let path = scene.directory + "/outbound"
    chown(path, Self.writer, 1)
    chmod(path, 0o600)
    let list = list(of: 3)
    try #require(setxattr(path, Self.accessList, list, list.count, 0) == 0)
    let done = try writeAsAnotherUser()
    #expect(done.status == .exited(0), "\(done.summary)")
    #expect(!hasList(path))
    #expect(try remainsOfFile(path).mode & 0o7777 == 0o600)
    #expect(done.standardOutput.contains("outbound: attribute \(Self.accessList) could not be kept"))
  }

  /// Its directory gives a list of rights to each file that is made there. The old file has none.
  @Test func aListOfTheDirectoryOpensNoOldFile() throws {
    chmod(scene.directory + "/main.cf", 0o640)
    chown(scene.directory, 0, 0)
    let list = list(of: 3)
    try #require(setxattr(scene.directory, "system.posix_acl_default", list, list.count, 0) == 0)
    _ = try scene.writer(fileSystem: RealFileSystem()).write(try scene.change())
    for name in ["main.cf", "transport", "outbound", "transport.lmdb"] {
      #expect(!hasList(scene.directory + "/" + name), "\(name)")
    }
    #expect(try remainsOfFile(scene.directory + "/main.cf").mode & 0o7777 == 0o640)
    // A file that is new is as the directory wants it.
    #expect(hasList(scene.directory + "/fresh"))
  }

  @Test func aChainOfLinksIsFollowedToItsEnd() throws {
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    rename(scene.directory + "/outbound", elsewhere + "/real")
    for number in 1...30 {
      symlink(number == 1 ? elsewhere + "/real" : "link\(number - 1)", "\(elsewhere)/link\(number)")
    }
    symlink("../elsewhere/link30", scene.directory + "/outbound")
    chown(scene.directory, 0, 0)
    _ = try scene.writer().write(try scene.change())
    #expect(try readText(elsewhere + "/real") == readText(scene.new + "/outbound"))
    #expect(try remainsOfFile(elsewhere + "/real").link == nil)
    #expect(try (1...30).allSatisfy { try remainsOfFile("\(elsewhere)/link\($0)").link != nil })
  }

  /// One link of another user's anywhere in the chain is enough, and so is one that leads back or on and on.
  @Test(arguments: ["a stranger's", "a circle", "too long"])
  func aChainOfLinksThatIsNotSafeIsRefused(_ kind: String) throws {
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    rename(scene.directory + "/outbound", elsewhere + "/real")
    let length = kind == "too long" ? 60 : 5
    for number in 1...length {
      symlink(number == 1 ? elsewhere + "/real" : "link\(number - 1)", "\(elsewhere)/link\(number)")
    }
    if kind == "a stranger's" { lchown(elsewhere + "/link3", 65533, 0) }
    if kind == "a circle" {
      unlink(elsewhere + "/link1")
      symlink("link\(length)", elsewhere + "/link1")
    }
    symlink("../elsewhere/link\(length)", scene.directory + "/outbound")
    chown(scene.directory, 0, 0)
    let before = try [remainsOfTree(scene.directory), remainsOfTree(elsewhere)]
    let text = try readFile(scene.directory + "/main.cf")
    let set = ChangeSet(
      directory: scene.directory,
      changes: [
        FileChange(path: scene.directory + "/main.cf", before: text, after: text + [10]),
        FileChange(
          path: scene.directory + "/outbound", before: try readFile(elsewhere + "/real"), after: [10]),
      ], summary: "")
    #expect {
      try scene.writer().write(set)
    } throws: { error in
      switch error as? WriteError {
      case .refused: kind == "a stranger's"
      case .system(let reason): kind != "a stranger's" && reason.number == ELOOP
      default: false
      }
    }
    #expect(try [remainsOfTree(scene.directory), remainsOfTree(elsewhere)] == before)
  }

  /// A state directory that may not be written, that others may write, or that is none: nothing is written, and nothing left.
  @Test(arguments: [(0, 0o755), (0, 0o700), (65534, 0o500), (65534, 0o777)] as [(uid_t, mode_t)])
  func withoutAStateDirectoryNothingIsWritten(owner: uid_t, mode: mode_t) throws {
    chown(state, owner, 65534)
    chmod(state, mode)
    let before = try scene.remains()
    let done = try writeAsAnotherUser()
    #expect(done.status == .exited(9), "\(done.summary)")
    #expect(done.standardOutput.contains(state), "\(done.summary)")
    #expect(!done.standardOutput.hasPrefix("interrupted"), "\(done.summary)")
    #expect(try scene.remains() == before)
    if mode != 0o777 { #expect(try TestSupport.namesIn(state).isEmpty) }
  }
}
