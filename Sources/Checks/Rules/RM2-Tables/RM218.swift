// RM218: A key ends with a dot

import PostfixFiles

extension Rule {
  static let rm218 = Rule(
    "RM218", .warning, "A key ends with a dot",
    why: """
      Postfix looks recipients up without a dot at the end, so this key is never found.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «example.com.»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .key(
      in: [.recipients, .senders], offends: { $0.count > 1 && $0[$0.count - 1] == UInt8(ascii: ".") },
      message: { "\"\($0)\" is never found; need \"\($0.dropLast())\"" }))
}
