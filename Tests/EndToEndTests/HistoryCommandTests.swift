// What is kept of writes and who sees to an interrupted one, asked of the real commands.

import Foundation
import Glibc
import PostfixFiles
import Store
import TestSupport
import TestTraits
import Testing

private struct Log: Decodable {
  struct Write: Decodable {
    struct Undone: Decodable { let user: String }
    let user: String
    let sudoUser: String?
    let command: String
    let summary: String
    let undone: Undone?
  }
  let writes: [Write]
}

@Suite(.waits) struct HistoryCommandTests {
  private func log(_ directory: String) throws -> [Log.Write] {
    let finished = try runRandmap(["log", "--format", "json", "-c", directory])
    return try JSONDecoder().decode(Log.self, from: Data(finished.standardOutput.utf8)).writes
  }

  /// What an undo shows is what it does: the database stays, with its rows.
  @Test func anUndoShowsNoRowsThatStay() throws {
    let place = try TemporaryDirectory()
    let data = try place.makeDirectory("data")
    let owner = try #require(getpwnam("postfix")).pointee
    chown(data, owner.pw_uid, owner.pw_gid)
    chmod(place.path, 0o755)
    let first = "data_directory = \(data)\nrelayhost = [127.0.0.2]\n"
    try writeFile(place.file("main.cf"), first)
    func run(_ arguments: [String]) throws -> FinishedProcess {
      let finished = try runRandmap(arguments + ["-c", place.path])
      #expect(finished.status == .exited(0), "\(arguments): \(finished.summary)")
      return finished
    }
    let pool = ["pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--notation", "database"]
    _ = try run(pool + ["--write", "--force"])
    let database = place.file("data/randmap-pools.db")
    let rows = try PoolRows(text: PoolDatabase.read(database).text)
    let note =
      "the rows stay in \(database): other hosts, and daemons that were not reloaded, may ask for them"
    // A change of the rows by another write is no conflict with that.
    _ = try run(["set", "outbound", "[127.0.0.3]", "5", "--write", "--force"])
    let changed = try PoolDatabase.read(database).text
    #expect(changed != rows.text)
    for call in [["undo", "1", "--dry-run"], ["undo", "1", "--force"]] {
      let undone = try run(call)
      #expect(undone.standardOutput.contains("-sender_dependent_relayhost_maps = proxy:sqlite:"))
      #expect(
        !undone.standardOutput.contains("member ") && !undone.standardOutput.contains("-- a\(database)"))
      #expect(undone.standardError.contains(note), "\(undone.summary)")
    }
    #expect(try readText(place.file("main.cf")) == first)
    #expect(try PoolDatabase.read(database).text == changed)
  }

  @Test func anUndoOfRowsShowsThem() throws {
    let place = try TemporaryDirectory()
    let data = try place.makeDirectory("data")
    let owner = try #require(getpwnam("postfix")).pointee
    chown(data, owner.pw_uid, owner.pw_gid)
    chmod(place.path, 0o755)
    try writeFile(place.file("main.cf"), "data_directory = \(data)\nrelayhost = [127.0.0.2]\n")
    for call in [
      ["pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--notation", "database"],
      ["set", "outbound", "[127.0.0.3]", "5"],
    ] {
      let made = try runRandmap(call + ["--write", "--force", "-c", place.path])
      try #require(made.status == .exited(0), "\(made.summary)")
    }
    let undone = try runRandmap(["undo", "--format", "json", "-c", place.path])
    #expect(
      undone.standardOutput.contains("-member outbound next-hop [127.0.0.3] weight 5"), "\(undone.summary)")
    #expect(!undone.standardOutput.contains("the rows stay"))
    #expect(try PoolDatabase.read(place.file("data/randmap-pools.db")).text.contains("[127.0.0.3] weight 1"))
  }

  /// Rows of a database that nobody changed are no conflict, and no place to show.
  @Test func aConflictInMainCfShowsNothingOfADatabaseBesideIt() throws {
    let place = try TemporaryDirectory()
    let data = try place.makeDirectory("data")
    let owner = try #require(getpwnam("postfix")).pointee
    chown(data, owner.pw_uid, owner.pw_gid)
    // The owner of the database has to come to it.
    chmod(place.path, 0o755)
    let main = place.file("main.cf")
    try writeFile(main, "data_directory = \(data)\nrelayhost = [127.0.0.2]\n")
    let call = [
      "pool", "outbound", "[127.0.0.2]", "[127.0.0.3]", "--notation", "database", "--write", "--force",
    ]
    let made = try runRandmap(call + ["-c", place.path])
    try #require(made.status == .exited(0), "\(made.summary)")
    try writeFile(main, try readText(main).replacing("proxy:sqlite:", with: "sqlite:"))
    let refused = try runRandmap(["undo", "-c", place.path])
    #expect(refused.status == .exited(1))
    let said = refused.standardOutput + refused.standardError
    #expect(said.contains("\(main):") && !said.contains("SQLite") && !said.contains(".db"), "\(said)")
  }

  private struct Edit: Decodable {
    struct Pool: Decodable {
      struct Member: Decodable { let weight: Int }
      let members: [Member]
    }
    let written: Bool
    let diff: String
    let files: [String]
    let poolsBefore, pools: [Pool]?
  }

  @Test func anEditAndItsUndoAreObjectsForScripts() throws {
    let sample = try copyOfSample("outbound")
    func edit(_ call: String...) throws -> Edit {
      let finished = try runRandmap(call + ["--format", "json", "-c", sample.path])
      try #require(finished.status == .exited(0), "\(finished.summary)")
      return try JSONDecoder().decode(Edit.self, from: Data(finished.standardOutput.utf8))
    }
    func weight(_ pools: [Edit.Pool]?) -> Int? { pools?.flatMap(\.members).map(\.weight).max() }
    let set = try edit("set", "relay_transport", "[out-gw1.example]", "7", "--write", "--force")
    #expect(set.written && set.files == [sample.file("main.cf")])
    #expect(weight(set.poolsBefore) != 7 && weight(set.pools) == 7)
    let look = try edit("undo", "--dry-run")
    let undo = try edit("undo")
    #expect(!look.written && undo.written && look.diff == undo.diff && undo.diff.hasPrefix("--- "))
    #expect(undo.files == [sample.file("main.cf")])
  }

  /// One record that cannot be understood hides no other, and a name that is no number of ours does no harm.
  @Test func aDamagedRecordLeavesTheOthers() throws {
    let sample = try copyOfSample("outbound")
    let state = try TemporaryDirectory()
    func run(_ call: [String]) throws -> FinishedProcess {
      try runRandmap(
        call + ["-c", sample.path], environment: ["XDG_STATE_HOME": state.path, "RANDMAP_STATE": state.path])
    }
    for weight in ["2", "3", "4"] {
      try #require(
        run(["set", "relay_transport", "[out-gw1.example]", weight, "--write"]).status == .exited(0))
    }
    // Other tests remove directories there meanwhile, so that the status of find(1) says nothing.
    let found = try TestSupport.run(
      "find", [state.path, "/var/lib/randmap", "-path", "*\(sample.path)*", "-name", "00000?"]
    ).standardOutput
    let records = found.split(separator: "\n").map(String.init).sorted()
    try #require(records.count == 3, "\(found)")
    try writeFile(records[1] + "/record.json", "")
    try runSuccessfully("mkdir", [FileReader.directory(of: records[0]) + "/9223372036854775807"])
    let log = try run(["log"])
    #expect(log.status == .exited(1) && log.standardError.contains(records[1]), "\(log.summary)")
    #expect(log.standardOutput.split(separator: "\n").count == 2)
    #expect(try run(["undo"]).status == .exited(0))
    // The last one that was not taken back may be the damaged one.
    let refused = try run(["undo"])
    #expect(refused.status == .exited(1) && refused.standardError.contains(records[1]), "\(refused.summary)")
    #expect(try run(["undo", "1", "--dry-run"]).standardError.contains("cannot be understood") == false)
    try runSuccessfully("rm", ["-r", records[1]])
    #expect(try run(["log"]).status == .exited(0))
    #expect(try run(["set", "relay_transport", "[out-gw1.example]", "5", "--write"]).status == .exited(0))
  }

  @Test func theLogSaysWhoAndWhatAndUndoGoesBackOneAfterTheOther() throws {
    let sample = try copyOfSample("outbound")
    let start = try readFile(sample.file("main.cf"))
    let change = ["set", "relay_transport", "[out-gw1.example]", "--write", "-c", sample.path]
    #expect(
      try runRandmap(change + ["2"], environment: ["SUDO_USER": "alice"]).status == .exited(0))
    let between = try readFile(sample.file("main.cf"))
    #expect(try runRandmap(change + ["3"], environment: ["SUDO_USER": nil]).status == .exited(0))
    let written = try readFile(sample.file("main.cf"))
    try writeFile(sample.file("main.cf"), written + Array("# by hand\n".utf8))
    let refused = try runRandmap(["undo", "-c", sample.path])
    #expect(refused.status == .exited(1))
    #expect(
      refused.standardError.hasSuffix(
        "randmap: undo: edited since that write, in other lines: \(sample.file("main.cf")); look at the diff, and say --merge to keep those edits\n"
      ))
    #expect(refused.standardError.hasPrefix("relay_transport:\n"), "where mail goes then is said first")
    #expect(try readFile(sample.file("main.cf")) == written + Array("# by hand\n".utf8))
    try writeFile(sample.file("main.cf"), written)

    let writes = try log(sample.path)
    #expect(writes.map(\.sudoUser) == [nil, "alice"])
    #expect(writes.map(\.user) == ["root", "root"])
    #expect(writes[1].command == (change + ["2"]).joined(separator: " "))
    #expect(writes[1].summary == "set [out-gw1.example] of relay_transport to weight 2")
    let text = try runRandmap(["log", "-c", sample.path]).standardOutput
    #expect(text.contains("alice (as root)"))

    #expect(try runRandmap(["undo", "-c", sample.path]).status == .exited(0))
    #expect(try readFile(sample.file("main.cf")) == between)
    // Who writes edits with --write types it here too.
    let undone = try runRandmap(["undo", "--write", "-c", sample.path])
    #expect(
      undone.status == .exited(0) && undone.standardError.contains("\nrandmap: taken back"),
      "\(undone.summary)")
    #expect(try runRandmap(["undo", "--write", "--dry-run", "-c", sample.path]).status == .exited(2))
    #expect(try readFile(sample.file("main.cf")) == start)
    #expect(try log(sample.path).map { $0.undone?.user } == ["root", "root"])
    #expect(try runRandmap(["undo", "-c", sample.path]).status == .exited(1))
  }

  @Test func backupsAreForTheirOwnersEyesOnlyAndUndoGivesTheModeBack() throws {
    let temporary = try TemporaryDirectory()
    let (etc, state) = (try temporary.makeDirectory("etc"), try temporary.makeDirectory("state"))
    let text = "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example]!smtp:[b.example]\n"
    try writeFile(etc + "/main.cf", text, mode: 0o640)
    chmod(temporary.path, 0o755)
    for path in [etc, state, etc + "/main.cf"] { chown(path, 65534, 65534) }
    func randmap(_ arguments: String...) throws -> FinishedProcess {
      try run(
        "setpriv",
        ["--reuid", "65534", "--regid", "65534", "--clear-groups", randmapProgram()] + arguments + [
          "-c", etc, "--postfix-version", "3.7",
        ], environment: ["XDG_STATE_HOME": state, "MAIL_CONFIG": nil])
    }
    let written = try randmap("set", "relay_transport", "[a.example]", "2", "--write")
    #expect(written.status == .exited(0), "\(written.summary)")
    let backup = "\(state)/randmap\(etc)/.writes/000001/old-0"
    #expect(try readText(backup) == text)
    var status = stat()
    #expect(stat(backup, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o600 && status.st_uid == 65534)
    let undone = try randmap("undo")
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try readText(etc + "/main.cf") == text)
    #expect(stat(etc + "/main.cf", &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o640 && status.st_uid == 65534)
  }

  /// A writer is killed early, in the middle and late. A command that only reads leaves all as it is; after `recover` the
  /// directory is the old one or the new one.
  @Test(arguments: [
    ["pools"], ["--check"], ["--status"], ["route", "u@example.com"], ["log"], ["undo", "--dry-run"],
    ["set-route", "relayhost", "[127.0.0.1]:2"], ["convert", "--to", "stock"],
  ])
  func onlyRecoverSettlesAnInterruptedWrite(_ command: [String]) throws {
    let crashing = try builtProgram("CrashingWriter")
    var outcomes: Set<Bool> = []
    for point in [12, 36, 70] {
      let temporary = try TemporaryDirectory()
      let (etc, new) = (try temporary.makeDirectory("etc"), try temporary.makeDirectory("new"))
      let main = (old: "relayhost = [127.0.0.1]:1\n", new: "relayhost = [127.0.0.2]:1\n")
      try writeFile(etc + "/main.cf", main.old)
      try writeFile(new + "/main.cf", main.new)
      try writeFile(etc + "/transport", "example.com smtp:[127.0.0.1]:1\n")
      try writeFile(new + "/transport", "example.com smtp:[127.0.0.2]:1\n")
      try writeFile(new + "/fresh", "smtp:[127.0.0.2]:1\n")
      let killed = try run(crashing, [etc, "/var/lib/randmap", new, "before", "\(point)"])
      try #require(killed.status == .killed(signal: SIGKILL), "point \(point): \(killed.summary)")
      func contents() throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try namesIn(etc).map { ($0, try readFile(etc + "/" + $0)) })
      }
      let before = try contents()
      let read = try runRandmap(command + ["-c", etc])
      #expect(try contents() == before, "\(read.summary)")
      #expect(read.standardError.contains("was interrupted"), "\(read.summary)")
      let recovered = try runRandmap(["recover", "-c", etc])
      #expect(recovered.status == .exited(0), "\(recovered.summary)")
      let isNew = try readText(etc + "/main.cf") == main.new
      #expect(try isNew || readText(etc + "/main.cf") == main.old)
      #expect(recovered.standardError.contains(isNew ? "finishing it" : "taking it back"))
      #expect(
        try readText(etc + "/transport") == "example.com smtp:[127.0.0.\(isNew ? 2 : 1)]:1\n",
        "\(command) after a death at \(point)")
      let names = try namesIn(etc)
      #expect(
        names == (isNew ? ["fresh", "main.cf", "transport", "transport.lmdb"] : ["main.cf", "transport"]),
        "\(command) after a death at \(point)")
      #expect(try log(etc).count == (isNew ? 1 : 0))
      outcomes.insert(isNew)
    }
    #expect(outcomes == [true, false])
  }
}
