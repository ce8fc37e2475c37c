// A database that somebody else has made: it removes no file, runs for no length of time, and gives no other pool than Postfix gets.

import Glibc
import TestSupport
import Testing

@testable import Store

@Suite struct StrangersDatabaseTests {
  private let database = StoreTests()

  private func made() throws -> (directory: TemporaryDirectory, path: String) { try database.database() }

  private func refusal(_ path: String) throws -> StoreError? {
    #expect(throws: StoreError.self) { try PoolDatabase.read(path) }
  }

  /// SQLite's journal may name another one, which it removes when it has done what the first one says.
  private func journal(of path: String, removing file: String) throws -> [UInt8] {
    let bytes = try readFile(path)
    let pageSize = Int(bytes[16]) << 8 | Int(bytes[17])
    let page = Array(bytes[..<pageSize])
    func number(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
    }
    let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    let nonce: UInt32 = 0x1234_5678
    var header = magic + [1, nonce, UInt32(bytes.count / pageSize), 512, UInt32(pageSize)].flatMap(number)
    header += [UInt8](repeating: 0, count: 512 - header.count)
    let sum = stride(from: pageSize - 200, to: 0, by: -200).reduce(nonce) { $0 &+ UInt32(page[$1]) }
    let name = Array(file.utf8)
    let nameSum = name.reduce(UInt32(0)) { $0 &+ UInt32($1) }
    return header + number(1) + page + number(sum) + number(UInt32(0x4000_0000 / pageSize + 1)) + name
      + number(UInt32(name.count)) + number(nameSum) + magic
  }

  @Test func aJournalBesideItRemovesNothing() throws {
    let (directory, path) = try made()
    let edit = try database.change(path) { $0.members[0].weight = 5 }
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    let victim = try directory.write("victim", "x")
    let text = try journal(of: path, removing: victim)
    try writeFile(path + "-journal", text)
    #expect(throws: StoreError.journal(path)) { try PoolDatabase.apply(edit, to: path, at: 2) }
    #expect(throws: StoreError.journal(path)) { try OpenStore(path) }
    #expect(throws: StoreError.journal(path)) { try PoolDatabase.read(path) }
    #expect(!PoolDatabase.holdsPools(path) && PoolDatabase.hasWriteAheadLog(path) == nil)
    #expect(try readFile(path + "-journal") == text)
    #expect(access(victim, F_OK) == 0)
    // SQLite itself would do it: otherwise this shows nothing.
    try DatabaseConnection(path, .readWrite).query("SELECT 1 FROM member")
    #expect(access(victim, F_OK) != 0)
  }

  @Test(arguments: ["-journal", "-wal", "-shm"]) func aFIFOBesideItIsNotWaitedFor(suffix: String) throws {
    let (directory, path) = try made()
    let edit = try database.change(path) { $0.members[0].weight = 5 }
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    mkfifo(path + suffix, 0o600)
    #expect(try refusal(path) == .notAFile(path + suffix))
    #expect(throws: StoreError.notAFile(path + suffix)) { try PoolDatabase.apply(edit, to: path, at: 2) }
    withExtendedLifetime(directory) {}
  }

  @Test func aFileOfTheKernelsIsNotOpened() throws {
    #expect(try refusal("/proc/self/mem") == .notAFile("/proc/self/mem"))
    #expect(
      PoolDatabase.hasWriteAheadLog("/proc/self/mem") == nil && !PoolDatabase.holdsPools("/proc/self/mem"))
  }

  /// Nobody but root may put names where root writes.
  @Test(.enabled(if: geteuid() == 0)) func rootWritesInNoDirectoryOfOthers() throws {
    let (directory, path) = try made()
    let edit = try database.change(path) { $0.members[0].weight = 5 }
    for (owner, mode) in [(uid_t(0), mode_t(0o2775)), (65_534, 0o775)] {
      #expect(chown(directory.path, owner, 65_534) == 0 && chmod(directory.path, mode) == 0)
      let error = #expect(throws: StoreError.self) { try PoolDatabase.apply(edit, to: path, at: 2) }
      if case .foreignPlace(_, let place, _) = error {
        #expect(place == directory.path)
      } else {
        Issue.record("\(error as Any)")
      }
    }
    #expect(chown(directory.path, 0, 0) == 0 && chmod(directory.path, 0o700) == 0)
    try PoolDatabase.apply(edit, to: path, at: 2)
  }

  /// It looks twice: whose rights to take on, and whether to write. What comes to the name in between has not root's rights, and
  /// what is missing for the first look is not root's.
  @Test(.enabled(if: geteuid() == 0)) func rootsOwnRightsAreNotForADirectoryThatComesLater() throws {
    let (directory, path) = try made()
    #expect(chown(directory.path, 65_534, 65_534) == 0)
    for mode in [DatabaseConnection.Mode.readWrite, .readOnly] {
      let error = #expect(throws: StoreError.self) { try PoolDatabase.open(path, mode) }
      guard case .foreignPlace(_, directory.path, _)? = error else {
        Issue.record("\(mode): \(error as Any)")
        continue
      }
    }
    #expect(throws: StoreError.self) {
      try asOwner(ofDirectoryOf: directory.file("gone/pools.db")) { () throws(StoreError) in
        Issue.record("it goes on as user \(userForFiles())")
      }
    }
  }

  /// Each changes more than was asked for, or gives Postfix something else.
  @Test(arguments: [
    ("the trigger t", "CREATE TRIGGER t AFTER UPDATE ON member BEGIN UPDATE member SET weight = 9; END"),
    ("the trigger t", "CREATE TRIGGER T INSTEAD OF INSERT ON draw BEGIN DELETE FROM route; END"),
    ("the trigger t", "CREATE TRIGGER t AFTER INSERT ON Revision BEGIN DELETE FROM revision; END"),
    (
      "the view draw", "DROP VIEW draw; CREATE VIEW draw AS SELECT '' AS map, '' AS key, '[a]' AS destination"
    ),
    ("the view share", "DROP VIEW draw; DROP VIEW share; CREATE VIEW share AS SELECT * FROM member"),
    ("the view member", "DROP VIEW draw; DROP VIEW share; DROP TABLE member; CREATE VIEW member AS SELECT 1"),
    (
      "the view member",
      "DROP VIEW draw; DROP VIEW share; DROP TABLE member; CREATE VIEW member AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL "
        + "SELECT n + 1 FROM t) SELECT n AS pool FROM t"
    ),
    (
      "the table revision with other columns or types",
      "DROP TABLE revision; CREATE VIRTUAL TABLE revision USING fts5(x)"
    ),
    // Postfix would get the members of "OUTBOUND" too.
    (
      "the table member with other columns or types",
      "PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = replace(sql, 'pool TEXT', 'pool TEXT COLLATE NOCASE') "
        + "WHERE name = 'member'"
    ),
    ("the index other", "CREATE INDEX other ON member (pool, weight)"),
  ])
  func whatRandmapDidNotMakeIsRefused(part: String, statements: String) throws {
    let (directory, path) = try made()
    let edit = try database.change(path) { $0.members[0].weight = 5 }
    try database.run(path, statements)
    #expect(try refusal(path) == .foreignParts(path, [part]))
    #expect(throws: StoreError.foreignParts(path, [part])) { try PoolDatabase.apply(edit, to: path, at: 2) }
    withExtendedLifetime(directory) {}
  }

  /// Of another program's tables in the same file nothing is said.
  @Test func whatBelongsToAnotherProgramStays() throws {
    let (directory, path) = try made()
    try database.run(
      path,
      "CREATE TABLE mail (x); CREATE VIEW seen AS SELECT * FROM mail; CREATE TRIGGER t AFTER INSERT ON mail BEGIN DELETE FROM mail; END"
    )
    #expect(try PoolDatabase.read(path) == StoreTests.rows)
    withExtendedLifetime(directory) {}
  }

  /// What no constraint lets in.
  private func lax(_ path: String, _ column: String, _ value: String) throws {
    try database.run(
      path,
      """
      PRAGMA ignore_check_constraints = 1;
      \(Schema.draw(withPlans: true))
      UPDATE member SET ramp_from = 0.1, ramp_start = 1795000000, ramp_end = 1798000000, ramp_to = 0.5, ramp_steps = 'daily';
      UPDATE member SET \(column) = \(value);
      """)
  }

  /// Arithmetic with such numbers ended the program.
  @Test(arguments: [
    ("ramp_end", "1798430294000000"), ("ramp_end", "9223372036854775807"), ("ramp_start", "-1"),
    ("ramp_start", "-9223372036854775808"), ("ramp_from", "1e308"), ("ramp_from", "-1e308"),
    ("ramp_from", "9e999"),
    ("ramp_to", "1e308"), ("ramp_cap", "1e308"), ("ramp_stop_at", "-9e999"),
    ("ramp_max", "9223372036854775807"),
    ("ramp_max", "0"), ("ramp_resumed", "9223372036854775807"), ("ramp_paused", "-9223372036854775808"),
    ("drained_until", "9223372036854775807"), ("drained", "2"), ("state_at", "99999999999"),
  ])
  func aNumberThatNoPlanComesTo(column: String, value: String) throws {
    let (directory, path) = try made()
    try lax(path, column, value)
    let error = try refusal(path)
    if case .badRow(_, let row, let need) = error {
      #expect(row.contains(" in outbound") && (need.contains("1") || need.contains("time")))
    } else {
      Issue.record("\(String(describing: error))")
    }
    withExtendedLifetime(directory) {}
  }

  /// A column that is worked out as it is read.
  @Test func aTextThatIsMadeAsItIsRead() throws {
    let (directory, path) = try made()
    try database.run(
      path,
      """
      DROP VIEW draw; DROP VIEW share; DROP TRIGGER route_needs_member; DROP TRIGGER pool_needs_member; DROP TABLE member;
      CREATE TABLE member (pool, transport, nexthop, weight, place, drained, drained_until, author, ramp_from, ramp_start, ramp_end,
        ramp_to, ramp_steps, ramp_max, ramp_cap, ramp_stop_at, ramp_resumed, ramp_paused, ramp_reason,
        reason AS (printf('%.90000000c', 'x')));
      INSERT INTO member (pool, transport, nexthop, weight, drained) VALUES ('p', 'smtp', '[a]', 1, 0);
      """)
    #expect(try refusal(path) == .foreignParts(path, ["the table member with other columns or types"]))
    withExtendedLifetime(directory) {}
  }

  /// Pages whose rows are read again and again: 10^16 rows in two megabytes, in a file with holes that look like 200 GB.
  @Test func pagesThatLeadToEachOtherEnd() throws {
    let (directory, path) = try made()
    try database.run(
      path,
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO member (pool, nexthop, weight) SELECT 'outbound', '[gw' || i || '.example]', 1 FROM n;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    var root = 0
    try DatabaseConnection(path, .readOnly).query("SELECT rootpage FROM sqlite_master WHERE name = 'member'")
    { row in
      if case .integer(let page) = row[0] { root = Int(page) }
    }
    var bytes = try readFile(path)
    let size = Int(bytes[16]) << 8 | Int(bytes[17])
    func big(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    let start = (root - 1) * size
    // An inner page: a child in front of each of its cells, and one at the end.
    try #require(bytes[start] == 2)
    let cells = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
    let children =
      [8]
      + (0..<cells).map { Int(bytes[start + 12 + 2 * $0]) << 8 | Int(bytes[start + 13 + 2 * $0]) }
    let inner = Array(bytes[start..<start + size])
    let pages = bytes.count / size
    for copy in 0..<8 {
      // The last one leads to the leaves.
      bytes += inner
      let from = copy == 0 ? start : bytes.count - 2 * size
      for child in children {
        bytes.replaceSubrange(from + child..<from + child + 4, with: big(pages + copy + 1))
      }
    }
    bytes.replaceSubrange(28..<32, with: big(bytes.count / size))
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    try writeFile(path, bytes)
    #expect(truncate(path, 200 << 30) == 0)
    #expect(try refusal(path) == .endless(path))
    withExtendedLifetime(directory) {}
  }

  /// A statement that does not end by itself.
  @Test func aStatementEnds() throws {
    let (directory, path) = try made()
    let database = try PoolDatabase.open(path, .readOnly)
    #expect(throws: StoreError.endless(path)) {
      try database.query(
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t")
    }
    // The next one has all of its steps.
    try database.query("SELECT 1 FROM member")
    withExtendedLifetime(directory) {}
  }

  /// Copied file by file while Postfix used it.
  @Test func theLogOfACopy() throws {
    let (directory, path) = try made()
    unlink(path + "-shm")
    try writeFile(path + "-wal", [UInt8](repeating: 1, count: 100))
    try directory.makeDirectory("copy")
    for suffix in ["", "-wal"] {
      try writeFile(directory.file("copy/pools.db") + suffix, readFile(path + suffix))
    }
    let copy = directory.file("copy/pools.db")
    #expect(StoreError.logOfACopy(copy).reason.contains(".backup"))
    let error = try refusal(copy)
    #expect(error == .logOfACopy(copy), "\(String(describing: error))")
  }

  /// SQLite keeps texts as the database was made.
  @Test(arguments: ["UTF-8", "UTF-16le", "UTF-16be"]) func textsOfAnyEncodingAreRead(encoding: String) throws
  {
    let directory = try TemporaryDirectory()
    let database = try DatabaseConnection(directory.file("x.db"), .create)
    try database.run("PRAGMA encoding = '\(encoding)'; CREATE TABLE t (a TEXT, b TEXT)")
    try database.run("INSERT INTO t VALUES (?, ?)", for: [[.text("smtp"), .text("[gw1.example]:587 ü")]])
    var found: [Value] = []
    var word: String?
    try database.query("SELECT a, b FROM t") { row in
      found = [row[0], row[1]]
      word = row.word(0)
    }
    #expect(found == [.text("smtp"), .text("[gw1.example]:587 ü")] && word == "smtp")
  }
}
