// RM215: * takes mail for your own domains too

import PostfixFiles

extension Rule {
  static let rm215 = Rule(
    "RM215", .warning, "* takes mail for your own domains too",
    why: """
      Postfix asks transport(5) for every recipient, and * answers for all recipients without another key.
      Mail for the domains of mydestination, virtual_mailbox_domains and relay_domains leaves as well
      unless they have an entry of their own with ":".
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
          star.value.text != ":"
        else { return nil }
        let keys = subject.keysBesideFiles
        let own = subject.ownDomains.filter { !subject.hasRoute(for: $0, beside: keys) }
        let tables = subject.unknownOwnDomains.map { "those of \(printable($0))" }
        guard !own.isEmpty else { return nil }
        let whose = ([listed(own)] + tables).filter { !$0.isEmpty }.joined(separator: ", and ")
        let lines = own.prefix(3).map { "\"\(printable($0))  :\"" }
        let need =
          own.count > 3
          ? "an entry such as \(lines[0]) for each"
          : "the \(own.count == 1 ? "entry" : "entries") \(lines.joined(separator: ", "))"
        return Finding(star.key, "mail for \(whose) leaves by it too; need \(need)")
      }
    })
}
