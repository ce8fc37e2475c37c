// Which keys a lookup table answers, as far as the rules need it.

import PostfixFiles
import Routing

extension TableSpec {
  /// Whether its answers are unknown here.
  var isService: Bool { if case .service = unproxied.content { true } else { false } }

  /// Whether it answers every key.
  var isCatchAll: Bool {
    switch content {
    case .draw, .constant: true
    case .pipe(let stages): stages.first?.isCatchAll ?? false
    case .union(let parts): parts.contains(where: \.isCatchAll)
    case .proxied(let inner): inner.isCatchAll
    case .entries, .file, .patterns, .service: false
    }
  }
}

extension Subject {
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
  func hasRoute(for domain: String) -> Bool {
    var keys = [domain]
    var rest = domain[...]
    while let dot = rest.firstIndex(of: ".") {
      keys.append(String(rest[dot...]))
      rest = rest[rest.index(after: dot)...]
    }
    if digests.values.contains(where: { digest in keys.contains { digest.entry($0) != nil } }) { return true }
    return openMaps(.transportMaps).contains { table in keys.contains { answers($0, in: table) } }
  }

  /// Whether a table, or what asks the next one in it, knows a key.
  private func answers(_ key: String, in table: TableSpec) -> Bool {
    if let database = config.databaseTable(table.unproxied) {
      return config.databaseText(database.database)?.routes
        .contains { $0.row.map == database.map && $0.row.key == key } ?? false
    }
    return switch table.content {
    case .pipe(let stages): stages.first.map { answers(key, in: $0) } ?? false
    case .union(let parts): parts.contains { answers(key, in: $0) }
    case .proxied(let inner): answers(key, in: inner)
    default: hasKey(key, in: table)
    }
  }
}
