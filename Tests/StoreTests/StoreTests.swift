// The pool database: what is written is read again, what is wrong is said in one sentence, and a read changes nothing.

import CSQLite
import Glibc
import TestSupport
import Testing

@testable import Store

@Suite struct StoreTests {
  static let rows = PoolRows(
    members: [
      MemberRow(pool: "outbound", transport: "smtp", nextHop: "[gw1.example]:587", weight: 70),
      MemberRow(
        pool: "outbound", transport: "smtp", nextHop: "[gw2.example]", weight: 20,
        drain: MemberRow.Drain(until: 1_795_888_800, author: "root", reason: "#4711 new disk")),
      MemberRow(
        pool: "outbound", transport: "lane1", nextHop: "", weight: 10,
        ramp: MemberRow.Ramp(from: 1.5, start: 1_795_888_800, end: 1_795_899_600)),
    ],
    routes: [
      RouteRow(map: "sender_dependent_default_transport_maps", key: "*", pool: "outbound"),
      RouteRow(map: "transport_maps", key: "example.com", pool: "outbound"),
    ])

  /// A database with these rows.
  func database(_ rows: PoolRows = rows) throws -> (directory: TemporaryDirectory, path: String) {
    let directory = try TemporaryDirectory()
    let path = directory.file("pools.db")
    try PoolDatabase.apply(
      RowChange(from: nil, to: rows.text, author: "test", summary: "made"), to: path, at: 1)
    return (directory, path)
  }

  func change(_ path: String, _ edit: (inout PoolRows) -> Void) throws -> RowChange {
    let before = try PoolDatabase.read(path)
    var after = before
    edit(&after)
    return RowChange(from: before.text, to: after.text, author: "test", summary: "edited")
  }

  func run(_ path: String, _ statements: String) throws {
    try DatabaseConnection(path, .readWrite).run(statements)
  }

  @Test func rowsAreReadAsTheyWereWritten() throws {
    let (directory, path) = try database()
    #expect(try PoolDatabase.read(path) == Self.rows)
    #expect(PoolRows(text: Self.rows.text) == Self.rows)
    withExtendedLifetime(directory) {}
  }

  /// A journal holds the change: in a pool of 2,000 rows it is as small as in one of three.
  @Test(arguments: [3, 2_000]) func aChangeHoldsOnlyTheRowsThatDiffer(count: Int) throws {
    var many = Self.rows
    many.members = (0..<count).map {
      MemberRow(pool: "outbound", transport: "smtp", nextHop: "[gw\($0)]", weight: 1)
    }
    let (directory, path) = try database(many)
    let weight = try change(path) { $0.members[1].weight = 7 }
    #expect(weight.removed.count == 1 && weight.added.count == 1)
    #expect(weight.order.isEmpty && weight.oldOrder.isEmpty)
    let drain = try change(path) { $0.members[2].drain = MemberRow.Drain() }
    #expect(drain.added.count == 1 && drain.order.isEmpty)
    // Who goes changes the place of no other; who comes back between others does.
    let removal = try change(path) { $0.members.remove(at: 1) }
    #expect(removal.order.isEmpty && removal.oldOrder.count == count)
    let other = try change(path) { $0.members[1].weight = 9 }
    #expect(try PoolDatabase.progress(of: weight, in: path) == .before)
    try PoolDatabase.apply(weight, to: path, at: 2)
    #expect(try PoolDatabase.progress(of: weight, in: path) == .after)
    #expect(try PoolDatabase.progress(of: other, in: path) == .neither)
    #expect(throws: StoreError.changed(path)) { try PoolDatabase.apply(other, to: path, at: 3) }
    try PoolDatabase.apply(weight.reversed, to: path, at: 3)
    #expect(try PoolDatabase.read(path) == many)
    try PoolDatabase.apply(removal, to: path, at: 4)
    #expect(try PoolDatabase.read(path).members.count == count - 1)
    try PoolDatabase.apply(removal.reversed, to: path, at: 5)
    #expect(try PoolDatabase.read(path) == many)
    withExtendedLifetime(directory) {}
  }

  @Test func readingMakesNoFileAndChangesNone() throws {
    let (directory, path) = try database()
    func state() throws -> [String: [UInt8]] {
      Dictionary(
        uniqueKeysWithValues: try namesIn(directory.path).map { ($0, try readFile(directory.file($0))) })
    }
    for hasLog in [true, false] {
      if !hasLog { for suffix in ["-wal", "-shm"] { unlink(path + suffix) } }
      let before = try state()
      #expect(before.count == (hasLog ? 3 : 1))
      #expect(try PoolDatabase.read(path) == Self.rows)
      #expect(try state() == before)
    }
  }

  /// Who opens the database first reads the whole log, and locks the others out for as long.
  @Test func aWriteLeavesNoLogToRead() throws {
    let (directory, path) = try database()
    for weight in 1...3 {
      try PoolDatabase.apply(try change(path) { $0.members[0].weight = weight }, to: path, at: 2)
      #expect(try readFile(path + "-wal") == [])
    }
    // A reader that is in the middle of a transaction keeps what it reads; the write does not wait for it.
    let reader = try DatabaseConnection(path, .readWrite)
    try reader.run("BEGIN")
    var weights: [Value] = []
    func read() throws {
      try reader.query("SELECT weight FROM member WHERE place = 0") { weights.append($0[0]) }
    }
    try read()
    try PoolDatabase.apply(try change(path) { $0.members[0].weight = 9 }, to: path, at: 2)
    try read()
    try reader.run("COMMIT")
    try read()
    #expect(weights == [.integer(3), .integer(3), .integer(9)])
    withExtendedLifetime(directory) {}
  }

  /// The sum of two weights is the same in every state that was ever there.
  @Test func readingBesideAWriterGivesAStateThatWasThere() async throws {
    let (directory, path) = try database()
    try PoolDatabase.apply(
      try change(path) {
        $0.members[0].weight = 50; $0.members[1].weight = 50
      }, to: path, at: 2)
    let writer = Task.detached {
      var number = 0
      while !Task.isCancelled {
        number += 1
        let change = try self.change(path) {
          $0.members[0].weight = number % 99 + 1
          $0.members[1].weight = 99 - number % 99
        }
        try PoolDatabase.apply(change, to: path, at: 3)
      }
    }
    var seen: Set<Int> = []
    let end = ContinuousClock.now + .seconds(60)
    while seen.count < 8, ContinuousClock.now < end {
      let members = try PoolDatabase.read(path).members
      #expect(members[0].weight + members[1].weight == 100)
      seen.insert(members[0].weight)
    }
    writer.cancel()
    try await writer.value
    #expect(seen.count >= 8)
    withExtendedLifetime(directory) {}
  }

  @Test func anEditIsOneTransactionThatCanBeTakenBack() throws {
    let (directory, path) = try database()
    let edit = try change(path) {
      $0.members[0].weight = 5
      $0.members.remove(at: 1)
      $0.members.insert(MemberRow(pool: "outbound", transport: "smtp", nextHop: "[new]", weight: 3), at: 0)
      $0.routes.append(RouteRow(map: "transport_maps", key: "example.org", pool: "outbound"))
    }
    try PoolDatabase.apply(edit, to: path, at: 2)
    let edited = try PoolDatabase.read(path)
    #expect(edited.members.map(\.nextHop) == ["[new]", "[gw1.example]:587", ""])
    #expect(edited.members.map(\.weight) == [3, 5, 10])
    #expect(edited.routes.count == 3)
    // Once more changes nothing: that is how an interrupted write is finished.
    try PoolDatabase.apply(edit, to: path, at: 2)
    #expect(try PoolDatabase.read(path) == edited)
    try PoolDatabase.apply(edit.reversed, to: path, at: 3)
    #expect(try PoolDatabase.read(path) == Self.rows)
    withExtendedLifetime(directory) {}
  }

  @Test func aRowThatAnotherProgramHasChangedStopsTheEdit() throws {
    let (directory, path) = try database()
    let edit = try change(path) { $0.members[0].weight = 5 }
    try run(path, "UPDATE member SET weight = 7 WHERE nexthop = '[gw1.example]:587'")
    #expect(throws: StoreError.changed(path)) { try PoolDatabase.apply(edit, to: path, at: 2) }
    #expect(try PoolDatabase.read(path).members[0].weight == 7)
    withExtendedLifetime(directory) {}
  }

  @Test func aPoolThatMailIsRoutedToKeepsAMember() throws {
    let (directory, path) = try database()
    #expect(throws: StoreError.self) { try run(path, "DELETE FROM member") }
    #expect(throws: StoreError.self) {
      try run(path, "INSERT INTO route VALUES ('transport_maps', 'x', 'none')")
    }
    #expect(try PoolDatabase.read(path) == Self.rows)
    withExtendedLifetime(directory) {}
  }

  @Test(arguments: ["-1", "0", "NULL", "'many'", "1e308", "2.5", "1000001"])
  func aWeightThatIsNoneCannotBeWritten(_ weight: String) throws {
    let (directory, path) = try database()
    #expect(throws: StoreError.self) { try run(path, "UPDATE member SET weight = \(weight)") }
    withExtendedLifetime(directory) {}
  }

  @Test(arguments: ["-1", "x'31'", "'many'", "1e308"])
  func aWeightThatIsNoneIsOneSentence(_ weight: String) throws {
    let (directory, path) = try database()
    try run(
      path,
      "PRAGMA ignore_check_constraints = 1; UPDATE member SET weight = \(weight) WHERE nexthop = '[gw1.example]:587'"
    )
    let error = #expect(throws: StoreError.self) { try PoolDatabase.read(path) }
    #expect(
      error?.reason == "weight of smtp:[gw1.example]:587 in outbound: need a whole number from 1 to 1000000")
    withExtendedLifetime(directory) {}
  }

  @Test func whatIsNoPoolDatabaseIsSaid() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("other")
    #expect(throws: StoreError.missing(path)) { try PoolDatabase.read(path) }
    try writeFile(
      path, "not a database, but long enough that SQLite looks at it as one: it has pages of 512 bytes\n")
    #expect(throws: StoreError.notADatabase(path)) { try PoolDatabase.read(path) }
    let foreign = directory.file("foreign.db")
    try DatabaseConnection(foreign, .create).run("CREATE TABLE mail (name TEXT)")
    #expect(throws: StoreError.noPools(foreign)) { try PoolDatabase.read(foreign) }
    // The tables of another program are left alone.
    try PoolDatabase.apply(
      RowChange(from: nil, to: Self.rows.text, author: "test", summary: "made"), to: foreign, at: 1)
    try run(foreign, "INSERT INTO mail VALUES ('kept')")
    #expect(try PoolDatabase.read(foreign) == Self.rows)
  }

  @Test func aNewerDatabaseIsRefusedAndLeftAsItIs() throws {
    let (directory, path) = try database()
    let edit = try change(path) { $0.members[0].weight = 5 }
    try run(path, "UPDATE setting SET value = '99' WHERE name = 'randmap schema'")
    #expect(throws: StoreError.newer(path, version: 99)) { try PoolDatabase.read(path) }
    #expect(throws: StoreError.newer(path, version: 99)) { try PoolDatabase.apply(edit, to: path, at: 2) }
    #expect(StoreError.newer(path, version: 99).message.contains("update randmap"))
    withExtendedLifetime(directory) {}
  }

  @Test func damagedPagesAreSaid() throws {
    let (directory, path) = try database()
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    var bytes = try readFile(path)
    for index in 200..<bytes.count { bytes[index] = 0xA5 }
    try writeFile(path, bytes)
    let error = #expect(throws: StoreError.self) { try PoolDatabase.read(path) }
    if case .corrupt = error {} else { Issue.record("\(String(describing: error))") }
    withExtendedLifetime(directory) {}
  }

  @Test func theViewDrawsByWeightAndLiveMembersFirst() throws {
    var rows = PoolRows(members: [], routes: [RouteRow(map: "m", key: "*", pool: "p")])
    for (name, weight) in [("[a]", 70), ("[b]", 20), ("[c]", 10)] {
      rows.members.append(MemberRow(pool: "p", transport: "smtp", nextHop: name, weight: weight))
    }
    let (directory, path) = try database(rows)
    func firsts(_ times: Int = 4_000) throws -> [String: Int] {
      let answers = try PoolDatabase.draw(map: "m", key: "*", from: path, times: times)
      #expect(answers.count == times)
      return Dictionary(grouping: answers) { String($0.prefix { $0 != "," }) }.mapValues(\.count)
    }
    // More than six standard deviations of room.
    let counts = try firsts()
    #expect(abs(counts["smtp:[a]", default: 0] - 2_800) < 180)
    #expect(abs(counts["smtp:[b]", default: 0] - 800) < 160)
    #expect(abs(counts["smtp:[c]", default: 0] - 400) < 120)

    let now = Int64(time(nil))
    let open = try OpenStore(path)
    let down = MemberState(pool: "p", transport: "smtp", nextHop: "[a]", state: "down")
    try open.write([down], at: now)
    #expect(try firsts(300)["smtp:[a]"] == nil)
    #expect(
      try PoolDatabase.draw(map: "m", key: "*", from: path, times: 9).allSatisfy { $0.hasSuffix(", [a]") })
    // A state that is older than two minutes says nothing.
    try open.write([down], at: now - 121)
    #expect(try firsts(300)["smtp:[a]", default: 0] > 150)
    // A state is no edit.
    #expect(try PoolDatabase.read(path) == rows)

    try PoolDatabase.apply(
      try change(path) { $0.members[0].drain = MemberRow.Drain(until: now + 60) }, to: path, at: now)
    #expect(
      try PoolDatabase.draw(map: "m", key: "*", from: path, times: 99).allSatisfy { !$0.contains("[a]") })
    try PoolDatabase.apply(
      try change(path) { $0.members[0].drain = MemberRow.Drain(until: now - 1) }, to: path, at: now)
    #expect(try firsts(300)["smtp:[a]", default: 0] > 150)
    // All drained: all of them, since mail must not go to the recipient's own MX.
    try PoolDatabase.apply(
      try change(path) { rows in for index in 0..<3 { rows.members[index].drain = MemberRow.Drain() } },
      to: path, at: now)
    #expect(try firsts(300).count == 3)
    withExtendedLifetime(directory) {}
  }

  @Test func aRampHalfWayHasHalfOfItsWeight() throws {
    let now = Int64(time(nil))
    let rows = PoolRows(
      members: [
        MemberRow(pool: "p", transport: "smtp", nextHop: "[a]", weight: 10),
        MemberRow(
          pool: "p", transport: "smtp", nextHop: "[new]", weight: 20,
          ramp: MemberRow.Ramp(from: 0, start: now - 5_000, end: now + 5_000)),
      ], routes: [RouteRow(map: "m", key: "*", pool: "p")])
    let (directory, path) = try database(rows)
    let first = try PoolDatabase.draw(map: "m", key: "*", from: path, times: 2_000).count {
      $0.hasPrefix("smtp:[new]")
    }
    #expect(abs(first - 1_000) < 150)
    withExtendedLifetime(directory) {}
  }

  @Test func timesAreReadAsTheyAreWritten() {
    #expect(timeText(1_795_888_800) == "2026-11-28T18:00:00Z")
    #expect(seconds(of: "2026-11-28T18:00:00Z") == 1_795_888_800)
    #expect(seconds(of: "2026-02-30T18:00:00Z") == nil)
    #expect(seconds(of: "yesterday") == nil)
  }

  /// Root writes with the rights of the owner of the directory, who may not write a file of root's.
  @Test(
    .enabled(if: geteuid() == 0),
    arguments: [("", mode_t(0o600)), ("", 0o644), ("-wal", 0o600), ("-shm", 0o640)])
  func aFileOfAnotherUserIsSaid(suffix: String, mode: mode_t) throws {
    let (directory, path) = try database()
    let user = try #require(getpwnam("daemon")).pointee
    for name in [directory.path, path, path + "-wal", path + "-shm"] { chown(name, user.pw_uid, user.pw_gid) }
    let edit = try change(path) { $0.members[0].weight = 71 }
    chown(path + suffix, 0, 0)
    chmod(path + suffix, mode)
    let error = #expect(throws: StoreError.self) { try PoolDatabase.apply(edit, to: path, at: 2) }
    #expect(error == .notForOwner(path, owner: "daemon"))
    #expect(error?.message.hasSuffix("chown daemon \(path)*") == true)
    withExtendedLifetime(directory) {}
  }
}
