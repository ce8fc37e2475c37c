// RM105: An empty pool or table

import PostfixFiles

extension Rule {
  static let rm105 = Rule(
    "RM105", .error, "An empty pool or table",
    why: """
      There is nothing to choose from. Postfix cannot open the table: each lookup in it is a temporary
      error, and mail is not accepted. Mail for a pool file without members waits.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:{}»

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.empty) { text, effect in
        "bad syntax: \"\(text)\"; need at least one member; \(effect)"
      } + subject.emptyPoolFiles
    })
}

extension Subject {
  /// A finding at the start of each pool file without a member.
  fileprivate var emptyPoolFiles: [Finding] {
    pools.filter { $0.isAgents && $0.text.items.isEmpty }.compactMap { pool in
      guard case .file(let path) = pool.place else { return nil }
      return Finding(
        FileRange(file: path, range: 0..<0),
        "this pool has no member; need at least one; the agent keeps using the members that it had before, and once it is started "
          + "again the mail waits")
    }
  }
}
