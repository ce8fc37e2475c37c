// Pools from one notation to another: what the files say then, what is refused, and that every share is what it was.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

private func config(
  _ main: String, files: [String: String] = [:], version: PostfixVersion = .assumed
) -> MailConfig {
  var config = MailConfig(
    directory: "/etc/postfix", environment: Environment(hostName: "mx.test.example", version: version),
    main: main)
  for (name, text) in files {
    let path = "/etc/postfix/\(name)"
    config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8)))
  }
  return config
}

private func converted(
  _ config: MailConfig, to target: ConversionTarget, _ names: String...
) throws -> MailConfig {
  try config.converting(names, to: target).config
}

private func reason(_ config: MailConfig, to target: ConversionTarget, _ names: String...) -> String? {
  do throws(EditRefusal) {
    _ = try config.converting(names, to: target)
    return nil
  } catch { return error.message }
}

extension MailConfig {
  fileprivate var mainText: String { main.document.bytes.text }
  fileprivate func text(_ name: String) -> String {
    files["/etc/postfix/\(name)"]?.document?.bytes.text ?? ""
  }
  /// All pools, whatever their notation and place.
  fileprivate var contents: [PoolContent] {
    poolSites().map(\.content.inOrder).sorted { "\($0)" < "\($1)" }
  }
}

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
                inline:{d.example=pool, .d.example=pool, e.example=pool, .e.example=pool},
                unionmap:{randmap:{relay:[a], relay:[b]}, static:{[a],[b]}}}

        """)
    let without = try converted(config(main + "parent_domain_matches_subdomains =\n"), to: .stock)
    #expect(without.mainText.contains("inline:{d.example=pool, e.example=pool}"))
    let both = try converted(
      config(main + "parent_domain_matches_subdomains = relay_domains, transport_maps\n"), to: .stock)
    #expect(both.mainText.contains("inline:{d.example=pool, e.example=pool}"))
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
      reason(config(pool + "sender_dependent_default_transport_maps = hash:/etc/postfix/s\n"), to: .stock)?
        .contains("is set") == true)
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

/// What main.cf says of an agent for pools of two members.
private let agentLines = """
  # randmap: agent
  randmap_destination_concurrency_limit = 40
  randmap_initial_destination_concurrency = 10

  """

@Suite struct LMTPNetTests {
  @Test func whatBeginsAWholeNextHopIsNoItemOfAList() throws {
    func table(_ pool: String) throws -> String {
      let text = try converted(config("default_transport = randmap:\(pool)\n"), to: .stock).mainText
      return text.split(whereSeparator: \.isWhitespace).dropFirst(2).joined(separator: " ")
    }
    #expect(
      try table("!lmtp:inet:[a]:24!lmtp:inet:[b]:24")
        == "unionmap:{randmap:{lmtp:inet:[a]:24, lmtp:inet:[b]:24}, static:{[a]:24,[b]:24}}")
    #expect(try table("!lmtp:unix:/a!lmtp:unix:/b") == "randmap:{lmtp:unix:/a, lmtp:unix:/b}")
    #expect(
      try table("!lmtp:unix:/a!lmtp:[b]!lmtp:[c]")
        == "pipemap:{ randmap:{lmtp:unix:/a, lmtp:[b], lmtp:[c]}, "
        + "inline:{{lmtp:unix:/a=lmtp:unix:/a}, {lmtp:[b]=lmtp:[b],[c]}, {lmtp:[c]=lmtp:[c],[b]}}}")
  }
}

@Suite struct ConversionToAgentTests {
  /// What the members would have together on their own, whatever gives it to them.
  @Test(arguments: [
    ("smtp_destination_concurrency_limit = 5\n", 25, 10),
    ("default_destination_concurrency_limit = 4\n", 8, 10),
    ("initial_destination_concurrency = 2\nrelay_destination_concurrency_limit = 7\n", 27, 4),
    ("relay_destination_concurrency_limit = 0\n", 0, 10),
    ("relay_initial_destination_concurrency = 1\n", 40, 6),
  ])
  func theLimitIsThatOfTheMembers(settings: String, limit: Int, initial: Int) throws {
    let text = try converted(
      config(settings + "sender_dependent_default_transport_maps = randmap:{smtp:[a], relay:[b]}\n"),
      to: .agent
    ).mainText
    #expect(text.contains("randmap_destination_concurrency_limit = \(limit)\n"), "\(text)")
    #expect(text.contains("randmap_initial_destination_concurrency = \(initial)\n"), "\(text)")
  }

  @Test func stockPoolsBecomeSeparatorPoolsWithTheMark() throws {
    let stock = config(
      "# out\nsender_dependent_default_transport_maps =\n    unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\n"
    )
    #expect(
      try converted(stock, to: .agent).mainText
        == "# out\n\(agentLines)default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    )
    let keyed = config("transport_maps = pipemap:{inline:{d.example=x}, randmap:{smtp:[a], smtp:[b]}}\n")
    #expect(
      try converted(keyed, to: .agent).mainText
        == "\(agentLines)transport_maps = inline:{{d.example=randmap:!smtp:[a]!smtp:[b]}}\n"
    )
    let relayhost = config("sender_dependent_relayhost_maps = randmap:{[a], [b]}\n")
    #expect(
      try converted(relayhost, to: .agent).mainText
        == "\(agentLines)default_transport = randmap:!smtp:[a]!smtp:[b]\n"
        + "relay_transport = randmap:!relay:[a]!relay:[b]\n")
  }

  @Test func aNamedPoolIsConvertedWhereItIsUsed() throws {
    let before = config(
      "# randmap: agent\ndefault_transport = randmap:out\nout = !smtp:[a]!smtp:[b]!smtp:[b]\n")
    #expect(try converted(before, to: .agent).mainText == before.main.document.bytes.text)
    let stock = try converted(before, to: .stock)
    #expect(stock.mainText.contains("sender_dependent_default_transport_maps"))
    #expect(stock.mainText.contains("\nout = !smtp"))
    #expect(!stock.mainText.contains("agent"))
    let file = try converted(before, to: .file)
    #expect(file.mainText.contains("default_transport = randmap:$config_directory/default_transport.pool\n"))
    #expect(file.text("default_transport.pool") == "smtp:[a]\nsmtp:[b]\nsmtp:[b]\n")
    let inFile = config(
      "# randmap: agent\ndefault_transport = randmap:out\nout = /etc/postfix/pool\n",
      files: ["pool": "smtp:[a]\nsmtp:[b]\n"])
    #expect(
      try converted(inFile, to: .inline).mainText.contains("default_transport = randmap:!smtp:[a]!smtp:[b]\n")
    )
  }

  @Test func nextHopsGetTheirTransport() throws {
    let table =
      "example.com  smtp:randmap:\n   ![a]\n   # half\n   ![b]\n# randmap: drained [c] x2\nexample.org smtp:[d]\n"
    let before = config("transport_maps = texthash:/etc/postfix/transport\n", files: ["transport": table])
    let result = try converted(before, to: .agent)
    #expect(
      result.text("transport")
        == "example.com  randmap:\n   !smtp:[a]\n   # half\n   !smtp:[b]\n# randmap: drained smtp:[c] x2\n"
        + "example.org smtp:[d]\n")
    #expect(result.contents == before.contents)
    let file = config(
      "default_transport = smtp:randmap:/etc/postfix/out\n",
      files: ["out": "# pool\n[a]\n[b]\n# randmap: drained [c] x1\n"])
    let prefixed = try converted(file, to: .agent)
    #expect(prefixed.text("out") == "# pool\nsmtp:[a]\nsmtp:[b]\n# randmap: drained smtp:[c] x1\n")
    #expect(prefixed.mainText.contains("default_transport = randmap:/etc/postfix/out\n"))
  }

  @Test func aTableOfKeysTakesThePool() throws {
    let before = config(
      "transport_maps =\n    pipemap:{texthash:$config_directory/in, randmap:{relay:[a], relay:[b]}}\n",
      files: ["in": "# domains\nd.example   pool\ne.example pool\n"])
    let result = try converted(before, to: .agent)
    #expect(
      result.mainText
        == "\(agentLines)transport_maps =\n    texthash:$config_directory/in\n"
    )
    #expect(
      result.text("in")
        == "# domains\nd.example   randmap:!relay:[a]!relay:[b]\ne.example randmap:!relay:[a]!relay:[b]\n")
  }

  @Test func whatTheAgentCannotDoIsRefused() {
    #expect(
      reason(config("transport_maps = randmap:{smtp:[a], smtp:[b]}\n"), to: .agent)?.contains("every address")
        == true)
    #expect(
      reason(
        config(
          "sender_dependent_default_transport_maps = hash:/etc/postfix/s, randmap:{smtp:[a], smtp:[b]}\n"),
        to: .agent)?.contains("other tables") == true)
    #expect(
      reason(
        config(
          "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\ntransport_maps = inline:{d=:[x]}\n"
        ),
        to: .agent)?.contains("takes its transport") == true)
  }
}

@Suite struct PoolFileTests {
  @Test func aPoolGoesIntoAFileAndBack() throws {
    let main = """
      default_transport =
          randmap:
              !smtp:[a]
              # the big one
              !smtp:[b]
              !smtp:[b]
      # randmap: drained smtp:[c] x2
      myorigin = x

      """
    let before = config(main)
    let file = try converted(before, to: .file)
    #expect(
      file.mainText
        == "default_transport =\n    randmap:$config_directory/default_transport.pool\nmyorigin = x\n")
    #expect(
      file.text("default_transport.pool")
        == "# the big one\nsmtp:[a]\nsmtp:[b]\nsmtp:[b]\n# randmap: drained smtp:[c] x2\n")
    #expect(file.contents == before.contents)
    let set = file.changeSet(summary: "x")
    #expect(set.changes.map(\.before) == [nil, Bytes(main.utf8)])
    let back = try file.converting([], to: .inline)
    #expect(
      back.config.mainText
        == "default_transport =\n    randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n# randmap: drained smtp:[c] x2\nmyorigin = x\n"
    )
    #expect(back.notes.first?.contains("nothing names it any more") == true)
  }

  @Test func aTableNamesTheFileByItsWholePath() throws {
    let before = config(
      "transport_maps = texthash:/etc/postfix/transport\n",
      files: ["transport": "Example.COM   smtp:randmap:![a]![b]\n"])
    let file = try converted(before, to: .file)
    #expect(file.text("transport") == "Example.COM   smtp:randmap:/etc/postfix/example.com.pool\n")
    #expect(file.text("example.com.pool") == "[a]\n[b]\n")
    #expect(file.contents == before.contents)
    #expect(try converted(file, to: .inline).text("transport") == before.text("transport"))
  }

  @Test func aPoolThatAnotherOneRefersToMovesOnce() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]\ndefault_transport = $relay_transport\n"
    let file = try converted(config(main), to: .file)
    #expect(
      file.mainText
        == "relay_transport = randmap:$config_directory/relay_transport.pool\ndefault_transport = $relay_transport\n"
    )
    #expect(reason(config(main), to: .file, "default_transport")?.contains("put together") == true)
  }

  /// A result that was drained and then listed again is both.
  @Test func aMemberThatIsDrainedAndGetsMailIsConverted() throws {
    let before = config(
      """
      default_transport = randmap:!smtp:[a]!smtp:[b]
      # randmap: drained smtp:[a] x3

      """)
    let after = try converted(before, to: .stock)
    #expect(after.contents == before.contents)
    #expect(after.mainText.contains("# randmap: drained smtp:[a] x3"))
  }

  /// relay_transport contains one destination: a name for it means no pool, so there is nothing to convert.
  @Test func aNameThatMeansNoPoolIsLeftAlone() throws {
    let before = config(
      "transport_maps = hash:/etc/postfix/t\nrelay_transport = smtp:[c]\n"
        + "default_transport = randmap:!smtp:[a]!smtp:[b]\n",
      files: ["t": "example.com  randmap:relay_transport\n"])
    #expect(before.poolSites().map(\.id) == ["default_transport"])
    #expect(try converted(before, to: .stock).text("t") == before.text("t"))
  }
}
