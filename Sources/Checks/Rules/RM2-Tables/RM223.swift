// RM223: A sender key without @ is never found

import PostfixFiles

extension Rule {
  static let rm223 = Rule(
    "RM223", .warning, "A sender key without @ is never found",
    why: """
      Postfix asks sender-dependent tables for user@domain, for the user alone where the domain is that of
      this host, and for @domain. It never asks for a domain alone.
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
      offends: { key in
        var hasDot = false
        for at in 0..<key.count {
          if key[at] == UInt8(ascii: "@") || key[at] == UInt8(ascii: "<") { return false }
          if key[at] == UInt8(ascii: ".") { hasDot = true }
        }
        // Without a dot it is a user of this host, for whom the name alone is looked up too.
        return hasDot
      },
      message: { "\"\($0)\" is never looked up here; need \"@\($0)\"" }))
}
