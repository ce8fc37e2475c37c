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

  private func checkedKey(_ key: String, of site: PoolSite) throws(EditRefusal) -> String {
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

  // MARK: - Relay domains

  /// relay_transport holds for relay_domains, where no table says otherwise: behind all tables of transport_maps.
  mutating func relayDomains(_ site: PoolSite) throws(EditRefusal) -> KeyedPool {
    try guardPlainTransport("relay_transport", for: site)
    try guardMembersWithoutNextHop(site)
    guard let domains = relayDomainNames else {
      throw .cannotConvert(site.id, reason: "relay_domains is no plain list of names")
    }
    guard !domains.isEmpty else {
      throw .cannotConvert(site.id, reason: "relay_domains is empty: no mail takes relay_transport")
    }
    let keys = try relayKeys(domains, for: site)
    try guardOtherClasses(keys, for: site)
    try guardTransportTables(keys, for: site)
    if config.main["transport_maps"] != nil { removeAssignment(of: "relay_transport") }
    return KeyedPool(site: site, parameter: "transport_maps", keys: keys, place: .last)
  }

  /// The names in relay_domains; nil where it holds anything else than names.
  var relayDomainNames: [String]? { plainNames(of: "relay_domains") }

  private func plainNames(of parameter: String) -> [String]? {
    guard let value = try? config.parameters.value(parameter) else { return nil }
    let names = value.listItems.map { $0.text.lowercased() }
    return names.contains { $0.hasPrefix("!") || $0.contains("/") || $0.contains(":") } ? nil : names
  }

  /// The keys that match in transport_maps what relay_domains matches.
  private func relayKeys(_ domains: [String], for site: PoolSite) throws(EditRefusal) -> [String] {
    let parents = Set(plainNames(of: "parent_domain_matches_subdomains") ?? [])
    let relayTakesParents = parents.contains("relay_domains")
    let transportTakesParents = parents.contains("transport_maps")
    var keys: [String] = []
    for domain in domains {
      if relayTakesParents {
        // A name with a dot in front matches nothing then.
        if domain.hasPrefix(".") { continue }
        keys += transportTakesParents ? [domain] : [domain, ".\(domain)"]
      } else if transportTakesParents {
        throw .cannotConvert(
          site.id, reason: "transport_maps matches subdomains here, and relay_domains does not")
      } else {
        keys.append(domain)
      }
    }
    return try keys.map { key throws(EditRefusal) in try checkedKey(key, of: site) }
  }

  /// transport_maps comes before the classes of recipients: a domain that is local or virtual as well must not be
  /// among the keys.
  private func guardOtherClasses(_ keys: [String], for site: PoolSite) throws(EditRefusal) {
    for parameter in ["mydestination", "virtual_mailbox_domains"] {
      guard let names = plainNames(of: parameter) else {
        throw .cannotConvert(
          site.id, reason: "\(parameter) is no plain list: it may hold one of the relay domains")
      }
      for name in names {
        if let key = keys.first(where: { name == $0 || $0.hasPrefix(".") && name.hasSuffix($0) }) {
          throw .cannotConvert(site.id, reason: "\(name) is in \(parameter), and would match the key \(key)")
        }
      }
    }
  }

  /// What is in transport_maps must win as it does now: no table may be there that answers after a domain was asked
  /// for, or with a part of relay_transport.
  private func guardTransportTables(_ keys: [String], for site: PoolSite) throws(EditRefusal) {
    let takesParents = plainNames(of: "parent_domain_matches_subdomains")?.contains("transport_maps") ?? false
    for case .failure(let failure) in config.tables("transport_maps") {
      throw .cannotConvert(site.id, reason: "transport_maps: \(failure.problem.message)")
    }
    for table in config.tables("transport_maps").compactMap({ try? $0.get() }) {
      guard let entries = config.entries(of: table.withoutProxy) else {
        throw .cannotConvert(
          site.id, reason: "what \"\(table.text.text)\" in transport_maps answers cannot be read here")
      }
      for (key, value) in entries {
        if key == "*" || keys.contains(where: { $0.isBelow(key, takesParents: takesParents) }) {
          throw .cannotConvert(
            site.id,
            reason: "the entry \"\(key)\" in transport_maps comes before relay_transport now, and would not")
        }
        let domain = key.split(separator: "@").last.map { $0.hasPrefix(".") ? $0 : ".\($0)" } ?? ""
        if value.hasPrefix(":"), keys.contains(where: { domain.hasSuffix($0.hasPrefix(".") ? $0 : ".\($0)") })
        {
          throw .cannotConvert(
            site.id, reason: "the entry \"\(key)\" in transport_maps takes its transport from relay_transport"
          )
        }
      }
    }
  }

  // MARK: - Writing them

  /// Pools with the same place, members and parameter share one pipemap.
  mutating func write(_ keyed: [KeyedPool]) throws(EditRefusal) {
    var groups: [(pool: KeyedPool, sites: [PoolSite])] = []
    for pool in keyed {
      let here = groups.filter { $0.pool.place == pool.place && $0.pool.parameter == pool.parameter }
      if let twice = pool.keys.first(where: { key in here.contains { $0.pool.keys.contains(key) } }) {
        throw .cannotConvert(pool.site.id, reason: "\"\(twice)\" stands twice in its table")
      }
      if let same = groups.firstIndex(where: { group in
        group.pool.place == pool.place && group.pool.parameter == pool.parameter
          && group.pool.site.content == pool.site.content
      }) {
        groups[same].pool.keys += pool.keys
        groups[same].sites.append(pool.site)
      } else {
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
    var found: (item: TableSpec, keys: Set<String>)?
    for site in selected {
      guard case .inlineEntry(_, let item, let key) = site.location, let span = item.text.span(),
        span.file == origin.file, span.range.lowerBound == origin.offset
      else { continue }
      found = (item, (found?.keys ?? []).union([key]))
    }
    return found
  }
}

extension TableSpec {
  /// Whether it is the table that is read from `path`.
  func isFile(_ path: String, in config: MailConfig) -> Bool {
    if case .file(let named) = content { config.absolute(named) == path } else { false }
  }

  var isPattern: Bool { if case .pattern = type { true } else { false } }
}

extension MailConfig {
  /// The keys and values that a table answers with; nil where they cannot be told from its text.
  func entries(of table: TableSpec) -> [(key: String, value: String)]? {
    switch table.content {
    case .entries(let entries): return entries.map { ($0.key, $0.value.text) }
    case .file(let path) where !table.isPattern:
      guard let document = files[absolute(path)]?.document else { return nil }
      return Table(document).entries.map { ($0.key.text.lowercased(), $0.value.text) }
    case .pipe(let stages):
      guard let first = stages.first, let keys = entries(of: first),
        let pool = StockPool(stages.dropFirst(), kind: .destination)
      else { return nil }
      return keys.map { ($0.key, pool.choices.first?.result ?? "") }
    default: return nil
    }
  }
}

extension String {
  /// Whether Postfix, looking for this key of a domain, would ask for `key` later, as a parent of it.
  fileprivate func isBelow(_ key: String, takesParents: Bool) -> Bool {
    let domain = hasPrefix(".") ? self : ".\(self)"
    let parent = key.hasPrefix(".") ? key : takesParents ? ".\(key)" : nil
    return parent.map { domain != $0 && domain.hasSuffix($0) } ?? false
  }
}
