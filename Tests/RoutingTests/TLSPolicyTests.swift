// What a transport asks of TLS for each next hop: the level, master.cf's overrides, and smtp_tls_policy_maps.

import Gateways
import PostfixFiles
import Testing

@testable import Routing

@Suite struct TLSPolicyTests {
  /// The policies by the name of the gateway that each is for.
  private func policies(
    _ main: String, master: String = "smtp unix - - n - - smtp\n", table: String? = nil
  ) throws -> [String: TLSPolicy] {
    var config = MailConfig(directory: "/etc/postfix", main: main, master: master)
    if let table { config.files["/t"] = .read(Document(path: "/t", bytes: Bytes(table.utf8))) }
    var found: [String: TLSPolicy] = [:]
    for use in config.gateways() {
      #expect(use.approaches.count == 1, "\(use)")
      found["\(use.gateway)"] = use.approaches.first?.tls
    }
    return found
  }

  @Test func aLaneOverridesTheLevel() throws {
    let found = try policies(
      "smtp_tls_security_level = may\ndefault_transport = smtp:[a]\nrelay_transport = lane:[b]\n",
      master: """
        smtp unix - - n - - smtp
        lane unix - - n - - smtp -o smtp_tls_security_level=encrypt -o smtp_tls_wrappermode=yes

        """)
    #expect(found == ["[a]:25": TLSPolicy(.may), "[b]:25": TLSPolicy(.encrypt, isWrapped: true)])
  }

  @Test func theNamesOfACertificateAreOfTheLevel() throws {
    let found = try policies(
      """
      smtp_tls_security_level = verify
      smtp_tls_secure_cert_match = gw.test : .gw.test
      smtp_tls_policy_maps = inline:{{[b] = secure}, {[c] = secure match=own.test}, {[d] = encrypt}}
      default_transport = smtp:[a],[b],[c],[d]

      """)
    #expect(found["[a]:25"] == TLSPolicy(.verify))
    #expect(found["[b]:25"] == TLSPolicy(.secure, names: ["gw.test", ".gw.test"]))
    #expect(found["[c]:25"] == TLSPolicy(.secure, names: ["own.test"]))
    #expect(found["[d]:25"] == TLSPolicy(.encrypt))
  }

  @Test func aPolicyIsForANextHopAsItIsWritten() throws {
    let found = try policies(
      """
      smtp_tls_security_level = may
      smtp_tls_policy_maps = inline:{{[a] = encrypt}, {[b]:587 = verify match=mx.b.example:hostname ciphers=high}}
      default_transport = smtp:[A],[a]:26,[b]:587,[c]

      """)
    #expect(
      found == [
        "[a]:25": TLSPolicy(.encrypt), "[a]:26": TLSPolicy(.may),
        "[b]:587": TLSPolicy(.verify, names: ["mx.b.example", "hostname"]), "[c]:25": TLSPolicy(.may),
      ])
  }

  @Test func aDomainTakesThePolicyOfItsParents() throws {
    let found = try policies(
      "smtp_tls_policy_maps = texthash:/t\ndefault_transport = smtp:mx.a.example,b.example,[c.example],d.test\n",
      table: ".example encrypt\nb.example none\n.a.example dane-only\n")
    #expect(
      found == [
        "mx.a.example:25": TLSPolicy(.daneOnly), "b.example:25": TLSPolicy(.none),
        "[c.example]:25": TLSPolicy(.none), "d.test:25": TLSPolicy(.none),
      ])
  }

  @Test func aTableThatCannotBeReadLeavesItToTheLevel() throws {
    for maps in ["ldap:/etc/postfix/tls.cf", "texthash:/nonexistent/t", "inline:{{[a] = what}}", "broken"] {
      let found = try policies(
        "smtp_tls_security_level = encrypt\nsmtp_tls_policy_maps = \(maps)\ndefault_transport = smtp:[a]\n")
      #expect(found == ["[a]:25": TLSPolicy(.encrypt)], "\(maps)")
    }
    // One that nobody can ask may have answered first.
    let found = try policies(
      "smtp_tls_policy_maps = ldap:/x, inline:{{[a] = encrypt}}\ndefault_transport = smtp:[a]\n")
    #expect(found == ["[a]:25": TLSPolicy(.none)])
  }

  @Test func theAgentOfATransportHasTablesOfItsOwn() throws {
    let found = try policies(
      "smtp_tls_policy_maps = inline:{{[a] = encrypt}}\nlmtp_tls_policy_maps = inline:{{[b] = verify}}\n"
        + "default_transport = smtp:[a]\nrelay_transport = lane:[a]:26\nvirtual_transport = lmtp:[b]\n",
      master: "smtp unix - - n - - smtp\nlmtp unix - - n - - lmtp\n"
        + "lane unix - - n - - smtp -o { smtp_tls_policy_maps = static:encrypt }\n")
    #expect(
      found == [
        "[a]:25": TLSPolicy(.encrypt), "[a]:26": TLSPolicy(.encrypt), "[b]:24": TLSPolicy(.verify),
      ])
  }

  @Test func whatACertificateMayBeFor() {
    func names(_ policy: TLSPolicy) -> [String] { policy.names(host: "mx.example", domain: "example") }
    // The defaults of smtp_tls_verify_cert_match and smtp_tls_secure_cert_match.
    #expect(names(TLSPolicy(.verify)) == ["mx.example"])
    #expect(names(TLSPolicy(.secure)) == ["example", ".example"])
    #expect(names(TLSPolicy(.may)) == ["mx.example", "example"])
    #expect(
      names(TLSPolicy(.secure, names: ["nexthop", "dot-nexthop", ".x.test"])) == [
        "example", ".example", ".x.test",
      ])
    let certificate = Certificate(names: ["gw.x.test"], expires: 0, now: 0)
    #expect(certificate.isFor(".x.test") && certificate.isFor(".TEST"))
    #expect(!certificate.isFor(".gw.x.test") && !certificate.isFor(".t"))
  }
}
