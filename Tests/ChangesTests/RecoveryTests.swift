// Recovery after an interruption, when that goes wrong too: it is interrupted itself, a postmap of the dead writer is
// still running, or the journal cannot be ours. And commands that only read.

import Changes
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RecoveryTests {
  /// A scene whose write met a disk that failed from one call on; nil where the write was done before that.
  private func interrupted(at point: Int) throws -> Scene? {
    let scene = try Scene()
    let fileSystem = FailingFileSystem(failing: point, number: EIO, stays: true)
    _ = try? scene.writer(fileSystem: fileSystem).write(try scene.change())
    return fileSystem.count < point ? nil : scene
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
        let fileSystem = FailingFileSystem(failing: point, number: EIO, stays: true)
        _ = try? scene.writer(fileSystem: fileSystem).recover(scene.directory)
        let isDone = fileSystem.count < point
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

  /// A command that reads sees what settling the write would give, and changes nothing, in the state directory neither.
  @Test func whoReadsSeesTheOutcomeAndChangesNothing() throws {
    var outcomes: Set<Bool> = []
    for point in 1... {
      guard let scene = try interrupted(at: point) else { break }
      let before = try remainsOfTree(scene.temporary.path)
      // A program that another test is starting has a copy of every open file, the lock too, until its exec.
      try waitUntil("the lock to be free") {
        try scene.writer().interruption(of: scene.directory)?.isGoingOn != true
      }
      guard let interruption = try scene.writer().interruption(of: scene.directory) else { continue }
      #expect(!interruption.isGoingOn)
      #expect(interruption.message?.contains("randmap recover") == true)
      #expect(try remainsOfTree(scene.temporary.path) == before, "point \(point)")
      let outcome = interruption.outcome
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
      builtProgram("CrashingWriter"), [scene.directory, scene.state, scene.new, "before", "9999"],
      environment: ["PATH": "\(tools):/usr/bin:/bin"])
    try waitUntil("postmap") { access(tools + "/running", F_OK) == 0 }
    child.signal(SIGKILL)
    _ = try child.wait()
    var writer = scene.writer()
    writer.patience = .milliseconds(200)
    #expect {
      try writer.recover(scene.directory)
    } throws: { error in
      if case WriteError.busy(scene.directory, by: let holder) = error {
        holder?.hasPrefix("a child of process") == true
      } else {
        false
      }
    }
    try writeFile(tools + "/go-on", "")
    _ = try scene.writer().recover(scene.directory)
    #expect(try scene.remains() == old)
  }

  @Test func aWriteAfterAnInterruptedOneAsksForARecovery() throws {
    let scene = try #require(try interrupted(at: 50))
    let before = try scene.remains()
    #expect {
      try scene.writer().write(try scene.change())
    } throws: { error in
      if case WriteError.unsettled = error { true } else { false }
    }
    #expect(throws: WriteError.self) { try scene.writer().undo(scene.directory) }
    #expect(try scene.remains() == before)
  }

  @Test func aWriteThatGoesOnIsNotCalledInterrupted() throws {
    let scene = try #require(try interrupted(at: 50))
    let descriptor = open(scene.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(descriptor) }
    flock(descriptor, LOCK_EX)
    let interruption = try #require(try scene.writer().interruption(of: scene.directory))
    #expect(interruption.isGoingOn && interruption.message == nil)
  }

  /// What comes with a clone or an archive is never an instruction, whoever owns it.
  @Test func aJournalInTheConfigurationDirectoryMovesNothing() throws {
    let scene = try Scene()
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    try writeFile(elsewhere + "/precious", "mine\n")
    try writeFile(scene.directory + "/payload", "theirs\n")
    let journal = """
      {"phase": "commit", "entries": [{"target": "\(elsewhere)/precious", "staged": "\(scene.directory)/payload"}],
       "scaffolding": ["\(elsewhere)/precious"], "locks": ["\(elsewhere)/precious"],
       "history": {"from": "\(elsewhere)/precious", "to": "\(elsewhere)/gone"}}
      """
    for name in [".randmap-journal", ".randmap-journal.new"] {
      try writeFile(scene.directory + "/" + name, journal)
    }
    #expect(try scene.writer().interruption(of: scene.directory) == nil)
    #expect(try scene.writer().recover(scene.directory) == .nothing)
    _ = try scene.writer().write(try scene.change())
    _ = try scene.writer().undo(scene.directory)
    #expect(try namesIn(elsewhere) == ["precious"] && readText(elsewhere + "/precious") == "mine\n")
    #expect(try readText(scene.directory + "/.randmap-journal") == journal)
    #expect(try readText(scene.directory + "/payload") == "theirs\n")
  }

  /// A write of which everything is ready: the journal says "commit", and no file is in its place yet.
  private func ready() throws -> Scene {
    let point = try #require(
      try (1...200).first { point in
        guard let scene = try interrupted(at: point) else { return false }
        return try scene.writer().interruption(of: scene.directory)?.outcome.isFinished == true
      })
    return try #require(try interrupted(at: point))
  }

  /// Who tidies up takes the new file away: the write has not happened then, and nothing may say that it has.
  @Test(arguments: [[".new"], [".new", ".old"]])
  func aWriteWhoseNewFileIsGoneIsTakenBack(endings: [String]) throws {
    let scene = try ready()
    let old = try states().old
    let gone = try namesIn(scene.directory).filter { name in
      name.hasPrefix(".main.cf.") && endings.contains { name.hasSuffix($0) }
    }
    #expect(gone.count == endings.count)
    for name in gone { unlink("\(scene.directory)/\(name)") }
    #expect(try scene.writer().interruption(of: scene.directory)?.outcome.isFinished == false)
    let recovery = try scene.writer().recover(scene.directory)
    guard case .takenBack = recovery else {
      Issue.record("\(recovery)")
      return
    }
    #expect(try scene.remains() == old)
    #expect(try scene.writer().log(scene.directory).isEmpty)
    #expect(try namesIn(scene.directory).allSatisfy { !$0.contains(".randmap-") })
  }

  /// An editor that writes in place writes into the second name of the file too, under which the old contents are kept.
  @Test func whatAPersonWritesInPlaceStays() throws {
    let scene = try ready()
    let file = try #require(fopen(scene.directory + "/main.cf", "a"))
    fputs("# by hand\n", file)
    fclose(file)
    let recovery = try scene.writer().recover(scene.directory)
    guard case .takenBack = recovery else {
      Issue.record("\(recovery)")
      return
    }
    #expect(
      try readText(scene.directory + "/main.cf") == "relay_transport = smtp:[old.example]\n# by hand\n")
    #expect(try readText(scene.directory + "/transport") == Scene.oldTransport)
    #expect(try namesIn(scene.directory).allSatisfy { !$0.contains(".randmap-") })
    #expect(try scene.writer().interruption(of: scene.directory) == nil)
  }

  /// A journal of ours that the disk contradicts, or that others could have written: refused, and nothing is touched.
  @Test(arguments: Tampering.allCases)
  func aJournalThatCannotBeOursIsRefused(_ tampering: Tampering) throws {
    let scene = try ready()
    let elsewhere = try scene.temporary.makeDirectory("elsewhere")
    try writeFile(elsewhere + "/precious", "mine\n")
    let home = scene.state + scene.directory + "/.writes"
    let journal = try #require(try namesIn(home).first { $0.hasPrefix("journal-") })
    try tampering.apply(scene, journal: home + "/" + journal, elsewhere: elsewhere)
    let before = try [remainsOfTree(scene.directory), remainsOfTree(elsewhere), remainsOfTree(scene.state)]
    for _ in 0..<2 {
      #expect {
        let recovery = try scene.writer().recover(scene.directory)
        // Another directory has no journal.
        if tampering == .otherDirectory, recovery == .nothing { throw WriteError.damaged("") }
      } throws: { error in
        switch error as? WriteError {
        case .refused, .damaged: true
        default: false
        }
      }
      #expect(
        try [remainsOfTree(scene.directory), remainsOfTree(elsewhere), remainsOfTree(scene.state)] == before)
    }
  }

  enum Tampering: CaseIterable {
    case target, token, contents, link, kept, owner, mode, stateMode, size, notJSON, otherVersion,
      otherDirectory

    func apply(_ scene: Scene, journal: String, elsewhere: String) throws {
      func replace(_ old: String, _ new: String) throws {
        let text = try readText(journal)
        let changed = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        try #require(changed != text)
        try writeFile(journal, changed, mode: 0o600)
      }
      func ours(_ suffix: String) throws -> String {
        let name = try namesIn(scene.directory).first { $0.hasPrefix(".main.cf.") && $0.hasSuffix(suffix) }
        return scene.directory + "/" + (try #require(name))
      }
      switch self {
      case .target: try replace(scene.directory + "/main.cf\"", elsewhere + "/precious\"")
      case .token: try replace("\"token\" : \"", "\"token\" : \"/../elsewhere/")
      case .contents: try writeFile(try ours(".new"), "relay_transport = smtp:[evil.example]\n")
      case .link:
        let staged = try ours(".new")
        unlink(staged)
        symlink(elsewhere + "/precious", staged)
      case .kept:
        let kept = try ours(".old")
        unlink(kept)
        try writeFile(kept, "relay_transport = smtp:[evil.example]\n")
      case .owner: try #require(chown(journal, 65534, 65534) == 0)
      case .mode: try #require(chmod(journal, 0o666) == 0)
      case .stateMode: try #require(chmod(scene.state, 0o777) == 0)
      case .size: try #require(truncate(journal, 200 << 30) == 0)
      case .notJSON: try writeFile(journal, "not ours", mode: 0o600)
      case .otherVersion: try replace("\"editorLocks\"", "\"scaffolding\"")
      case .otherDirectory:
        rename(scene.directory, scene.directory + ".away")
        try scene.temporary.makeDirectory("etc")
        try writeFile(scene.directory + "/main.cf", "relay_transport = smtp:[old.example]\n")
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
  func asAnOrdinaryUser() throws {
    let scene = try Scene()
    let nobody = ["--reuid", "65534", "--clear-groups", try builtProgram("CrashingWriter")]
    chmod(scene.temporary.path, 0o755)
    let state = try scene.temporary.makeDirectory("theirs", mode: 0o700)
    chown(state, 65534, 65534)
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
