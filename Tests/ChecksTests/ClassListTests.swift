// What RM331 says where the list of a class and the keys of its pool differ.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct ClassListTests {
  private func findings(_ list: String, keys: String, before: String = "") -> [String] {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: """
        \(before)
        relay_domains = \(list)
        relay_transport = relay:[a]
        transport_maps = inline:{{own.example=smtp:[o]}}, pipemap:{inline:{\(keys)}, randmap:{relay:[a], relay:[b]}}

        """, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    return Linter().lint(config).diagnostics.filter { $0.code == "RM331" }.map(\.message)
  }

  private let keys = "a.example=relay_domains, .a.example=relay_domains"

  @Test func whatIsInLineIsNoFinding() {
    #expect(findings("a.example", keys: keys).isEmpty)
    #expect(findings("a.example, own.example", keys: keys + ", .own.example=relay_domains").isEmpty)
    #expect(findings("b.example", keys: "c.example=x, d.example=x").isEmpty, "a person's own keys")
  }

  /// Ten thousand domains beside a table of as many entries: one look at each.
  @Test func manyDomainsAreOneLook() {
    let names = (0..<10_000).map { "d\($0).example" }
    var config = MailConfig(
      directory: "/etc/postfix",
      main: """
        relay_domains = \(names.joined(separator: " ")) new.example
        transport_maps = hash:/etc/postfix/t, pipemap:{inline:{\(keys)}, randmap:{relay:[a], relay:[b]}}
        parent_domain_matches_subdomains =

        """, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    let table = names.map { "\($0) relay:[o]\n" }.joined()
    config.files["/etc/postfix/t"] = .read(Document(path: "/etc/postfix/t", bytes: Bytes(table.utf8)))
    let start = ContinuousClock.now
    let found = Linter(LintOptions(select: ["RM331"])).lint(config).diagnostics.map(\.message)
    #expect(found.first?.hasPrefix("new.example is in relay_domains") == true, "\(found)")
    #expect(start.duration(to: .now) < .seconds(60), "a look at the table for each domain takes hours")
  }

  @Test func eachDifferenceIsSaidOnce() {
    let both = findings("b.example, c.example", keys: keys)
    #expect(both.count == 2)
    for (message, words) in zip(
      both,
      [
        "b.example is in relay_domains, and not in the pool of relay_domains: this mail goes by relay_transport. Need randmap pool class:relay --write",
        "the pool of relay_domains has a key for a.example, which is not in that list: its mail still goes to the pool; need randmap pool class:relay --write",
      ])
    { #expect(message.hasPrefix(words), "\(message)") }
    let none = "parent_domain_matches_subdomains ="
    #expect(
      findings("a.example, .c.example", keys: "a.example=relay_domains", before: none) == [
        "subdomains of c.example are in relay_domains, and not in the pool of relay_domains: this mail goes by relay_transport. Need randmap pool class:relay --write"
      ])
    #expect(
      findings("a.example", keys: "a.example=relay_domains").first?.hasPrefix("subdomains of a.example are")
        == true)
    #expect(
      findings("a.example, hash:/etc/x", keys: keys).first?.contains(
        "relay_domains is not a plain list of names")
        == true)
    #expect(findings("", keys: keys).first?.contains("relay_domains is empty") == true)
  }

  /// The line is gone, and in old configurations the default is the list of the local domains.
  @Test(arguments: ["", "compatibility_level = 3.6\n", "compatibility_level = 0\n"])
  func aListThatIsNotSetHasNoDomain(level: String) {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: """
        \(level)myhostname = mx.here.example
        relay_transport = relay:[a]
        transport_maps = pipemap:{inline:{\(keys)}, randmap:{relay:[a], relay:[b]}}

        """, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
    let found = Linter().lint(config).diagnostics.filter { $0.code == "RM331" }
    #expect(found.map(\.start.line) == [level.isEmpty ? 3 : 4])
    #expect(
      found.first?.message.hasPrefix("relay_domains is not set, and its pool still has a key for a.example")
        == true
        && found.first?.message.contains("randmap remove-route class:relay --write") == true, "\(found)")
  }
}
