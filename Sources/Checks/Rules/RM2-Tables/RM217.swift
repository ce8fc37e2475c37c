// RM217: A comment follows a value

import PostfixFiles

extension Rule {
  static let rm217 = Rule(
    "RM217", .error, "A comment follows a value",
    why: """
      A comment cannot follow a value on its line: # and the words after it are further items of the list.
      When the hosts before them have failed, smtp(8) ends with an error at the #, master(8)
      throttles the transport, and all other mail of that transport waits.
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
        view.fault(.comment), says: "this is not a comment but part of the value",
        need: "the comment on a line of its own")
    })
}
