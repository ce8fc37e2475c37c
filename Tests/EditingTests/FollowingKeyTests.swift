// Mail of entries that leave a part to other settings is looked at, however many keys come before them.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct FollowingKeyTests {
  private func config(_ main: String, _ table: String) -> MailConfig {
    var config = configToPlan(main)
    let others = (1...800).map { "d\($0).example smtp:[x.example]\n" }.joined()
    config.files["/d/t"] = .read(Document(path: "/d/t", bytes: Bytes((others + table).utf8)))
    return config
  }

  @Test func theGuardSpeaksOfTheLastEntryToo() throws {
    let config = config("relayhost = [gw1]\ntransport_maps = texthash:/d/t\n", "last.example :[special]\n")
    let plan = try config.planning(
      wishInWords("outbound", ["lane:192.0.2.1", "lane:192.0.2.2"]), on: plannersMachine)
    #expect(plan.guards.contains { $0.message.hasPrefix("changes other mail: mail for last.example") })
    // What does not change is not shown beyond the first keys.
    #expect(plan.routes.count < 12)
  }

  @Test func aSettingThatTakesThePoolsMailIsAskedFor() throws {
    let config = try config("relayhost = [gw1]\nmydestination =\ntransport_maps = texthash:/d/t\n", "")
      .planning(
        wishInWords("outbound", ["[gw1]", "[gw2]"]), on: plannersMachine
      ).config
    for edit in [
      Edit.setRoute(key: "default_transport", value: "smtp:[x.example]", table: nil),
      .setRoute(key: "*", value: "smtp:[x.example]", table: "t"),
    ] {
      let guards = config.guards(against: try config.applying(edit), states: [:])
      #expect(guards.contains { $0.message.hasPrefix("removes 100") }, "\(guards.map(\.message))")
    }
  }
}
