// The pool of relay_transport. Postfix has no table in that place, so it goes into transport_maps for the names in
// relay_domains, and only where nothing else is decided otherwise by that.

import PostfixFiles
import Routing

extension Converter {
  /// relay_transport holds for relay_domains, where no table says otherwise: after all tables of transport_maps.
  mutating func relayDomains(_ site: PoolSite) throws(EditRefusal) -> KeyedPool {
    try guardPlainTransport(.relayTransport, for: site)
    try guardMembersWithoutNextHop(site)
    guard let domains = relayDomainNames else {
      throw .cannotConvert(site.id, reason: "relay_domains is not a plain list of names")
    }
    guard !domains.isEmpty else {
      throw .cannotConvert(site.id, reason: "relay_domains is empty: no mail takes relay_transport")
    }
    let keys = try relayKeys(domains, for: site)
    try guardOtherClasses(keys, for: site)
    try guardTransportTables(keys, for: site)
    if config.main[.transportMaps] != nil { removeAssignment(of: .relayTransport) }
    return KeyedPool(site: site, parameter: .transportMaps, keys: keys, position: .last)
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
    let transportTakesParents = parents.contains(RoutingParameter.transportMaps.rawValue)
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
          site.id, reason: "\(parameter) is not a plain list of names: it may have one of the relay domains")
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
    let takesParents =
      plainNames(of: "parent_domain_matches_subdomains")?
      .contains(RoutingParameter.transportMaps.rawValue) ?? false
    for case .failure(let failure) in config.tables(.transportMaps) {
      throw .cannotConvert(site.id, reason: "transport_maps: \(failure.problem.message)")
    }
    for table in config.tables(.transportMaps).compactMap({ try? $0.get() }) {
      // Its routes have keys of their own, and come first before and after.
      if config.databaseTable(table.unproxied) != nil { continue }
      guard let entries = config.entries(of: table.unproxied) else {
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
