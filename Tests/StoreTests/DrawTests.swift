// The two views that Postfix may ask: they answer alike, and a plan has the one that knows plans.

import TestSupport
import Testing

@testable import Store

@Suite struct DrawTests {
  /// Two transports, one member down, one drained, one whose drain is over.
  private let rows = PoolRows(
    members: [
      MemberRow(pool: "p", transport: "smtp", nextHop: "[a]", weight: 5),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[b]", weight: 2),
      MemberRow(pool: "p", transport: "relay", nextHop: "[c]", weight: 2),
      MemberRow(
        pool: "p", transport: "relay", nextHop: "[d]", weight: 1, drain: MemberRow.Drain(until: 5)),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[down]", weight: 90),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[drained]", weight: 90, drain: MemberRow.Drain()),
    ], routes: [RouteRow(map: "m", key: "*", pool: "p")])

  private func database(_ rows: PoolRows) throws -> (directory: TemporaryDirectory, path: String) {
    let directory = try TemporaryDirectory()
    let path = directory.file("pools.db")
    try PoolDatabase.apply(
      RowChange(from: nil, to: rows.text, author: "test", summary: "made"), to: path, at: 1)
    return (directory, path)
  }

  private func guards(_ path: String) throws -> Int {
    var count = 0
    let statement = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'no_plan_here*'"
    try DatabaseConnection(path, .readOnly).query(statement) { _ in count += 1 }
    return count
  }

  private func counts(_ path: String) throws -> [String: Double] {
    let times = 8_000
    return try PoolDatabase.draw(map: "m", key: "*", from: path, times: times).reduce(into: [:]) {
      $0[$1, default: 0] += 1 / Double(times)
    }
  }

  /// lmtp(8) ends with a fatal error at `inet:` in front of another next hop than the first.
  @Test(arguments: [false, true]) func aListOfLMTPServersHasOneInet(withPlans: Bool) throws {
    let (directory, path) = try database(
      PoolRows(
        members: ["inet:[a]:24", "inet:[b]:24", "mail.inet:24"].map {
          MemberRow(pool: "p", transport: "lmtp", nextHop: $0, weight: 1)
        }, routes: [RouteRow(map: "m", key: "*", pool: "p")]))
    if withPlans { try DatabaseConnection(path, .readWrite).run(Schema.draw(withPlans: true)) }
    let answers = Set(try PoolDatabase.draw(map: "m", key: "*", from: path, times: 500))
    #expect(
      answers == [
        "lmtp:inet:[a]:24, [b]:24, mail.inet:24", "lmtp:inet:[a]:24, mail.inet:24, [b]:24",
        "lmtp:inet:[b]:24, [a]:24, mail.inet:24", "lmtp:inet:[b]:24, mail.inet:24, [a]:24",
        "lmtp:mail.inet:24, [a]:24, [b]:24", "lmtp:mail.inet:24, [b]:24, [a]:24",
      ])
    withExtendedLifetime(directory) {}
  }

  /// Of 8,000 draws the standard deviation is at most 0.0056.
  @Test func bothAnswerAlike() throws {
    let (directory, path) = try database(rows)
    let database = try DatabaseConnection(path, .readWrite)
    try database.run(
      "UPDATE member SET state = 'down', state_at = strftime('%s', 'now') + 0 WHERE nexthop = '[down]'")
    let expected = [
      "smtp:[a], [b], [down]": 0.7 * 5 / 7, "smtp:[b], [a], [down]": 0.7 * 2 / 7,
      "relay:[c], [d]": 0.3 * 2 / 3, "relay:[d], [c]": 0.3 / 3,
    ]
    for withPlans in [false, true] {
      try database.run(Schema.draw(withPlans: withPlans))
      let found = try counts(path)
      #expect(Set(found.keys) == Set(expected.keys), "\(withPlans)")
      for (answer, share) in expected {
        #expect(abs(found[answer, default: 0] - share) < 0.025, "\(withPlans) \(answer)")
      }
    }
    withExtendedLifetime(directory) {}
  }

  @Test(arguments: [false, true])
  func whereAllAreDrainedAllAreTried(withPlans: Bool) throws {
    var drained = rows
    for index in drained.members.indices { drained.members[index].drain = MemberRow.Drain() }
    let (directory, path) = try database(drained)
    try DatabaseConnection(path, .readWrite).run(Schema.draw(withPlans: withPlans))
    let found = try counts(path)
    #expect(abs(found.filter { $0.key.hasPrefix("smtp:") }.values.reduce(0, +) - 187.0 / 190) < 0.025)
    #expect(found.keys.allSatisfy { $0.split(separator: ",").count == ($0.hasPrefix("smtp:") ? 4 : 2) })
    withExtendedLifetime(directory) {}
  }

  @Test func aPlanBringsItsViewAndTakesItAway() throws {
    let (directory, path) = try database(rows)
    #expect(try guards(path) == 2)
    // What another program writes would move nothing.
    #expect(throws: StoreError.self) {
      try DatabaseConnection(path, .readWrite).run(
        "UPDATE member SET ramp_from = 1.0, ramp_start = 1, ramp_end = 2")
    }
    #expect(throws: StoreError.self) {
      try DatabaseConnection(path, .readWrite).run(
        "INSERT INTO member (pool, nexthop, weight, ramp_from, ramp_start, ramp_end) VALUES ('p', '[z]', 1, 1.0, 1, 2)"
      )
    }
    var planned = rows
    planned.members[1].ramp = MemberRow.Ramp(
      from: 0.01, start: 1, end: 2, plan: MemberRow.Plan(to: 0.4, steps: "daily", stopAt: 0.1))
    let change = RowChange(from: rows.text, to: planned.text, author: "test", summary: "ramp")
    try PoolDatabase.apply(change, to: path, at: 2)
    #expect(try guards(path) == 0)
    let found = try counts(path)
    #expect(abs(found.filter { $0.key.hasPrefix("smtp:[b]") }.values.reduce(0, +) - 0.4) < 0.025)
    try PoolDatabase.apply(change.reversed, to: path, at: 3)
    #expect(try guards(path) == 2)
    #expect(try PoolDatabase.read(path) == rows)
    withExtendedLifetime(directory) {}
  }
}
