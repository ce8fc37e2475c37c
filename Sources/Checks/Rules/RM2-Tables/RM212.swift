// RM212: A pattern is used as a key in a table without patterns

import PostfixFiles

extension Rule {
  static let rm212 = Rule(
    "RM212", .warning, "A pattern is used as a key in a table without patterns",
    why: """
      hash, lmdb and similar types compare keys byte for byte: *.domain, .* and /re/ are never found. In
      transport(5) .domain matches every subdomain and * every address; patterns need a table of type
      regexp or pcre.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «*.example.com»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        .example.com  smtp:[gw1.example]

        """),
    check: .key(
      in: [.recipients, .senders],
      offends: { key in
        if key.count == 1 { return false }
        if key[0] == UInt8(ascii: "/") { return true }
        for at in 0..<key.count where key[at] == UInt8(ascii: "*") { return true }
        return false
      },
      message: {
        "\"\($0)\" is compared byte for byte and never found; need \".domain\" for subdomains, or a regexp table"
      }))
}
