// RM631: No route leads to a pool of a database

import PostfixFiles
import Routing

extension Rule {
  static let rm631 = Rule(
    "RM631", .info, "No route leads to a pool of a database",
    why: """
      The pool is in the database, but no route leads to it, or main.cf does not name the table of its
      route. After `convert --to stock` or `--to agent` this is correct: the rows stay for the programs that
      have not been reloaded yet.
      """,
    bad: Example(
      main: """
        transport_maps = proxy:«sqlite:/etc/postfix/pools.cf»

        """,
      settings: DatabaseExample.settings,
      rows: "member spare to smtp:[gw3.example] weight 1\n" + DatabaseExample.rows),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings, rows: DatabaseExample.rows),
    check: .directory { subject in
      let uses = subject.databaseUses
      var seen: Set<String> = []
      return uses.flatMap { use -> [Finding] in
        guard let table = use.table, seen.insert(table.database).inserted,
          let text = subject.config.databaseText(table.database)
        else { return [] }
        let maps = Set(uses.compactMap { $0.path == use.path ? $0.table?.map : nil })
        let used = Set(text.routes.map(\.row).filter { maps.contains($0.map) }.map(\.pool))
        return text.pools.keys.filter { !used.contains($0) }.sorted().compactMap { pool in
          use.finding(
            "no route leads to the pool \"\(printable(pool))\" of \(printable(table.database)): it gets no mail; "
              + "need a route (randmap pool) if it should get mail")
        }
      }
    })
}
