// RM143: The query of a pool database is not the one of randmap

import PostfixFiles
import Routing

extension Rule {
  static let rm143 = Rule(
    "RM143", .warning, "The query of a pool database is not the one of randmap",
    why: """
      A pool database has routes for each parameter of main.cf, and the query in the settings selects those
      of one parameter. If it names another parameter, Postfix uses the wrong routes. If it is a different
      query, randmap cannot know what Postfix gets: `pools`, `route` and the console do not show these pools,
      and an edit of them may have no effect.
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
          use.table.map { "this query selects the routes of \($0.map), but \(use.parameter) uses the table" }
          ?? "this is not the query of randmap, so randmap does not know which pools Postfix uses"
        return Finding(
          place, "\(what); need \"\(DatabaseSettings.query(for: use.parameter.rawValue))\"")
      }
    })
}
