// The pool of a class of recipients in transport_maps, as it is found again: its keys bear the name of the list that they came
// from, `inline:{d.example=relay_domains}`. Postfix takes any value there.

import PostfixFiles

/// A pool in transport_maps, and the keys that it has for a class.
package struct ClassPool: Sendable {
  package let pool: Pool
  /// In their order. A domain may be there twice, as itself and with a dot in front.
  package let keys: [String]
}

extension Site {
  /// The keys in front of a stock pool, where they are those of a class.
  func keys(of domainClass: DomainClass) -> [String]? {
    guard parameter == .transportMaps, case .entries(let entries)? = keyTable?.content,
      entries.contains(where: { $0.value.text == domainClass.list })
    else { return nil }
    return entries.map(\.key)
  }
}

extension MailConfig {
  /// The pool of a class in transport_maps, on a stock Postfix or in a database; nil where there is none, or none that says
  /// so: a person may have written keys of another name.
  package func classPool(of domainClass: DomainClass) -> ClassPool? {
    var routes: [String] = []
    var pool: Pool?
    for pooled in pooledSites() where pooled.site.parameter == .transportMaps {
      if let keys = pooled.site.keys(of: domainClass) { return ClassPool(pool: pooled.pool, keys: keys) }
      if case .database(_, domainClass.poolName) = pooled.pool.place,
        case .inlineEntry(_, let key) = pooled.site.place
      {
        pool = pooled.pool
        routes.append(key)
      }
    }
    return pool.map { ClassPool(pool: $0, keys: routes) }
  }
}

/// The keys that the tables of transport_maps have, to tell which domains have an entry of their own.
package struct TransportKeys: Sendable {
  package private(set) var keys: Set<String> = []
  /// Whether a table may have further ones: its server is not asked, it has patterns, or it answers for all.
  package private(set) var hasUnknown = false

  package init(of config: MailConfig) {
    for site in config.tableSites(of: .transportMaps) {
      switch (site.place, site.content) {
      case (.inlineEntry(_, let key), _): keys.insert(key.lowercased())
      case (_, .source(let path)):
        guard let document = config.files[path]?.document, site.table?.spec.isPatternTable == false else {
          hasUnknown = true
          continue
        }
        for entry in Table(document).entries { keys.insert(entry.key.text.lowercased()) }
      case (_, .database(let table)):
        for (row, _) in config.databaseText(table.database)?.routes ?? [] where row.map == table.map {
          keys.insert(row.key)
        }
      case (_, .service), (_, .patterns): hasUnknown = true
      case (_, .value) where site.table?.isWholeItem ?? false: hasUnknown = true
      default: continue
      }
    }
  }
}

extension TableSpec {
  fileprivate var isPatternTable: Bool { if case .pattern = type { true } else { false } }
}
