// Pools that hold for some keys only: a domain, the relay domains, a sender. In stock Postfix such a pool is a
// pipemap whose first table knows the keys.

import PostfixFiles
import Routing

/// A pool with its keys and its place in the list of tables of a parameter.
struct KeyedPool {
  enum Place: Hashable {
    /// In front of the table that stands there in main.cf.
    case before(Origin)
    /// Behind all tables.
    case last
  }

  let site: PoolSite
  let parameter: String
  var keys: [String]
  let place: Place
}

extension Converter {
  // MARK: - Entries

  /// The entry goes out of its table; the pipemap comes in front of the table, wherever main.cf names it.
  mutating func tableEntry(
    _ site: PoolSite, table path: String, entry: TableEntry
  ) throws(EditRefusal) -> [KeyedPool] {
    let key = try checkedKey(entry.key.text, of: site)
    guard let document = config.document(path) else { return [] }
    var found: [KeyedPool] = []
    for parameter in RoutingParameter.maps {
      for item in config.tables(parameter).compactMap({ try? $0.get() }) {
        guard item.flattened.contains(where: { $0.isFile(path, in: config) }) else { continue }
        guard item.withoutProxy.isFile(path, in: config), !item.withoutProxy.isPattern else {
          throw .cannotConvert(site.id, reason: "its table is a part of \"\(item.text.text)\"")
        }
        let expectsNextHop = RoutingParameter.relayhostMaps.contains(parameter)
        guard expectsNextHop == (site.kind == .nextHop) else {
          throw .cannotConvert(site.id, reason: "\(parameter) takes its results for something else")
        }
        found.append(
          KeyedPool(
            site: site, parameter: parameter, keys: [key],
            place: .before(try origin(of: item, parameter: parameter, for: site))))
      }
    }
    remove(entry.line, from: document)
    return found
  }

  mutating func inlineEntry(
    _ site: PoolSite, parameter: String, item: TableSpec, key: String
  ) throws(EditRefusal) -> KeyedPool {
    let key = try checkedKey(key, of: site)
    return KeyedPool(
      site: site, parameter: parameter, keys: [key],
      place: .before(try origin(of: item, parameter: parameter, for: site)))
  }

  /// Where a table stands in the line of its parameter.
  func origin(of item: TableSpec, parameter: String, for site: PoolSite) throws(EditRefusal) -> Origin {
    guard let span = item.text.span(), let line = config.main[parameter]?.line,
      span.file == config.main.document.path, line.range.contains(span.range.lowerBound)
    else { throw .notInOnePlace(parameter) }
    return Origin(file: span.file, offset: span.range.lowerBound)
  }

  func checkedKey(_ key: String, of site: PoolSite) throws(EditRefusal) -> String {
    if key == "*" {
      throw .cannotConvert(
        site.id,
        reason: "Postfix keeps the answer for * for 30 seconds, so that all mail of that time takes one way")
    }
    let bad: Set<Character> = ["=", "{", "}", "$", ",", "\"", "\\"]
    guard key.allSatisfy({ !bad.contains($0) && !$0.isWhitespace }) else {
      throw .cannotConvert(site.id, reason: "\"\(key)\" cannot be a key of an inline: table")
    }
    return key.lowercased()
  }

  // MARK: - Writing them

  /// Pools with the same place, members and parameter share one pipemap.
  mutating func write(_ keyed: [KeyedPool]) throws(EditRefusal) {
    struct List: Hashable {
      let place: KeyedPool.Place
      let parameter: String
    }
    struct Mix: Hashable {
      let list: List
      let content: PoolContent
    }
    var groups: [(pool: KeyedPool, sites: [PoolSite])] = []
    // There may be tens of thousands.
    var taken: [List: Set<String>] = [:]
    var numbers: [Mix: Int] = [:]
    for pool in keyed {
      let list = List(place: pool.place, parameter: pool.parameter)
      if let twice = pool.keys.first(where: { taken[list]?.contains($0) ?? false }) {
        throw .cannotConvert(pool.site.id, reason: "\"\(twice)\" stands twice in its table")
      }
      taken[list, default: []].formUnion(pool.keys)
      let mix = Mix(list: list, content: pool.site.content)
      if let same = numbers[mix] {
        groups[same].pool.keys += pool.keys
        groups[same].sites.append(pool.site)
      } else {
        numbers[mix] = groups.count
        groups.append((pool, [pool.site]))
      }
    }
    var tables: [KeyedPool.Place: [SpecText]] = [:]
    for (pool, sites) in groups {
      tables[pool.place, default: []].append(try stockTable(of: pool))
      for site in sites { replace(site, at: []) }
      replace(pool.site, at: ["\(pool.parameter) \(pool.keys.first ?? "")"])
    }
    for (place, tables) in tables { try put(tables, at: place) }
  }

  private func stockTable(of pool: KeyedPool) throws(EditRefusal) -> SpecText {
    let kind: ResultKind = RoutingParameter.relayhostMaps.contains(pool.parameter) ? .nextHop : .destination
    return .group(
      "pipemap",
      [
        .group("inline", pool.keys.map { .leaf("\($0)=pool") }),
        try config.stockTable(pool.site.content, kind: kind, for: pool.site.id),
      ])
  }

  private mutating func put(_ tables: [SpecText], at place: KeyedPool.Place) throws(EditRefusal) {
    switch place {
    case .last:
      let text = tables.map { "\n    \($0.rendered(indent: 4))" }.joined()
      if let line = config.main["transport_maps"]?.line {
        splice(config.main.document.path, line.range.upperBound..<line.range.upperBound, text)
      } else {
        replaceAssignment(of: "relay_transport", with: ["transport_maps =\(text)"])
      }
    case .before(let origin):
      var tables = tables
      var range = origin.offset..<origin.offset
      if let (item, taken) = convertedEntries(ofItemAt: origin), case .entries(let entries) = item.content,
        let span = item.text.span()
      {
        // The entries go out of their inline: table, which goes as well when it has no other.
        range = span.range
        let rest = entries.filter { !taken.contains($0.key) }
        if !rest.isEmpty {
          tables.append(
            .group("inline", rest.map { .leaf(escapedForMainCf("{\($0.key)=\($0.value.text)}")) }))
        }
      }
      let text = tables.map { $0.rendered(indent: 4) }.joined(separator: "\n    ")
      splice(origin.file, range, range.isEmpty ? text + "\n    " : text)
    }
  }

  /// The inline: table that stands there, with the keys of its pools that are converted.
  private func convertedEntries(ofItemAt origin: Origin) -> (item: TableSpec, keys: Set<String>)? {
    var found: TableSpec?
    var keys: Set<String> = []
    for site in selected {
      guard case .inlineEntry(_, let item, let key) = site.location, let span = item.text.span(),
        span.file == origin.file, span.range.lowerBound == origin.offset
      else { continue }
      found = item
      keys.insert(key)
    }
    return found.map { ($0, keys) }
  }
}

extension TableSpec {
  /// Whether it is the table that is read from `path`.
  func isFile(_ path: String, in config: MailConfig) -> Bool {
    if case .file(let named) = content { config.absolute(named) == path } else { false }
  }

  var isPattern: Bool { if case .pattern = type { true } else { false } }
}
