// Tables that a server answers may choose at random: a query with ORDER BY random(), a program that serves a socketmap. What they
// choose is not known here; asked often enough, they show it.

import PostfixFiles

/// A table that gave different answers for one key.
package struct DrawnTable: Hashable, Sendable {
  /// `type:name`
  package let table: String
  package let key: String
  package let times: Int

  /// For people.
  package var words: String {
    "\(times) lookups of \(key) in \(table): the shares are how often each answer came"
  }
}

extension OpenTables {
  /// So many draws say whether there is anything random about it.
  private static let firstDraws = 100
  /// So many in all give each share within some three points.
  private static let allDraws = 2_000
  /// For one address.
  private static let drawLimit = Duration.seconds(6)

  /// The types whose answers another program gives.
  fileprivate static let drawn: Set = [
    "ldap", "memcache", "mongodb", "mysql", "pgsql", "socketmap", "sqlite", "tcp",
  ]

  /// What the table answers, with shares where it does not always answer alike.
  func drawn(_ table: String, _ key: Bytes, after first: TableAnswer) -> Distribution<SearchAnswer>? {
    guard Self.drawn.contains(String(table.prefix { $0 != ":" })), let draw = context.draw else { return nil }
    switch first {
    case .failed, .unknown: return nil
    case .found, .notFound: break
    }
    let start = ContinuousClock.now
    defer { drawingTime += ContinuousClock.now - start }
    guard drawingTime < Self.drawLimit, var draws = draw(table, key, Self.firstDraws) else {
      // A slow server: the one answer may be one of several.
      note(
        unknown:
          "\(printable(table)) was asked for \(printable(key.text)) only once: \(Self.firstDraws) lookups failed or took too "
          + "long, so a choice at random would not show")
      return nil
    }
    guard draws.counts.count > 1 else { return nil }
    if let more = draw(table, key, Self.allDraws - Self.firstDraws) { draws = draws.adding(more) }
    note(drawn: DrawnTable(table: table, key: key.text, times: draws.total))
    let total = Double(draws.total)
    // In one order, whatever the hashes are.
    let sorted = draws.counts.sorted {
      ($0.value, $1.key?.text ?? "") > ($1.value, $0.key?.text ?? "")
    }
    return Distribution(sorted.map { ($0.key.map { .found($0) } ?? .notFound, Double($0.value) / total) })
  }
}

extension MailConfig {
  /// The tables of routes that other programs answer: pools may be in them, and nothing here can list or edit those. Safe to show.
  package var tablesOfOtherPrograms: [(parameter: RoutingParameter, table: String)] {
    var found: [(parameter: RoutingParameter, table: String)] = []
    for site in tableSites where site.isSet {
      guard case .service = site.content, let spec = site.table?.spec, site.table?.isAnswer == true else {
        continue
      }
      let name = printable(spec.text.text)
      // What the agent answers there is in main.cf and in files.
      guard OpenTables.drawn.contains(String(name.prefix { $0 != ":" })), !name.contains("/randmap-lookup:"),
        !found.contains(where: { $0 == (site.parameter, name) })
      else { continue }
      found.append((site.parameter, name))
    }
    return found
  }
}
