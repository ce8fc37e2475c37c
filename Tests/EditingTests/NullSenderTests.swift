// An entry for the null sender decides for bounces, and is no reason against a pool for all other mail.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct NullSenderTests {
  private let main =
    "relayhost = [a.example]\nsender_dependent_relayhost_maps = inline:{<>=[bounces.example]}\n"

  @Test func allOtherMailGetsThePool() throws {
    let plan = try planned(main, "outbound", "[a.example]=70", "[b.example]=30")
    #expect(plan.guards.isEmpty)
    let bounces = try #require(plan.routes.first { $0.sample.what.hasPrefix("bounces") })
    #expect(!bounces.isChanged)
    #expect(bounces.after.words == "smtp:[bounces.example]")
    let outside = try #require(plan.routes.first { $0.sample.scope == .outbound })
    #expect(outside.before.words == "smtp:[a.example]")
    #expect(outside.after.words == "smtp:[a.example] 70.0%, smtp:[b.example] 30.0%")
  }

  @Test func whatDecidesForAllMailIsSaidOfOtherSenders() throws {
    let decision = try #require(configToPlan(main).scopeDecisions().first { $0.scope == .outbound })
    #expect(decision.answer.words == "smtp:[a.example]")
    #expect(decision.decidedBy == "relayhost")
  }
}
