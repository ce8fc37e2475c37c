// Pools of stock tables in the notation of the agent: what the files say then, and what is refused.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

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
