// The commands on a pool in a database: what they write, what they say of it, and what they say where it cannot be read.

import Glibc
import Store
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DatabaseCommandTests {
  private let directory: TemporaryDirectory
  private let owner: passwd
  private var data: String { directory.file("data") }
  private var database: String { directory.file("data/randmap-pools.db") }

  init() throws {
    directory = try TemporaryDirectory()
    #expect(chmod(directory.path, 0o755) == 0)
    // Postfix takes no privileged user.
    owner = try #require(geteuid() == 0 ? getpwnam("daemon") : getpwuid(geteuid())).pointee
    try directory.makeDirectory("data")
    chown(directory.file("data"), owner.pw_uid, owner.pw_gid)
    try directory.write(
      "main.cf",
      "data_directory = \(directory.file("data"))\nmail_owner = \(String(cString: owner.pw_name))\nmyhostname = mx.test.example\n"
    )
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try randmap(
      "pool", "outbound", "[127.0.0.2]:1=70", "[127.0.0.3]:1=30", "--notation", "database", "--write")
  }

  private func call(_ arguments: [String]) throws -> FinishedProcess {
    try runRandmap(
      arguments + ["-c", directory.path, "--postfix-version", "3.7"], environment: ["SUDO_USER": "anna"])
  }

  @discardableResult
  private func randmap(_ arguments: String...) throws -> FinishedProcess {
    let finished = try call(arguments)
    #expect(finished.status == .exited(0), "\(arguments): \(finished.summary)")
    return finished
  }

  @Test func rowsSayWhoAndWhy() throws {
    try randmap("set", "outbound", "[127.0.0.3]:1", "45", "--why", "#4711 more disk", "--write")
    #expect(try PoolDatabase.read(database).members.map(\.weight) == [70, 45])
    let reason = try runSuccessfully(
      "sqlite3", [database, "SELECT reason FROM revision ORDER BY number DESC LIMIT 1"])
    #expect(reason.hasSuffix(": #4711 more disk\n"), "\(reason)")
    #expect(try randmap("log").standardOutput.contains("#4711 more disk"))

    let drain = try randmap(
      "drain", "[127.0.0.2]:1", "--for", "2h", "--why", "new disk", "--write", "--force")
    #expect(drain.standardOutput.contains(" by anna why new disk"), "\(drain.summary)")
    // The rows are in force: main.cf, which needs a reload, stays.
    #expect(
      !drain.standardOutput.contains("main.cf") && !drain.standardError.contains("reload"), "\(drain.summary)"
    )
    #expect(try randmap("pools").standardOutput.contains("left: new disk (by anna)"))
    let status = try call(["status"]).standardOutput
    #expect(
      status.split(separator: "\n").contains {
        $0.contains("[127.0.0.2]:1") && $0.contains(": new disk (by anna); ")
      }, "\(status)")
    #expect(try !randmap("undo", "--why", "the disk is #4711").standardError.contains("reload"))
    let taken = try runSuccessfully(
      "sqlite3", [database, "SELECT reason FROM revision ORDER BY number DESC LIMIT 1"])
    #expect(taken.hasPrefix("undo: drain ") && taken.hasSuffix(": the disk is #4711\n"), "\(taken)")
    #expect(try randmap("log").standardOutput.contains(" (taken back: the disk is #4711)\n"))
  }

  @Test func aPoolWhoseMembersAreAllDrainedSaysWhatItDoes() throws {
    try runSuccessfully("sqlite3", [database, "UPDATE member SET drained = 1"])
    let pools = try randmap("pools").standardOutput
    #expect(
      pools.contains("\n  all members are drained: so all of them get mail, by their weights\n"), "\(pools)")
  }

  @Test(arguments: ["no database", ""]) func nothingIsSaidOfWhatCannotBeRead(text: String) throws {
    for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
    if !text.isEmpty { try directory.write("data/randmap-pools.db", text) }
    for arguments in [
      ["set", "outbound", "[127.0.0.3]:1", "45"], ["set", "to:b.example", "[127.0.0.3]:1", "45"],
      ["drain", "[127.0.0.3]:1"], ["restore", "[127.0.0.3]:1"], ["remove", "outbound", "[127.0.0.3]:1"],
      ["ramp", "[127.0.0.3]:1", "--to", "25%", "--over", "4w"],
      ["pool", "outbound", "[127.0.0.3]:1", "[127.0.0.4]:1"],
    ] {
      let finished = try call(arguments)
      #expect(finished.status != .exited(0) && finished.standardOutput.isEmpty)
      #expect(
        finished.standardError.contains("until then randmap cannot know what decides for this mail"),
        "\(arguments): \(finished.summary)")
      #expect(!finished.standardError.contains("makes one"), "\(finished.summary)")
    }
    try directory.write("main.cf", readText(directory.file("main.cf")).replacing("relayhost = ", with: "# "))
    let status = try call(["status"])
    let line = status.standardOutput.prefix { $0 != "\n" }
    #expect(line.hasPrefix("no gateways are known: ") && line.contains(database), "\(status.summary)")
    #expect(!status.standardOutput.contains("for a first one"))
    if text.isEmpty { return }
    let check = try call(["--check"])
    #expect(check.status == .exited(1) && check.standardOutput.contains("[RM308]"), "\(check.summary)")
  }

  @Test(.enabled(if: geteuid() == 0)) func anEditSaysWhereMailWaitsAllTheSame() throws {
    #expect(chown(data, 0, 0) == 0 && chmod(data, 0o755) == 0)
    let name = String(cString: owner.pw_name)
    let edit = try randmap("set", "outbound", "[127.0.0.3]:1", "45", "--write")
    #expect(
      edit.standardError.contains(
        "mail waits: \(name), the user of Postfix's programs, cannot make the files that SQLite needs in \(data): chown \(name) \(data)"
      ),
      "\(edit.summary)")
    #expect(chown(data, owner.pw_uid, owner.pw_gid) == 0)
    #expect(
      try !randmap("set", "outbound", "[127.0.0.3]:1", "46", "--write").standardError.contains("mail waits"))
    // The directory that stops that user may be further up.
    #expect(chmod(directory.path, 0o700) == 0)
    let closed = try call(["set", "outbound", "[127.0.0.3]:1", "47"])
    #expect(
      closed.standardError.contains("may not enter \(directory.path): chmod o+x \(directory.path)"),
      "\(closed.summary)")
  }

  @Test func tablesOfOtherProgramsAreNamed() throws {
    let before = try randmap("pools").standardOutput
    #expect(!before.contains("asks"))
    try directory.write(
      "main.cf",
      readText(directory.file("main.cf"))
        + "transport_maps = proxy:pgsql:/etc/postfix/pool.cf, socketmap:unix:/run/pool:name, hash:/etc/postfix/none\n"
    )
    let pools = try call(["pools"]).standardOutput
    for table in ["pgsql:/etc/postfix/pool.cf", "socketmap:unix:/run/pool:name"] {
      #expect(
        pools.contains(
          "\ntransport_maps asks \(table): pools in it are not listed here; what an address gets: randmap route -c \(directory.path) ADDRESS\n"
        ),
        "\(pools)")
    }
    #expect(pools.ranges(of: " asks ").count == 2)
    let json = try call(["pools", "--format", "json"]).standardOutput.filter { !$0.isWhitespace }
    #expect(
      json.contains(#""others":[{"parameter":"transport_maps","table":"pgsql:/etc/postfix/pool.cf"},"#),
      "\(json)")
    // A query of the view that is not randmap's own.
    try directory.write(
      "theirs.cf", "dbpath = \(database)\nquery = SELECT destination FROM draw WHERE key = '%s'\n")
    try directory.write(
      "main.cf",
      readText(directory.file("main.cf")) + "transport_maps = proxy:sqlite:\(directory.file("theirs.cf"))\n")
    #expect(try call(["--check"]).standardOutput.contains("[RM143]"))
    #expect(try call(["pools"]).standardOutput.contains("asks sqlite:\(directory.file("theirs.cf"))"))
  }

  @Test func editsAtOnceAreAllMade() throws {
    let names = (10..<30).map { "[127.0.0.\($0)]:1" }
    for name in names { try randmap("add", "outbound", name, "--write") }
    let edits = try names.map { name in
      try ChildProcess(
        randmapProgram(),
        ["set", "outbound", name, "200", "--write", "-c", directory.path, "--postfix-version", "3.7"],
        environment: ["MAIL_CONFIG": nil])
    }
    for edit in edits {
      let done = try edit.wait()
      #expect(done.status == .exited(0), "\(done.summary)")
    }
    let rows = try PoolDatabase.read(database).members
    #expect(rows.count == 22 && rows.count { $0.weight == 200 } == 20, "\(rows)")
    let count = try runSuccessfully("sqlite3", [database, "SELECT count(*) FROM revision"])
    #expect(count == "41\n")
  }
}
