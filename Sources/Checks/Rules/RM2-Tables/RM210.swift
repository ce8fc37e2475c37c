// RM210: An entry has no result

import PostfixFiles

extension Rule {
  static let rm210 = Rule(
    "RM210", .error, "An entry has no result",
    why: """
      postmap(1) prints a warning and leaves the line out; its exit status is 0 nevertheless.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        «example.net»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        example.net  smtp:[gw2.example]

        """),
    check: .refusedLine(
      .missingValue, message: "expected format: key whitespace value; Postfix leaves this line out"))
}
