// RM111: A pool in transport_maps takes local mail too

import PostfixFiles

extension Rule {
  static let rm111 = Rule(
    "RM111", .error, "A pool in transport_maps takes local mail too",
    why: """
      transport_maps decides for every recipient, also for those of mydestination, virtual_mailbox_domains
      and relay_domains. A pool answers for all of them, so mail for this host leaves by a gateway, or
      loops. A regexp or pcre table before it can exclude your own domains with ":"; for outbound mail
      alone use sender_dependent_default_transport_maps.
      """,
    bad: Example(
      main: """
        mydestination = example.com
        transport_maps = «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        mydestination = example.com
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    moreBad: [
      Example(
        main: """
          mydestination = example.com
          transport_maps = «regexp:{{/./ smtp:[gw1.example]}}»

          """)
    ],
    moreGood: [
      Example(
        main: """
          mydestination = example.com
          transport_maps = regexp:{{/@example[.]com$$/ :} {/./ smtp:[gw1.example]}}

          """)
    ],
    check: .directory { subject in
      let tables = subject.openMaps(.transportMaps)
      guard let index = tables.firstIndex(where: subject.isBareCatchAll),
        !tables.contains(where: subject.hasDomainKeys),
        !tables[..<index].contains(where: { !$0.takesPartialKeys }), let own = subject.ownDomains.first
      else { return [] }
      return [
        Finding(
          tables[index].text, else: subject.place(of: .transportMaps),
          "it answers every address, so mail for \"\(printable(own))\" leaves by it too; "
            + "need sender_dependent_default_transport_maps, or a regexp table before it that excludes your own domains"
        )
      ].compactMap { $0 }
    })
}
