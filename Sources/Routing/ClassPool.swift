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
