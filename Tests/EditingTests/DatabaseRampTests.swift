// Plans of shares in a pool in a database: rows, and the shares that Postfix's query makes of them.

import PostfixFiles
import Routing
import Store
import TestSupport
import Testing

@testable import Editing

@Suite struct DatabaseRampTests {
  private let start = 1_795_888_800
  private let day = 86_400

  /// Two gateways by weights of 3 and 1, and one that has no mail yet.
  private func config(_ bench: DatabaseBench) throws -> MailConfig {
    var config = try bench.config(
      "sender_dependent_default_transport_maps = randmap:{smtp:[gw1], smtp:[gw1], smtp:[gw1], smtp:[gw2]}\n")
    config.environment.clock = { [start] in start }
    config = try config.converting([], to: .database).config
    return try config.applying(.add(pool: "outbound", member: "smtp:[gw3]", weight: 1))
  }

  private func plan(_ edit: (inout Ramp) -> Void = { _ in }) -> Ramp {
    var ramp = Ramp(from: 0.02, to: 0.5, start: start, over: 4 * day, step: .daily)
    edit(&ramp)
    return ramp
  }

  /// It has all the mail, so there is no share from which the plan could begin.
  @Test func aPlanFromAllTheMailIsRefused() throws {
    let bench = try DatabaseBench()
    var config = try config(bench)
    for member in ["[gw2]", "[gw3]"] {
      config = try config.applying(.drain(pool: "outbound", member: member))
    }
    #expect(throws: EditError.badShare) {
      try config.applying(.ramp(pool: "outbound", member: "[gw1]", plan { $0.from = 1 }))
    }
  }

  /// Weights of any size, and no other member that could take the rest: the plan ends all the same.
  @Test func aPlanCanAlwaysBeEnded() throws {
    let bench = try DatabaseBench()
    var config = try config(bench)
    config = try config.applying(.setWeight(pool: "outbound", member: "[gw1]", weight: 70_001))
    config = try config.applying(.setWeight(pool: "outbound", member: "[gw2]", weight: 41_003))
    config = try config.applying(.ramp(pool: "outbound", member: "[gw3]", plan()))
    let ended = try config.applying(.endRamp(pool: "outbound", member: "[gw3]"))
    #expect(abs(ended.shares("outbound")["smtp:[gw3]", default: 0] - 0.02) < 0.005)
    for member in ["[gw1]", "[gw2]"] {
      config = try config.applying(.drain(pool: "outbound", member: member))
    }
    #expect(try config.applying(.endRamp(pool: "outbound", member: "[gw3]")).ramps().isEmpty)
  }

  @Test func aPlanIsARowAndMovesTheShareByItself() throws {
    let bench = try DatabaseBench()
    let before = try config(bench)
    var config = try before.applying(.ramp(pool: "outbound", member: "[gw3]", plan()))
    let text = try #require(config.document(bench.database)?.bytes.text)
    #expect(
      text.contains(
        "member outbound to smtp:[gw3] weight 1 ramp from 0.02 start 2026-11-28T18:00:00Z end 2026-12-02T18:00:00Z"
          + " to 0.5 steps daily stop-at 0.1\n"), "\(text)")
    // The other rows are what they were.
    #expect(config.rows(bench.database).members.prefix(2) == before.rows(bench.database).members.prefix(2))
    for (days, share) in [(0, 0.02), (1, 0.14), (3, 0.38), (4, 0.5), (100, 0.5)] {
      let now = start + days * day
      config.environment.clock = { now }
      let shares = config.shares("outbound")
      #expect(abs(shares["smtp:[gw3]", default: 0] - share) < 1e-9, "\(days): \(shares)")
      #expect(abs(shares["smtp:[gw1]", default: 0] - 0.75 * (1 - share)) < 1e-9)
      let route = config.route("u@elsewhere.example")
      #expect(abs(route["smtp:[gw3]", default: 0] - share) < 1e-9, "\(days): \(route)")
      // A tick has nothing to write before the end.
      let found = try #require(config.ramps().first)
      #expect(found.ramp == plan() && found.member == "smtp:[gw3]")
      let followed = try config.following(found, as: found.ramp)
      let isOver = days >= 4
      #expect((followed.rows(bench.database) == config.rows(bench.database)) == !isOver)
      if isOver {
        #expect(followed.ramps().isEmpty)
        #expect(abs(followed.shares("outbound")["smtp:[gw3]", default: 0] - 0.5) < 0.005)
      }
    }
    let member = try #require(config.pool("outbound")?.members.last)
    #expect(member.ramp == plan())
  }

  @Test func aPauseALimitAndAReasonAreKept() throws {
    let bench = try DatabaseBench()
    let ramp = plan {
      ($0.most, $0.cap, $0.stopAt, $0.resumed) = (500, 0.04, 0.25, start + 5)
      $0.pause = Ramp.Pause(since: start + 2 * day, why: "holidays, of us all")
    }
    var config = try config(bench).applying(.ramp(pool: "outbound", member: "[gw3]", ramp))
    #expect(config.pool("outbound")?.members.last?.ramp == ramp)
    config.environment.clock = { [start, day] in start + 30 * day }
    #expect(abs(config.shares("outbound")["smtp:[gw3]", default: 0] - 0.04) < 1e-9)
    let resumed = try config.applying(
      .ramp(pool: "outbound", member: "[gw3]", ramp.resumed(at: start + 30 * day)))
    #expect(resumed.pool("outbound")?.members.last?.ramp?.start == start + 28 * day)
  }

  @Test func theEndOfAPlanLeavesTheShare() throws {
    let bench = try DatabaseBench()
    var config = try config(bench).applying(.ramp(pool: "outbound", member: "[gw3]", plan()))
    config.environment.clock = { [start, day] in start + 2 * day }
    config = try config.applying(.endRamp(pool: "outbound", member: "[gw3]"))
    #expect(config.ramps().isEmpty)
    let shares = config.shares("outbound")
    #expect(abs(shares["smtp:[gw3]", default: 0] - 0.26) < 0.005, "\(shares)")
    #expect(abs(shares["smtp:[gw1]", default: 0] / shares["smtp:[gw2]", default: 1] - 3) < 1e-9)
    #expect(throws: EditError.self) {
      try config.applying(.endRamp(pool: "outbound", member: "[gw3]"))
    }
  }

  @Test func otherMembersAreSetBesideAPlan() throws {
    let bench = try DatabaseBench()
    var config = try config(bench).applying(.ramp(pool: "outbound", member: "[gw3]", plan()))
    config.environment.clock = { [start, day] in start + 3 * day }
    config = try config.applying(
      .setShare(pool: "outbound", member: "[gw1]", share: 0.31, tolerance: usualTolerance))
    let shares = config.shares("outbound")
    #expect(abs(shares["smtp:[gw1]", default: 0] - 0.31) < 0.005, "\(shares)")
    #expect(abs(shares["smtp:[gw3]", default: 0] - 0.38) < 1e-9)
    // What a plan moves is not set by hand.
    #expect(throws: EditError.self) {
      try config.applying(.setWeight(pool: "outbound", member: "[gw3]", weight: 5))
    }
    // A member that is drained has no share, and its plan stays.
    config = try config.applying(.drain(pool: "outbound", member: "[gw3]", Drain()))
    #expect(config.shares("outbound")["smtp:[gw3]"] == 0)
    #expect(config.ramps().first?.isActive == false)
    // A conversion would lose it.
    #expect(throws: EditError.self) { try config.converting([], to: .stock) }
  }

  /// The plan would keep its share, and the pool would be another one than was asked for.
  @Test func aPoolWithAPlanGetsNoOtherMembers() throws {
    let bench = try DatabaseBench()
    let planned = try config(bench).applying(
      .ramp(
        pool: "outbound", member: "smtp:[gw3]",
        Ramp(from: 0.01, to: 0.25, start: start, over: 10 * day, step: .daily)))
    let wish = PoolWish(.outbound, try ["smtp:[gw1]", "smtp:[gw3]=2"].map { try WantedMember($0) })
    let error = #expect(throws: EditError.self) {
      try planned.planning(wish, on: Machine(addresses: []))
    }
    #expect(error?.message.hasSuffix("randmap ramp 'smtp:[gw3]' --cancel") == true, "\(error?.message ?? "")")
  }
}
