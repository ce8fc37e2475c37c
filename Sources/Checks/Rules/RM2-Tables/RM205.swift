// RM205: A key stands in a table twice

import PostfixFiles

extension Rule {
  static let rm205 = Rule(
    "RM205", .error, "A key stands in a table twice",
    why: """
      The first entry wins and the later one has no effect, with a warning of postmap(1) and exit status
      0. A texthash table with such a key can not even be opened by a daemon: each lookup in it fails.
      Letter case makes no difference. Several gateways for one key go into one entry: a list is tried
      in order, a pool at random.
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
        ? "\"\(key)\" stands in line \(first.line) already, and no daemon can open a texthash table with such a "
          + "key: each lookup fails, and mail is not accepted; need one entry with both gateways"
        : "\"\(key)\" stands in line \(first.line) already, and that entry wins; need one entry with both gateways"
    })
}
