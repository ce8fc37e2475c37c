// RM302: Mail for relay_domains does not use the pool

import PostfixFiles

extension Rule {
  static let rm302 = Rule(
    "RM302", .info, "Mail for relay_domains does not use the pool",
    why: """
      sender_dependent_default_transport_maps decides for mail that belongs to no other class. Recipients
      in relay_domains use relay_transport and relayhost.
      """,
    bad: Example(
      main: """
        relay_domains = example.com
        sender_dependent_default_transport_maps = «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .directory { subject in
      guard let pool = subject.firstPool(.senderTransportMaps),
        let domain = subject.relayDomains.first, subject.config.main["relay_domains"] != nil,
        subject.config.main[.transportMaps] == nil
      else { return [] }
      return [
        Finding(
          subject.setValue(.senderTransportMaps) ?? pool.text,
          "mail for \"\(printable(domain))\" (relay_domains) uses relay_transport, not this pool")
      ].compactMap { $0 }
    })
}
