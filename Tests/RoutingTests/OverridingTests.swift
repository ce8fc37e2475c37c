// Which pools no mail comes to, since another setting overrides theirs for all mail: they count nothing in shares, and the
// resolver never leads there.

import Gateways
import PostfixFiles
import Testing

@testable import Routing

@Suite struct OverridingTests {
  private static let table = "/t"

  private func config(_ main: String, table: String = "") -> MailConfig {
    var config = MailConfig(
      directory: "/etc/postfix", main: "compatibility_level = 3.6\nmyhostname = mx.test\n" + main)
    config.files[Self.table] = .read(Document(path: Self.table, bytes: Bytes(table.utf8)))
    return config
  }

  /// Main.cf with `relayhost = [only.test]` and others, the table, and whether mail can come to [only.test].
  struct Case: Sendable, CustomTestStringConvertible {
    let main: String
    var table = ""
    let comes: Bool
    /// Recipients whose mail goes to [only.test] where it comes.
    var recipient = "u@elsewhere.test"

    var testDescription: String { main + table }
  }

  private static let relayhost = "relayhost = [only.test]\n"
  private static let transport = "default_transport = smtp:[only.test]\n"

  static let cases = [
    Case(main: relayhost, comes: true), Case(main: transport, comes: true),
    Case(main: relayhost + "default_transport = smtp:[a]\n", comes: false),
    Case(main: relayhost + "default_transport = smtp:\n", comes: true),
    Case(
      main: relayhost + "default_transport = smtp:[a]\nrelay_domains = r.test\n", comes: true,
      recipient: "u@r.test"),
    Case(
      main: relayhost + "default_transport = smtp:[a]\nrelay_domains = r.test\nrelay_transport = relay:[b]\n",
      comes: false),
    Case(main: relayhost + "sender_dependent_default_transport_maps = static:smtp:[a]\n", comes: false),
    Case(main: relayhost + "sender_dependent_default_transport_maps = static:smtp:\n", comes: true),
    Case(main: relayhost + "sender_dependent_default_transport_maps = static:DUNNO\n", comes: true),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\n",
      comes: false),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = randmap:{smtp:[a], dunno}\n", comes: true),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = inline:{x@y.test=smtp:[a]}\n", comes: true),
    Case(
      main: relayhost
        + "sender_dependent_default_transport_maps = inline:{s@s.test=DUNNO}, static:smtp:[a]\n",
      comes: true),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = regexp:{{/./ smtp:[a]}}\n", comes: false),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = regexp:{{/x/ smtp:[a]}}\n", comes: true),
    Case(main: transport + "sender_dependent_default_transport_maps = static:smtp:[a]\n", comes: false),
    Case(
      main: transport
        + "sender_dependent_default_transport_maps = pipemap:{randmap:{1, 2}, inline:{1=smtp:[a], 2=x:}}\n",
      comes: false),
    Case(main: relayhost + "sender_dependent_relayhost_maps = static:[a]\n", comes: false),
    Case(
      main: relayhost + "sender_dependent_relayhost_maps = regexp:{{/s@s/ DUNNO}, {/./ [a]}}\n", comes: true),
    Case(main: transport + "transport_maps = texthash:/t\n", table: "* smtp:[a]\n", comes: false),
    Case(main: relayhost + "transport_maps = texthash:/t\n", table: "* smtp:[a]\n", comes: false),
    Case(main: relayhost + "transport_maps = texthash:/t\n", table: "* :[a]\n", comes: false),
    Case(main: relayhost + "transport_maps = texthash:/t\n", table: "* :\n", comes: true),
    Case(main: transport + "transport_maps = texthash:/t\n", table: "x.test smtp:[a]\n", comes: true),
    Case(
      main: transport + "mydestination = own.test\ntransport_maps = texthash:/t\n",
      table: "own.test :\n* smtp:[a]\n", comes: false),
    Case(
      main: transport + "mydestination = own.test\ntransport_maps = texthash:/t\n",
      table: "free.test :\n* smtp:[a]\n", comes: true, recipient: "u@free.test"),
    Case(
      main: transport + "mydestination = own.test\ntransport_maps = texthash:/t\n",
      table: ".own.test\t:\n* smtp:[a]\n", comes: true, recipient: "u@sub.own.test"),
    Case(
      main: transport + "transport_maps = texthash:/t, static:smtp:[a]\n", table: "free.test :\n",
      comes: false),
    Case(
      main: transport + "transport_maps = texthash:/t, static:smtp:[a]\n", table: "u@free.test :\n",
      comes: true, recipient: "u@free.test"),
    Case(
      main: transport + "transport_maps = inline:{{* = smtp:[a]}}, regexp:{{/free/ :}}\n", comes: true,
      recipient: "u@free.test"),
    // What is not known here leaves everything as it is.
    Case(main: transport + "transport_maps = ldap:/x, texthash:/t\n", table: "* smtp:[a]\n", comes: true),
    Case(
      main: relayhost + "sender_dependent_default_transport_maps = ldap:/x, static:smtp:[a]\n", comes: true),
  ]

  /// As for `* :[relay]` beside lanes: the sender map decides the transport of each message.
  @Test func aNextHopAloneLeavesTheTransportToTheSenderMap() throws {
    let config = config(
      "sender_dependent_default_transport_maps = randmap:{lane1:, lane2:}\ntransport_maps = texthash:/t\n"
        + "relayhost = [b]\n", table: "* :[a]\n")
    let pool = try #require(config.pools().first { $0.id == "sender_dependent_default_transport_maps" })
    #expect(pool.overriddenWords == nil)
    let overriding = Overriding(config, now: 0)
    #expect(overriding.overrider(of: .relayhost) == .transportMaps)
    #expect(overriding.overrider(of: .senderTransportMaps) == nil)
    #expect(overriding.overrider(of: .defaultTransport) == .senderTransportMaps)
  }

  /// Mail without a sender is looked up by its whole key, in the order of the list; a domain after that.
  @Test(arguments: [("<>", true), ("u@s.test", true), ("@s.test", false)])
  func theKeyOfMailWithoutASenderIsAWholeOne(key: String, comes: Bool) throws {
    let config = config(
      "# randmap: agent\nsender_dependent_default_transport_maps = texthash:/t, static:smtp:[a]\n",
      table: "\(key) randmap:!smtp:[x]!smtp:[y]\n")
    let pool = try #require(config.pools().first { $0.members.count == 2 })
    #expect((pool.overriddenWords == nil) == comes)
  }

  @Test(arguments: cases)
  func sharesSayWhatTheResolverSays(item: Case) throws {
    let config = config(item.main, table: item.table)
    let only = Gateway.host("only.test", port: 25)
    let use = try #require(config.gateways().first { $0.gateway == only })
    #expect((use.share > 0) == item.comes)
    let isLed = ["u@elsewhere.test", item.recipient].contains { recipient in
      let answer = Resolver(config).route(recipient, from: "s@s.test")
      // What cannot be asked here may lead anywhere.
      return !answer.isComplete
        || answer.outcomes.contains {
          if case .destination(_, let hop) = $0.value { hop.text == "[only.test]" } else { false }
        }
    }
    #expect(isLed == item.comes)
  }

  /// Relay domains that only the rewrite service knows go by relayhost too.
  @Test(arguments: [("", true), ("\n -o relay_domains=rel.test", false), ("\n -o relay_domains=", true)])
  func anOptionOfTheRewriteServiceCounts(options: String, isOverridden: Bool) {
    let config = MailConfig(
      directory: "/d",
      main: "relayhost = [a]\ndefault_transport = smtp:[b]\nrelay_transport = relay\nmyhostname = mx.test\n",
      master:
        "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nrewrite unix - - n - - trivial-rewrite\(options)\n"
    )
    #expect((config.pools().first { $0.id == "relayhost" }?.overriddenWords != nil) == isOverridden)
  }

  @Test func overriddenPoolsCountNothing() {
    let pools = config(
      "relayhost = [a]\nsender_dependent_default_transport_maps = randmap:{smtp:[b], smtp:[c]}\n"
    ).pools()
    #expect(pools.map(\.overrider) == [.senderTransportMaps, nil])
    #expect(pools.atRisk([.host("a", port: 25): .down]) == 0)
    #expect(pools.atRisk([.host("b", port: 25): .down]) == 0.5)
    #expect(pools.liveShares([:]) == [.host("b", port: 25): 0.5, .host("c", port: 25): 0.5])
    #expect(!pools.sharesAreMeans)
    #expect(
      pools[0].overriddenWords == "no mail comes here: sender_dependent_default_transport_maps overrides it")
  }

  @Test func aTableBehindOneThatAnswersAllIsHidden() {
    let pools = config(
      "transport_maps = randmap:{smtp:[a], smtp:[b]}, texthash:/t, randmap:{smtp:[c]}\n",
      table: "x.test randmap:!smtp:[d]!smtp:[e]\n"
    ).pools()
    #expect(pools.map(\.overrider) == [nil, .transportMaps, .transportMaps])
    #expect(pools[1].overriddenWords == "no mail comes here: another table of transport_maps answers first")
  }

  @Test func sharesOfSeveralPoolsAreMeans() {
    func areMeans(_ main: String) -> Bool { config(main).pools().sharesAreMeans }
    let pool = "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    #expect(!areMeans(pool))
    #expect(areMeans(pool + "virtual_transport = randmap:!lmtp:[c]!lmtp:[d]\n"))
    // Each gateway has the same share of both.
    #expect(!areMeans(pool + "relay_transport = randmap:!smtp:[b]!smtp:[a]\n"))
    #expect(!areMeans(""))
  }
}
