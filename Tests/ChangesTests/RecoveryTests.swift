// The next start after an interruption, when that goes wrong too: it is interrupted itself, it may not write,
// a postmap of the dead writer is still running, or the journal is not ours.

import Changes
import Glibc
import TestSupport
import Testing

@Suite struct RecoveryTests {
  /// A scene whose write met a disk that failed from one call on; nil where the write was done before that.
  private func interrupted(at point: Int) throws -> Scene? {
    let scene = try Scene()
    let door = FailingDoor(failing: point, number: EIO, stays: true)
    _ = try? scene.writer(door: door).write(try scene.change())
    return door.count < point ? nil : scene
  }

  private func states() throws -> (old: [String: Remains], new: [String: Remains]) {
    let scene = try Scene()
    let old = try scene.remains()
    _ = try scene.writer().write(try scene.change())
    return (old, try scene.remains())
  }

  @Test func aRecoveryThatFailsCanBeTriedAgain() throws {
    let (old, new) = try states()
    var points = 0
    for start in stride(from: 12, through: 84, by: 6) {
      for point in 1... {
        guard let scene = try interrupted(at: start) else { break }
        let door = FailingDoor(failing: point, number: EIO, stays: true)
        _ = try? scene.writer(door: door).recover(scene.directory)
        let isDone = door.count < point
        points += 1
        _ = try scene.writer().recover(scene.directory)
        let after = try scene.remains()
        #expect(after == old || after == new, "write \(start), recovery \(point): \(after.keys.sorted())")
        #expect(try expectedWrites(scene.writer(), scene.directory) == (after == new ? [true] : []))
        if isDone { break }
      }
    }
    print("recovery test: failed at \(points) points")
    #expect(points > 40)
  }

  @Test func whereWeMayNotWriteTheOutcomeIsRead() throws {
    var outcomes: Set<Bool> = []
    for point in 1... {
      guard let scene = try interrupted(at: point) else { break }
      let door = FailingDoor(failing: 1, number: EROFS, stays: true)
      guard case .unfinished(let outcome) = try scene.writer(door: door).recover(scene.directory) else {
        continue
      }
      outcomes.insert(outcome.isFinished)
      let names = ["main.cf", "transport", "transport.lmdb", "outbound", "fresh"]
      let seen = try names.map { name in
        try outcome.fileToRead(for: scene.directory + "/" + name).map {
          access($0, F_OK) == 0 ? try readFile($0) : []
        } ?? []
      }
      _ = try scene.writer().recover(scene.directory)
      let after = try scene.remains()
      #expect(seen == names.map { after[$0]?.bytes ?? [] }, "point \(point)")
    }
    #expect(outcomes == [true, false])
  }

  @Test func thePostmapOfADeadWriterIsWaitedFor() throws {
    let scene = try Scene()
    let old = try scene.remains()
    let tools = try scene.temporary.makeDirectory("tools")
    let script = """
      #!/bin/sh
      for source; do :; done
      touch \(tools)/running
      while [ ! -e \(tools)/go-on ]; do sleep 0.05; done
      touch "${source#lmdb:}.lmdb"
      """
    try writeFile(tools + "/postmap", script, mode: 0o755)
    let child = try ChildProcess(
      crashingWriter(), [scene.directory, scene.state, scene.new, "before", "9999"],
      environment: ["PATH": "\(tools):/usr/bin:/bin"])
    try waitUntil("postmap") { access(tools + "/running", F_OK) == 0 }
    child.signal(SIGKILL)
    _ = try child.wait()
    var writer = scene.writer()
    writer.patience = .milliseconds(200)
    #expect(throws: WriteError.busy(scene.directory)) { try writer.recover(scene.directory) }
    try writeFile(tools + "/go-on", "")
    _ = try scene.writer().recover(scene.directory)
    #expect(try scene.remains() == old)
  }

  @Test func aJournalThatIsNotAJournalIsLeftAlone() throws {
    let scene = try Scene()
    let journal = scene.directory + "/.randmap-journal"
    try writeFile(journal, "not ours")
    #expect(throws: WriteError.damaged(journal)) { try scene.writer().recover(scene.directory) }
    #expect(throws: WriteError.damaged(journal)) { try scene.writer().write(try scene.change()) }
    #expect(try readText(journal) == "not ours")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
  func aStrangersJournalMovesNothing() throws {
    let point = 50
    let scene = try #require(try interrupted(at: point))
    let before = try scene.remains()
    let journal = scene.directory + "/.randmap-journal"
    chown(journal, 65534, 65534)
    #expect(try scene.writer().recover(scene.directory) == .strangers(journal))
    #expect(throws: WriteError.self) { try scene.writer().write(try scene.change()) }
    chown(journal, 0, 0)
    chmod(journal, 0o666)
    #expect(try scene.writer().recover(scene.directory) == .strangers(journal))
    #expect(try scene.remains().count == before.count)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
  func asAnOrdinaryUser() throws {
    let scene = try Scene()
    let nobody = ["--reuid", "65534", "--clear-groups", try crashingWriter()]
    chmod(scene.temporary.path, 0o755)
    let state = try scene.temporary.makeDirectory("theirs", mode: 0o777)
    chown(scene.directory + "/outbound", 0, 0)
    chmod(scene.directory + "/outbound", 0o644)
    chmod(scene.directory + "/transport", 0o644)
    let before = try scene.remains()
    let arguments = [scene.directory, state, scene.new, "before", "9999"]
    let refused = try run("setpriv", nobody + arguments)
    #expect(refused.status == .exited(9))
    #expect(refused.standardOutput.contains("Permission denied"), "\(refused.summary)")
    #expect(try scene.remains() == before)

    chown(scene.directory, 65534, 65534)
    chown(scene.directory + "/outbound", 65534, 1)
    let allowed = try run("setpriv", nobody + arguments)
    #expect(allowed.status == .exited(0), "\(allowed.summary)")
    #expect(allowed.standardOutput.contains("main.cf: the owner could not be kept"), "\(allowed.summary)")
    #expect(allowed.standardOutput.contains("outbound: the group could not be kept"), "\(allowed.summary)")
    #expect(!allowed.standardOutput.contains("outbound: the owner"), "\(allowed.summary)")
    #expect(try readFile(scene.directory + "/main.cf") == readFile(scene.new + "/main.cf"))
    #expect(try namesIn(scene.directory).count == before.count + 1)
  }
}
