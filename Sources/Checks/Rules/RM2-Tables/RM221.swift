// RM221: A quote in the key is not closed

import PostfixFiles

extension Rule {
  static let rm221 = Rule(
    "RM221", .error, "A quote in the key is not closed",
    why: """
      A quoted key continues to the next quote. postmap(1) prints a warning and leaves the line out; its
      exit status is 0 nevertheless.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «"john doe@example.com  smtp:[gw1.example]»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        "john doe"@example.com  smtp:[gw1.example]

        """),
    check: .refusedLine(.unbalancedQuote, message: "unbalanced '\"' in the key; Postfix leaves this line out")
  )
}
