// Pools that have a name: what is a name, what it may stand for, and that pools, routes and gateways see it alike.

import PostfixFiles
import Testing

@testable import Routing

private func config(_ main: String) -> MailConfig {
  MailConfig(
    directory: "/etc/postfix", main: "# randmap: agent\n" + main, master: "smtp unix - - n - - smtp\n")
}

@Suite struct NamedPoolTests {
  @Test(arguments: ["my_pool", "relay_transport", " pool2 ", "_x", "out-pool.eu"])
  func aTextOfLettersIsAName(text: String) throws {
    let pool = try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)")))
    #expect(pool.notation == .named(text.filter { $0 != " " }))
    #expect(pool.results == [])
  }

  /// A separator may be a letter: then a colon or a bracket tells it from a name.
  @Test func whatHoldsADestinationIsNoName() throws {
    for (text, results) in [
      ("xsmtp:[a]xsmtp:[b]", ["smtp:[a]", "smtp:[b]"]), ("!smtp!relay", ["smtp", "relay"]),
      ("-smtp-relay", ["smtp", "relay"]), ("1smtp:1relay:", ["smtp:", "relay:"]), ("7a7b", ["a", "b"]),
    ] {
      let pool = try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)")))
      #expect(pool.notation.name == "separator", "\(text)")
      #expect(pool.results == results)
    }
  }

  @Test func aNameStandsForWhatItsParameterHolds() {
    let parameters = config(
      """
      bare = !smtp:[a]!smtp:[b]
      whole = randmap:|smtp:[a]
      file = /etc/postfix/outbound
      circle = randmap:circle
      other = bare
      braces = {smtp:[a], smtp:[b]}
      destination = smtp:[a]
      behind = smtp:randmap:![a]
      empty =
      """
    ).parameters
    #expect(parameters.namedPool("bare")?.results == ["smtp:[a]", "smtp:[b]"])
    #expect(parameters.namedPool("whole")?.results == ["smtp:[a]"])
    #expect(parameters.namedPool("file")?.path == "/etc/postfix/outbound")
    for name in ["circle", "other", "braces", "destination", "behind", "empty", "none", "myhostname"] {
      #expect(parameters.namedPool(name) == nil, "\(name)")
    }
  }

  @Test func itIsOnePoolWhoeverNamesIt() throws {
    let config = config(
      """
      default_transport = randmap:out
      relay_transport = randmap:out
      virtual_transport = randmap:local_transport
      local_transport = randmap:!smtp:[c]
      out = !smtp:[a]!smtp:[b]!smtp:[b]
      # randmap: drained smtp:[d] x2
      """)
    let pools = config.pools()
    #expect(pools.map(\.id) == ["out", "local_transport"])
    #expect(pools[0].aliases == ["default_transport", "relay_transport"])
    #expect(pools[0].notation == .separator(UInt8(ascii: "!")))
    #expect(pools[0].members.map(\.result) == ["smtp:[a]", "smtp:[b]", "smtp:[d]"])
    #expect(pools[0].members.map(\.weight) == [1, 2, 2])
    for name in ["default_transport", "relay_transport"] { #expect(config.pool(name)?.id == "out") }
    #expect(config.gateways().map { "\($0.gateway)" } == ["[a]:25", "[b]:25", "[d]:25", "[c]:25"])
  }

  @Test func aRouteGoesByTheNamedPool() throws {
    let config = config(
      "default_transport = randmap:out\nout = !smtp:[a]!smtp:[b]\n"
        + "relay_domains = r.example\nrelay_transport = randmap:nowhere\n")
    let answer = Resolver(config).route("u@example.com")
    #expect(
      answer.outcomes.map(\.value)
        == ["[a]", "[b]"].map {
          .destination(transport: Bytes("smtp".utf8), nextHop: Bytes($0.utf8))
        }, "\(answer)")
    let lost = Resolver(config).route("u@r.example")
    #expect(lost.outcomes.map(\.value) == [.deferred("no pool is named \"nowhere\"")], "\(lost)")
  }
}
