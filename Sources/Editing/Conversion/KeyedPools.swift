// Pools that hold for some keys only: a domain, the relay domains, a sender. In stock Postfix such a pool is a
// pipemap whose first table knows the keys.

import PostfixFiles
import Routing

/// A pool with its keys and its place in the list of tables of a parameter.
struct KeyedPool {
  /// Where it goes in the list.
  enum Position: Hashable {
    /// Before the table that begins there in main.cf.
    case before(Origin)
    /// After all tables.
    case last
  }

  let site: PoolSite
  let parameter: RoutingParameter
  var keys: [String]
  let position: Position
  /// The value of each key: the list of its class, or a word that means nothing.
  var mark = "pool"
}

extension Converter {
  // MARK: - Entries

  /// The entry goes out of its table, where nothing else needs it; the pipemap comes in front of the table, wherever main.cf names it.
  mutating func tableEntry(
    _ site: PoolSite, table path: String, key: String
  ) throws(EditError) -> [KeyedPool] {
    let written = key
    let key = try checkedKey(key, of: site)
    guard let document = config.document(path), let line = config.line(of: site) else { return [] }
    var found: [KeyedPool] = []
    for use in config.tableSites where use.source == path {
      guard let table = use.table else { continue }
      guard table.isWholeItem, !table.spec.isPattern else {
        throw .cannotConvert(
          site.id,
          reason:
            "its table is a part of \"\(table.item.text.text)\": name that table alone in \(use.parameter) first"
        )
      }
      guard use.parameter.resultKind == site.kind else {
        throw .cannotConvert(
          site.id,
          reason:
            "\(use.parameter) takes the results of this table for something else: give the pool a table of its own first"
        )
      }
      found.append(try keyedPool(site, keys: [key], parameter: use.parameter, before: table.item))
    }
    // Another setting may ask for the key: then the entry stays after the pool, as one destination.
    if config.isAskedElsewhere(for: key, in: path), let first = site.content.choices.first,
      let place = site.value.span()
    {
      splice(place.file, place.range, first.result)
    } else if single != nil,
      line.range.upperBound + 1 < document.count
        || found.contains(where: { config.keyedTable(of: $0.parameter) != path })
    {
      // One destination that became a pool may become one again; a new entry comes to the end of the first table.
      splice(document.path, line.range, MailConfig.placeMark(of: written))
    } else {
      remove(line, from: document)
    }
    return found
  }

  mutating func inlineEntry(_ site: PoolSite, key: String) throws(EditError) -> [KeyedPool] {
    guard let item = site.site.table?.item else { return [] }
    let key = try checkedKey(key, of: site)
    return [try keyedPool(site, keys: [key], parameter: site.parameter, before: item)]
  }

  private func keyedPool(
    _ site: PoolSite, keys: [String], parameter: RoutingParameter, before item: TableSpec
  ) throws(EditError) -> KeyedPool {
    KeyedPool(
      site: site, parameter: parameter, keys: keys,
      position: .before(try origin(of: item, parameter: parameter, for: site)))
  }

  /// Where a table begins in the line of its parameter.
  private func origin(of item: TableSpec, parameter: RoutingParameter, for site: PoolSite) throws(EditError)
    -> Origin
  {
    guard let span = item.text.span(), let line = config.main[parameter]?.line,
      span.file == config.main.document.path, line.range.contains(span.range.lowerBound)
    else { throw .notInOnePlace(parameter.rawValue) }
    return Origin(file: span.file, offset: span.range.lowerBound)
  }

  func checkedKey(_ key: String, of site: PoolSite) throws(EditError) -> String {
    if key == "*" {
      throw .cannotConvert(
        site.id,
        reason:
          "Postfix keeps the answer for * for 30 seconds, so that all mail of that time takes one way. Instead: randmap pool outbound MEMBER=WEIGHT MEMBER=WEIGHT. That pool replaces the entry"
      )
    }
    let bad = MailConfig.charactersOutsideInline(key)
    guard bad.isEmpty else {
      throw .cannotConvert(site.id, reason: MailConfig.words(ofInlineKey: key, bad))
    }
    return key.lowercased()
  }

  // MARK: - Writing them

  /// Pools with the same place, members and parameter share one pipemap.
  mutating func write(_ keyed: [KeyedPool]) throws(EditError) {
    struct List: Hashable {
      let position: KeyedPool.Position
      let parameter: RoutingParameter
    }
    struct Mix: Hashable {
      let list: List
      let content: PoolContent
      let mark: String
    }
    var groups: [(pool: KeyedPool, sites: [PoolSite])] = []
    // There may be tens of thousands.
    var taken: [List: Set<String>] = [:]
    var numbers: [Mix: Int] = [:]
    for pool in keyed {
      let list = List(position: pool.position, parameter: pool.parameter)
      if let twice = pool.keys.first(where: { taken[list]?.contains($0) ?? false }) {
        throw .cannotConvert(pool.site.id, reason: "\"\(twice)\" is in its table twice: remove one entry")
      }
      taken[list, default: []].formUnion(pool.keys)
      let mix = Mix(list: list, content: pool.site.content, mark: pool.mark)
      if let same = numbers[mix] {
        groups[same].pool.keys += pool.keys
        groups[same].sites.append(pool.site)
      } else {
        numbers[mix] = groups.count
        groups.append((pool, [pool.site]))
      }
    }
    var tables: [KeyedPool.Position: [SpecText]] = [:]
    for (pool, sites) in groups {
      tables[pool.position, default: []].append(try stockTable(of: pool))
      for site in sites { replace(site, by: []) }
      replace(pool.site, at: ["\(pool.parameter) \(pool.keys.first ?? "")"])
    }
    let classes = keyed.filter { $0.position == .last }.map(\.site)
    for (position, tables) in tables { try put(tables, at: position, for: classes) }
  }

  private func stockTable(of pool: KeyedPool) throws(EditError) -> SpecText {
    .group(
      "pipemap",
      [
        .group("inline", pool.keys.map { .leaf("\($0)=\(pool.mark)") }),
        try config.stockTable(pool.site.content, kind: pool.parameter.resultKind, for: pool.site.id),
      ])
  }

  /// - Parameter classes: the pools after all tables. Their parameters keep one destination each, for a domain that the class
  ///   gets later: its mail goes to a gateway of the pool, and not by what Postfix does where nothing is set.
  private mutating func put(
    _ tables: [SpecText], at position: KeyedPool.Position, for classes: [PoolSite]
  ) throws(EditError) {
    switch position {
    case .last:
      let text = tables.map { "\n    \($0.rendered(indent: 4))" }.joined()
      var maps = ["\(RoutingParameter.transportMaps) =\(text)"]
      if let line = config.main[.transportMaps]?.line {
        splice(config.main.document.path, line.range.upperBound..<line.range.upperBound, text)
        maps = []
      }
      for site in classes {
        guard let transport = site.site.place.valueOf, let first = site.content.choices.first else {
          continue
        }
        replaceAssignment(of: transport, with: maps + ["\(transport) = \(escapedForMainCf(first.result))"])
        maps = []
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

  /// The inline: table that is there, with the keys of its pools that are converted.
  private func convertedEntries(ofItemAt origin: Origin) -> (item: TableSpec, keys: Set<String>)? {
    var found: TableSpec?
    var keys: Set<String> = []
    for site in selected {
      guard case .inlineEntry(_, let key) = site.site.place, let item = site.site.table?.item,
        let span = item.text.span(), span.file == origin.file, span.range.lowerBound == origin.offset
      else { continue }
      found = item
      keys.insert(key)
    }
    return found.map { ($0, keys) }
  }
}

extension MailConfig {
  /// Of a key that has these characters.
  static func words(ofInlineKey key: String, _ bad: [Character]) -> String {
    let list = bad.map { $0.isWhitespace ? "white space" : "'\($0)'" }.joined(separator: ", ")
    return
      "stock Postfix needs the key \(key) in an inline: table, and a key there cannot have \(list): make the pool for its domain"
  }

  /// The line of an entry of a table.
  func line(of site: PoolSite) -> LogicalLine? {
    guard let span = site.value.span(), let document = document(span.file) else { return nil }
    return document.lineIndex(around: span.range.lowerBound).map { document.lines[$0] }
  }
}

extension TableSpec {
  var isPattern: Bool { if case .pattern = type { true } else { false } }
}
