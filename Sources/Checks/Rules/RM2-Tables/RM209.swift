// RM209: The key ends with a colon

import PostfixFiles

extension Rule {
  static let rm209 = Rule(
    "RM209", .error, "The key ends with a colon",
    why: """
      This is the form of an alias file. postmap(1) prints a warning and stores the key with its colon,
      and no lookup asks for such a key.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «example.com:»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .key(
      in: [.recipients, .senders, .results], offends: { $0[$0.count - 1] == UInt8(ascii: ":") },
      message: { "\"\($0)\" is in \"key: value\" format and never found; need the key without the colon" }))
}
