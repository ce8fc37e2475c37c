// Which keys a lookup table answers, as far as the rules need it.

import PostfixFiles
import Routing

extension TableSpec {
  /// Whether its answers are unknown here.
  var isService: Bool { if case .service = unproxied.content { true } else { false } }

  /// Whether it answers every key, also without its files and patterns.
  fileprivate var drawsForAll: Bool {
    switch content {
    case .draw, .constant: true
    case .pipe(let stages): stages.first?.drawsForAll ?? false
    case .union(let parts): parts.contains(where: \.drawsForAll)
    case .proxied(let inner): inner.drawsForAll
    case .entries, .file, .patterns, .service: false
    }
  }
}

extension Subject {
  /// Whether a table answers every address: a pool, static:, a pattern that matches everything.
  func isCatchAll(_ table: TableSpec) -> Bool {
    switch table.content {
    case .draw, .constant: true
    case .patterns, .file: patternForAll(table) != nil
    // What follows a pattern must know its result, and a pool knows all.
    case .pipe(let stages):
      table.drawsForAll
        || stages.first.map { isCatchAll($0) } ?? false && stages.dropFirst().allSatisfy(\.drawsForAll)
    case .union(let parts): parts.contains { isCatchAll($0) }
    case .proxied(let inner): isCatchAll(inner)
    case .entries, .service: false
    }
  }

  /// Whether it does so for addresses that its other patterns do not know: one before it may be for own domains.
  func isBareCatchAll(_ table: TableSpec) -> Bool {
    guard isCatchAll(table) else { return false }
    return table.flattened.allSatisfy { part in
      patternForAll(part).map { $0.index == 0 && $0.result.text != ":" } ?? true
    }
  }

  /// The pattern of a table that matches every address, and how many are before it.
  private func patternForAll(_ table: TableSpec) -> (index: Int, result: SourcedText)? {
    patternRules(of: table)?.catchAll
  }

  /// The rules of a regexp: or pcre: table of routes.
  func patternRules(of table: TableSpec) -> PatternRules? { patternTables[table.text.text] }

  /// Whether a table has keys that are asked for only after the whole address: a domain, or `*`.
  func hasDomainKeys(_ table: TableSpec) -> Bool {
    guard table.takesPartialKeys else { return false }
    switch table.content {
    case .entries(let entries): return entries.contains { !$0.key.contains("@") }
    case .file(let path): return digests[config.absolute(path)]?.firstDomainLine != nil
    case .pipe(let stages): return stages.first.map { hasDomainKeys($0) } ?? false
    case .union(let parts): return parts.contains { hasDomainKeys($0) }
    case .proxied(let inner): return hasDomainKeys(inner)
    case .draw, .patterns, .constant, .service: return false
    }
  }

  func hasKey(_ key: String, in table: TableSpec) -> Bool {
    switch table.content {
    case .entries(let entries): entries.contains { $0.key == key }
    case .file(let path): digests[config.absolute(path)]?.entry(key) != nil
    case .proxied(let inner): hasKey(key, in: inner)
    default: false
    }
  }

  /// A value of a table that is a destination and no mere name.
  func firstDestination(in table: TableSpec) -> String? {
    func isDestination(_ value: SourcedText) -> Bool { value.bytes.contains(UInt8(ascii: ":")) }
    switch table.content {
    case .entries(let entries): return entries.first { isDestination($0.value) }?.value.text
    case .file(let path):
      return config.files[config.absolute(path)]?.document.flatMap { document in
        Table(document).entries.prefix(1000).first { isDestination($0.value) }?.value.text
      }
    default: return nil
    }
  }

  /// The first pool of a parameter.
  func firstPool(_ parameter: RoutingParameter) -> PoolText? { openMaps(parameter).flatMap(\.pools).first }

  /// The places of the pools inside a unionmap: the tables beside them add further next hops.
  var poolsInUnions: Set<FileRange> {
    let unions = maps.compactMap { try? $0.table.get() }.flatMap(\.flattened).filter {
      if case .union = $0.content { true } else { false }
    }
    return Set(unions.flatMap(\.pools).compactMap { $0.text.span() })
  }

  /// Whether some table has an entry for a domain, or for a parent of it.
  ///
  /// - Parameter keys: `keysBesideFiles`.
  func hasRoute(for domain: String, beside keys: Set<String>) -> Bool {
    var names = [domain]
    var rest = domain[...]
    while let dot = rest.firstIndex(of: ".") {
      names.append(String(rest[dot...]))
      rest = rest[rest.index(after: dot)...]
    }
    return names.contains { name in
      keys.contains(name) || digests.values.contains { $0.entry(name) != nil }
    }
  }

  /// The keys of transport_maps in main.cf and in databases.
  var keysBesideFiles: Set<String> { Set(openMaps(.transportMaps).flatMap(keys)) }

  /// What a table, or what asks the next one in it, knows.
  private func keys(of table: TableSpec) -> [String] {
    if let database = config.databaseTable(table.unproxied) {
      return config.databaseText(database.database)?.routes
        .compactMap { $0.row.map == database.map ? $0.row.key : nil } ?? []
    }
    return switch table.content {
    case .entries(let entries): entries.map(\.key)
    case .pipe(let stages): stages.first.map(keys) ?? []
    case .union(let parts): parts.flatMap(keys)
    case .proxied(let inner): keys(of: inner)
    default: []
    }
  }
}
