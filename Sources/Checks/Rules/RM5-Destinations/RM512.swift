// RM512: A next hop without a host

import PostfixFiles

extension Rule {
  static let rm512 = Rule(
    "RM512", .error, "A next hop without a host",
    why: """
      Without the separators, nothing is left of this next hop.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:«,»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .result { view in
      view.fatal(view.fault(.noHost), need: "at least one host")
    })
}
