// What the rules claim of pools in a database, shown on a real trivial-rewrite(8) that asks one by itself. proxymap(8) asks
// with the same code.

import Glibc
import PostfixFiles
import Store
import TestSupport
import TestTraits
import Testing

@testable import Checks

/// A trivial-rewrite(8) whose transport_maps is a database with a route for example.com.
private struct Asker {
  let directory: TemporaryDirectory
  var database: String { directory.file("data/pools.db") }

  private static let map = "transport_maps"

  init() throws {
    directory = try TemporaryDirectory()
    guard chmod(directory.path, 0o755) == 0 else { throw TestFailure("chmod \(directory.path)") }
    for name in ["etc", "queue", "data"] { try directory.makeDirectory(name) }
    let owner = try #require(getpwnam("postfix"), "install the package postfix").pointee
    for name in ["queue", "data"] { chown(directory.file(name), owner.pw_uid, owner.pw_gid) }
    try directory.writeOld("etc/master.cf", "")
    try directory.writeOld(
      "etc/main.cf",
      """
      myhostname = mx1.example
      queue_directory = \(directory.file("queue"))
      data_directory = \(directory.file("data"))
      transport_maps = sqlite:$config_directory/pools.cf

      """)
    try ask("SELECT destination FROM draw WHERE map = 'transport_maps' AND key = '%s'")
    let rows = PoolRows(text: DatabaseExample.rows)
    try PoolDatabase.apply(
      RowChange(from: nil, to: rows.text, author: "test", summary: "made"), to: database, at: 1)
  }

  func ask(_ query: String) throws {
    try directory.writeOld("etc/pools.cf", "dbpath = \(database)\nquery = \(query)\n")
  }

  /// As when nobody has had the database open since it was made.
  func closeLog() {
    for suffix in ["-wal", "-shm"] { unlink(database + suffix) }
  }

  func sqlite(_ statements: String) throws { try runSuccessfully("sqlite3", [database, statements]) }

  func server(_ options: [String] = ["-u"]) throws -> RewriteServer {
    try RewriteServer(
      daemonDirectory: String(
        try runSuccessfully(postfixTool("postconf"), ["-dh", "daemon_directory"]).prefix { $0 != "\n" }),
      configDirectory: directory.file("etc"), socket: directory.file("rewrite"), options: options)
  }

  /// Every answer in 40 draws.
  func destinations(_ options: [String] = ["-u"]) throws -> Set<String> {
    let questions = Array(repeating: (recipient: "u@example.com", sender: ""), count: 40)
    return Set(try server(options).resolve(questions).map { "\($0.transport) \($0.nexthop)" })
  }

  /// Whether it ends at the first question: waits for that.
  func ends(_ options: [String] = ["-u"]) throws -> Bool {
    let server = try server(options)
    let client = try server.resolver()
    // It may have ended before that.
    try? client.ask("u@example.com", from: "")
    try waitUntil("the end of trivial-rewrite") { server.status != nil }
    return server.status == .exited(1)
  }
}

@Suite(.waits) struct DatabaseClaimsTests {
  private static let both: Set = [
    "smtp [gw1.example], [gw2.example]", "smtp [gw2.example], [gw1.example]",
  ]

  static let codes = ["RM140", "RM141", "RM142", "RM143", "RM630", "RM820", "RM821"]

  @Test func inAChrootTheLogIsNotThere() throws {
    let asker = try Asker()
    #expect(try asker.destinations() == Self.both)
    #expect(try asker.ends(["-u", "-c"]))
    // Without such a log the one open file is enough.
    try asker.sqlite("PRAGMA journal_mode = DELETE")
    #expect(try asker.destinations(["-u", "-c"]) == Self.both)
  }

  @Test func aDirectoryOfRootStopsTheProgramThatAsks() throws {
    let asker = try Asker()
    asker.closeLog()
    chown(asker.directory.file("data"), 0, 0)
    #expect(try asker.ends())
    try asker.sqlite("PRAGMA journal_mode = DELETE")
    #expect(try asker.destinations() == Self.both)
    let owner = try #require(getpwnam("postfix")).pointee
    chown(asker.directory.file("data"), owner.pw_uid, owner.pw_gid)
    try asker.sqlite("PRAGMA journal_mode = WAL")
    #expect(try asker.destinations() == Self.both)
  }

  @Test(arguments: [true, false]) func aWriterLocksADatabaseWithoutALog(hasLog: Bool) throws {
    let asker = try Asker()
    try asker.sqlite("PRAGMA journal_mode = \(hasLog ? "WAL" : "DELETE")")
    let end = asker.directory.file("end")
    // The looks below take the lock for a moment too.
    let script = """
      PRAGMA busy_timeout = 10000;
      BEGIN EXCLUSIVE;
      UPDATE member SET weight = 99;
      .shell while [ ! -e \(end) ]; do sleep 0.1; done
      ROLLBACK;

      """
    let writer = try ChildProcess("sqlite3", [asker.database], input: Array(script.utf8))
    try waitUntil("the lock") {
      (try? run("sqlite3", [asker.database, "BEGIN IMMEDIATE"]).status) != .exited(0)
    }
    if hasLog {
      #expect(try asker.destinations() == Self.both)
    } else {
      #expect(try asker.ends())
    }
    try writeFile(end, "")
    try writer.wait()
  }

  @Test func aPercentSignThatStandsForNothingStopsTheProgram() throws {
    let asker = try Asker()
    let query = "SELECT destination FROM draw WHERE map = 'transport_maps' AND key LIKE '"
    try asker.ask(query + "%%.com'")
    #expect(try asker.destinations() == Self.both)
    for wrong in ["%.com'", "exam%'", "x' OR 7 % 2 = 1"] {
      try asker.ask(query + wrong)
      #expect(try asker.ends(), "\(wrong)")
    }
  }

  @Test func theRoutesOfAnotherParameterAreNotFound() throws {
    let asker = try Asker()
    try asker.ask("SELECT destination FROM draw WHERE map = 'sender_dependent_relayhost_maps' AND key = '%s'")
    #expect(try asker.destinations() == ["smtp example.com"])
  }

  @Test func aRouteToAPoolWithoutMembersMakesTheMailWait() throws {
    let asker = try Asker()
    try asker.sqlite("DROP TRIGGER pool_needs_member; DELETE FROM member")
    #expect(try asker.destinations() == ["retry 4.3.0 the pool to_example has no member"])
  }
}
