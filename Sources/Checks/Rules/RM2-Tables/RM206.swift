// RM206: A next-hop list, and this Postfix takes one host

import PostfixFiles

extension Rule {
  static let rm206 = Rule(
    "RM206", .error, "A next-hop list, and this Postfix takes one host",
    why: """
      Lists came with Postfix 3.5. Before 3.5, smtp(8) ends with an error: the transport is throttled
      and its other mail waits.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], «[gw2.example]»

        """,
      version: PostfixVersion(3, 4)),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], [gw2.example]

        """),
    check: .result { view in
      // smtp_fallback_relay was a list before there were lists of next hops; relayhost has a rule of its own.
      guard view.place != .parameter(.relayhost), view.place.valueOf?.isFallback != true,
        view.items.count > 1, view.version < .nextHopLists
      else { return nil }
      return Offence(
        view.items[1], "Postfix \(view.version) takes one host here; need one, or Postfix 3.5 or later")
    })
}
