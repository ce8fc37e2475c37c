// A lane that is added with a percentage, and the whole call where a guard stops an edit that makes a pool.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct LaneShareTests {
  /// A lane with a percentage is planned, so that its guards are asked with --force.
  @Test func aNewLaneMayHaveAShare() throws {
    let lanes = try planned("relayhost = [gw]\n", "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    let share = Edit.setShare(pool: "outbound", member: "lane:127.0.0.6", share: 0.5, tolerance: 0.005)
    let wish = try #require(try PoolWish(share, in: lanes, isNew: true))
    let plan = try lanes.planning(wish, on: plannersMachine)
    let pool = try #require(plan.config.pools().first { $0.members.count == 3 })
    #expect(pool.members.map(\.weight) == [1, 1, 2])
    // Who is not there has no share to set.
    #expect(try PoolWish(share, in: lanes) == nil)
  }
}
