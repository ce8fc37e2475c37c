// The way in: what a wish makes of a configuration, and the one sentence that refuses it.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct PoolPlanTests {
  @Test func aRelayhostBecomesAPoolWithItsFallback() throws {
    let plan = try planned("relayhost = [gw1]:587\nmyorigin = x\n", "outbound", "[gw1]:587=2", "[gw2]:587=1")
    #expect(
      plan.config.main.document.bytes.text
        == "sender_dependent_relayhost_maps =\n    unionmap:{randmap:{[gw1]:587, [gw1]:587, [gw2]:587}, static:{[gw1]:587,[gw2]:587}}\n"
        + "myorigin = x\n")
    #expect(plan.guards.isEmpty)
    #expect(plan.routes.filter(\.isChanged).map(\.sample.what) == ["all mail to the outside"])
  }

  @Test func oneMemberMakesItOneDestinationAgain() throws {
    let first = "relayhost = [gw1]:587\nmyorigin = x\n"
    for notation in [PoolWish.Notation.stock, .agent] {
      let pool = try planned(first, "outbound", "[gw1]:587=70", "[gw2]:587=30", notation: notation).config
      let back = try pool.planning(wishInWords("outbound", ["[gw1]:587"]), on: plannersMachine)
      #expect(back.config.main.document.bytes.text == first)
    }
    let master = try planned("", "outbound", "lane:192.0.2.1=3", "lane:192.0.2.2=2")
    #expect(master.config.master?.document.bytes.text.contains("smtp_bind_address=192.0.2.1") == true)
    let without = try master.config.planning(wishInWords("outbound", ["smtp:[gw1]"]), on: plannersMachine)
      .config
    #expect(without.master?.document.bytes.text == plannedServices)
  }

  /// Nothing is local there: what goes to the host's own name goes to the gateway, as all mail does.
  @Test(arguments: ["mydestination =\n", "mydestination = localhost\n"])
  func aHostThatOnlySendsHasNoLocalMailToGuard(local: String) throws {
    let plan = try planned(
      "myhostname = web.example\n\(local)relayhost = [gw1]:587\n", "outbound", "[gw1]:587=70", "[gw2]:587=30")
    #expect(plan.guards.isEmpty)
    let own = plan.routes.first { $0.sample.recipient == "postmaster@web.example" }
    #expect(own?.sample.what == "mail for this host, which is not local")
    #expect(plan.routes.filter { $0.sample.what == "local mail" }.allSatisfy { !$0.isChanged })
  }

  /// Its name may be a relay domain: that is no mail to the outside, even where it goes the same way.
  @Test func aHostsNameAmongTheRelayDomainsIsRelayMail() throws {
    let plan = try planned(
      """
      # randmap: agent
      myhostname = web.example
      mydestination =
      relay_domains = web.example
      default_transport = smtp:[gw1]
      relay_transport = $default_transport

      """, "outbound", "smtp:[gw1]", "smtp:[gw2]")
    let own = plan.routes.first { $0.sample.recipient == "postmaster@web.example" }
    #expect(own?.sample.what == "mail for this host, which is in relay_domains")
    #expect(
      plan.guards.map(\.message).contains {
        $0.hasPrefix(
          "changes other mail: mail for this host, which is in relay_domains (postmaster@web.example) goes to smtp:[gw1]"
        )
      })
  }

  /// Each class has a pool in transport_maps beside the other's, and goes back alone.
  @Test(arguments: ["class:relay", "class:virtual"])
  func poolsOfSeveralClassesGoBackOneByOne(first: String) throws {
    let second = first == "class:relay" ? "class:virtual" : "class:relay"
    let main = """
      mydestination = here.example
      relay_domains = relay.example
      virtual_mailbox_domains = box.example, other.example
      virtual_transport = lmtp:[old]:24

      """
    let members = [
      "class:relay": ["relay:[in1]", "relay:[in2]"], "class:virtual": ["lmtp:[m1]:24", "lmtp:[m2]:24"],
    ]
    func pool(_ config: MailConfig, _ scope: String) throws -> MailConfig {
      try config.planning(wishInWords(scope, try #require(members[scope])), on: plannersMachine).config
    }
    let one = try pool(configToPlan(main), first)
    let both = try pool(one, second)
    #expect(both.pools().count { $0.members.count == 2 } == 2)
    #expect(
      Resolver(both).route("u@other.example").firstHops.keys.map(\.nextHop).sorted() == [
        "[m1]:24", "[m2]:24",
      ])
    let member = second == "class:relay" ? "relay:[in1]" : "lmtp:[m1]:24"
    let back = try both.planning(wishInWords(second, [member]), on: plannersMachine).config
    let left = back.pools().filter { $0.members.count > 1 }.map { $0.members.map(\.result) }
    #expect(left == [members[first]])
    #expect(
      back.main.document.bytes.text.contains(
        second == "class:relay" ? "relay_transport = relay:[in1]" : "virtual_transport = lmtp:[m1]:24"))
  }

  /// A list with names that begin with a dot, under both ways in which Postfix reads such a list.
  @Test(arguments: ["", "parent_domain_matches_subdomains =\n"])
  func aClassWithParentDomainsIsFoundAgain(parents: String) throws {
    let first = "\(parents)relay_domains = relay.example, .sub.example\nrelay_transport = relay:[in1]\n"
    let one = try planned(first, "class:relay", "[in1]=2", "[in2]", notation: .stock).config
    let other = try one.planning(wishInWords("class:relay", ["[in1]", "[in3]"]), on: plannersMachine).config
    let pools = other.pools().filter { $0.members.count > 1 }.map { $0.members.map(\.result) }
    #expect(pools == [["relay:[in1]", "relay:[in3]"]])
    let back = try other.planning(wishInWords("class:relay", ["[in1]"]), on: plannersMachine).config
    #expect(back.pools().allSatisfy { $0.members.count == 1 })
    let hops = ["u@relay.example", "u@a.sub.example"].map { Resolver(back).route($0).hops }
    #expect(
      hops == ["u@relay.example", "u@a.sub.example"].map { Resolver(configToPlan(first)).route($0).hops })
  }

  /// The transport of such an entry would be the agent, which takes its next hop for a pool.
  @Test(arguments: [PoolWish.Notation.agent, .file, .stock])
  func anEntryThatTakesTheSendersTransportIsNotGivenToTheAgent(notation: PoolWish.Notation) throws {
    let bench = try DatabaseBench()
    let config = try bench.config(
      "# randmap: agent\nrelayhost = [old.example]\ntransport_maps = inline:{{kept.example = :[kept.example]}}\n"
    )
    let wish = PoolWish(
      try Scope("from:a@customer.example"),
      try ["[gw1.example]", "[gw2.example]"].map { try WantedMember($0) },
      notation: notation)
    if notation == .stock {
      _ = try config.planning(wish, on: Machine(addresses: []))
    } else {
      let refusal = try #require(throws: EditError.self) {
        try config.planning(wish, on: Machine(addresses: []))
      }
      #expect("\(refusal)".contains("kept.example"))
    }
  }

  /// A declaration that somebody else wrote stays where no pool of the agent has gone.
  @Test func theDeclarationOfTheAgentStaysWhereNoPoolOfItsHasGone() throws {
    let bench = try DatabaseBench()
    let machine = Machine(addresses: [])
    let one = try [WantedMember("[x.example]")]
    let config = try bench.config("# randmap: agent\n")
    let single = try config.planning(PoolWish(try Scope("to:a.example"), one), on: machine).config
    #expect(single.saysAgent)
    let two = try ["[x.example]", "[y.example]"].map { try WantedMember($0) }
    let pool = try config.planning(PoolWish(.outbound, two), on: machine).config
    #expect(pool.saysAgent)
    // With the last pool goes what randmap wrote for it, and not what was there.
    #expect(try pool.planning(PoolWish(.outbound, one), on: machine).config.saysAgent)
  }

  @Test func aPoolThatIsThereIsChangedInItsNotation() throws {
    let before = "sender_dependent_relayhost_maps = unionmap:{randmap:{[a], [b]}, static:{[a],[b]}}\n"
    let plan = try planned(before, "outbound", "[a]=2", "[c]=1")
    #expect(
      plan.config.main.document.bytes.text
        == "sender_dependent_relayhost_maps = unionmap:{randmap:{[a], [a], [c]}, static:{[a],[c]}}\n")
  }

  @Test func aTableThatIsMissingIsMadeForTheAgent() throws {
    let plan = try planned("# randmap: agent\n", "to:in.example", "[a]=2", "[b]")
    #expect(
      plan.config.main.document.bytes.text.contains("transport_maps = hash:$config_directory/transport"))
    #expect(
      plan.config.files["/d/transport"]?.document?.bytes.text
        == "# randmap: table\nin.example\trandmap:!smtp:[a]!smtp:[a]!smtp:[b]\n")
  }

  @Test func aTableThatCannotBeMadeIsSaid() {
    let message = refused(
      "# randmap: agent\ndefault_database_type = regexp\n", "to:in.example", "[a]", "[b]")
    #expect(message.hasPrefix("transport_maps: default_database_type is \"regexp\""), "\(message)")
  }

  @Test func addAndSetOnOneDestinationMakeThePool() throws {
    let main = "relayhost = [gw1]:587\n"
    let asked = try planned(main, "outbound", "[gw1]:587=70%", "[gw2]:587=30%").config.main.document.bytes
      .text
    #expect(
      try edited(main, .setShare(pool: "relayhost", member: "[gw2]:587", share: 0.3, tolerance: 0.005))
        == asked)
    #expect(
      try edited(main, .add(pool: "relayhost", member: "[gw2]:587", weight: 2)).contains(
        "randmap:{[gw1]:587, [gw2]:587, [gw2]:587}"))
    #expect(
      refusal(main, .setWeight(pool: "relayhost", member: "[gw1]:587", weight: 2))?.message
        == "relayhost has one gateway. To share its mail: randmap pool outbound '[gw1]:587=70' '[gw2.example]:587=30'; to take that gateway away: randmap remove-route outbound"
    )
  }

  @Test(arguments: [
    ("outbound", ["[a]=1", "[a]:25"], "the same gateway"), ("outbound", ["[a]", "[a]"], "named twice"),
    ("outbound", ["[2001:db8::1]", "[2001:DB8:0::1]:25"], "the same gateway"),
    ("outbound", ["[a]=0", "[b]"], "a weight of 0"),
    ("outbound", ["[a]=600", "[b]=401"], "come to 1001 together"),
    ("outbound", ["[a]=60%", "[b]=30%"], "come to 90.0%, need 100%"),
    ("outbound", ["[a]=100%", "[b]"], "nothing is left"),
    ("outbound", ["lane:203.0.113.9", "lane:192.0.2.1"], "not an address of this host"),
    ("outbound", ["nosuch:[a]", "[b]"], "master.cf has no transport \"nosuch\"; need a next hop"),
    ("outbound", ["lane9:", "[b]"], "master.cf has no transport \"lane9\"; need a next hop"),
    ("outbound", ["a.example:99999", "[b]"], "bad network port: 99999; need a next hop"),
    ("outbound", ["[a", "[b]"], "need a next hop"),
    ("to:mx.here.example", ["[a]", "[b]"], "is local (mydestination)"),
    ("to:box.example", ["[a]", "[b]"], "has mailboxes on this host"),
    ("class:relay", ["[a]", "[b]"], "relay_domains is not set"),
    ("class:mail", ["[a]"], "need class:relay or class:virtual"),
    ("nosuch", ["[a]", "[b]"], "no scope \"nosuch\": need outbound, "),
    ("transport_maps", ["[a]", "[b]"], "say which mail, such as to:example.com"),
    ("sender_dependent_relayhost_maps", ["[a]", "[b]"], "say which mail, such as from:example.com"),
    ("example.com", ["[a]", "[b]"], "say to:example.com for the mail to it, or from:example.com for"),
    ("to:", ["[a]", "[b]"], "need a domain or an address"),
  ])
  func whatCannotBeIsRefusedInOneSentence(scope: String, members: [String], words: String) throws {
    let main = "compatibility_level = 3.6\nrelayhost = [a]\nvirtual_mailbox_domains = box.example\n"
    let message: String
    do throws(EditError) {
      _ = try configToPlan(main).planning(wishInWords(scope, members), on: plannersMachine)
      message = ""
    } catch { message = error.message }
    #expect(message.contains(words), "\(message)")
    #expect(!message.contains("\n"))
  }

  /// To smtp(8), "lane9:" is a host.
  @Test func aTransportIsNoMemberOfAPoolOfNextHops() throws {
    let config = configToPlan("sender_dependent_relayhost_maps = randmap:{[a], [b]}\n")
    for member in ["lane9:", "smtp:[c]", "smtp:c.example:26"] {
      let error = #expect(throws: EditError.self) {
        try config.applying(.add(pool: "sender_dependent_relayhost_maps", member: member, weight: 1))
      }
      #expect(error?.message.contains("are next hops without a transport") == true, "\(error?.message ?? "")")
    }
    for member in [
      "[c]:587", "c:smtp", "c.example:26", "localhost:26", "[2001:db8::1]:26",
    ] {
      _ = try config.applying(.add(pool: "sender_dependent_relayhost_maps", member: member, weight: 1))
    }
  }

  @Test func aListOfNextHopsBeginsWithNoTransport() {
    #expect(!MailConfig.namesTransport("localhost:10025, gw2.example:25"))
    #expect(MailConfig.namesTransport("lane1:[gw1], [gw2]"))
  }

  @Test func aSettingThatDecidesFirstIsNamed() {
    let message = refused(
      "relayhost = [a]\ntransport_maps = static:{smtp:[x]}\n", "outbound", "[a]", "[b]")
    #expect(message.contains("transport_maps (/d/main.cf:2) decides first"), "\(message)")
    // The line is that of the file, and not of what the plan would make of it.
    let later = refused(
      "relayhost = [a]\nmyorigin = x\nsender_dependent_relayhost_maps = static:[x]\n", "outbound", "[a]",
      "[b]")
    #expect(later.contains("sender_dependent_relayhost_maps (/d/main.cf:3) decides first"), "\(later)")
    // A relayhost is asked for after the transport that overrides it.
    let other = refused("default_transport = smtp:[x]\nrelayhost = [a]\n", "relayhost", "[b]")
    #expect(other.contains("default_transport (/d/main.cf:1) decides first"), "\(other)")
    // However it is written.
    let list = refused("default_transport = smtp:[x],  [y]\nrelayhost = [a]\n", "relayhost", "[b]")
    #expect(list.contains("default_transport (/d/main.cf:1) decides first"), "\(list)")
  }

  @Test func aGuardEndsWithTheGatewayThatItIsAbout() throws {
    let guards: [EditGuard] = [
      .missingCredentials(hop: "[b]:587", words: "x"),
      .newGatewayFails(.host("b", port: 587), .down, reason: "y"),
      .takesOutLiveShare(pool: "relayhost", share: 0.6),
    ]
    let with = try planned("relayhost = [a]\n", "outbound", "[a]", "[B]:587").config
    #expect(guards.remaining(in: with) == guards)
    let without = try planned("relayhost = [a]\n", "outbound", "[a]", "[c]:587").config
    #expect(guards.remaining(in: without) == [guards[2]])
    // A comment, a longer name or another port is no mail for it.
    for other in ["# [b]:587\nrelayhost = [a]\n", "relayhost = [web]:587\n", "relayhost = [b]:25\n"] {
      var edited = configToPlan("")
      edited.update(edited.main.document.appending(other))
      #expect(guards.remaining(in: edited) == [guards[2]], "\(other)")
    }
    let drained = try with.applying(.drain(pool: "sender_dependent_relayhost_maps", member: "[B]:587"))
    #expect(guards.remaining(in: drained) == [guards[2]])
  }

  @Test func theHistorySaysTheWeights() throws {
    func summary(_ members: String...) throws -> String {
      PoolWish(.outbound, try members.map { try WantedMember($0) }).summary
    }
    #expect(try summary("[a]=7", "[b]=3") == "pool outbound: [a]=7, [b]=3")
    #expect(try summary("[a]", "[b]=3") == "pool outbound: [a]=1, [b]=3")
    #expect(try summary("[a]", "[b]") == "pool outbound: [a], [b]")
    #expect(try summary("[a]", "[b]=30%") == "pool outbound: [a], [b]=30%")
  }

  @Test func whereNothingIsDeliveredTheReasonIsSaid() {
    let message = refused("relayhost = [a]\nmaillog_file = /tmp/x\n", "outbound", "[a]", "[b]")
    #expect(
      message.contains("is not delivered as it is: maillog_file value '/tmp/x' does not match"), "\(message)")
    #expect(!message.contains("("), "\(message)")
    let several = refused(
      "relayhost = [a]\ndefault_transport = :y\nsender_dependent_default_transport_maps = pipemap:{randmap:{a, b}, inline:{a=:x}}\n",
      "relayhost", "[b]")
    #expect(
      several
        == "relayhost: mail for someone@elsewhere.example is not delivered as it is: sender_dependent_default_transport_maps: null transport is not allowed, and default_transport: null transport is not allowed; correct that first"
    )
  }

  @Test func whatWouldSendOtherMailElsewhereIsGuarded() throws {
    // A relayhost holds for the relay domains too.
    let plan = try planned("relay_domains = relay.example\n", "relayhost", "[a]", "[b]")
    #expect(plan.guards.contains { $0.message.hasPrefix("changes other mail: mail for the relay domains") })
    #expect(try outboundGuards().isEmpty)
  }

  /// The same wish in words for the mail that leaves spares them.
  private func outboundGuards() throws -> [EditGuard] {
    try planned("relay_domains = relay.example\n", "outbound", "[a]", "[b]").guards
  }

  @Test func credentialsAreAskedFor() throws {
    let main = """
      relayhost = [gw1]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{{[gw1]:587=user:word}}
      smtp_tls_policy_maps = inline:{{[gw1]:587=encrypt}}

      """
    let plan = try planned(main, "outbound", "[gw1]:587", "[gw2]:587")
    #expect(plan.guards.map(\.message).count { $0.hasPrefix("[gw2]:587 has no entry in ") } == 2)
  }

  /// lmtp(8) reads parameters of its own.
  @Test func credentialsAreThoseOfTheClient() throws {
    func words(_ prefix: String) throws -> [String] {
      try planned(
        """
        virtual_mailbox_domains = v.example
        virtual_transport = lmtp:[gw1]:24
        \(prefix)_sasl_auth_enable = yes
        \(prefix)_sasl_password_maps = inline:{{[gw1]:24=user:word}}

        """, "class:virtual", "lmtp:[gw1]:24", "lmtp:[gw2]:24"
      ).guards.map(\.message).filter { $0.contains("has no entry in") }
    }
    #expect(try words("smtp").isEmpty)
    #expect(try words("lmtp").count == 1)
  }

  /// The gateway that the mail went to had some, wherever that was written.
  @Test(arguments: ["from:c.example", "to:d.example"])
  func credentialsAreAskedForWhereTheMailHadSome(scope: String) throws {
    let main = """
      relayhost = [gw1]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{{[gw1]:587=user:word}}

      """
    let plan = try planned(main, scope, "[gw2]:587", "[gw3]:587")
    #expect(plan.guards.map(\.message).count { $0.contains(" has no entry in ") } == 2)
  }

  @Test func addToAPoolAsksForCredentialsToo() throws {
    let main = """
      default_transport = randmap:!smtp:[gw1]!smtp:[gw2]
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{{[gw1]=user:word}, {[gw2]=user:word}}

      """
    let before = configToPlan(main)
    func asks(_ member: String) throws -> Bool {
      let after = try before.applying(.add(pool: "default_transport", member: member, weight: 1))
      return before.guards(against: after, states: [:]).contains {
        if case .missingCredentials = $0 { true } else { false }
      }
    }
    #expect(try asks("smtp:[gw3]"))
  }

  @Test func percentagesBecomeTheSmallestWeightsNearEnough() throws {
    func weights(_ shares: Double...) throws -> [Int] {
      try WeightChoice(shares.map { .share($0) }).weights
    }
    #expect(try weights(0.7, 0.3) == [7, 3])
    #expect(try weights(0.33, 0.67) == [1, 2])
    #expect(try weights(0.01, 0.99) == [1, 99])
    #expect(try weights(0.005, 0.995) == [1, 199])
    #expect(try weights(0.4, 0.3, 0.2, 0.1) == [4, 3, 2, 1])
    #expect(try WeightChoice([.number(70), .number(30)]).weights == [7, 3])
    #expect(try WeightChoice([.share(0.5), .number(1), .number(1)]).weights == [2, 1, 1])
  }
}
