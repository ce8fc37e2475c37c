// RM114: A member of a pool has no transport

import PostfixFiles

extension Rule {
  static let rm114 = Rule(
    "RM114", .error, "A member of a pool has no transport",
    why: """
      In a pool of destinations each member needs its own transport. Postfix takes the text before the
      first colon for it, so the mail of this member is deferred: mail transport unavailable.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «[gw2.example]»}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .result { view in
      guard view.hasHostForTransport, !view.place.isInTable else { return nil }
      return Offence(
        view.transport,
        "\"\(printable(view.transport.bytes))\" is taken for the transport; need \"smtp:\(printable(view.text.bytes))\""
      )
    })
}
