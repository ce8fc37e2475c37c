// Pools as tables of a stock Postfix: what the files say then, what is refused, and that every share is what it was.

import Checks
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct ConversionToStockTests {
  @Test func outboundGoesToTheTableOfSenders() throws {
    let result = try converted(
      config("# out\ndefault_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\nmyorigin = x\n"), to: .stock)
    #expect(
      result.mainText == """
        # out
        sender_dependent_default_transport_maps =
            unionmap:{randmap:{smtp:[a], smtp:[b], smtp:[b]}, static:{[a],[b]}}
        myorigin = x

        """)
  }

  /// Behind tables for some senders it answers for the others: for the domain of a sender, which Postfix asks for last, and for
  /// the null sender.
  @Test func besideTablesForSomeSendersItAnswersForTheOthers() throws {
    func text(_ senders: String) throws -> (text: String, notes: [String]) {
      let conversion = try config(
        "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
          + "sender_dependent_default_transport_maps = hash:/etc/postfix/s\n", files: ["s": senders]
      ).converting([], to: .stock)
      return (conversion.config.mainText, conversion.notes)
    }
    let rest = """
          pipemap:{
              unionmap:{inline:{<>=pool}, regexp:{{/^@/ pool}}},
              unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}}

      """
    let maps = "sender_dependent_default_transport_maps = hash:/etc/postfix/s\n"
    #expect(try text("@x.example smtp:[x]\n").text == maps + rest)
    // So no sender is left for default_transport.
    let codes = Linter().lint(config(maps + rest, files: ["s": "@x.example smtp:[x]\n"])).diagnostics.map(
      \.code)
    #expect(!codes.contains("RM313") && !codes.contains("RM413"), "\(codes)")
  }

  /// A sender whose entry says DUNNO goes by the parameter, where stock Postfix takes no pool: one destination that was there
  /// stays for it, and a pool cannot.
  @Test func sendersWithDUNNOKeepTheDestinationThatTheyHave() throws {
    let maps = "sender_dependent_relayhost_maps = texthash:/etc/postfix/s\n"
    let files = ["s": "@x.example [x]\n@y.example DUNNO\n"]
    let single = config("relayhost = [old]\n" + maps, files: files)
    let plan = try single.planning(try wishInWords("outbound", ["[a]", "[old]"]), on: plannersMachine)
    #expect(plan.config.mainText.hasPrefix("relayhost = [old]\n" + maps + "    pipemap:{"))
    #expect(plan.notes.contains("relayhost stays [old]: mail of senders whose entry says DUNNO goes there"))
    // A second time too.
    let again = try plan.config.planning(try wishInWords("outbound", ["[a]", "[b]"]), on: plannersMachine)
    #expect(again.config.mainText.hasPrefix("relayhost = [old]\n" + maps + "    pipemap:{"))
    #expect(
      reason(config("relayhost = randmap:![a]![b]\n" + maps, files: files), to: .stock)?
        .contains("says DUNNO goes by relayhost") == true)
  }

  @Test func beforePostfix35TheNetIsTheFallbackRelay() throws {
    let old = config("default_transport = randmap:!smtp:[a]!smtp:[b]\n", version: PostfixVersion(3, 4))
    let result = try converted(old, to: .stock)
    #expect(
      result.mainText == """
        sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}
        smtp_fallback_relay = [a], [b]

        """)
    let beside = config(
      "default_transport = randmap:!smtp:[a]!smtp:[b]\nrelay_domains = d.example\n",
      version: PostfixVersion(3, 4))
    let conversion = try beside.converting([], to: .stock)
    #expect(!conversion.config.mainText.contains("fallback"))
    #expect(conversion.notes.first?.contains("has no fallback") == true)
    let list = config("default_transport = randmap:!smtp:[a],[b]!smtp:[c]\n", version: PostfixVersion(3, 4))
    #expect(reason(list, to: .stock)?.contains("next-hop lists") == true)
  }

  @Test func membersOfDifferentTransportsGetTheirNetFromASecondTable() throws {
    let result = try converted(
      config("default_transport = randmap:!smtp:[a]!smtp:[b]!lmtp:[c]\n"), to: .stock)
    #expect(
      result.mainText == """
        sender_dependent_default_transport_maps =
            pipemap:{
                randmap:{smtp:[a], smtp:[b], lmtp:[c]},
                inline:{{smtp:[a]=smtp:[a],[b]}, {smtp:[b]=smtp:[b],[a]}, {lmtp:[c]=lmtp:[c]}}}

        """)
  }

  @Test func aRelayhostPoolGoesToTheTableOfRelayhosts() throws {
    let result = try converted(config("relayhost = randmap:![a]![b]:26\n"), to: .stock)
    #expect(
      result.mainText
        == "sender_dependent_relayhost_maps = unionmap:{randmap:{[a], [b]:26}, static:{[a],[b]:26}}\n")
  }

  @Test func aDomainsPoolStandsInFrontOfItsTable() throws {
    let before = config(
      "transport_maps = inline:{x.example=smtp:[x]}, hash:/etc/postfix/transport\n",
      files: [
        "transport": "# in\nexample.com randmap:!smtp:[a]!smtp:[b]\nexample.org smtp:[c]\n"
          + "example.net  smtp:randmap:![a]![b]\n"
      ])
    let result = try converted(before, to: .stock)
    #expect(result.text("transport") == "# in\nexample.org smtp:[c]\n")
    #expect(
      result.mainText == """
        transport_maps = inline:{x.example=smtp:[x]}, pipemap:{
                inline:{example.com=pool, example.net=pool},
                unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}}
            hash:/etc/postfix/transport

        """)
  }

  @Test func relayDomainsAreNamedWithTheirSubdomains() throws {
    let main = "relay_domains = d.example, e.example\nrelay_transport = randmap:!relay:[a]!relay:[b]\n"
    #expect(
      try converted(config(main), to: .stock).mainText == """
        relay_domains = d.example, e.example
        transport_maps =
            pipemap:{
                inline:{
                    d.example=relay_domains,
                    .d.example=relay_domains,
                    e.example=relay_domains,
                    .e.example=relay_domains},
                unionmap:{randmap:{relay:[a], relay:[b]}, static:{[a],[b]}}}
        relay_transport = relay:[a]

        """)
    let without = try converted(config(main + "parent_domain_matches_subdomains =\n"), to: .stock)
    #expect(without.mainText.contains("inline:{d.example=relay_domains, e.example=relay_domains}"))
    let both = try converted(
      config(main + "parent_domain_matches_subdomains = relay_domains, transport_maps\n"), to: .stock)
    #expect(both.mainText.contains("inline:{d.example=relay_domains, e.example=relay_domains}"))
    #expect(
      reason(config(main + "parent_domain_matches_subdomains = transport_maps\n"), to: .stock)?
        .contains("subdomains") == true)
  }

  @Test func drainedMembersGoAlong() throws {
    let before = config(
      """
      default_transport = randmap:!smtp:[a]!smtp:[b]
      # randmap: drained smtp:[c] x2
      transport_maps = hash:/etc/postfix/transport
      """,
      files: [
        "transport": "one.example randmap:!smtp:[d]!smtp:[e]\n# randmap: drained smtp:[f] x1\n"
          + "two.example randmap:!smtp:[g]!smtp:[h]\n# randmap: drained smtp:[i] x3\n"
      ])
    let result = try converted(before, to: .stock)
    #expect(result.contents == before.contents)
    #expect(result.mainText.contains("\n# randmap: drained smtp:[c] x2\n"))
    #expect(!result.text("transport").contains("drained"))
    #expect(result.mainText.contains("# randmap: drained smtp:[i] x3 #2"))
  }

  @Test func poolsWithTheSameMembersKeepTheirOwnDrainedOnes() throws {
    let pool = "randmap:!smtp:[a]!smtp:[b]"
    let before = config(
      "relay_domains = d.example\nrelay_transport = \(pool)\n# randmap: drained smtp:[c] x1\n"
        + "default_transport = \(pool)\n# randmap: drained smtp:[d] x2\n")
    let outbound = try converted(before, to: .stock, "default_transport").mainText
    #expect(outbound.contains("\(pool)\n# randmap: drained smtp:[c] x1\n"))
    #expect(outbound.hasSuffix("}\n# randmap: drained smtp:[d] x2\n"))
    let whole = try converted(before, to: .stock)
    #expect(whole.poolSites().map(\.content.drained.first?.result) == ["smtp:[c]", "smtp:[d]"])
  }

  @Test func theMarkOfTheAgentGoesWithTheLastPoolThatNeedsIt() throws {
    let main =
      "# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[b]\nrelayhost = randmap:![a]![b]\n"
    #expect(try !converted(config(main), to: .stock).mainText.contains("agent"))
    #expect(try converted(config(main), to: .stock, "relayhost").mainText.contains("agent"))
  }

  @Test func whatCannotKeepItsMeaningIsRefusedWithTheReason() throws {
    let table = ["transport": "* randmap:!smtp:[a]!smtp:[b]\n"]
    #expect(
      reason(config("transport_maps = hash:/etc/postfix/transport\n", files: table), to: .stock)?
        .contains("30 seconds") == true)
    let pool = "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    #expect(
      reason(
        config(
          pool + "sender_dependent_default_transport_maps = hash:/etc/postfix/s\n",
          version: PostfixVersion(3, 6)),
        to: .stock)?
        .contains("is set") == true)
    #expect(
      reason(
        config(
          pool + "sender_dependent_default_transport_maps = hash:/etc/postfix/s\n"
            + "empty_address_default_transport_maps_lookup_key = null\n"), to: .stock)?
        .contains("take it out, so that the null sender") == true)
    #expect(
      reason(config(pool + "virtual_transport = $default_transport\n"), to: .stock)?.contains("virtual")
        == true)
    #expect(
      reason(config("relayhost = [r]\ndefault_transport = randmap:!lane1:!smtp:[b]\n"), to: .stock)?
        .contains("no next hop") == true)
    #expect(
      reason(config("local_transport = randmap:!lmtp:[a]!lmtp:[b]\n"), to: .stock)?.contains("no parameter")
        == true)
    let relay = "relay_transport = randmap:!relay:[a]!relay:[b]\n"
    #expect(
      reason(config(relay + "relay_domains = hash:/etc/postfix/r\n"), to: .stock)?.contains("plain list")
        == true)
    #expect(
      reason(config(relay + "relay_domains = example\n"), to: .stock)?.contains("mydestination") == true)
    for (entry, word) in [
      ("* smtp:[x]", "before relay_transport"), (".example smtp:[x]", "before relay_transport"),
      ("sub.d.example :", "takes its transport"), ("u@d.example :[x]", "takes its transport"),
    ] {
      let main = relay + "relay_domains = d.example\ntransport_maps = hash:/etc/postfix/transport\n"
      #expect(
        reason(config(main, files: ["transport": entry + "\n"]), to: .stock)?.contains(word) == true,
        "\(entry)")
    }
    #expect(reason(config("relayhost = [r]\n"), to: .stock, "nosuch")?.contains("no pool") == true)
  }
}
