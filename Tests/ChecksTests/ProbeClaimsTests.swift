// What the rules claim of gateways that a probe finds wanting, shown by mail that a real Postfix has for them.

import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

@Suite(.waits, .timeLimit(.minutes(10))) struct ProbeClaimsTests {
  static let codes = ["RM701", "RM706", "RM707", "RM708", "RM709", "RM710", "RM713"]

  /// Too long for the DNS, so that no name server is asked, and a host name to Postfix.
  private static func absentName(_ letter: Character) -> String {
    Array(repeating: String(repeating: letter, count: 63), count: 4).joined(separator: ".")
  }

  private func deliveries(_ lab: PostfixLab, _ names: [String]) throws -> (String) throws -> Delivery {
    try lab.sendOne(to: names.map { "u@\($0).test" })
    try lab.waitUntilSettled()
    let log = lab.log
    let found = lab.deliveries
    return { name in
      try #require(found.last { $0.recipient == "u@\(name).test" }, "\(name)\n\(log)")
    }
  }

  /// RM701: what has nothing behind it is bounced, but for a relayhost and a fallback relay.
  @Test func aNameWithoutAnAddressBouncesMail() throws {
    let live = try SmtpSink()
    let dead = try LoopbackAddress.own()
    let lab = try PostfixLab(
      main: """
        transport_maps = texthash:$config_directory/transport
        relayhost = [\(Self.absentName("r"))]
        """,
      master: """
        covered unix - - n - - smtp -o smtp_fallback_relay=\(live.address)
        behind  unix - - n - - smtp -o smtp_fallback_relay=[\(Self.absentName("f"))]
        """,
      files: [
        "transport": """
        alone.test   smtp:[\(Self.absentName("a"))]
        covered.test covered:[\(Self.absentName("c"))]
        behind.test  behind:\(dead)

        """
      ])
    let delivery = try deliveries(lab, ["alone", "covered", "behind", "relayed"])
    #expect(try delivery("alone").status == .bounced)
    #expect(try delivery("alone").dsn == "5.4.4")
    #expect(try delivery("covered").status == .sent)
    #expect(try delivery("behind").status == .deferred)
    #expect(try delivery("relayed").status == .deferred)
  }

  @Test func whatAGatewaySaysDecides() throws {
    let busy = try Greeter(greeting: Array("421 4.3.2 too many connections\r\n".utf8))
    let unwilling = try Greeter(greeting: Array("554 5.7.1 not you\r\n".utf8))
    let plain = try SmtpSink()
    let dead = try LoopbackAddress.own()
    // smtp(8) looks for a loop on the port of SMTP alone.
    let loop = try SmtpSink(options: ["-h", "lab.randmap.test"], port: 25)
    let small = try PostfixLab(main: "myhostname = small.randmap.test\nmessage_size_limit = 100")
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport",
      master: """
        strict unix - - n - - smtp -o smtp_tls_security_level=encrypt
        tlsmgr unix - - n 1000? 1 tlsmgr
        """,
      files: [
        "transport": """
        busy.test      smtp:\(busy.address)
        unwilling.test smtp:\(unwilling.address)
        strict.test    strict:\(plain.address)
        loop.test      smtp:\(loop.address)
        small.test     smtp:\(small.address),\(plain.address)
        dead.test      smtp:\(dead)
        behind.test    smtp:\(dead),\(plain.address)

        """
      ])
    let delivery = try deliveries(lab, ["busy", "unwilling", "strict", "loop", "small", "dead", "behind"])
    // RM713
    #expect(try delivery("dead").status == .deferred)
    #expect(try delivery("behind").status == .sent)
    // RM706
    #expect(try delivery("busy").status == .deferred)
    #expect(try delivery("unwilling").status == .deferred)
    #expect(try delivery("unwilling").reason.contains("refused to talk to me: 554 5.7.1 not you"))
    // RM707
    #expect(try delivery("strict").status == .deferred)
    #expect(try delivery("strict").reason.contains("TLS is required, but was not offered"))
    // RM710
    #expect(try delivery("loop").status == .bounced)
    #expect(try delivery("loop").dsn == "5.4.6")
    // RM709: another gateway behind it makes no difference.
    #expect(try delivery("small").status == .bounced)
    #expect(try delivery("small").dsn == "5.3.4")
  }

  /// RM708: at the level verify the certificate decides, at encrypt it does not.
  @Test func aCertificateThatWillNotDoDefersMail() throws {
    let addresses = try (0..<3).map { _ in try LoopbackAddress.own() }
    let certificates = [
      try TestCertificate(for: ["gw.test"], days: 30), try TestCertificate(for: ["other.test"], days: 30),
      try TestCertificate(for: ["gw.test"], days: -3),
    ]
    let services = zip(addresses, certificates).map { address, certificate in
      "\(address.host):\(address.port) inet n - n - - smtpd -o smtpd_tls_chain_files="
        + "\(certificate.keyFile),\(certificate.certificateFile)\n"
    }.joined()
    let server = try PostfixLab(
      main: """
        myhostname = gw.test
        mydestination = good.test, named.test, expired.test, encrypted.test
        local_transport = discard:
        smtpd_tls_security_level = may
        """, master: services + "tlsmgr unix - - n 1000? 1 tlsmgr")
    defer { withExtendedLifetime(server) {} }
    func lane(_ index: Int, _ level: String) -> String {
      "lane\(index)\(level) unix - - n - - smtp -o smtp_tls_security_level=\(level) "
        + "-o smtp_tls_verify_cert_match=gw.test -o smtp_tls_CAfile=\(certificates[index].certificateFile)\n"
    }
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport",
      master: (0..<3).map { lane($0, "verify") }.joined() + lane(2, "encrypt")
        + "tlsmgr unix - - n 1000? 1 tlsmgr",
      files: [
        "transport": """
        good.test      lane0verify:\(addresses[0])
        named.test     lane1verify:\(addresses[1])
        expired.test   lane2verify:\(addresses[2])
        encrypted.test lane2encrypt:\(addresses[2])

        """
      ])
    let delivery = try deliveries(lab, ["good", "named", "expired", "encrypted"])
    #expect(try delivery("good").status == .sent)
    #expect(try delivery("named").status == .deferred)
    #expect(try delivery("expired").status == .deferred)
    #expect(try delivery("encrypted").status == .sent)
    for name in ["named", "expired"] {
      let reason = try delivery(name).reason
      #expect(reason.contains("ertificate"), "\(reason)")
    }
  }
}
