// RM630: A route of a database leads to a pool without members

import PostfixFiles
import Routing

extension Rule {
  static let rm630 = Rule(
    "RM630", .error, "A route of a database leads to a pool without members",
    why: """
      Postfix then gets "retry:4.3.0 the pool ... has no member", and the mail waits. Triggers in the database
      prevent this, so another program has removed them. A pool with only drained members is no problem:
      Postfix uses them.
      """,
    bad: Example(
      main: """
        transport_maps = proxy:«sqlite:/etc/postfix/pools.cf»

        """,
      settings: DatabaseExample.settings,
      rows: DatabaseExample.rows + "route transport_maps example.net to to_exmaple\n"),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings,
      rows: DatabaseExample.rows + "route transport_maps example.net to to_example\n"),
    check: .directory { subject in
      var seen: Set<String> = []
      return subject.databaseUses.compactMap { use in
        guard let table = use.table, seen.insert("\(table.map) \(table.database)").inserted,
          let text = subject.config.databaseText(table.database)
        else { return nil }
        let lost = text.routes.map(\.row).filter { $0.map == table.map && text.pools[$0.pool] == nil }
        guard let first = lost.first else { return nil }
        let others = lost.count > 1 ? " (the first of \(lost.count) such routes)" : ""
        return use.finding(
          "the route \(printable(first.key)) of \(printable(table.database)) leads to the pool "
            + "\"\(printable(first.pool))\", which has no member: its mail waits; need a member (randmap add), or another pool\(others)"
        )
      }
    })
}
