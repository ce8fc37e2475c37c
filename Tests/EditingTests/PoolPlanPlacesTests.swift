// The way in, by place: where a pool is found again, what is beside it, and how it goes back to one destination.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct PoolPlanPlacesTests {
  /// The tables beside a pool have `$names` in them more often than not.
  @Test(arguments: ["to:new.example", "to:kept.example", "from:customer.example"])
  func aPoolOfAKeyGoesBackBesideOtherTables(scope: String) throws {
    var before = configToPlan(
      """
      transport_maps = texthash:$config_directory/transport
      sender_dependent_default_transport_maps =
          texthash:$config_directory/senders

      """)
    for (name, text) in [("transport", "kept.example smtp:[k]\n"), ("senders", "@x.example smtp:[x]\n")] {
      let document = Document(path: "/d/\(name)", bytes: Bytes(text.utf8))
      before.files[document.path] = .read(document)
    }
    let pool = try before.planning(wishInWords(scope, ["smtp:[a]", "smtp:[b]"]), on: plannersMachine).config
    let back = try pool.planning(wishInWords(scope, ["smtp:[a]"]), on: plannersMachine).config
    #expect(back.main.document.bytes == before.main.document.bytes)
    let key = scope.hasPrefix("to:") ? String(scope.dropFirst(3)) : "@customer.example"
    let table = scope.hasPrefix("to:") ? "/d/transport" : "/d/senders"
    #expect(back.files[table]?.document?.bytes.text.contains("\(key)\tsmtp:[a]\n") == true)
  }

  /// The parameter's name stays a name for its mail, wherever the pool had to be written.
  @Test(arguments: ["relayhost", "default_transport"], [PoolWish.Notation.stock, .agent])
  func thePoolOfAParameterIsFoundByItsName(name: String, notation: PoolWish.Notation) throws {
    let one = name == "relayhost" ? "[gw1]" : "smtp:[gw1]"
    let first = "\(name) = \(one)\nmyorigin = x\n"
    let pool = try planned(first, name, "[gw1]", "[gw2]", notation: notation).config
    let other = try pool.planning(wishInWords(name, ["[gw1]=1", "[gw2]=3"]), on: plannersMachine).config
    #expect(Resolver(other).route("u@far.example").firstHops.values.sorted() == [0.25, 0.75])
    let back = try other.planning(wishInWords(name, [one]), on: plannersMachine).config
    #expect(back.main.document.bytes.text == first)
  }

  /// By its id all of its keys are meant, by one of them only that one.
  @Test func aPoolOfSeveralKeysIsChangedAsAWhole() throws {
    let before = configToPlan(
      "transport_maps = pipemap:{inline:{{a.example=x}, {b.example=x}}, randmap:{smtp:[a], smtp:[b]}}\n")
    func shares(_ scope: String, _ members: String...) throws -> [[Double]] {
      let plan = try before.planning(wishInWords(scope, members), on: plannersMachine)
      let other = plan.guards.filter { if case .changesOtherMail = $0 { true } else { false } }
      #expect(other.isEmpty)
      return ["u@a.example", "u@b.example"].map {
        Resolver(plan.config).route($0).firstHops.values.sorted()
      }
    }
    #expect(try shares("transport_maps", "smtp:[a]=3", "smtp:[b]") == [[0.25, 0.75], [0.25, 0.75]])
    #expect(try shares("transport_maps", "smtp:[a]") == [[1], [1]])
    #expect(try shares("to:b.example", "smtp:[a]") == [[0.5, 0.5], [1]])
    #expect(
      refused(before, try wishInWords("transport_maps", ["smtp:[a]", "smtp:[b]"], .agent))
        == "transport_maps: it decides for 2 keys: change its notation first, with randmap convert --to agent transport_maps"
    )
    #expect(try before.converting(["transport_maps"], to: .agent).config.pools().count == 2)
  }

  /// What hinders the change in the same notation is the reason, and not the keys.
  @Test func aPoolOfSeveralKeysThatCannotBeChangedSaysWhy() throws {
    let before = configToPlan(
      "transport_maps = pipemap:{inline:{a.example=x, b.example=x}, unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}}\n"
    )
    #expect(
      refused(before, try wishInWords("transport_maps", ["smtp:[a]", "lmtp:[c]"]))
        == "the fallback of transport_maps cannot follow: the same next hops follow every member, so need one like the others; or convert it --to agent, and --to stock after the edit"
    )
  }

  /// A key that goes out of a pool leaves the drained members to the others.
  @Test func aKeyLeavesTheDrainedMembersOfItsPoolToTheOthers() throws {
    let text =
      "transport_maps = pipemap:{inline:{{a.example=x},{b.example=x}}, randmap:{smtp:[a], smtp:[b]}}\n# randmap: drained smtp:[c] x2\n"
    func drained(_ scope: String) throws -> [String] {
      try configToPlan(text).planning(wishInWords(scope, ["smtp:[a]"]), on: plannersMachine).config.pools()
        .flatMap(\.members).filter(\.isDrained).map(\.result)
    }
    #expect(try drained("to:b.example") == ["smtp:[c]"])
    #expect(try drained("transport_maps") == [])
    let none = try configToPlan(text).planning(
      wishInWords("transport_maps", ["smtp:[a]"]), on: plannersMachine)
    #expect(!none.config.main.document.bytes.text.contains("drained"))
  }

  /// A lane changes where mail comes from, and not where it goes.
  @Test func aLaneKeepsTheRelayhostOfItsSender() throws {
    let main = "relayhost = [all]\nsender_dependent_relayhost_maps = inline:{{@customer.example=[own]}}\n"
    let lanes = ["lane:192.0.2.1", "lane:192.0.2.2"]
    func hops(_ main: String, _ scope: String, _ sender: String) throws -> Set<String> {
      let plan = try configToPlan(main).planning(wishInWords(scope, lanes), on: plannersMachine)
      return Resolver(plan.config).route("u@far.example", from: sender).hops
    }
    #expect(try hops(main, "from:customer.example", "a@customer.example") == ["[own]"])
    #expect(try hops(main, "from:other.example", "a@other.example") == ["[all]"])
    // Postfix asks for the address, and then for its domain; DUNNO is an answer.
    #expect(try hops(main, "from:a@customer.example", "a@customer.example") == ["[own]"])
    let dunno =
      "relayhost = [all]\nsender_dependent_relayhost_maps = inline:{{@customer.example=[own]},{a@customer.example=dunno}}\n"
    #expect(try hops(dunno, "from:a@customer.example", "a@customer.example") == ["[all]"])
    // A pool stays a pool.
    let keyed = "pipemap:{inline:{{@customer.example=x},{@c2.example=x}}, randmap:{[a], [b]}}"
    #expect(
      try hops(
        "relayhost = [all]\nsender_dependent_relayhost_maps = \(keyed)\n", "from:customer.example",
        "u@customer.example") == ["[a]", "[b]"])
    let entry = "inline:{{@customer.example=randmap:![a]![b]}}"
    let ofAgent = try configToPlan("# randmap: agent\nsender_dependent_relayhost_maps = \(entry)\n")
      .spot(for: Scope("from:customer.example"), nextHopsOnly: false, prefersAgent: true)
    #expect(ofAgent.hop == "")
    let pool = "relayhost = [all]\nsender_dependent_relayhost_maps = randmap:{[a], [b]}\n"
    #expect(try hops(pool, "outbound", "a@other.example") == ["[a]", "[b]"])
  }

  @Test func aParameterThatIsSetToNothingIsNoHindrance() throws {
    let nothing =
      "sender_dependent_relayhost_maps =\n# why\nsender_dependent_default_transport_maps =\n"
    for first in ["relayhost = [gw1]\n", "default_transport = smtp:[gw1]\n"] {
      let pool = try planned(first + nothing, "outbound", "[gw1]", "[gw2]").config
      #expect(Resolver(pool).route("u@far.example").firstHops.count == 2)
      #expect(pool.main.document.bytes.text.contains("# why\n"))
    }
  }

  /// The keys that are meant by the name of an entry are no other mail.
  @Test func anEntryForSubdomainsIsTheMailThatIsMeant() throws {
    var before = configToPlan("# randmap: agent\ntransport_maps = texthash:$config_directory/transport\n")
    let table = Document(
      path: "/d/transport", bytes: Bytes(".sub.example smtp:[s]\n* smtp:[all]\n".utf8))
    before.files[table.path] = .read(table)
    for name in ["transport:.sub.example", "transport:*"] {
      #expect(try before.planning(wishInWords(name, ["[a]", "[b]"]), on: plannersMachine).guards.isEmpty)
    }
  }

  @Test func addOnOneDestinationOfATableMakesThePool() throws {
    var before = configToPlan("transport_maps = texthash:$config_directory/transport\n")
    let table = Document(path: "/d/transport", bytes: Bytes("in.example smtp:[a]\nby.example :[b]\n".utf8))
    before.files[table.path] = .read(table)
    func wanted(_ key: String, _ member: String) throws(EditError) -> PoolWish? {
      try PoolWish(.add(pool: "transport:\(key)", member: member, weight: 2), in: before)
    }
    var wish = PoolWish(
      .named("transport:in.example"),
      [WantedMember(.text("smtp:[a]")), WantedMember(.text("[n]"), weight: .number(2))])
    wish.origin = .edit
    #expect(try wanted("in.example", "[n]") == wish)
    #expect(try wanted("none.example", "[n]") == nil)
    #expect(throws: EditError.onlyOneDestination("transport:in.example", destination: "smtp:[a]")) {
      try wanted("in.example", "[a]")
    }
    #expect(
      throws: EditError.cannotPool(
        "transport:by.example", reason: "\":[b]\" names no transport: write one before it first")
    ) { try wanted("by.example", "[n]") }
  }

  /// Before lists of next hops, the fallback of the transport names all gateways: that is no error.
  @Test func aReleaseWithoutListsGetsItsFallbackWithoutAGuard() throws {
    let before = configToPlan("relayhost = [gw1]\n", version: PostfixVersion(3, 4))
    let plan = try before.planning(wishInWords("outbound", ["[gw1]", "[gw2]"]), on: plannersMachine)
    #expect(plan.config.main.document.bytes.text.contains("smtp_fallback_relay = [gw1], [gw2]\n"))
    #expect(before.guards(against: plan.config, states: [:]).isEmpty)
  }

  /// Both files of a relayhost for two transports.
  @Test func poolFilesThatNothingNamesAreSaid() throws {
    let there = try planned("# randmap: agent\nrelayhost = [a]\n", "outbound", "[a]", "[b]", notation: .file)
    let back = try there.config.planning(wishInWords("outbound", ["[a]"]), on: plannersMachine)
    #expect(
      back.notes.filter { $0.contains(".pool") }
        == ["default_transport", "relay_transport"].map {
          "Postfix uses /d/\($0).pool until it is reloaded; you can remove it after that"
        })
    // In another notation too, and a file that other mail goes by is not for removal.
    let agent = try there.config.planning(
      wishInWords("default_transport", ["[a]", "[c]"], .agent), on: plannersMachine)
    #expect(agent.notes.contains { $0.hasPrefix("Postfix uses /d/default_transport.pool until") })
  }

  @Test(arguments: [true, false]) func whatSubdomainsTakeIsSaid(takesParents: Bool) throws {
    let plan = try planned(
      takesParents ? "parent_domain_matches_subdomains = transport_maps\n" : "", "to:in.example", "[a]", "[b]"
    )
    #expect(plan.notes.contains { $0.contains("subdomains of in.example") } == takesParents)
  }
}
