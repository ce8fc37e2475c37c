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

  /// Of a table the class cannot be written on a stock Postfix: each of its domains can.
  @Test(arguments: [("relay", "relay:[x]", "relay:[y]"), ("virtual", "lmtp:[x]:24", "lmtp:[y]:24")])
  func aClassWhoseListIsATableNamesWhatWorks(name: String, first: String, second: String) throws {
    let list = name == "relay" ? "relay_domains" : "virtual_mailbox_domains"
    let before = config("\(list) = texthash:/d/v\n", ["v": "v.example x\n"])
    let words = refused(before, try wishInWords("class:\(name)", [first, second]))
    #expect(
      words.hasSuffix(
        "; where the agent serves this Postfix: --notation agent; for one domain: randmap pool to:v.example \(first.asArgument) \(second.asArgument)"
      ), "\(words)")
    let one = try before.planning(wishInWords("to:v.example", [first, second]), on: plannersMachine)
    #expect(shares(one.config, "u@v.example") == [first: 0.5, second: 0.5])
    // An edit of one member has no option for the notation: all of the call is said.
    if name == "relay" {
      let set = config("\(list) = texthash:/d/v\nrelay_transport = \(first)\n", ["v": "v.example x\n"])
      let wish = try #require(
        try PoolWish(.setShare(pool: "class:relay", member: second, share: 0.3, tolerance: 0.005), in: set))
      #expect(
        refused(set, wish).contains(
          ": randmap pool class:relay 'relay:[x]=70%' 'relay:[y]=30%' --notation agent; for one domain: "))
    }
    // Mailboxes of this host go elsewhere only with a yes.
    #expect(one.guards.isEmpty == (name == "relay"))
  }

  @Test(arguments: [
    ("relay_transport", "class:relay"), ("virtual_transport", "class:virtual"),
    ("default_transport", "outbound"),
  ])
  func aParameterWithoutAPoolNamesItsMail(parameter: String, scope: String) {
    let words = EditError.unknownPool(parameter, known: ["relayhost"]).message
    #expect(words.hasPrefix("\(parameter) has no pool; \"randmap pool \(scope) GATEWAY GATEWAY\" makes one"))
    #expect(
      EditError.unknownPool("other", known: ["relayhost"]).message.hasSuffix("; pools are: relayhost"))
  }

  /// What is held is said with all of the call that makes it.
  @Test func aHeldEditNamesTheWholeCall() throws {
    let before = configToPlan(
      "relayhost = [gw1]:587\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = inline:{{[gw1]:587=u:p}}\n"
    )
    #expect {
      _ = try before.applying(.add(pool: "outbound", member: "[gw2]:587", weight: 2))
    } throws: {
      "\(($0 as? EditError)?.message ?? "")".hasSuffix(
        "; to make it all the same: randmap pool outbound '[gw1]:587=1' '[gw2]:587=2' --force")
    }
  }

  // MARK: - Lanes and the relays of senders

  /// A lane without a next hop leaves each sender its relay.
  @Test func lanesLeaveTheSendersTheirRelays() throws {
    let before = configToPlan(
      "relayhost = [gw]:587\nsender_dependent_relayhost_maps = inline:{{@c.example=[c]}}\n")
    let plan = try before.planning(wishInWords("outbound", Self.lanes), on: plannersMachine)
    func split(_ hop: String, _ parts: Double = 2) -> [String: Double] {
      ["lane-192-0-2-1:\(hop)": 1 / parts, "lane-192-0-2-2:\(hop)": 1 - 1 / parts]
    }
    #expect(shares(plan.config, "u@far.example") == split("[gw]:587"))
    #expect(shares(plan.config, "u@far.example", from: "u@c.example") == split("[c]"))
    // Who sends is changed for both, and where to for none.
    #expect(
      plan.guards.map(\.message) == [
        "changes other mail: mail from c.example (from someone@c.example) goes to smtp:[c], and would go to lane-192-0-2-1:[c] 50.0%, lane-192-0-2-2:[c] 50.0%"
      ])
    let more = try plan.config.planning(
      wishInWords("outbound", [Self.lanes[0], Self.lanes[1] + "=3"]), on: plannersMachine
    ).config
    #expect(shares(more, "u@far.example", from: "u@c.example") == split("[c]", 4))
    let add = try #require(
      try PoolWish(.add(pool: "outbound", member: "lane:2001:db8::1", weight: 1), in: plan.config))
    let third = try plan.config.planning(add, on: plannersMachine)
    #expect(third.guards.isEmpty && shares(third.config, "u@far.example", from: "u@c.example").count == 3)
    // The agent takes no next hop from a table: then the mail of the senders is asked about, and the way is said.
    for config in [before, plan.config] {
      let agent = try config.planning(wishInWords("outbound", Self.lanes, .agent), on: plannersMachine)
      #expect(!agent.guards.isEmpty && agent.notes.contains { $0.contains("--notation stock") })
      #expect(shares(agent.config, "u@far.example") == split("[gw]:587"))
    }
    let back = try plan.config.planning(wishInWords("outbound", ["[gw]:587"]), on: plannersMachine)
    #expect(back.guards.isEmpty)
    #expect(back.config.main.document.bytes == before.main.document.bytes)
  }

  // MARK: - The entry for all mail

  @Test(arguments: ["", "relayhost = [gw]\n", "relay_domains = r.example\n"], ["smtp", "relay"])
  func aPoolTakesThePlaceOfTheEntryForAllMail(main: String, transport: String) throws {
    let before = config(
      "mydestination =\n\(main)transport_maps = texthash:/d/t\n",
      ["t": "a.example smtp:[a]\n* \(transport):[old]\n"])
    #expect(try before.membersToday(of: .outbound).map(\.description) == ["\(transport):[old]"])
    let wish = try wishInWords("outbound", ["[old]=3", "[new]"])
    let plan = try before.planning(wish, on: plannersMachine)
    #expect(
      shares(plan.config, "u@far.example") == ["\(transport):[old]": 0.75, "\(transport):[new]": 0.25])
    #expect(shares(plan.config, "u@a.example") == ["smtp:[a]": 1])
    #expect(plan.config.files["/d/t"]?.document?.bytes.text == "a.example smtp:[a]\n")
    // Mail of the relay domains went by that entry too.
    #expect(plan.guards.isEmpty != main.contains("relay_domains"))
  }

  /// A second gateway for all mail to the outside comes to the one of that entry, as in `pool outbound`.
  @Test(arguments: ["", "relayhost = [gw]\n", "relayhost = randmap:!smtp:[x]!smtp:[y]\n# randmap: agent\n"])
  func addAndSetPutAPoolInThePlaceOfTheEntry(main: String) throws {
    let before = config(
      "mydestination =\n\(main)transport_maps = hash:/d/t\n", ["t": "a.example smtp:[a]\n* smtp:[old]\n"])
    for edit in [
      Edit.add(pool: "outbound", member: "[new]", weight: 1),
      .setShare(pool: "outbound", member: "[new]", share: 0.5, tolerance: 0.005),
    ] {
      let wish = try #require(try PoolWish(edit, in: before))
      #expect(wish.scope == .outbound)
      #expect(try before.editsOfPools(edit) == [edit])
      #expect(wish.members.map(\.description) == ["smtp:[old]", "[new]"])
    }
    #expect(
      throws: EditError.onlyOneDestination("outbound", destination: "smtp:[old]")
    ) { try PoolWish(.add(pool: "outbound", member: "[old]", weight: 1), in: before) }
  }

  /// It is there on purpose, and stays until somebody says so.
  @Test(arguments: ["error:5.7.1 not from here", "discard:", "smtp:"])
  func anEntryThatIsNoGatewayStays(result: String) throws {
    let before = config("transport_maps = texthash:/d/t\n", ["t": "* \(result)\n"])
    let words = refused(before, try wishInWords("outbound", ["[a]", "[b]"]))
    #expect(words.hasSuffix("take that entry out first, with randmap remove-route '*'"), "\(words)")
    let without = try before.applying(.removeRoute(key: "*", table: nil))
    #expect(refused(without, try wishInWords("outbound", ["[a]", "[b]"])) == "")
  }

  @Test func allMailIsNoDomain() throws {
    #expect(throws: EditError.badScope("to:*", reason: "for all mail that leaves, write outbound")) {
      try Scope("to:*")
    }
    // One of the agent stays where it is.
    let agent = config(
      "# randmap: agent\ntransport_maps = texthash:/d/t\n", ["t": "* randmap:!smtp:[a]!smtp:[b]\n"])
    let words = refused(agent, try wishInWords("outbound", ["[a]", "[c]"]))
    #expect(
      words.hasSuffix(
        "; change that pool, with randmap pool 't:*', or take it out, with randmap remove-route '*'"),
      "\(words)")
    let own = try agent.planning(wishInWords("t:*", ["smtp:[a]", "smtp:[c]"]), on: plannersMachine)
    #expect(shares(own.config, "u@far.example") == ["smtp:[a]": 0.5, "smtp:[c]": 0.5])
  }
}
