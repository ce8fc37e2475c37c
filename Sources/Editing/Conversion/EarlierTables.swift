// The tables that are asked before a pool: a database would be asked before them too, and must not hide what they decide.

import PostfixFiles
import Routing

/// What the tables of a parameter answer that are asked before a pool.
struct EarlierTables {
  private let wanted: Set<String>
  /// Those of the wanted keys that have an entry.
  private var keys: Set<String> = []
  /// `static:` answers for every key.
  private var answersAll = false
  /// Those whose keys cannot be listed, and that are asked for each part of an address.
  private var unknown: TableSpec?
  /// Patterns, which are asked for whole addresses only.
  private var patterns: TableSpec?

  /// - Parameters:
  ///   - site: the pool. That of a parameter, or of a database, comes after all of the tables.
  ///   - map: the parameter of the tables.
  ///   - wanted: the keys that are asked about.
  init(before site: PoolSite, of map: RoutingParameter, for wanted: Set<String>, in config: MailConfig) {
    self.wanted = wanted
    let end = site.isInDatabase || site.parameter != map ? nil : site.site.table?.item.text.span()
    let tables = config.tableSites(of: map).prefix { end == nil || $0.table?.item.text.span() != end }
    let items = Set(tables.compactMap { $0.table?.item.text.span() })
    for pool in config.poolSites() where pool.parameter == map {
      if let item = pool.site.table?.item.text.span(), items.contains(item) {
        keys.formUnion(wanted.intersection(pool.ownKeys))
      }
    }
    // A table before the database goes on to decide first.
    let first =
      tables.lastIndex { if case .database = $0.content { true } else { false } } ?? tables.startIndex
    for table in tables[first...] { add(table, of: config) }
    for table in tables[..<first] { addKeys(of: table, of: config) }
  }

  private mutating func add(_ site: Site, of config: MailConfig) {
    guard let table = site.table, table.isAnswer || table.role == .key else { return }
    switch site.content {
    case .service: unknown = unknown ?? table.item
    case .patterns: patterns = patterns ?? table.item
    case .source where table.spec.isPattern: patterns = patterns ?? table.item
    default: addKeys(of: site, of: config)
    }
  }

  private mutating func addKeys(of site: Site, of config: MailConfig) {
    guard let table = site.table, table.isAnswer else { return }
    switch (site.place, site.content) {
    case (.inlineEntry(_, let key), .value(let value)):
      if wanted.contains(key), !value.isNoAnswer { keys.insert(key) }
    case (.item, .value): answersAll = answersAll || table.isWholeItem
    case (_, .source(let path)) where !table.spec.isPattern:
      guard let document = config.document(path) else { return }
      for entry in Table(document).entries {
        let key = entry.key.text.lowercased()
        if wanted.contains(key), !entry.value.isNoAnswer { keys.insert(key) }
      }
    default: break
    }
  }

  func decides(_ key: String) -> Bool { answersAll || keys.contains(key) }

  /// The first table that may have an answer for a key, where nothing here tells.
  func mayDecide(_ key: String) -> TableSpec? {
    if decides(key) { return nil }
    // A domain is asked for after the whole address, of all tables: patterns have answered before.
    return unknown ?? (key.contains("@") && !key.hasPrefix("@") ? patterns : nil)
  }
}

extension MailConfig {
  /// The keys of a pool that are its own, and those that other entries decide, as before.
  func openKeys(
    _ keys: [String], of map: RoutingParameter, for site: PoolSite
  ) throws(EditError) -> (open: [String], decided: [String]) {
    let routes = poolSites().filter { $0.isInDatabase && $0.parameter == map }
    let own = Set(routes.filter { $0.id == site.id }.compactMap(\.routeKey))
    let others = Set(routes.filter { $0.id != site.id }.compactMap(\.routeKey))
    let earlier = EarlierTables(before: site, of: map, for: Set(keys), in: self)
    let decided = Set(keys.filter { others.contains($0) || !own.contains($0) && earlier.decides($0) })
    let open = keys.filter { !decided.contains($0) }
    for key in open where !own.contains(key) {
      guard let table = earlier.mayDecide(key) else { continue }
      throw .cannotConvert(
        site.id,
        reason:
          "\(map) asks \(table.text.text) first, and its answer for \(key) is not known here; the database would be asked before it: make \(table.text.text) the last table of \(map), or take it out"
      )
    }
    return (open, keys.filter { decided.contains($0) })
  }
}
