// What is there already hinders nobody: it gets its place beside the pool, or the sentence names the call that works.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct DeadEndTests {
  private func shares(_ config: MailConfig, _ recipient: String, from sender: String = "") -> [String: Double]
  {
    var found: [String: Double] = [:]
    for (hop, share) in Resolver(config).route(recipient, from: sender).firstHops {
      found["\(hop.transport):\(hop.nextHop)", default: 0] += share
    }
    return found
  }

  private func config(
    _ main: String, _ tables: [String: String], version: PostfixVersion = .assumed
  ) -> MailConfig {
    var config = configToPlan(main, version: version)
    for (name, text) in tables {
      config.files["/d/\(name)"] = .read(Document(path: "/d/\(name)", bytes: Bytes(text.utf8)))
    }
    return config
  }

  // MARK: - Senders behind a table for all mail

  private static let lanes = ["lane:192.0.2.1", "lane:192.0.2.2"]

  /// Postfix asks for the whole address first, of all tables: the lanes would answer before the domain is asked for.
  @Test(arguments: [["[x]", "[y]"], ["[x]"]])
  func aDomainOfSendersComesBeforeTheLanes(members: [String]) throws {
    let lanes = try planned("relayhost = [gw]\n", "outbound", Self.lanes[0], Self.lanes[1]).config
    let plan = try lanes.planning(wishInWords("from:c.example", members), on: plannersMachine)
    #expect(plan.guards.isEmpty && lanes.guards(against: plan.config, states: [:]).isEmpty)
    let own = Dictionary(uniqueKeysWithValues: members.map { ("smtp:\($0)", 1 / Double(members.count)) })
    #expect(shares(plan.config, "u@far.example", from: "u@c.example") == own)
    for sender in ["", "u@else.example"] {
      #expect(shares(plan.config, "u@far.example", from: sender) == shares(lanes, "u@far.example"))
    }
    // And again with other members, and away.
    let other = try plan.config.planning(wishInWords("from:c.example", ["[z]", "[y]"]), on: plannersMachine)
    #expect(shares(other.config, "u@far.example", from: "u@c.example") == ["smtp:[z]": 0.5, "smtp:[y]": 0.5])
    let none = try other.config.applying(.removeRoute(key: "from:c.example", table: nil))
    #expect(shares(none, "u@far.example", from: "u@c.example") == shares(lanes, "u@far.example"))
  }

  /// Older releases have no pattern in main.cf for it.
  @Test func anOlderReleaseHasAddressesForThat() throws {
    let version = PostfixVersion(3, 6)
    let lanes = try planned("relayhost = [gw]\n", "outbound", Self.lanes[0], Self.lanes[1], version: version)
    #expect(
      refused(lanes.config, try wishInWords("from:c.example", ["[x]", "[y]"]))
        == "from:c.example: sender_dependent_default_transport_maps (/d/main.cf:2) answers for whole addresses, and Postfix asks for those before a domain: name the senders, such as from:user@c.example, or take that pool out first, with randmap remove-route outbound"
    )
    let address = try wishInWords("from:user@c.example", ["[x]", "[y]"])
    #expect(try lanes.config.planning(address, on: plannersMachine).guards.isEmpty)
  }

  // MARK: - Lists that are tables

  /// An entry that decides today is shared as it is.
  @Test(arguments: ["virtual_mailbox_domains = texthash:/d/v\n", "virtual_mailbox_domains = v.example\n"])
  func anEntryOfAMailboxDomainIsShared(list: String) throws {
    let before = config(
      "\(list)transport_maps = texthash:/d/t\n",
      ["v": "v.example x\nw.example x\n", "t": "v.example lmtp:[store1.example]\n"])
    let wish = try wishInWords("to:v.example", ["[store1.example]=3", "[store2.example]"])
    let plan = try before.planning(wish, on: plannersMachine)
    #expect(plan.guards.isEmpty)
    #expect(
      shares(plan.config, "u@v.example") == ["lmtp:[store1.example]": 0.75, "lmtp:[store2.example]": 0.25])
    #expect(shares(plan.config, "u@w.example") == shares(before, "u@w.example"))
    let add = Edit.add(pool: "to:v.example", member: "[store2.example]", weight: 1)
    #expect(try PoolWish(add, in: before)?.members.map(\.description).last == "[store2.example]")
  }
}
