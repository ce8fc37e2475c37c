// Lanes in front of a pool of next hops, and a pool for all mail beside pools for some senders.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct LanesAndSendersTests {
  private static let lanes = ["lane:192.0.2.1=3", "lane:192.0.2.2"]
  private let relays = "relay_domains = r.example\n"

  private func shares(_ config: MailConfig, _ recipient: String, from sender: String = "") -> [String: Double]
  {
    var found: [String: Double] = [:]
    for (hop, share) in Resolver(config).route(recipient, from: sender).firstHops {
      found["\(hop.transport):\(hop.nextHop)", default: 0] += share
    }
    return found.mapValues { ($0 * 1_000).rounded() / 1_000 }
  }

  // MARK: - Lanes

  /// Each message has a lane and a next hop, one independent of the other; the mail of the relay domains keeps its pool.
  @Test(arguments: [PostfixVersion.assumed, PostfixVersion(3, 10)])
  func lanesComeInFrontOfAPoolOfNextHops(version: PostfixVersion) throws {
    let pool = try planned(
      "relayhost = [gw1]\n\(relays)", "outbound", "[gw1]=3", "[gw2]", version: version
    ).config
    #expect(pool.pools().contains { $0.id == "sender_dependent_relayhost_maps" })
    let plan = try pool.planning(wishInWords("outbound", Self.lanes), on: plannersMachine)
    #expect(plan.guards == [])
    #expect(
      shares(plan.config, "u@far.example") == [
        "lane-192-0-2-1:[gw1]": 0.563, "lane-192-0-2-1:[gw2]": 0.188, "lane-192-0-2-2:[gw1]": 0.188,
        "lane-192-0-2-2:[gw2]": 0.063,
      ])
    #expect(shares(plan.config, "u@r.example") == shares(pool, "u@r.example"))
    let more = try plan.config.applying(.setWeight(pool: "outbound", member: "lane:192.0.2.2", weight: 3))
    #expect(shares(more, "u@far.example")["lane-192-0-2-2:[gw2]"] == 0.125)
    #expect(
      try plan.config.applying(.removeRoute(key: "outbound", table: nil)).main.document.bytes
        == pool.main.document.bytes)
  }

  @Test func lanesOfTheAgentNeedOneGatewayFirst() throws {
    let pool = try planned("relayhost = [gw1]\n", "outbound", "[gw1]", "[gw2]").config
    for notation in [PoolWish.Notation.agent, .file] {
      #expect(
        refused(pool, try wishInWords("outbound", Self.lanes, notation))
          == "outbound: relayhost holds next hops, and a lane is a transport: make the pool one gateway first, with randmap pool outbound '[gw1]', or take it away, with randmap remove-route outbound"
      )
    }
    let one = try pool.planning(wishInWords("outbound", ["[gw1]"]), on: plannersMachine).config
    let lanes = try one.planning(wishInWords("outbound", Self.lanes, .agent), on: plannersMachine)
    #expect(
      shares(lanes.config, "u@far.example") == ["lane-192-0-2-1:[gw1]": 0.75, "lane-192-0-2-2:[gw1]": 0.25])
    let none = try pool.applying(.removeRoute(key: "outbound", table: nil))
    let direct = try none.planning(wishInWords("outbound", Self.lanes, .agent), on: plannersMachine)
    #expect(shares(direct.config, "u@far.example") == ["lane-192-0-2-1:": 0.75, "lane-192-0-2-2:": 0.25])
  }

  /// Before/after shows it, and nobody should send past the gateways by mistake.
  @Test(arguments: [PoolWish.Notation.stock, .agent]) func lanesThatLeaveTheGatewaysAreAskedFor(
    notation: PoolWish.Notation
  ) throws {
    let pool = try planned("\(relays)", "outbound", "smtp:[a]", "smtp:[b]", notation: notation).config
    func guards(_ members: [String]) throws -> [String] {
      try pool.planning(wishInWords("outbound", members, notation), on: plannersMachine).guards.map(\.message)
    }
    #expect(
      try guards(Self.lanes).contains {
        $0.hasPrefix("leaves the gateways: mail for someone@elsewhere.example goes to smtp:[a] 50.0%, ")
      })
    #expect(try guards(["smtp:[a]", "smtp:[c]"]).isEmpty)
    let direct = try planned(relays, "outbound", "lane:192.0.2.1", "lane:192.0.2.2", notation: notation)
    #expect(direct.guards.isEmpty)
  }

  /// Senders with relays of their own would send from the lanes too: that is asked, until they do.
  @Test func lanesForSendersWithRelaysAreAskedFor() throws {
    let config = configToPlan(
      "relayhost = [gw]\nsender_dependent_relayhost_maps = texthash:/d/s\n",
      tables: ["s": "@c.example [c]\n"])
    let plan = try config.planning(wishInWords("outbound", Self.lanes), on: plannersMachine)
    #expect(
      plan.guards.map(\.message) == [
        "changes other mail: mail from c.example (from someone@c.example) goes to smtp:[c], and would go to lane-192-0-2-1:[c] 75.0%, lane-192-0-2-2:[c] 25.0%"
      ])
    let more = try plan.config.planning(
      wishInWords("outbound", ["lane:192.0.2.1", "lane:192.0.2.2"]), on: plannersMachine)
    #expect(more.guards.isEmpty)
  }

  // MARK: - Senders

  /// With the last sender the lanes are as they were, byte for byte; what a person wrote stays.
  @Test(arguments: ["@c.example", "from:c.example"]) func lanesAreShortAgainWithoutSenders(key: String) throws
  {
    let lanes = try planned("relayhost = [gw1]\n", "outbound", "lane:192.0.2.1=3", "lane:192.0.2.2").config
    for members in [["smtp:[x]", "smtp:[y]"], ["smtp:[x]"]] {
      let pool = try lanes.planning(wishInWords("from:c.example", members), on: plannersMachine).config
      #expect(pool.main.document.bytes.text.contains(TableSpec.otherSenders))
      let two = try pool.planning(wishInWords("from:d.example", members), on: plannersMachine).config
      let one = try two.applying(.removeRoute(key: "from:d.example", table: nil))
      #expect(one.main.document.bytes.text.contains(TableSpec.otherSenders))
      if key.hasPrefix("from:") {
        let bare = try one.applying(.removeRoute(key: key, table: nil))
        #expect(bare.main.document.bytes == lanes.main.document.bytes, "\(bare.main.document.bytes.text)")
      }
    }
    let name = RoutingParameter.senderTransportMaps
    let start = "pipemap:{ unionmap:\(TableSpec.otherSenders), "
    let table = "# randmap: table\n\(key)\tsmtp:[x]\n"
    for (start, isOwn) in [(start, false), (start.replacing("{ ", with: "{"), true)] {
      var own = configToPlan("\(name) = \(start)randmap:{smtp:[a], smtp:[b]}},\n    texthash:/d/s\n")
      own.files["/d/s"] = .read(Document(path: "/d/s", bytes: Bytes(table.utf8)))
      guard !key.hasPrefix("from:") else { continue }
      let bare = try own.applying(.removeRoute(key: key, table: nil)).main.document.bytes.text
      #expect(
        bare
          == "\(name) = \(isOwn ? "randmap:{smtp:[a], smtp:[b]}" : "\(start)randmap:{smtp:[a], smtp:[b]}}")\n"
      )
    }
  }

  /// In whichever order the two are made.
  @Test func aPoolForSomeSendersMayBeThereFirst() throws {
    for first in [["from:c.example", "[x]", "[y]"], ["from:u@c.example", "smtp:[x]", "relay:[y]"]] {
      for main in ["relayhost = [gw1]\n", "relayhost = [gw1]\n\(relays)", ""] {
        let agent = configToPlan("# randmap: agent\n\(main)")
        let from = try agent.planning(
          wishInWords(first[0], Array(first.dropFirst())), on: plannersMachine
        ).config
        let plan = try from.planning(wishInWords("outbound", ["[gw1]=3", "[gw2]"]), on: plannersMachine)
        #expect(plan.guards == [])
        #expect(shares(plan.config, "u@far.example") == ["smtp:[gw1]": 0.75, "smtp:[gw2]": 0.25])
        let sender = "u@c.example"
        #expect(
          shares(plan.config, "u@far.example", from: sender) == shares(from, "u@far.example", from: sender))
        #expect(plan.config.pools().allSatisfy { $0.notation != .stock && $0.notation.needsAgent })
        if main.hasPrefix("relayhost") {
          let back = try plan.config.planning(wishInWords("outbound", ["[gw1]"]), on: plannersMachine).config
          #expect(shares(back, "u@r.example") == shares(from, "u@r.example"))
        }
      }
    }
  }

  /// What takes its next hop from relayhost would lose it.
  @Test(arguments: ["smtp:", "smtp", ":[b]", "lane1:"])
  func anEntryThatNeedsTheRelayhostIsNamed(result: String) throws {
    var config = configToPlan(
      "# randmap: agent\nrelayhost = [gw1]\nsender_dependent_default_transport_maps = texthash:/d/s\n")
    func table(_ text: String) {
      config.files["/d/s"] = .read(Document(path: "/d/s", bytes: Bytes(text.utf8)))
    }
    table("@a.example smtp:[a]\n@b.example \(result)\n")
    #expect(
      refused(config, try wishInWords("outbound", ["[gw1]", "[gw2]"], .agent))
        == "outbound: \"\(result)\" in /d/s, which is for some senders, takes its next hop from relayhost: write both there first, such as smtp:[gw1.example]"
    )
    table("@a.example smtp:[a]\n@b.example DUNNO\n")
    #expect(refused(config, try wishInWords("outbound", ["[gw1]", "[gw2]"], .agent)) == "")
  }

  @Test(arguments: ["ldap:/d/l", "regexp:/d/none", "pcre:{{/x/ smtp:}}"])
  func aTableThatCannotBeListedIsNamed(table: String) throws {
    let main = "# randmap: agent\nrelayhost = [gw1]\nsender_dependent_default_transport_maps = \(table)\n"
    let words = refused(configToPlan(main), try wishInWords("outbound", ["[gw1]", "[gw2]"]))
    #expect(words.hasPrefix("outbound: "), "\(words)")
    #expect(words.contains("take it out first") || words.contains("write both there first"), "\(words)")
  }

  /// The agent has no relays for some senders: what works is named.
  @Test func anotherNotationThatWorksIsNamed() throws {
    let main =
      "relayhost = [gw1]\nsender_dependent_relayhost_maps = inline:{{@c.example=[c]}}\n# randmap: agent\n"
    let words = refused(main, "outbound", "[gw1]", "[gw2]")
    #expect(words.hasSuffix("; as stock Postfix runs it: --notation stock"), "\(words)")
    let stock = try planned(main, "outbound", "[gw1]", "[gw2]", notation: .stock)
    #expect(shares(stock.config, "u@far.example") == ["smtp:[gw1]": 0.5, "smtp:[gw2]": 0.5])
    #expect(shares(stock.config, "u@far.example", from: "u@c.example") == ["smtp:[c]": 1])
    // What would not work either is not.
    let old = refused(
      configToPlan(main, version: PostfixVersion(3, 4)),
      try wishInWords("outbound", ["[gw1]", "[gw2]"]))
    #expect(!old.isEmpty && !old.contains("--notation stock"), "\(old)")
  }
}
