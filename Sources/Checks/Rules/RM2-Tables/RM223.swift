// RM223: A sender key without @ does not mean a domain

import PostfixFiles
import Routing

extension Rule {
  static let rm223 = Rule(
    "RM223", .warning, "A sender key without @ does not mean a domain",
    why: """
      Postfix asks sender-dependent tables for user@domain, for the user alone where the domain is that of
      this host, and for @domain. It never asks for a domain alone, nor for .domain: such a key is found for a
      user of this host with just that name, or never.
      """,
    bad: Example(
      main: """
        sender_dependent_relayhost_maps = hash:/etc/postfix/transport

        """,
      table: """
        «example.com»  [gw1.example]

        """),
    good: Example(
      main: """
        sender_dependent_relayhost_maps = hash:/etc/postfix/transport

        """,
      table: """
        @example.com  [gw1.example]

        """),
    check: .key(
      in: [.senders],
      offends: { OddKey($0, in: .senders) != nil },
      message: { key in OddKey(key, in: .senders)?.words(key, in: "here") ?? "" }))
}
