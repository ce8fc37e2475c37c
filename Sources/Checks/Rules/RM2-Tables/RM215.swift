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
    moreBad: [
      Example(
        main: """
          mydestination = example.com
          transport_maps = inline:{*=«smtp:[gw1.example]»}

          """),
      Example(
        main: """
          mydestination = example.com
          transport_maps = inline:{example.net=smtp:[gw2.example]}, hash:/etc/postfix/transport

          """,
        table: """
          «*»  smtp:[gw1.example]

          """),
    ],
    moreGood: [
      Example(
        main: """
          mydestination = example.com
          transport_maps = inline:{{*=smtp:[gw1.example]} {example.com=:}}

          """),
      // The second * is never found.
      Example(
        main: """
          mydestination = example.com
          transport_maps = inline:{*=:}, hash:/etc/postfix/transport

          """,
        table: """
          *  smtp:[gw1.example]

          """, companions: ["RM214"]),
    ],
    check: .directory { subject in
      guard let (place, value) = subject.star, value.text != ":" else { return [] }
      let keys = subject.keysBesideFiles
      let own = subject.ownDomains.filter { !subject.hasRoute(for: $0, beside: keys) }
      let tables = subject.unknownOwnDomains.map { "those of \(printable($0))" }
      guard !own.isEmpty else { return [] }
      let whose = ([listed(own)] + tables).filter { !$0.isEmpty }.joined(separator: ", and ")
      let lines = own.prefix(3).map { "\"\(printable($0))  :\"" }
      let need =
        own.count > 3
        ? "an entry such as \(lines[0]) for each"
        : "the \(own.count == 1 ? "entry" : "entries") \(lines.joined(separator: ", "))"
      return [
        Finding(
          place, else: subject.place(of: .transportMaps), "mail for \(whose) leaves by it too; need \(need)")
      ].compactMap { $0 }
    })
}

extension Subject {
  /// The first `*` among the tables of transport_maps, which is the one that counts: where it is, and what it answers.
  fileprivate var star: (place: SourcedText, value: SourcedText)? {
    openMaps(.transportMaps).lazy.compactMap { self.star(in: $0) }.first
  }

  private func star(in table: TableSpec) -> (place: SourcedText, value: SourcedText)? {
    switch table.content {
    case .entries(let entries): return entries.last { $0.key == "*" }.map { ($0.value, $0.value) }
    case .file(let path):
      return digests[config.absolute(path)]?.entry("*").map { ($0.key, $0.value) }
    case .pipe(let stages): return stages.first.flatMap { star(in: $0) }
    case .union(let parts): return parts.lazy.compactMap { self.star(in: $0) }.first
    case .proxied(let inner): return star(in: inner)
    case .draw, .patterns, .constant, .service: return nil
    }
  }
}
