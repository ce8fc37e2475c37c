// RM215: * takes mail for the own domains too

import PostfixFiles

extension Rule {
  static let rm215 = Rule(
    "RM215", .warning, "* takes mail for the own domains too",
    why: """
      transport(5) is asked for every recipient, and * answers for each that no other key answers. Mail
      for the domains of mydestination, virtual_mailbox_domains and relay_domains leaves as well unless
      they have an entry of their own with \":\".
      """,
    bad: Example(
      main: """
        mydestination = example.com
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «*»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        mydestination = example.com
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  :
        *            smtp:[gw1.example]

        """),
    check: .directory { subject in
      subject.tables.compactMap { use in
        guard use.keys == .recipients, let star = subject.digests[use.path]?.entry("*"),
          star.value.text != ":",
          let own = subject.ownDomains.first(where: { !subject.hasRoute(for: $0) })
        else { return nil }
        return Finding(
          star.key, "mail for \"\(printable(own))\" leaves by it too; need the entry \"\(printable(own))  :\""
        )
      }
    })
}
