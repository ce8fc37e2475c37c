// Mail that would leave with less than it has: the options of its transport count as much as the tables, and every edit asks the same.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct MailSafetyTests {
  private static let loginOfService = """
    subm unix - - n - - smtp
      -o smtp_sasl_auth_enable=yes
      -o smtp_sasl_password_maps=static:u:p

    """
  private static let tlsOfService = """
    subm unix - - n - - smtp
      -o smtp_tls_security_level=encrypt

    """
  private static let submission =
    "default_transport = subm:[gw1]:587\nrelayhost =\nrelay_domains = a.example\n"

  private func config(
    _ main: String, services: String = "", tables: [String: String] = [:]
  ) -> MailConfig {
    var config = configToPlan(main, tables: tables)
    config.master = MasterCf(
      Document(path: "/d/master.cf", bytes: Bytes((plannedServices + services).utf8)))
    return config
  }

  /// What an edit asks of logins and TLS, each gateway with its transport.
  private func asked(_ config: MailConfig, _ edit: Edit) throws -> Set<String> {
    names(config.guards(against: try config.applying(edit), states: [:]))
  }

  /// The same of a plan, as the plan has it and as any edit has it.
  private func asked(_ config: MailConfig, _ scope: String, _ members: String...) throws -> Set<String> {
    let plan = try config.planning(wishInWords(scope, members), on: plannersMachine)
    let (own, all) = (names(plan.guards), names(config.guards(against: plan.config, states: [:])))
    #expect(own == all, "\(scope) \(members)")
    return own
  }

  private func names(_ guards: [EditGuard]) -> Set<String> {
    Set(
      guards.compactMap {
        switch $0 {
        case .missingCredentials(let hop, let transport, _): "login \(transport):\(hop)"
        case .missingPolicy(let hop, let transport, _): "TLS \(transport):\(hop)"
        default: nil
        }
      })
  }

  private func set(_ key: String, _ value: String, in table: String? = nil) -> Edit {
    .setRoute(key: key, value: value, table: table)
  }

  // MARK: The options of a service

  @Test(arguments: [(loginOfService, "login"), (tlsOfService, "TLS")])
  func theOptionsOfATransportCount(services: String, what: String) throws {
    let before = config(Self.submission, services: services)
    #expect(try asked(before, "outbound", "[gw1]:587", "smtp:[gw2]:587") == ["\(what) smtp:[gw2]:587"])
    #expect(try asked(before, "outbound", "smtp:[gw1]:587") == ["\(what) smtp:[gw1]:587"])
    #expect(try asked(before, "outbound", "subm:[gw1]:587", "subm:[gw2]:587") == [])
    #expect(try asked(before, set("default_transport", "smtp:[gw1]:587")) == ["\(what) smtp:[gw1]:587"])
    #expect(try asked(before, set("default_transport", "subm:[gw2]:587")) == [])
    // An edit of one member, of a pool and of one destination.
    let pool = try before.planning(
      wishInWords("outbound", ["subm:[gw1]:587", "subm:[gw3]:587"], .agent), on: plannersMachine
    ).config
    #expect(
      try asked(pool, .add(pool: "outbound", member: "smtp:[gw2]:587", weight: 1)) == [
        "\(what) smtp:[gw2]:587"
      ])
    let wish = try #require(
      try PoolWish(.add(pool: "outbound", member: "smtp:[gw2]:587", weight: 1), in: before))
    #expect(names(try before.planning(wish, on: plannersMachine).guards) == ["\(what) smtp:[gw2]:587"])
    // An entry for a domain takes its mail away from that transport.
    let table = config(
      Self.submission + "transport_maps = texthash:/d/t\n", services: services,
      tables: ["t": "x.example subm:[gw1]:587\n"])
    for key in ["x.example", "new.example"] {
      #expect(try asked(table, set(key, "smtp:[gw1]:587", in: "t")) == ["\(what) smtp:[gw1]:587"], "\(key)")
    }
    let class_ = config(
      Self.submission + "relay_transport = subm:[in1]:587\n", services: services)
    #expect(
      try asked(class_, "class:relay", "relay:[in1]:587", "relay:[in2]:587") == [
        "\(what) relay:[in1]:587", "\(what) relay:[in2]:587",
      ])
  }

  /// The transport to write instead is one that helps.
  @Test func theTransportToWriteIsNamed() throws {
    for (services, words) in [
      (
        Self.loginOfService,
        "smtp:[gw2]:587 would get mail without a login, as smtp logs in nowhere (smtp_sasl_auth_enable, smtp_sasl_password_maps); subm:[gw1]:587 has one; write subm:[gw2]:587 for it"
      ),
      (
        Self.tlsOfService,
        "mail for smtp:[gw2]:587 may leave in clear text, and for subm:[gw1]:587 it never does (encrypt): the TLS level of smtp is none; write subm:[gw2]:587 for it"
      ),
    ] {
      let before = config(Self.submission, services: services)
      let plan = try before.planning(
        wishInWords("outbound", ["[gw1]:587", "smtp:[gw2]:587"]), on: plannersMachine)
      #expect(plan.guards.map(\.message) == [words])
      #expect(try asked(before, "outbound", "[gw1]:587", "subm:[gw2]:587") == [])
    }
  }

  /// The mail goes straight to the servers of its domains: these take no login, and TLS is asked about.
  @Test func theServersOfADomainTakeNoLogin() throws {
    #expect(
      try asked(config(Self.submission, services: Self.loginOfService), set("default_transport", "smtp:"))
        == [])
    let before = config(Self.submission, services: Self.tlsOfService)
    let guards = before.guards(
      against: try before.applying(set("default_transport", "smtp:")), states: [:])
    #expect(
      guards.contains {
        $0.message.hasPrefix("mail for the servers of the recipient's domain may leave in clear text, and")
      }, "\(guards.map(\.message))")
  }

  /// A certificate that is checked is more than encryption alone.
  @Test func aCheckedCertificateCounts() throws {
    let main =
      "relayhost = [a]:587\nsmtp_tls_security_level = encrypt\nsmtp_tls_policy_maps = inline:{{[a]:587=secure}}\n"
    let plan = try planned(main, "outbound", "[a]:587", "[b]:587")
    #expect(plan.guards.count == 1)
    #expect(
      plan.guards.first?.message.hasSuffix(
        "mail for it leaves without a check of the certificate, and for [a]:587 that is checked (secure)")
        ?? false, "\(plan.guards.map(\.message))")
    // A line of its own that says less.
    let weaker = main.replacing("secure}", with: "encrypt},{[b]:587=may}")
    let words = try planned(weaker, "outbound", "[a]:587", "[b]:587").guards.map(\.message)
    #expect(
      words == [
        "mail for [b]:587 may leave in clear text, and for [a]:587 it never does (encrypt): the line for it in the TLS policies says may"
      ])
  }

  /// The advice has the level of the gateway that is stricter, whatever line comes first.
  @Test func theAdviceIsThatOfTheStricterGateway() throws {
    let main =
      "# randmap: agent\nrelayhost = randmap:![a]:587![b]:587\nsmtp_tls_policy_maps = inline:{{[a]:587=may},{[b]:587=secure}}\n"
    let before = config(main)
    let guards = before.guards(
      against: try before.applying(.add(pool: "relayhost", member: "[c]:587", weight: 1)), states: [:])
    let words = guards.map(\.message).first { $0.contains("[c]:587 has no entry") } ?? ""
    #expect(words.contains("[b]:587 has") && words.contains("secure"), "\(guards.map(\.message))")
  }

  /// A login by the sender is one too, for a pool as for a plan.
  @Test func aLoginByTheSenderCounts() throws {
    let main = """
      # randmap: agent
      smtp_sasl_auth_enable = yes
      smtp_sender_dependent_authentication = yes
      smtp_sasl_password_maps = inline:{{@cust.example=u:p}}
      sender_dependent_default_transport_maps = texthash:/d/s

      """
    let before = config(
      main, services: "plain unix - - n - - smtp\n  -o smtp_sender_dependent_authentication=no\n",
      tables: ["s": "@cust.example randmap:!smtp:[gw1]:587!smtp:[gw2]:587\n"])
    let pool = try #require(before.pools().first).id
    let edit = Edit.add(pool: pool, member: "plain:[gw3]:587", weight: 1)
    let guards = before.guards(against: try before.applying(edit), states: [:])
    #expect(names(guards) == ["login plain:[gw3]:587"])
    #expect(
      guards.contains { $0.message.contains("smtp:[gw1]:587 logs in by the sender") },
      "\(guards.map(\.message))")
    #expect(try asked(before, .add(pool: pool, member: "smtp:[gw3]:587", weight: 1)) == [])
  }

  // MARK: Every write

  private static let login =
    "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = inline:{{[gw1]:587=u:p},{[gw3]:587=u:p}}\n"
  private static let policy =
    "smtp_tls_security_level = may\nsmtp_tls_policy_maps = inline:{{[gw1]:587=encrypt},{[gw3]:587=encrypt}}\n"

  @Test(arguments: [(login, "login"), (policy, "TLS")])
  func everyWriteAsks(settings: String, what: String) throws {
    let before = config(
      settings
        + "relayhost = [gw1]:587\ntransport_maps = texthash:/d/t\nsender_dependent_relayhost_maps = texthash:/d/s\n",
      tables: ["t": "x.example smtp:[gw1]:587\n", "s": "@s.example [gw1]:587\n"])
    let gateway = "\(what) smtp:[gw2]:587"
    for edit in [
      set("x.example", "smtp:[gw2]:587", in: "t"), set("new.example", "smtp:[gw2]:587", in: "t"),
      set("*", "smtp:[gw2]:587", in: "t"), set("@s.example", "[gw2]:587", in: "s"),
      set("@c.example", "[gw2]:587", in: "s"), set("relayhost", "[gw2]:587"),
      set("default_transport", "smtp:[gw2]:587"), set("smtp_fallback_relay", "[gw2]:587"),
      // One that gets mail when the first does not take it.
      set("relayhost", "[gw1]:587, [gw2]:587"), set("default_transport", "smtp:[gw1]:587,[gw2]:587"),
      set("x.example", "smtp:[gw1]:587,[gw2]:587", in: "t"),
    ] {
      #expect(try asked(before, edit) == [gateway], "\(edit)")
      guard case .setRoute(let key, let value, let table) = edit else { continue }
      #expect(try asked(before, set(key, value.replacing("gw2", with: "gw3"), in: table)) == [], "\(edit)")
    }
    // An entry that goes leaves its mail to the next setting.
    let other = config(
      settings + "relayhost = [gw2]:587\ntransport_maps = texthash:/d/t\n",
      tables: ["t": "x.example smtp:[gw1]:587\n"])
    #expect(try asked(other, .removeRoute(key: "x.example", table: "t")) == [gateway])
  }

  /// What other mail of the directory has says nothing.
  @Test(arguments: [(login, "login"), (policy, "TLS")])
  func mailThatHasNoneTodayIsNotAskedAbout(settings: String, what: String) throws {
    let main = settings + "relayhost = [gw1]:587\nrelay_domains = a.example, b.example\n"
    let inside = config(main + "relay_transport = relay:[in1]\n")
    #expect(try asked(inside, "class:relay", "relay:[in1]", "relay:[in2]") == [])
    #expect(try asked(inside, set("relay_transport", "relay:[in2]")) == [])
    // Of two relay domains one has an entry: so the class is delivered.
    let table = config(
      main + "transport_maps = texthash:/d/t\n", tables: ["t": "a.example relay:[in1]\n"])
    #expect(try asked(table, "class:relay", "relay:[in1]", "relay:[in2]") == [])
    #expect(try asked(table, "to:a.example", "relay:[in1]", "relay:[in2]") == [])
    #expect(try asked(table, set("a.example", "relay:[in2]", in: "t")) == [])
    // Where no member is known to take such mail, it has a login today and would have none.
    #expect(
      try asked(table, "class:relay", "relay:[in3]", "relay:[in4]") == [
        "\(what) relay:[in3]", "\(what) relay:[in4]",
      ])
    // So has that of a domain without an entry.
    #expect(
      try asked(table, "to:c.example", "[in5]", "[in6]") == ["\(what) smtp:[in5]", "\(what) smtp:[in6]"])
  }

  /// Some of a pool have a login and some have none: that is a mistake, whatever the mail has today.
  @Test func aPoolIsOfOneKind() throws {
    let before = config(Self.login + "relay_domains = a.example\nrelay_transport = relay:[in1]\n")
    #expect(
      try asked(before, "class:relay", "relay:[in1]", "relay:[gw1]:587", "relay:[in2]") == [
        "login relay:[in2]"
      ])
    #expect(try asked(before, "class:relay", "relay:[gw3]:587", "relay:[gw1]:587") == [])
  }

  // MARK: Mail of others

  /// default_transport with a next hop takes the mail that relays of some senders had.
  @Test func aParameterTakesTheMailOfOthers() throws {
    let before = config(
      "relayhost = [gw1]\nsender_dependent_relayhost_maps = texthash:/d/s\n",
      tables: ["s": "@s.example [gw4]\n"])
    func words(_ key: String, _ value: String) throws -> [String] {
      before.guards(against: try before.applying(set(key, value)), states: [:]).map(\.message)
    }
    let others = [
      "changes other mail: mail from s.example (from someone@s.example) goes to smtp:[gw4], and would go to smtp:[gw2]"
    ]
    #expect(try words("default_transport", "smtp:[gw2]") == others)
    // As `pool` asks.
    #expect(try ofPool(before, "smtp:[gw2]").guards.map(\.message) == others)
    #expect(try words("relayhost", "[gw2]") == [])
    #expect(try words("default_transport", "smtp:") == [])
  }

  private func ofPool(_ config: MailConfig, _ member: String) throws -> PoolPlan {
    try config.planning(wishInWords("default_transport", [member]), on: plannersMachine)
  }

  /// Two messages are about one gateway, in other words.
  @Test func eachGatewayIsAskedAboutOnce() {
    let guards: [EditGuard] = [
      .missingCredentials(hop: "[b]", words: "x"), .missingCredentials(hop: "[b]", words: "y"),
      .missingPolicy(hop: "[b]", words: "x"), .missingCredentials(hop: "[b]", transport: "relay", words: "x"),
    ]
    #expect(guards.withMailboxesOnce.map(\.message) == ["x", "x", "x"])
  }
}
