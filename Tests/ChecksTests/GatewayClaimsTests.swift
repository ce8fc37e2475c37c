// What the rules claim of gateways and lanes, shown by mail that a real Postfix sends to them.

import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

@Suite(.waits) struct GatewayClaimsTests {
  static let codes = [
    "RM301", "RM402", "RM405", "RM408", "RM507", "RM510", "RM608", "RM703", "RM711", "RM225", "RM226",
  ]

  /// RM301, RM608, RM703: by sender, one of the pools of one dead and one live gateway.
  @Test func aDeadGatewaysShareIsDeferredUnlessAnotherTakesIt() throws {
    let live = try SmtpSink()
    let dead = try LoopbackAddress.own()
    func pool(_ lane: String) -> String {
      "pipemap:{inline:{\(lane)@lab.randmap.test=x}, randmap:{\(lane):\(dead), \(lane):\(live.address)}}"
    }
    let lanes = ["bare", "covered", "circular"]
    let lab = try PostfixLab(
      main: "sender_dependent_default_transport_maps = " + lanes.map(pool).joined(separator: ", "),
      master: """
        bare     unix - - n - - smtp
        covered  unix - - n - - smtp -o smtp_fallback_relay=\(live.address)
        circular unix - - n - - smtp -o smtp_fallback_relay=\(dead)
        """)
    for lane in lanes {
      try lab.send(30, to: "u@\(lane).test", from: "\(lane)@lab.randmap.test")
    }
    try lab.waitUntilSettled()
    func count(_ lane: String, _ status: Delivery.Status) -> Int {
      lab.deliveries.count { $0.recipient.hasSuffix("@\(lane).test") && $0.status == status }
    }
    for lane in ["bare", "circular"] {
      #expect(count(lane, .deferred) > 0 && count(lane, .sent) > 0, "\(lane)")
    }
    #expect(count("covered", .deferred) == 0 && count("covered", .sent) == 30)
  }

  /// What becomes of one message for each of these next hops.
  @Test func whatALaneAndItsNextHopDoToOneMessage() throws {
    let live = try SmtpSink()
    let silent = try Greeter(greeting: [])
    let lab = try PostfixLab(
      main: """
        transport_maps = texthash:$config_directory/transport
        relayhost = [127.0.0.1]:25
        """,
      master: """
        foreign unix - - n - - smtp -o smtp_bind_address=192.0.2.9 -o syslog_name=postfix/foreign
        waiting unix - - n - - smtp -o smtp_helo_timeout=1s
        twice   unix - - n - - smtp -o syslog_name=postfix/first
        twice   unix - - n - - smtp -o syslog_name=postfix/second
        """,
      files: [
        "transport": """
        foreign.test foreign:\(live.address)
        plain.test   smtp:\(live.address)
        silent.test  waiting:\(silent.address)
        twice.test   twice:\(live.address)
        loop.test    smtp:[127.0.0.1]
        ipv6.test    smtp:[::1]:\(live.address.port)

        """
      ])
    let names = ["foreign", "plain", "silent", "twice", "loop", "relayed", "ipv6"]
    try lab.sendOne(to: names.map { "u@\($0).test" })
    try lab.waitUntilSettled()
    let log = lab.log
    func delivery(_ name: String) throws -> Delivery {
      try #require(lab.deliveries.first { $0.recipient == "u@\(name).test" }, "\(name)\n\(log)")
    }
    // RM402: the mail leaves all the same, from another address.
    #expect(log.contains("bind 192.0.2.9: Cannot assign requested address"), "\(log)")
    #expect(try delivery("foreign").status == .sent)
    // RM405: only the lane with a syslog_name of its own can be told from the others.
    let lines = log.split(separator: "\n")
    #expect(lines.contains { $0.contains("postfix/foreign/smtp[") && $0.contains("<u@foreign.test>") })
    #expect(lines.contains { $0.contains("postfix/smtp[") && $0.contains("<u@plain.test>") })
    // RM510: what a server that waits for TLS looks like to smtp(8).
    #expect(try delivery("silent").reason.contains("timed out while receiving the initial server greeting"))
    // RM408
    #expect(lines.contains { $0.contains("postfix/second/smtp[") && $0.contains("<u@twice.test>") }, "\(log)")
    #expect(!log.contains("postfix/first/"))
    // RM507
    #expect(try delivery("loop").status == .bounced)
    #expect(try delivery("loop").reason.contains("loops back to myself"))
    #expect(try delivery("relayed").status == .deferred)
    #expect(try delivery("relayed").reason.contains("loops back to myself"))
    // RM711: the lab's inet_protocols is ipv4.
    #expect(try delivery("ipv6").status != .sent)
    #expect(try delivery("plain").status == .sent)
  }

  /// RM225, RM226: what a filter, or a class of domains, needs and master.cf has not.
  @Test func aTransportThatIsNotThereDefersWhateverNeedsIt() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(
      main: """
        relay_domains = branch.test
        default_transport = smtp:\(sink.address)
        master_service_disable = relay/unix
        """)
    try lab.sendOne(to: ["u@branch.test", "u@elsewhere.test"])
    try lab.waitUntilSettled()
    func delivery(_ recipient: String) -> Delivery? { lab.deliveries.last { $0.recipient == recipient } }
    #expect(delivery("u@branch.test")?.reason == "mail transport unavailable", "\(lab.log)")
    #expect(delivery("u@elsewhere.test")?.status == .sent)

    let filtered = try PostfixLab(
      main: "default_transport = smtp:\(sink.address)\ncontent_filter = scan:[127.0.0.1]:1")
    try filtered.sendOne(to: ["u@elsewhere.test"])
    try filtered.waitUntilSettled()
    #expect(filtered.deliveries.map(\.reason) == ["mail transport unavailable"], "\(filtered.log)")
  }
}
