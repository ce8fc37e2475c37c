// RM222: The first entry starts with white space

import PostfixFiles

extension Rule {
  static let rm222 = Rule(
    "RM222", .error, "The first entry starts with white space",
    why: """
      There is no earlier entry that this line could continue. Postfix prints a warning and leaves the
      line out; the exit status is 0 nevertheless.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
          «example.com  smtp:[gw1.example]»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .refusedLine(
      .startsWithSpace,
      message: "logical line must not start with whitespace; Postfix leaves it out; need the key in column 1")
  )
}
