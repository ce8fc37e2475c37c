// RM228: A comma or "=" in the key

import PostfixFiles

extension Rule {
  static let rm228 = Rule(
    "RM228", .error, "A comma or \"=\" in the key",
    why: """
      The key of an entry is all that is before the first white space, and each line has one key. The comma or "=" is a
      part of it, so that no lookup finds the entry.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «example.com,example.net»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        example.net  smtp:[gw1.example]

        """),
    check: .key(
      in: [.recipients, .senders],
      offends: { key in
        var (comma, equals, isAddress) = (false, false, false)
        for at in 0..<key.count {
          switch key[at] {
          // A local part in quotes may have both, and one without may have "=".
          case UInt8(ascii: "\""), UInt8(ascii: "/"): return false
          case UInt8(ascii: ","): comma = true
          case UInt8(ascii: "="): equals = true
          case UInt8(ascii: "@"): isAddress = true
          default: break
          }
        }
        return comma || equals && !isAddress
      },
      message: { key in
        key.contains(",")
          ? "\"\(key)\" is one key with its comma and never found; need a line for each domain or address"
          : "\"\(key)\" is one key with its \"=\" and never found; need white space after the key"
      }))
}
