// The mail that a pool is for is a name of it, wherever an edit takes the name of a pool; and the list of scopes says what
// decides.

import PostfixFiles
import Routing
import System
import TestSupport
import Testing

@testable import Editing

@Suite struct PoolNameTests {
  private let config = configToPlan(
    """
    relayhost = [r]
    transport_maps = pipemap:{inline:{c.example=x, d.example=x}, randmap:{smtp:[c1], smtp:[c2]}}
    sender_dependent_default_transport_maps =
        pipemap:{inline:{@b.example=x}, randmap:{smtp:[b1], smtp:[gw]}},
        pipemap:{inline:{@a.example=x}, randmap:{smtp:[a1], smtp:[gw]}}

    """)

  private func members(_ config: MailConfig, _ number: Int) -> [String] {
    config.pools().filter { $0.id.hasPrefix("sender_") }[number].members.map {
      "\($0.result) x\($0.weight)\($0.isDrained ? " drained" : "")"
    }
  }

  @Test func theScopeNamesThePool() throws {
    let name = "from:a.example"
    let edits: [(Edit, [String])] = [
      (.setWeight(pool: name, member: "[a1]", weight: 2), ["smtp:[a1] x2", "smtp:[gw] x1"]),
      (.add(pool: name, member: "smtp:[a3]", weight: 1), ["smtp:[a1] x1", "smtp:[gw] x1", "smtp:[a3] x1"]),
      (.remove(pool: name, member: "[gw]"), ["smtp:[a1] x1"]),
    ]
    for (edit, expected) in edits {
      let after = try config.applying(edit)
      #expect(members(after, 1) == expected)
      #expect(members(after, 0) == members(config, 0))
    }
    let drains = try DrainWish().edits(of: "[gw]", in: name, config)
    let drained = try config.applying(drains)
    #expect(members(drained, 1) == ["smtp:[a1] x1", "smtp:[gw] x1 drained"])
    #expect(members(drained, 0) == members(config, 0))
    let back = try drained.applying(.restore(pool: name, member: "[gw]"))
    #expect(members(back, 1) == members(config, 1))
    var ramp = RampWish()
    (ramp.to, ramp.over) = ("80%", "4w")
    let plan = try config.applying(try ramp.edits(of: "[gw]", in: name, config))
    #expect(plan.ramps().map(\.pool) == ["sender_dependent_default_transport_maps#2"])
    let converted = try config.converting([name], to: .agent).config
    #expect(converted.main.document.bytes.text.contains("inline:{{@a.example=randmap:!smtp:[a1]!smtp:[gw]}}"))
    #expect(converted.main.document.bytes.text.contains("inline:{@b.example=x}"))
  }

  @Test func whatIsForOtherMailTooIsNotMeantByOneOfItsKeys() {
    #expect {
      _ = try config.applying(.remove(pool: "to:c.example", member: "[c1]"))
    } throws: { error in
      (error as? EditError)?.message.contains("decides for to:d.example too: name transport_maps") ?? false
    }
    #expect {
      _ = try config.applying(.remove(pool: "from:none.example", member: "[c1]"))
    } throws: { error in
      (error as? EditError)?.isUnknownName ?? false
    }
  }

  /// As `pool` takes it: nobody has to know what the transport of a lane is called.
  @Test func aLaneIsNamedByItsAddress() throws {
    let made = try planned("relayhost = [r]:587\n", "outbound", "lane:192.0.2.1=2", "lane:192.0.2.2=1").config
    func members(_ config: MailConfig) -> [String] {
      config.pools().first { $0.notation != .single }?.members
        .map { "\($0.result) x\($0.weight)\($0.isDrained ? " drained" : "")" } ?? []
    }
    let (one, two) = ("lane-192-0-2-1:[r]:587", "lane-192-0-2-2:[r]:587")
    func after(_ edit: Edit) throws -> [String] { members(try made.applying(edit)) }
    #expect(members(made) == ["\(one) x2", "\(two) x1"])
    let name = "lane:192.0.2.2"
    #expect(try after(.setWeight(pool: "outbound", member: name, weight: 3)) == ["\(one) x2", "\(two) x3"])
    #expect(try after(.remove(pool: "outbound", member: name)) == ["\(one) x2"])
    let drains = try made.applying(try DrainWish().edits(of: name, in: nil, made))
    #expect(members(drains) == ["\(one) x2", "\(two) x1 drained"])
    #expect(throws: EditError.self) { try after(.remove(pool: "outbound", member: "lane:192.0.2.9")) }
    // The service is made with it. Only an address of this machine will do.
    let address = try #require(interfaceAddresses().first { !$0.contains(":") })
    let added = try made.applying(.add(pool: "outbound", member: "lane:\(address)", weight: 4))
    #expect(members(added).count == 3 && members(added).last?.hasSuffix(" x4") == true, "\(members(added))")
    #expect(!added.lanes(from: address).isEmpty)
    #expect(throws: EditError.self) {
      try after(.add(pool: "outbound", member: "lane:198.51.100.9", weight: 1))
    }
  }

  /// Behind one lane, a gateway alone means mail that leaves from any address, and the lane goes.
  @Test func aGatewayAloneLeavesTheLane() throws {
    let main = "relayhost = [r]:587\n"
    for lanes in [["lane:192.0.2.1"], ["lane:192.0.2.1=2", "lane:192.0.2.2"]] {
      let lane = try configToPlan(main).planning(wishInWords("outbound", lanes), on: plannersMachine).config
      #expect(!lane.lanes(from: "192.0.2.1").isEmpty)
      let back = try lane.planning(wishInWords("outbound", ["[r]:587"]), on: plannersMachine).config
      // The relayhost stayed where it was, and says it alone again.
      #expect(back.main.document.bytes.text == main, "\(lanes)")
      #expect(back.lanes(from: "192.0.2.1").isEmpty && back.lanes(from: "192.0.2.2").isEmpty)
      let other = try lane.planning(wishInWords("outbound", ["[s]:587"]), on: plannersMachine).config
      // Another gateway comes where one without lanes would.
      #expect(other.main.document.bytes.text == "relayhost = [s]:587\n")
    }
  }

  @Test func aTransportWithoutItsColonIsNoHost() {
    let main = "virtual_mailbox_domains = v.example\nvirtual_transport = lmtp:[m]:24\n"
    #expect(
      refused(main, "class:virtual", "virtual").contains("write virtual: for it, or [virtual] for a host"))
  }

  /// The line of a person's own stays, and what it said before does not come back.
  @Test func onlyALaneIsLeftToTheRelayhost() throws {
    for own in [
      "default_transport = smtp:[x]\n", "default_transport = smtp:[y]\ndefault_transport = smtp:[x]\n",
    ] {
      let plan = try planned("relayhost = [r]\n" + own, "outbound", "[r]")
      #expect(plan.config.main.document.bytes.text.contains("default_transport = smtp:[r]\n"))
    }
  }

  @Test func aKeyOfATableIsNoScope() {
    let tables = configToPlan("transport_maps = inline:{{a.example=smtp:[a]}}\n")
    for key in ["to:a.example", "from:a.example"] {
      #expect(throws: EditError.self) {
        try tables.applying(.setRoute(key: key, value: "smtp:[b]", table: nil))
      }
    }
    for key in ["to:", "to:.", "from:.example", "from:@a.example"] {
      #expect {
        _ = try tables.applying(.removeRoute(key: key, table: nil))
      } throws: { error in
        (error as? EditError)?.message.contains("need a domain or an address") ?? false
      }
    }
  }

  @Test func mailWithoutAPoolIsToldHowToGetOne() {
    for (scope, words) in [
      ("to:new.example", "mail for new.example"), ("from:new.example", "mail from new.example"),
      ("class:relay", "mail for the relay domains"),
    ] {
      #expect {
        _ = try config.applying(.setWeight(pool: scope, member: "[r]", weight: 2))
      } throws: { error in
        (error as? EditError)?.message
          == "\(words) has no pool of its own; \"randmap pool \(scope) GATEWAY GATEWAY\" makes one"
      }
    }
  }

  /// One destination of a sender becomes a pool by the same name.
  @Test func theScopeOfOneDestinationTakesASecondOne() throws {
    let one = configToPlan("sender_dependent_default_transport_maps = inline:{{@a.example=smtp:[a1]}}\n")
    let two = try one.applying(.add(pool: "from:a.example", member: "smtp:[a2]", weight: 1))
    #expect(members(two, 0) == ["smtp:[a1] x1", "smtp:[a2] x1"])
  }

  /// The pool that `randmap pool SCOPE` made is found by that scope and by the parameter that held the mail before, wherever the
  /// notation has it.
  @Test(
    arguments: [
      ("relayhost = [gw1]:587\n", "outbound", "[gw1]:587", ["relayhost"]),
      ("", "outbound", "smtp:[gw1]", []),
      (
        "relay_domains = r.example\nrelay_transport = relay:[gw1]\n", "class:relay", "relay:[gw1]",
        ["relay_transport"]
      ),
      (
        "virtual_mailbox_domains = v.example\nvirtual_transport = smtp:[gw1]\n", "class:virtual",
        "smtp:[gw1]",
        ["virtual_transport"]
      ),
    ], [nil, PoolWish.Notation.agent, .stock, .file])
  func whatPoolMadeIsFoundByItsScope(
    _ call: (main: String, scope: String, own: String, others: [String]), _ notation: PoolWish.Notation?
  ) throws {
    let new = call.own.replacing("gw1", with: "gw2")
    let made = try planned(call.main, call.scope, "\(call.own)=7", "\(new)=3", notation: notation).config
    func pools(_ config: MailConfig) -> [Pool] { config.pools().filter { $0.notation != .single } }
    // A relayhost is one pool for each of its transports: an edit of the scope is one of both.
    #expect(pools(made).count == (call.scope == "outbound" && [.agent, .file].contains(notation) ? 2 : 1))
    for name in [call.scope] + call.others where pools(made).count == 1 || name == "outbound" {
      func edited(_ edit: Edit) throws -> [[String]] {
        pools(try made.applying(edit)).map { pool in
          pool.members.map { "\($0.result.drop { $0 != "[" }.prefix { $0 != "," }) \($0.weight)" }
        }
      }
      let own = String(call.own.drop { $0 != "[" })
      let hops = ["gw1", "gw2", "gw3"].map { own.replacing("gw1", with: $0) }
      func each(_ members: String...) -> [[String]] { pools(made).map { _ in members } }
      #expect(
        try edited(.setWeight(pool: name, member: new, weight: 5)) == each("\(hops[0]) 7", "\(hops[1]) 5"))
      #expect(
        try edited(.remove(pool: name, member: new)).flatMap(\.self).allSatisfy { $0.hasPrefix(hops[0]) })
      // With the transport, or without where the mail is named: a person does not know what the members are.
      let isNextHops = pools(made).first?.kind == .nextHop
      for third in (isNextHops || name == call.scope ? [hops[2]] : [])
        + (isNextHops ? [] : [call.own.replacing("gw1", with: "gw3")])
      {
        #expect(
          try edited(.add(pool: name, member: third, weight: 2))
            == each("\(hops[0]) 7", "\(hops[1]) 3", "\(hops[2]) 2"), "\(third)")
      }
      let drains = try made.applying(try DrainWish().edits(of: new, in: name, made))
      #expect(pools(drains).allSatisfy { $0.members.filter(\.isDrained).count == 1 })
      let shares = try edited(.setShare(pool: name, member: new, share: 0.5, tolerance: usualTolerance))
      #expect(shares == each("\(hops[0]) 1", "\(hops[1]) 1"))
      var ramp = RampWish()
      (ramp.to, ramp.over) = ("80%", "4w")
      let ramped = try made.applying(try ramp.edits(of: new, in: name, made))
      #expect(ramped.ramps().count == pools(made).count)
      #expect(throws: Never.self) { try made.converting([name], to: notation == .agent ? .file : .agent) }
    }
  }

  @Test func theScopeOfAPoolForOtherMailTooIsNotMeant() throws {
    let file = configToPlan(
      "relayhost = [x]\ndefault_transport = randmap:/d/pool\ntransport_maps = inline:{{a.example=randmap:/d/pool}}\n"
    )
    var config = file
    config.update(Document(path: "/d/pool", bytes: Bytes("smtp:[gw1]\nsmtp:[gw2]\n".utf8)))
    #expect {
      _ = try config.applying(.setWeight(pool: "outbound", member: "[gw1]", weight: 2))
    } throws: { error in
      let message = (error as? EditError)?.message ?? ""
      return message.contains("decides for a.example too: name ") && message.contains("randmap pool outbound")
    }
  }

  /// An entry for a relay domain decides, and not the class.
  @Test(arguments: [
    "transport_maps = inline:{{a.example=relay:[in1]}, {b.example=relay:[in2]}}",
    "transport_maps = pipemap:{inline:{a.example=x}, randmap:{relay:[in1], relay:[in2]}},\n"
      + "    pipemap:{inline:{b.example=x}, randmap:{relay:[in3], relay:[in4]}}",
  ])
  func theListOfScopesHasEachDomainWithAnEntry(maps: String) {
    let all = configToPlan("relay_domains = a.example, b.example\n\(maps)\n").scopeDecisions()
    #expect(all.map(\.scope) == [.outbound, .to("a.example"), .to("b.example")])
    #expect(all.dropFirst().allSatisfy { $0.decidedBy.hasPrefix("transport_maps") })
    let more = configToPlan("relay_domains = a.example, b.example, c.example\n\(maps)\n").scopeDecisions()
    #expect(Set(more.map(\.scope)) == [.outbound, .relayDomains, .to("a.example"), .to("b.example")])
    #expect(more.first { $0.scope == .relayDomains }?.answer.words == "relay:c.example")
  }

  /// Without relay domains no mail takes the second pool that a relayhost becomes, so nothing prevents the way back.
  @Test(arguments: [[], ["default_transport"]])
  func aRelayhostGoesToTheAgentAndBack(names: [String]) throws {
    let before = configToPlan(
      "compatibility_level = 3.6\nsender_dependent_relayhost_maps = randmap:{[a], [b]}\n")
    let agent = try before.converting([], to: .agent).config
    let back = try agent.converting(names, to: .stock)
    let text = back.config.main.document.bytes.text
    #expect(back.config.pools().count == 1)
    #expect(!text.contains("randmap: agent") && !text.contains("relay_transport") && !text.contains("_limit"))
    #expect(
      Resolver(back.config).route("u@far.example").firstHops
        == Resolver(before).route("u@far.example").firstHops)
    #expect(back.notes.contains { $0.contains("relay_domains is empty") })
    // Where there is such mail, its pool stays the agent's.
    var withDomains = agent
    withDomains.update(
      agent.main.document.applying([Splice(range: 0..<0, bytes: Bytes("relay_domains = r.example\n".utf8))]))
    let kept = try withDomains.converting(["default_transport"], to: .stock).config
    #expect(kept.main.document.bytes.text.contains("relay_transport = randmap:!"))
    #expect(kept.main.document.bytes.text.contains("randmap: agent"))
  }

  /// Where this Postfix lacks a type of table, each lookup in it fails: no share is foretold.
  @Test(arguments: [["hash", "lmdb"], ["hash"]])
  func aTableOfATypeThatIsNotThereAnswersNothing(types: Set<String>) throws {
    var before = MailConfig(
      directory: "/d",
      environment: Environment(hostName: "mx.here.example", version: .assumed).askingTableTypes { types },
      main: "relay_domains = a.example\ntransport_maps = lmdb:/d/transport\n", master: plannedServices
    ).readingFiles()
    let document = Document(newAt: "/d/transport", bytes: Bytes("a.example relay:[in1]\n".utf8))
    before.files[document.path] = .read(document)
    let answer = Resolver(before).route("u@a.example")
    if types.contains("lmdb") {
      #expect(answer.words == "relay:[in1]")
      return
    }
    #expect(
      answer.firstHops.isEmpty
        && answer.trail.contains { $0.detail.contains("unsupported dictionary type: lmdb") })
    #expect(
      refused(before, try wishInWords("to:a.example", ["relay:[in1]", "relay:[in2]"])).contains(
        "is not delivered as it is: "))
  }
}
