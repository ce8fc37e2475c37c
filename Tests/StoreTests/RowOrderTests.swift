// Members have an order. Who comes last, or goes, changes the row of no other: a pool may have very many.

import TestSupport
import Testing

@testable import Store

@Suite struct RowOrderTests {
  private static let rows = PoolRows(
    members: ["a", "b", "c", "d"].flatMap { name in
      ["one", "two"].map { MemberRow(pool: $0, transport: "smtp", nextHop: "[\(name)]", weight: 1) }
    }
    .sorted { $0.pool < $1.pool },
    routes: [RouteRow(map: "m", key: "*", pool: "one"), RouteRow(map: "m", key: "k", pool: "two")])

  private static func member(_ pool: String, _ name: String) -> MemberRow {
    MemberRow(pool: pool, transport: "smtp", nextHop: "[\(name)]", weight: 1)
  }

  private static func change(_ edit: (inout PoolRows) -> Void) -> RowChange {
    var after = rows
    edit(&after)
    return RowChange(from: rows.text, to: after.text, author: "test", summary: "edited")
  }

  private static func places(_ path: String) throws -> [String] {
    let database = try DatabaseConnection(path, .readOnly)
    var places: [String] = []
    try database.query("SELECT pool, nexthop, place FROM member ORDER BY pool, place, nexthop") {
      (row) throws(StoreError) in
      if let pool = row.word(0), let name = row.word(1) { places.append("\(pool) \(name) \(row.place)") }
    }
    return places
  }

  @Test func whoComesLastMovesNoOther() throws {
    let change = Self.change {
      $0.members.insert(Self.member("one", "0"), at: 4)
      $0.members.append(Self.member("two", "0"))
    }
    #expect(change.added.count == 2 && change.order.isEmpty && change.oldOrder.isEmpty)
    let (directory, path) = try StoreTests().database(Self.rows)
    let before = try Self.places(path)
    try PoolDatabase.apply(change, to: path, at: 2)
    #expect(try Self.places(path).filter { !$0.contains("[0]") } == before)
    #expect(
      try PoolDatabase.read(path).members.map(\.nextHop) == ["[a]", "[b]", "[c]", "[d]", "[0]"] + [
        "[a]", "[b]", "[c]", "[d]", "[0]",
      ])
    try PoolDatabase.apply(change.reversed, to: path, at: 3)
    #expect(try PoolDatabase.read(path) == Self.rows)
    withExtendedLifetime(directory) {}
  }

  /// Wherever a row comes or goes, and back again.
  @Test func eachPlaceIsKept() throws {
    for index in Self.rows.members.indices {
      let pool = Self.rows.members[index].pool
      let edits: [(inout PoolRows) -> Void] = [
        { $0.members.insert(Self.member(pool, "0"), at: index) }, { $0.members.remove(at: index) },
      ]
      for edit in edits {
        var after = Self.rows
        edit(&after)
        let change = Self.change(edit)
        let (directory, path) = try StoreTests().database(Self.rows)
        try PoolDatabase.apply(change, to: path, at: 2)
        #expect(try PoolDatabase.read(path) == after, "\(index)")
        try PoolDatabase.apply(change.reversed, to: path, at: 3)
        #expect(try PoolDatabase.read(path) == Self.rows, "\(index)")
        withExtendedLifetime(directory) {}
      }
    }
  }

  /// What was read is used again only while nobody writes.
  @Test func theTextIsAlwaysThatOfTheRows() throws {
    let (directory, path) = try StoreTests().database(Self.rows)
    for weight in 2..<12 {
      let read = try PoolDatabase.worded(path)
      #expect(try PoolDatabase.text(path) == read.text)
      var after = try PoolDatabase.read(path)
      after.members[0].weight = weight
      try PoolDatabase.apply(
        RowChange(from: read.text, to: WordedRows(after).text, author: "test", summary: "edited"), to: path,
        at: 2)
      #expect(try PoolDatabase.text(path) == WordedRows(after).text)
      let database = try DatabaseConnection(path, .readWrite)
      try database.run(
        "PRAGMA wal_autocheckpoint = 0; UPDATE member SET weight = \(weight + 20) WHERE nexthop = '[b]'")
      #expect(
        String(decoding: try PoolDatabase.text(path), as: UTF8.self).contains("[b] weight \(weight + 20)"))
    }
    withExtendedLifetime(directory) {}
  }

  @Test func eachRowIsWhereTheTextSaysIt() throws {
    var rows = StoreTests.rows
    rows.members += Self.rows.members
    let worded = WordedRows(rows)
    #expect(worded.members.map(\.member) == rows.members && worded.routes.map(\.row) == rows.routes)
    for row in worded.members {
      #expect(StoredRow(line: worded.text[row.line]) == .member(row.member))
      #expect(String(decoding: worded.text[row.item], as: UTF8.self) == row.member.result)
    }
    for route in worded.routes { #expect(StoredRow(line: worded.text[route.line]) == .route(route.row)) }
  }
}
