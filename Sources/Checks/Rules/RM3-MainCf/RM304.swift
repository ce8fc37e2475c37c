// RM304: * in transport_maps overrides the sender-dependent pool

import PostfixFiles

extension Rule {
  static let rm304 = Rule(
    "RM304", .warning, "* in transport_maps overrides the sender-dependent pool",
    why: """
      Postfix uses transport_maps last, and it overrides the result of the sender-dependent tables. With *
      it does so for every recipient.
      """,
    bad: Example(
      main: """
        mydestination =
        transport_maps = hash:/etc/postfix/transport
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        «*»  smtp:[gw3.example]

        """),
    good: Example(
      main: """
        mydestination =
        transport_maps = hash:/etc/postfix/transport
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        example.com  smtp:[gw3.example]

        """),
    check: .directory { subject in
      guard subject.setValue(.senderTransportMaps) != nil else { return [] }
      return subject.tables.compactMap { use in
        guard use.keys == .recipients, let star = subject.digests[use.path]?.entry("*"),
          star.value.text != ":"
        else {
          return nil
        }
        return Finding(
          star.key,
          "it overrides sender_dependent_default_transport_maps for every recipient; need only one of them")
      }
    })
}
