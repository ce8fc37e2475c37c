// Shares that 100 parts cannot say, and pools that have 1,000 parts already.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

/// Percentages of a pool for which 100 parts are too few, and of one that has the most parts already.
@Suite struct LargeTotalTests {
  private func weights(_ main: String, _ edits: Edit...) throws -> [Int] {
    let config = try MailConfig(directory: "/d", main: main).applying(edits)
    return try #require(config.pool("relayhost")).members.map(\.weight)
  }

  private func pool(_ weights: Int...) -> String {
    let items = zip(["[a]", "[b]", "[c]"], weights).map { String(repeating: "!\($0)", count: $1) }
    return "# randmap: agent\nrelayhost = randmap:\(items.joined())\n"
  }

  private func share(_ member: String, _ share: Double) -> Edit {
    .setShare(pool: "relayhost", member: member, share: share, tolerance: WeightChoice.tolerance(of: share))
  }

  @Test func aLargeShareIsAsNearAsASmallOne() throws {
    #expect(try weights(pool(70, 3), share("[a]", 0.999)) == [999, 1])
    #expect(try weights(pool(70, 3), share("[b]", 0.001)) == [999, 1])
  }

  @Test(arguments: [0.28, 0.3, 0.33, 0.5, 0.9]) func aNewMemberGetsWhatIsAskedFor(wanted: Double) throws {
    let all = try weights(
      pool(70, 3), .add(pool: "relayhost", member: "[c]", weight: 1), share("[c]", wanted))
    let got = Double(try #require(all.last)) / Double(all.reduce(0, +))
    #expect(abs(got - wanted) <= WeightChoice.tolerance(of: wanted) && all.reduce(0, +) <= 1_000, "\(all)")
  }

  @Test func aPoolWithTheMostPartsTakesAnotherMember() throws {
    let all = try weights(pool(999, 1), .add(pool: "relayhost", member: "[c]", weight: 1), share("[c]", 0.5))
    #expect(all == [999, 1, 1_000])
  }

  @Test func aPoolWithTheMostPartsIsPlannedAnew() throws {
    let many = try planned("relayhost = [gw1]:587\n", "outbound", "[gw1]:587=99.9%", "[gw2]:587=0.1%").config
    let plan = try many.planning(
      wishInWords("outbound", ["[gw1]:587=5", "[gw2]:587=2", "[gw3]:587=3"]), on: plannersMachine)
    let pool = try #require(plan.config.pools().first { $0.members.count == 3 })
    #expect(pool.members.map(\.weight) == [5, 2, 3])
  }
}
