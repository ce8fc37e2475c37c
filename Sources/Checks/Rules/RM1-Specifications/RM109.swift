// RM109: A table or pool in the result of a table

import PostfixFiles

extension Rule {
  static let rm109 = Rule(
    "RM109", .error, "A table or pool in the result of a table",
    why: """
      A result is transport:nexthop. Postfix does not expand a pool in the value of a table: it looks for
      a transport of that name (randmap, pipemap) and defers the mail, or smtp(8) ends with an error.
      A random choice for one domain needs transport_maps = pipemap:{inline:{example.com=x},
      randmap:{...}}, or the agent randmap(8).
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»

        """),
    good: Example(
      main: """
        transport_maps = pipemap:{inline:{example.com=x}, randmap:{smtp:[gw1.example], smtp:[gw2.example]}}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .resultInDirectory { view in
      guard view.place.valueOf == nil, view.isUnsoundTable else { return nil }
      if case .filter = view.place {
        return Offence(
          view.text,
          "a filter is one destination, and no pool: mail for it is deferred; need transport:nexthop")
      }
      return Offence(
        view.text,
        "Postfix does not expand a pool in the value of a table: mail for it is deferred; need transport:nexthop here, or a "
          + "pool of its own: randmap pool to:DOMAIN (or from:SENDER) GATEWAY GATEWAY")
    })
}
