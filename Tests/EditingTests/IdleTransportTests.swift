// Transports that deliver to no gateway: a wish for gateways gets a client, and a wish for none of them is asked for.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct IdleTransportTests {
  private static let services =
    plannedServices + """
      error unix - - n - - error
      retry unix - - n - - error
      discard unix - - n - - discard
      uucp unix - n n - - pipe flags=F user=uucp argv=uux
      randmap unix - - n - - randmap

      """

  private func config(_ main: String, tables: [String: String] = [:]) -> MailConfig {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example"), main: main,
      master: Self.services)
    for (name, text) in tables {
      config.files["/d/\(name)"] = .read(Document(path: "/d/\(name)", bytes: Bytes(text.utf8)))
    }
    return config.readingFiles()
  }

  private func goals(_ config: MailConfig, from sender: String = "") -> Set<String> {
    Set(
      Resolver(config).route("u@elsewhere.example", from: sender).firstHops.keys.map {
        "\($0.transport):\($0.nextHop)"
      })
  }

  private static let wish: Set = ["smtp:[a]:587", "smtp:[b]:587"]

  @Test(
    arguments: ["local", "error:", "error:5.1.1 no", "uucp", "discard:", "virtual:"],
    [PoolWish.Notation.stock, .agent])
  func nextHopsGetAClient(transport: String, notation: PoolWish.Notation) throws {
    let before = config("default_transport = \(transport)\nrelayhost = [a]:587\n")
    let plan = try before.planning(
      wishInWords("outbound", ["[a]:587", "[b]:587"], notation), on: plannersMachine)
    #expect(goals(plan.config) == Self.wish)
    let one = try before.planning(wishInWords("outbound", ["[a]:587"], notation), on: plannersMachine)
    #expect(goals(one.config) == ["smtp:[a]:587"])
    #expect(one.config.main.document.bytes.text == "relayhost = [a]:587\n")
  }

  @Test func relaysOfASenderGetOneToo() throws {
    let before = config(
      "default_transport = uucp\nsender_dependent_relayhost_maps = inline:{@c.example=[a]:587}\n")
    let plan = try before.planning(
      wishInWords("from:c.example", ["[a]:587", "[b]:587"]), on: plannersMachine)
    #expect(goals(plan.config, from: "u@c.example") == Self.wish)
  }

  @Test func aPlaceOfNextHopsIsRefusedWhereNoClientHasThem() {
    let words = refused(
      config("default_transport = uucp\nrelayhost = [a]:587\n"),
      PoolWish(
        .named("relayhost"),
        [
          WantedMember(.text("[a]:587"))
        ]))
    #expect(words.contains("relayhost holds next hops, and uucp has them: no client of gateways"), "\(words)")
    #expect(words.hasSuffix("randmap pool outbound '[a]:587'"), "\(words)")
  }

  private func words(_ guards: [EditGuard]) -> Set<String> {
    Set(guards.compactMap { if case .deliversToNoGateway(let words) = $0 { words } else { nil } })
  }

  @Test(arguments: [
    ("discard:", "its mail would be thrown away"), ("error:no", "its mail would come back"),
    ("retry:x", "its mail would wait, and come back in the end"),
    ("local:x", "its mail would go into mailboxes of this host"),
    ("virtual:x", "its mail would go into mailboxes of this host"),
    ("uucp:x", "its mail would go to a program of this host (pipe)"),
  ])
  func aPersonIsAsked(result: String, fate: String) throws {
    let wanted: Set = ["\(result) is no gateway: \(fate)"]
    let before = config(
      "default_transport = randmap:!smtp:[a]!smtp:[b]\ntransport_maps = texthash:/d/t\n",
      tables: ["t": "old.example \(result)\n"])
    for scope in ["outbound", "to:x.example", "from:y.example"] {
      let plan = try before.planning(wishInWords(scope, ["smtp:[a]", result], .agent), on: plannersMachine)
      #expect(words(plan.guards) == wanted, "\(scope)")
    }
    let edits: [Edit] = [
      .add(pool: "default_transport", member: result, weight: 1),
      .setRoute(key: "relay_transport", value: result, table: nil),
      .setRoute(key: "new.example", value: result, table: "t"),
    ]
    for edit in edits {
      #expect(words(before.guards(against: try before.applying(edit), states: [:])) == wanted, "\(edit)")
    }
    // What was there is nobody's wish, and a client is a gateway's.
    for edit in [
      Edit.setRoute(key: "new.example", value: "smtp:[c]", table: "t"),
      .add(pool: "default_transport", member: "smtp:[c]", weight: 1),
      .setRoute(key: "local_transport", value: "error:no mailboxes here", table: nil),
    ] {
      #expect(words(before.guards(against: try before.applying(edit), states: [:])).isEmpty, "\(edit)")
    }
  }
}
