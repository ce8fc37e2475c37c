// Which credentials and which TLS policy a gateway has: the key and the table, and never a secret.

import Gateways
import PostfixFiles
import Testing

@testable import Routing

@Suite struct NextHopEntryTests {
  private static let secret = "Hunter2"

  /// The words for each gateway, credentials before the policy.
  private func words(_ main: String, master: String? = nil, files: [String: String] = [:]) -> [String] {
    var config = MailConfig(
      directory: "/etc/postfix", main: main, master: master ?? "smtp unix - - n - - smtp\n")
    for (path, text) in files { config.files[path] = .read(Document(path: path, bytes: Bytes(text.utf8))) }
    let uses = config.gateways()
    var everything = ""
    dump(uses.map(\.entries), to: &everything)
    #expect(!everything.contains(Self.secret))
    return uses.map { use in
      "\(use.gateway): \(use.entries.words(.credentials) ?? "-"); \(use.entries.words(.tlsPolicy) ?? "-")"
    }
  }

  private static let login = "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = texthash:/p\n"

  @Test func nothingWhereNoTableIsSet() {
    #expect(words("relayhost = [a]\n") == ["[a]:25: -; -"])
    // smtp(8) does not ask where it is not to log in.
    #expect(
      words("relayhost = [a]\nsmtp_sasl_password_maps = texthash:/p\n", files: ["/p": "[a] u:x"]) == [
        "[a]:25: -; -"
      ])
  }

  @Test func theKeyIsThatWhichPostfixFinds() {
    let main = "relayhost = [a]:587, [b]:587, c:587, [d]\n" + Self.login
    let text = "[a]:587 u:\(Self.secret)\nb u:\(Self.secret)\nc u:\(Self.secret)\nC:587 u:\(Self.secret)\n"
    #expect(
      words(main, files: ["/p": text]) == [
        "[a]:587: [a]:587 in texthash:/p; -", "[b]:587: b in texthash:/p; -",
        "c:587: c:587 in texthash:/p; -",
        "[d]:25: no entry; -",
      ])
  }

  @Test func aPolicyIsShownWithItsLevel() {
    let main =
      "default_transport = randmap:{x}\nrelayhost = [a], sub.b.test, [c]\nsmtp_tls_policy_maps = texthash:/t\n"
    let found = words(
      "relayhost = [a], sub.b.test, [c], [d]\nsmtp_tls_policy_maps = texthash:/t\n",
      files: ["/t": "[a] secure match=x.test\n.b.test encrypt\n[c] \(Self.secret)\n"])
    #expect(
      found == [
        "[a]:25: -; secure: [a] in texthash:/t", "sub.b.test:25: -; encrypt: .b.test in texthash:/t",
        "[c]:25: -; not valid: [c] in texthash:/t", "[d]:25: -; no entry",
      ], "\(main)")
  }

  /// Such a table holds the password in main.cf itself.
  @Test(arguments: ["inline:{[a]=u:Hunter2}", "static:u:Hunter2", "pipemap:{static:x, static:u:Hunter2}"])
  func theTextOfATableInMainCfIsNotShown(table: String) {
    let type = table.prefix { $0 != ":" }
    let main = "relayhost = [a]\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = \(table)\n"
    let key = table.hasPrefix("inline") ? "[a]" : "a"
    #expect(words(main) == ["[a]:25: \(key) in \(type):...; -"])
  }

  @Test func aTableThatCannotBeReadIsNotKnown() {
    let found = words(
      "relayhost = [a]\n" + Self.login.replacing("texthash:/p", with: "ldap:/etc/postfix/l.cf"))
    #expect(found == ["[a]:25: not known: a table cannot be read here; -"])
  }

  @Test func aLaneHasTablesOfItsOwn() {
    let found = words(
      "default_transport = randmap:!lane:[a]!smtp:[a]\n",
      master: """
        smtp unix - - n - - smtp
        lane unix - - n - - smtp -o smtp_sasl_auth_enable=yes -o smtp_sasl_password_maps=texthash:/p
          -o smtp_sender_dependent_authentication=yes
        randmap unix - - n - - randmap

        """, files: ["/p": "[a] u:\(Self.secret)\n"])
    #expect(found == ["[a]:25: the sender's own, otherwise [a] in texthash:/p; -"])
  }
}
