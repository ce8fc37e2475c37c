// RM125: A catch-all among the tables of senders hides the domains of the other tables

import PostfixFiles
import Routing

extension Rule {
  static let rm125 = Rule(
    "RM125", .error, "A catch-all among the tables of senders hides the domains of the other tables",
    why: """
      Postfix asks every table for the whole address of the sender first, and only then for @domain. A
      pool, static:, a pattern such as /./, or a pipemap that begins with one answers any address, whatever the order of the
      tables, so Postfix never asks for an @domain of another table, and a pool that is meant for some
      senders gets nothing. Write the destination of all other mail in default_transport or relayhost
      instead.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = inline:{@example.com=smtp:[gw1.example]}, «static:smtp:[gw2.example]»

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = inline:{@example.com=smtp:[gw1.example]}
        default_transport = smtp:[gw2.example]

        """),
    moreBad: [
      Example(
        main: """
          sender_dependent_relayhost_maps = inline:{@example.com=[gw1.example]}, «regexp:{{/.*/ [gw2.example]}}»

          """),
      Example(
        main: """
          sender_dependent_default_transport_maps = inline:{@example.com=smtp:[gw1.example]}, «pcre:{{/@/ smtp:[gw2.example]}}»

          """),
      Example(
        main: """
          sender_dependent_default_transport_maps = «regexp:{{/^/ smtp:[gw2.example]}}», inline:{@example.com=smtp:[gw1.example]}

          """),
    ],
    moreGood: [
      Example(
        main: """
          sender_dependent_default_transport_maps = regexp:{{/@example[.]com$$/ smtp:[gw1.example]} {/./ smtp:[gw2.example]}}

          """)
    ],
    check: .directory { subject in
      [RoutingParameter.senderTransportMaps, .senderRelayhostMaps].flatMap {
        parameter -> [Finding] in
        let tables = subject.openMaps(parameter)
        guard let index = tables.firstIndex(where: subject.isCatchAll) else { return [] }
        let catchAll = tables[index]
        // Whole addresses come first where their table does; after a catch-all nothing is asked.
        let hidden = tables.enumerated().first { other, table in
          other != index && (other > index ? subject.hasKeys(table) : subject.hasDomainsOfSenders(table))
        }
        guard let (other, table) = hidden else { return [] }
        let what =
          other > index
          ? "\"\(excerpt(table.text.bytes))\" is never used"
          : "no @domain in \"\(excerpt(table.text.bytes))\" is ever looked up"
        let instead: RoutingParameter = parameter == .senderRelayhostMaps ? .relayhost : .defaultTransport
        return [
          Finding(
            catchAll.text, else: subject.place(of: parameter.rawValue),
            "it answers every sender, so \(what); need \(instead) for all other senders instead of this table"
          )
        ].compactMap { $0 }
      }
    })
}

extension Subject {
  /// Whether a table of senders has keys such as `@example.com`.
  fileprivate func hasDomainsOfSenders(_ table: TableSpec) -> Bool {
    guard table.takesPartialKeys else { return false }
    switch table.content {
    case .entries(let entries): return entries.contains { $0.key.hasPrefix("@") }
    case .file(let path):
      guard let document = config.files[config.absolute(path)]?.document else { return false }
      return Table(document).entries.prefix(1000).contains { $0.key.bytes.first == UInt8(ascii: "@") }
    case .pipe(let stages): return stages.first.map { hasDomainsOfSenders($0) } ?? false
    case .union(let parts): return parts.contains { hasDomainsOfSenders($0) }
    case .proxied(let inner): return hasDomainsOfSenders(inner)
    case .draw, .patterns, .constant, .service: return false
    }
  }

  /// Whether a table has anything to say.
  fileprivate func hasKeys(_ table: TableSpec) -> Bool {
    switch table.content {
    case .entries, .patterns, .service, .draw, .constant: true
    case .file(let path): config.files[config.absolute(path)]?.document?.lines.isEmpty == false
    case .pipe(let stages): stages.first.map { hasKeys($0) } ?? false
    case .union(let parts): parts.contains { hasKeys($0) }
    case .proxied(let inner): hasKeys(inner)
    }
  }
}
