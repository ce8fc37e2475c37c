// RM201: A result has no transport

import PostfixFiles

extension Rule {
  static let rm201 = Rule(
    "RM201", .error, "A result has no transport",
    why: """
      A result is transport:nexthop, and the text before the first colon is the transport. Postfix looks
      for a host there among the services of master.cf. There is no service of that name, and the mail is
      deferred: mail transport unavailable.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «[gw1.example]»:25

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]:25

        """),
    check: .result { view in
      guard view.hasHostForTransport, view.place.isInTable else { return nil }
      return Offence(
        view.transport,
        "\"\(printable(view.transport.bytes))\" is taken for the transport; need \"smtp:\(printable(view.text.bytes))\""
      )
    })
}
