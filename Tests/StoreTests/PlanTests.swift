// Plans of shares in a pool database: what the view that Postfix asks makes of them.

import Glibc
import TestSupport
import Testing

@testable import Store

@Suite struct PlanTests {
  private let now = Int64(time(nil))
  private let day: Int64 = 86_400

  /// [a] and [b] by weights of 3 and 1, [new] by a plan that began so many days ago.
  private func database(
    _ days: Double, from: Double = 0.1, to: Double = 0.5, over: Int64 = 4, second: Double? = nil,
    _ edit: (inout MemberRow.Plan) -> Void = { _ in }
  ) throws -> (directory: TemporaryDirectory, path: String) {
    var plan = MemberRow.Plan(to: to, steps: "daily", stopAt: 0.1)
    edit(&plan)
    let start = now - Int64(days * Double(day))
    func ramp(_ from: Double, _ plan: MemberRow.Plan) -> MemberRow.Ramp {
      MemberRow.Ramp(from: from, start: start, end: start + over * day, plan: plan)
    }
    var members = [
      MemberRow(pool: "p", transport: "smtp", nextHop: "[a]", weight: 3),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[b]", weight: 1),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[new]", weight: 1, ramp: ramp(from, plan)),
    ]
    if let second {
      var other = plan
      other.to = second
      members.append(
        MemberRow(pool: "p", transport: "smtp", nextHop: "[other]", weight: 1, ramp: ramp(second, other)))
    }
    let rows = PoolRows(members: members, routes: [RouteRow(map: "m", key: "*", pool: "p")])
    let directory = try TemporaryDirectory()
    let path = directory.file("pools.db")
    try PoolDatabase.apply(
      RowChange(from: nil, to: rows.text, author: "test", summary: "made"), to: path, at: 1)
    #expect(try PoolDatabase.read(path) == rows)
    #expect(PoolRows(text: rows.text) == rows)
    return (directory, path)
  }

  /// The shares as the view has them, in the order of the names.
  private func shares(_ path: String) throws -> [Double] {
    var weights: [Double] = []
    try DatabaseConnection(path, .readOnly).query(
      "SELECT weight FROM share WHERE NOT drained ORDER BY nexthop"
    ) {
      if case .real(let weight) = $0[0] { weights.append(weight) }
    }
    return weights.map { $0 / weights.reduce(0, +) }
  }

  private func isNear(_ found: [Double], _ wanted: [Double]) -> Bool {
    found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test(arguments: [
    (-1, 0.1), (0, 0.1), (0.9, 0.1), (1.1, 0.2), (2.5, 0.3), (3.99, 0.4), (4, 0.5), (400, 0.5),
  ])
  func theShareIsThatOfItsStepAndTheOthersKeepTheirRatio(days: Double, share: Double) throws {
    let (directory, path) = try database(days)
    let found = try shares(path)
    #expect(isNear(found, [0.75 * (1 - share), 0.25 * (1 - share), share]), "\(found)")
    withExtendedLifetime(directory) {}
  }

  @Test func aPauseAndACapHoldItBack() throws {
    let (directory, path) = try database(3.5) { $0.paused = now - 2 * day }
    #expect(isNear(try shares(path), [0.6, 0.2, 0.2]))
    let capped = try database(3.5) { $0.cap = 0.04 }
    #expect(isNear(try shares(capped.path), [0.72, 0.24, 0.04]))
    withExtendedLifetime((directory, capped)) {}
  }

  @Test func twoPlansLeaveTheOthersTheRest() throws {
    let (directory, path) = try database(2.5, second: 0.4)
    #expect(isNear(try shares(path), [0.225, 0.075, 0.3, 0.4]))
    // More than all there is: the others keep a hundredth.
    let greedy = try database(9, to: 0.9, second: 0.6)
    #expect(isNear(try shares(greedy.path), [0.0075, 0.0025, 0.594, 0.396]))
    withExtendedLifetime((directory, greedy)) {}
  }

  @Test func withoutOthersAPlanGetsAll() throws {
    let (directory, path) = try database(2.5)
    try DatabaseConnection(path, .readWrite).run("UPDATE member SET drained = 1 WHERE nexthop <> '[new]'")
    #expect(isNear(try shares(path), [1]))
    // All are drained: their weights count.
    try DatabaseConnection(path, .readWrite).run("UPDATE member SET drained = 1")
    let answers = try PoolDatabase.draw(map: "m", key: "*", from: path, times: 2_000)
    #expect(abs(answers.count { $0.hasPrefix("smtp:[a]") } - 1_200) < 150)
    withExtendedLifetime(directory) {}
  }

  @Test func theDrawsFit() throws {
    let (directory, path) = try database(2.5)
    let answers = try PoolDatabase.draw(map: "m", key: "*", from: path, times: 4_000)
    #expect(abs(answers.count { $0.hasPrefix("smtp:[new]") } - 1_200) < 180)
    withExtendedLifetime(directory) {}
  }

  @Test func theReasonOfAPauseIsKept() throws {
    let reason = "[gw]:25 defers 40% of 100 messages, most of them: 421 4.7.0 slow 'down'"
    let (directory, path) = try database(1) {
      ($0.most, $0.cap, $0.resumed, $0.paused, $0.reason) = (500, 0.02, now - 99, now - 9, reason)
    }
    let line = StoredRow.member(try #require(try PoolDatabase.read(path).members.last)).line
    #expect(line.hasSuffix(" because \"\(reason)\""), "\(line)")
    withExtendedLifetime(directory) {}
  }

  @Test(arguments: [
    "ramp_to = 1.5", "ramp_to = 0", "ramp_from = 1", "ramp_steps = 'yearly'", "ramp_max = 0", "ramp_cap = 2",
    "ramp_stop_at = -1", "ramp_start = NULL",
  ])
  func aPlanThatIsNoneCannotBeWritten(_ change: String) throws {
    let (directory, path) = try database(1)
    #expect(throws: StoreError.self) {
      try DatabaseConnection(path, .readWrite).run("UPDATE member SET \(change) WHERE nexthop = '[new]'")
    }
    withExtendedLifetime(directory) {}
  }
}
