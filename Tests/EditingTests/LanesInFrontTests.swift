// Gateways for all mail to the outside where lanes are in front of them: the lanes go, and what is behind them decides.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct LanesInFrontTests {
  private static let lanes = ["lane:192.0.2.1=4", "lane:192.0.2.2"]

  private func wished(
    _ config: MailConfig, _ members: [String], _ notation: PoolWish.Notation? = nil
  ) throws -> MailConfig {
    try config.planning(wishInWords("outbound", members, notation), on: plannersMachine).config
  }

  private func withPool(_ main: String = "relayhost = [gw1]\n") throws -> MailConfig {
    try wished(configToPlan(main), ["[gw1]=2", "[gw2]"])
  }

  // MARK: - The wish

  @Test func thePoolBehindTheLanesGetsTheShares() throws {
    let pool = try withPool()
    let lanes = try wished(pool, Self.lanes)
    let plan = try lanes.planning(
      wishInWords("outbound", ["[gw1]=2", "smtp:[gw2]"]), on: plannersMachine)
    #expect(plan.config.main.document.bytes == pool.main.document.bytes)
    #expect(plan.config.master?.document.bytes.text == plannedServices)
    #expect(plan.notes.contains { $0.contains("lane-192-0-2-1, lane-192-0-2-2") })
    // The gateways keep their mail: there is nothing to ask.
    #expect(lanes.guards(against: plan.config, states: [:]).isEmpty && plan.guards.isEmpty)
    let route = Edit.removeRoute(key: "outbound", table: nil)
    #expect(lanes.guards(against: try lanes.applying(route), states: [:]).isEmpty)
    // Other shares and members, as without lanes: with the net.
    let other = ["[gw1]", "[gw3]=3"]
    #expect(try wished(lanes, other).main.document.bytes == wished(pool, other).main.document.bytes)
    #expect(try wished(lanes, other).main.document.bytes.text.contains("static:{[gw1],[gw3]}"))
  }

  @Test func oneGatewayLeavesNothingOver() throws {
    let main = "relayhost = [gw1]\n"
    let lanes = try wished(try withPool(main), Self.lanes)
    #expect(try wished(lanes, ["[gw1]"]).main.document.bytes.text == main)
    #expect(try wished(lanes, ["[gw1]"]).master?.document.bytes.text == plannedServices)
  }

  @Test(arguments: [PoolWish.Notation.stock, .agent], [lanes, ["lane:192.0.2.1"]])
  func lanesInFrontOfARelayhostGo(notation: PoolWish.Notation, lanes: [String]) throws {
    for main in ["relayhost = [gw1]\n", "relay_domains = r.example\nrelayhost = [gw1]\n"] {
      let config = configToPlan(main)
      let made = try wished(config, lanes, notation)
      #expect(made.main.document.bytes != config.main.document.bytes)
      let members = ["[gw1]", "[gw2]"]
      let (pool, bare) = try (wished(made, members, notation), wished(config, members, notation))
      #expect(pool.contents == bare.contents)
      #expect(pool.pools().map(\.id) == bare.pools().map(\.id))
      if notation == .stock { #expect(pool.main.document.bytes == bare.main.document.bytes) }
      #expect(pool.master?.document.bytes.text == plannedServices)
      #expect(try wished(pool, ["[gw1]"]).main.document.bytes.text == main)
      #expect(try wished(made, ["[gw1]"]).main.document.bytes.text == main)
    }
  }

  /// A pool for some senders comes before the lanes in the same list, and stays.
  @Test func aPoolForSomeSendersStays() throws {
    let senders = try configToPlan("relayhost = [gw1]\n").planning(
      wishInWords("from:c.example", ["smtp:[c1]", "smtp:[c2]"]), on: plannersMachine
    ).config
    let lanes = try wished(senders, Self.lanes)
    let pool = try wished(lanes, ["[gw1]", "[gw2]"])
    let words = Resolver(pool).route("u@far.example", from: "u@c.example").words
    #expect(words == Resolver(senders).route("u@far.example", from: "u@c.example").words)
    #expect(Resolver(pool).route("u@far.example", from: "").words == "smtp:[gw1] 50.0%, smtp:[gw2] 50.0%")
    #expect(pool.main.document.bytes.text.contains("static:{[gw1],[gw2]}"))
  }

  /// Transports that send from wherever smtp does are no lanes: what a person chose stays.
  @Test func otherTransportsAreNoLanes() throws {
    let main = "relayhost = [gw1]\ndefault_transport = relay:\n"
    let pool = try wished(configToPlan(main), ["[gw1]", "[gw2]"])
    #expect(pool.main.document.bytes.text.contains("default_transport = relay:"))
  }

  // MARK: - Edits

  @Test func anEditOfANextHopIsOfThePoolBehindTheLanes() throws {
    let lanes = try wished(try withPool(), Self.lanes)
    let id = "sender_dependent_relayhost_maps"
    func made(_ edit: Edit) throws -> [String] {
      let edited = try lanes.applying(edit)
      #expect(edited.pool("sender_dependent_default_transport_maps")?.members.count == 2)
      return (edited.pool(id)?.members ?? []).map { "\($0.result) x\($0.weight) \($0.isDrained)" }
    }
    for member in ["[gw3]", "smtp:[gw3]"] {
      #expect(
        try made(.add(pool: "outbound", member: member, weight: 3))
          == ["[gw1] x2 false", "[gw2] x1 false", "[gw3] x3 false"])
    }
    #expect(
      try made(.setShare(pool: "outbound", member: "[gw2]", share: 0.5, tolerance: usualTolerance))
        == ["[gw1] x1 false", "[gw2] x1 false"])
    #expect(
      try made(.setWeight(pool: "outbound", member: "[gw2]", weight: 5))
        == ["[gw1] x2 false", "[gw2] x5 false"])
    #expect(try made(.remove(pool: "outbound", member: "[gw2]")) == ["[gw1] x2 false"])
    #expect(
      try made(.drain(pool: "outbound", member: "[gw2]")) == ["[gw1] x2 false", "[gw2] x1 true"])
    let meant = try lanes.memberships(of: "[gw2]", in: "outbound", drained: false)
    #expect(meant.map(\.pool) == [id] && meant.map(\.member) == ["[gw2]"])
    var wish = RampWish()
    (wish.to, wish.over) = ("50%", "4w")
    let plan = try wish.edits(of: "[gw3]", in: "outbound", lanes)
    #expect(try lanes.applying(plan).pool(id)?.members.last?.ramp != nil)
    // A lane is one in front.
    let edit = Edit.setWeight(pool: "outbound", member: "lane:192.0.2.2", weight: 4)
    let even = try lanes.applying(edit).pool("sender_dependent_default_transport_maps")
    #expect(even?.members.map(\.weight) == [4, 4])
  }

  @Test func aNextHopBesideLanesInFrontOfARelayhostIsRefused() throws {
    let lanes = try wished(configToPlan("relayhost = [gw1]\n"), Self.lanes)
    for edit in [
      Edit.add(pool: "outbound", member: "[gw2]", weight: 1),
      .add(pool: "outbound", member: "smtp:[gw2]", weight: 1),
      .setWeight(pool: "outbound", member: "[gw2]", weight: 1),
    ] {
      do throws(EditError) {
        _ = try lanes.applying(edit)
        Issue.record("\(edit.summary)")
      } catch {
        #expect(
          error.message
            == "outbound: its members are lanes, and [gw2] would be a way past them: randmap pool outbound '[gw1]' '[gw2]' takes the lanes away, and after that randmap pool outbound with the lanes puts them in front again"
        )
      }
    }
  }
}
