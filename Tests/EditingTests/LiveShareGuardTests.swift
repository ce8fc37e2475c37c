// How much of a pool's mail an edit takes from its gateways: one rule, whatever the edit is and in whatever notation the pool is.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct LiveShareGuardTests {
  /// A relayhost that became a pool for each of its transports is two pools.
  private func shares(_ before: MailConfig, _ after: MailConfig) -> Set<Int> {
    Set(
      before.guards(against: after, states: [:]).compactMap {
        if case .takesOutLiveShare(_, let share) = $0 { Int((share * 100).rounded()) } else { nil }
      })
  }

  private func pool(_ config: MailConfig, _ scope: String, _ members: [String]) throws -> MailConfig {
    try config.planning(wishInWords(scope, members), on: plannersMachine).config
  }

  private static let scopes = [
    "outbound", "to:a.example", "from:s.example", "from:u@s.example", "class:relay",
  ]
  private static let main = "relayhost = [gw]\nrelay_domains = r.example\n"

  @Test(arguments: scopes, ["", "# randmap: agent\n"])
  func eachEditOfAPoolIsCountedAlike(scope: String, agent: String) throws {
    let made = try pool(
      configToPlan(Self.main + agent), scope, ["smtp:[a]=60%", "smtp:[b]=40%"])
    let edits: [([String], Set<Int>)] = [
      (["smtp:[a]"], []), (["smtp:[b]"], [60]), (["smtp:[c]"], [100]), (["smtp:[a]", "smtp:[c]"], []),
      (["smtp:[b]", "smtp:[c]"], [60]), (["smtp:[c]", "smtp:[d]"], [100]),
      (["smtp:[a]=1", "smtp:[b]=9"], []),
    ]
    for (members, wanted) in edits {
      #expect(shares(made, try pool(made, scope, members)) == wanted, "\(members)")
    }
    if scope.hasPrefix("to:") || scope.hasPrefix("from:") {
      let bare = try made.applying(.removeRoute(key: scope, table: nil))
      #expect(shares(made, bare) == [100], "\(bare.main.document.bytes.text)")
    }
  }

  /// Who names one destination in the place of another says all there is to say.
  @Test(arguments: scopes, ["", "# randmap: agent\n"])
  func oneDestinationIsNoPool(scope: String, agent: String) throws {
    let one = try pool(configToPlan(Self.main + agent), scope, ["smtp:[a]"])
    for members in [["smtp:[b]"], ["smtp:[b]", "smtp:[c]"]] {
      #expect(shares(one, try pool(one, scope, members)) == [], "\(members)")
    }
  }

  @Test func routesAreCountedAsPoolsAre() throws {
    let one = configToPlan(Self.main)
    #expect(
      shares(one, try one.applying(.setRoute(key: "relayhost", value: "[b]", table: nil))).isEmpty)
    #expect(shares(one, try one.applying(.removeRoute(key: "relayhost", table: nil))).isEmpty)
    let two = configToPlan("# randmap: agent\nrelay_transport = randmap:!smtp:[a]!smtp:[b]\n")
    for edit in [
      Edit.setRoute(key: "relay_transport", value: "smtp:[c]", table: nil),
      .removeRoute(key: "relay_transport", table: nil),
    ] {
      #expect(shares(two, try two.applying(edit)) == [100], "\(edit)")
    }
    #expect(
      shares(two, try two.applying(.setRoute(key: "relay_transport", value: "smtp:[a]", table: nil))).isEmpty)
  }

  /// That its gateways have other mail says nothing of this.
  @Test(
    arguments: ["outbound", "to:a.example", "from:s.example", "class:relay", "class:virtual"],
    [PoolWish.Notation.agent, .stock, .file])
  func gatewaysOfOtherMailAreNotThoseOfThis(scope: String, notation: PoolWish.Notation) throws {
    let main = "relay_domains = r.example\nvirtual_mailbox_domains = v.example\n"
    // The other pool keeps both gateways in use.
    let other = scope == "to:a.example" ? "outbound" : "to:a.example"
    var config = configToPlan(main)
    for mail in [other, scope] {
      config = try config.planning(
        wishInWords(mail, ["smtp:[a]=60%", "smtp:[b]=40%"], notation), on: plannersMachine
      ).config
    }
    let bare = try config.applying(.removeRoute(key: scope, table: nil))
    #expect(
      shares(config, bare) == (scope == "to:a.example" ? [] : [100]), "\(bare.main.document.bytes.text)")
  }

  /// Written in another notation it is the same pool.
  @Test func aConversionTakesNothing() throws {
    for scope in Self.scopes {
      let stock = try pool(configToPlan(Self.main), scope, ["smtp:[a]=60%", "smtp:[b]=40%"])
      let agent = try stock.converting(stock.pools().filter { $0.notation != .single }.map(\.id), to: .agent)
        .config
      #expect(shares(stock, agent).isEmpty, "\(scope)")
      #expect(shares(agent, stock).isEmpty, "\(scope)")
    }
  }
}
