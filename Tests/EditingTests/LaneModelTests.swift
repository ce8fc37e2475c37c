// A lane does what the transport does that it stands for: its login and its TLS are in the options of that.

import PostfixFiles
import Routing
import System
import Testing

@testable import Editing

@Suite struct LaneModelTests {
  private static let services = """
    subm unix - - n - 7 smtp
      -o smtp_tls_security_level=encrypt
      -o smtp_sasl_auth_enable=yes
      -o smtp_sasl_password_maps=static:u:p
      -o smtp_bind_address=192.0.2.9
      -o syslog_name=postfix/subm

    """
  private static let copied =
    "unix - - n - 7 smtp\n  -o smtp_tls_security_level=encrypt\n  -o smtp_sasl_auth_enable=yes\n  -o smtp_sasl_password_maps=static:u:p\n  -o smtp_bind_address=192.0.2.1\n  -o syslog_name=postfix/"

  private func config(_ main: String) -> MailConfig {
    var config = configToPlan(main)
    config.master = MasterCf(
      Document(path: "/d/master.cf", bytes: Bytes((plannedServices + Self.services).utf8)))
    return config
  }

  private func plan(_ config: MailConfig, _ scope: String, _ members: String...) throws -> PoolPlan {
    try config.planning(wishInWords(scope, members), on: plannersMachine)
  }

  private func services(_ config: MailConfig) -> String {
    String((config.master?.document.bytes.text ?? "").dropFirst((plannedServices + Self.services).count))
  }

  @Test(arguments: [
    ("outbound", "default_transport = subm:[gw1]:587\nrelayhost =\n"),
    ("outbound", "default_transport = subm\nrelayhost = [gw1]:587\n"),
    ("class:relay", "relay_domains = a.example\nrelay_transport = subm:[gw1]:587\n"),
    ("to:a.example", "transport_maps = inline:{{a.example=subm:[gw1]:587}}\n"),
    ("from:a.example", "sender_dependent_default_transport_maps = inline:{{@a.example=subm:[gw1]:587}}\n"),
    // A domain without an entry goes by what has its mail today.
    ("to:a.example", "default_transport = subm\nrelayhost = [gw1]:587\n"),
    ("outbound", "transport_maps = inline:{{*=subm:[gw1]:587}}\n"),
  ])
  func aLaneHasTheOptionsOfItsTransport(scope: String, main: String) throws {
    let before = config(main)
    let plan = try plan(before, scope, "lane:192.0.2.1", "lane:192.0.2.2")
    #expect(
      services(plan.config).hasPrefix(
        "# randmap: lane 192.0.2.1 like=subm\nlane-192-0-2-1 \(Self.copied)lane-192-0-2-1\n"),
      "\(services(plan.config))")
    #expect(!plan.guards.contains { if case .missingCredentials = $0 { true } else { false } })
    #expect(
      !before.guards(against: plan.config, states: [:]).contains {
        if case .missingPolicy = $0 { true } else { false }
      })
  }

  /// One more lane is as those that are there, and goes on to their gateway; without lanes the transport is back.
  @Test func aPoolOfLanesStaysWhatItIs() throws {
    let main = "default_transport = subm:[gw1]:587\nrelayhost =\n"
    let lanes = try plan(config(main), "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    let address = try #require(interfaceAddresses().first { !$0.contains(":") })
    let more = try lanes.applying(.add(pool: "outbound", member: "lane:\(address)", weight: 1))
    let pool = try #require(more.pools().first { $0.members.count == 3 })
    #expect(
      pool.members.allSatisfy {
        $0.nextHops == ["[gw1]:587"] && more.laneModel(of: $0.transport ?? "") == "subm"
      })
    let back = try plan(more, "outbound", "[gw1]:587")
    #expect(back.guards.isEmpty && services(back.config).isEmpty)
    #expect(back.config.parameters.text(.defaultTransport) == "subm:[gw1]:587")
  }

  /// An address has a lane for each transport that it stands for.
  @Test func anAddressMayHaveTwoLanes() throws {
    let before = config(
      "default_transport = subm:[gw1]:587\nrelayhost =\nrelay_domains = a.example\nrelay_transport = relay:[in1]\n"
    )
    let first = try plan(before, "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    let both = try plan(first, "class:relay", "lane:192.0.2.1", "lane:192.0.2.2").config
    #expect(
      services(both).contains(
        "# randmap: lane 192.0.2.1 like=relay\nlane-192-0-2-1-relay unix - - n - - smtp\n  -o smtp_bind_address=192.0.2.1\n  -o syslog_name=postfix/lane-192-0-2-1-relay\n"
      ), "\(services(both))")
    // Again they are the same ones, and each goes with its last place.
    #expect(
      try plan(both, "class:relay", "lane:192.0.2.1=2", "lane:192.0.2.2").config.master?.document.bytes
        == both.master?.document.bytes)
    #expect(services(try plan(both, "class:relay", "relay:[in1]").config) == services(first))
    // A lane of the same options does for both.
    let plain = config("relayhost = [gw1]\nrelay_domains = a.example\nrelay_transport = relay:[in1]\n")
    let one = try plan(plain, "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    #expect(
      try plan(one, "class:relay", "lane:192.0.2.1", "lane:192.0.2.2").config.master?.document.bytes
        == one.master?.document.bytes)
  }

  /// What is written for a lane that cannot join a pool works as it is typed.
  @Test func theCallForALaneBesideGatewaysWorks() throws {
    func pool(_ notation: PoolWish.Notation) throws -> MailConfig {
      try configToPlan("relayhost = [gw1]:587\n").planning(
        wishInWords("outbound", ["[gw1]:587", "[gw2]:587"], notation), on: plannersMachine
      ).config
    }
    func message(_ pool: MailConfig) -> String {
      let refusal = #expect(throws: EditError.self) {
        try pool.applying(.add(pool: "outbound", member: "lane:127.0.0.9", weight: 2))
      }
      return refusal?.message ?? ""
    }
    let stock = try pool(.stock)
    #expect(
      message(stock).hasSuffix(
        "to send the mail of these gateways from that address: randmap pool outbound lane:127.0.0.9"),
      "\(message(stock))")
    #expect(try plan(stock, "outbound", "lane:127.0.0.9").guards.isEmpty)
    // Behind the agent a lane has no next hop but the domain: then it is a transport with its gateway.
    let agent = message(try pool(.agent))
    #expect(
      agent.hasSuffix("when master.cf has lane1, with randmap add outbound lane1:[gw1]:587")
        || agent.hasSuffix("when master.cf has lane1, with randmap add outbound 'lane1:[gw1]:587'"),
      "\(agent)")
  }
}
