// RM217: A comment stands behind a value

import PostfixFiles

extension Rule {
  static let rm217 = Rule(
    "RM217", .error, "A comment stands behind a value",
    why: """
      There are no comments at the end of a line: # and what follows are further items of the list. When
      the hosts before them have failed, smtp(8) dies of the #, master(8) throttles the transport, and
      all other mail of that transport waits.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example] «# the first»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        # the first
        example.com  smtp:[gw1.example]

        """),
    check: .result { view in
      view.fatal(
        view.fault(.comment), says: "no comment but part of the value", need: "it on a line of its own")
    })
}
