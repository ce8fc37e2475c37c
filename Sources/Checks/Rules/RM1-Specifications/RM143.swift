// RM143: A pool database is asked in another way than randmap shows it

import PostfixFiles
import Routing

extension Rule {
  static let rm143 = Rule(
    "RM143", .warning, "A pool database is asked in another way than randmap shows it",
    why: """
      A pool database has routes for each parameter of main.cf, and the query in the settings says which of
      them Postfix gets. Where it names the routes of another parameter, those decide here too, and the
      routes that are meant are never asked for. Where it is another query altogether, this program cannot
      know what Postfix gets: `pools`, `route` and the console do not show these pools, and an edit of them
      may change nothing.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings(
        "«SELECT destination FROM draw WHERE map = 'transport_maps' AND key = '%s'»"),
      surroundings: DatabaseExample.surroundings()),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings, surroundings: DatabaseExample.surroundings()),
    check: .directory { subject in
      var seen: Set<FileRange> = []
      return subject.databaseUses.compactMap { use in
        guard use.holdsPools, use.table?.map != use.parameter.rawValue,
          let place = use.settings.query.span(), seen.insert(place).inserted
        else { return nil }
        let what =
          use.table.map { "this asks for the routes of \($0.map), and \(use.parameter) names the table" }
          ?? "this is not the query of randmap, so randmap does not know what Postfix gets from its pools"
        return Finding(
          place, "\(what); need \"\(DatabaseSettings.query(for: use.parameter.rawValue))\"")
      }
    })
}
