// RM223: A sender key without @ is never found

import PostfixFiles

extension Rule {
  static let rm223 = Rule(
    "RM223", .warning, "A sender key without @ is never found",
    why: """
      Sender-dependent tables are asked for user@domain, then for @domain. A domain alone is never asked
      for.
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
        if key.count == 1 { return false }
        for at in 0..<key.count where key[at] == UInt8(ascii: "@") || key[at] == UInt8(ascii: "<") {
          return false
        }
        return true
      },
      message: { "\"\($0)\" is never looked up here; need \"@\($0)\"" }))
}
