// RM205: A key is in a table twice

import PostfixFiles

extension Rule {
  static let rm205 = Rule(
    "RM205", .error, "A key is in a table twice",
    why: """
      The first entry wins and the later one has no effect: postmap(1) prints a warning, and its exit
      status is 0. Daemons cannot even open a texthash table with such a key: each lookup in it fails.
      Letter case makes no difference. Write several gateways for one key in one entry: Postfix tries a
      list in order, and chooses from a pool at random.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        «Example.com»  smtp:[gw2.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], [gw2.example]

        """),
    check: .duplicateKey { key, first, type in
      type == .texthash
        ? "\"\(key)\" is already in line \(first.line), and no daemon can open a texthash table with such a "
          + "key: each lookup fails, and mail is not accepted; need one entry with both gateways"
        : "\"\(key)\" is already in line \(first.line), and that entry wins; need one entry with both gateways"
    })
}
