// A gateway without a line in the TLS policy table, where the others of its pool never get mail in clear text.

import PostfixFiles
import Testing

@testable import Editing

@Suite struct PolicyGuardTests {
  private func main(_ level: String, old: String) -> String {
    "relayhost = [a]:587\nsmtp_tls_security_level = \(level)\nsmtp_tls_policy_maps = inline:{{[a]:587=\(old)}}\n"
  }

  private func words(_ level: Substring, isWhole: Bool = true) -> String {
    let entry = isWhole ? "the entry {[b]:587=\(level)}" : "an entry {[b]:587=...} such as that of [a]:587"
    return
      "[b]:587 has no entry in inline:{...} (smtp_tls_policy_maps); [a]:587 has: add \(entry); mail for it may leave in clear text, and for [a]:587 it never does (\(level))"
  }

  @Test(arguments: [
    "encrypt", "secure match=x.example", "dane-only", "verify", "fingerprint match=00:11",
    "encrypt ciphers=high",
  ])
  func mailThatMustBeEncryptedIsAskedFor(old: String) throws {
    let plan = try planned(main("may", old: old), "outbound", "[a]:587", "[b]:587")
    let level = old.prefix { $0 != " " }
    #expect(plan.guards.map(\.message) == [words(level, isWhole: !old.contains(" "))])
    #expect(!plan.notes.contains { $0.contains("has no entry") })
    // A later edit that takes the gateway out again has nothing to ask.
    let bare = try planned(main("may", old: old), "outbound", "[a]:587", "[c]:587").config
    #expect(plan.guards.remaining(in: plan.config) == plan.guards)
    #expect(plan.guards.remaining(in: bare).isEmpty)
  }

  @Test(arguments: [("may", "may"), ("encrypt", "encrypt"), ("encrypt", "may"), ("none", "dane")])
  func otherMailIsNot(level: String, old: String) throws {
    let plan = try planned(main(level, old: old), "outbound", "[a]:587", "[b]:587")
    #expect(plan.guards.isEmpty)
    #expect(
      plan.notes.contains {
        $0.hasPrefix("[b]:587 has no entry in inline:{...} (smtp_tls_policy_maps); [a]:587 has")
      })
  }

  /// smtp(8) asks for the parents of a bare domain too, and of nothing else (smtp_tls_policy.c).
  @Test(arguments: [
    ("gw1.acme.example", "gw2.acme.example", false), ("gw1.acme.example", "gw2.other.example", true),
    ("[gw1.acme.example]", "[gw2.acme.example]", true),
  ])
  func aParentCoversADomain(first: String, second: String, asks: Bool) throws {
    let table = "{.acme.example=encrypt}, {[gw1.acme.example]=encrypt}"
    let plan = try planned(
      "relayhost = \(first)\nsmtp_tls_policy_maps = inline:{\(table)}\n", "outbound", first, second)
    let said = plan.notes + plan.guards.map(\.message)
    #expect(said.contains { $0.contains("has no entry in") } == asks, "\(said)")
  }

  /// A table in a file is named with its line, and no secret of another line.
  @Test func theTableAndTheLineAreNamed() throws {
    var before = configToPlan(
      """
      relayhost = [a]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{other=x:y}, texthash:$config_directory/passwords
      smtp_tls_security_level = may
      smtp_tls_policy_maps = texthash:/d/policies

      """)
    for (name, value) in [("passwords", "user:secret"), ("policies", "secure match=a.example ciphers=high")] {
      before.files["/d/\(name)"] = .read(
        Document(path: "/d/\(name)", bytes: Bytes("[a]:587 \(value)\n".utf8)))
    }
    let plan = try before.planning(wishInWords("outbound", ["[a]:587", "[b]:587"]), on: plannersMachine)
    let words = plan.guards.map(\.message) + plan.notes
    #expect(
      words.contains(
        "[b]:587 has no entry in /d/passwords (smtp_sasl_password_maps); [a]:587 has: add the line \"[b]:587 USER:PASSWORD\""
      ), "\(words)")
    #expect(
      words.contains {
        $0.hasPrefix(
          "[b]:587 has no entry in /d/policies (smtp_tls_policy_maps); [a]:587 has: add a line for [b]:587 such as that of [a]:587; "
        )
      }, "\(words)")
  }

  /// Where the destination goes for good, the new one still has what it had.
  @Test func addToAPoolAsksToo() throws {
    let before = configToPlan(
      main("may", old: "encrypt").replacing(
        "relayhost = [a]:587", with: "default_transport = randmap:!smtp:[a]:587!smtp:[x]:587")
    )
    let after = try before.applying(.add(pool: "default_transport", member: "smtp:[b]:587", weight: 1))
    #expect(before.guards(against: after, states: [:]).map(\.message) == [words("encrypt")])
    let known = try before.applying(.setWeight(pool: "default_transport", member: "smtp:[x]:587", weight: 2))
    #expect(before.guards(against: known, states: [:]).isEmpty)
  }
}
