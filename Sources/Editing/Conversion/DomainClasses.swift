// The pools of relay_transport and virtual_transport. They go into transport_maps for the names of their class, and only
// where nothing else is decided otherwise by that.

import PostfixFiles
import Routing

extension Converter {
  /// Its transport holds for its domains, where no table says otherwise: after all tables of transport_maps.
  func classPool(_ domainClass: DomainClass, _ site: PoolSite) throws(EditError) -> KeyedPool {
    let transport = domainClass.transport
    try guardPlainTransport(transport, for: site)
    try guardMembersWithoutNextHop(site)
    let names: [String]
    do throws(ClassKeysError) { names = try config.transportKeys(of: domainClass) } catch {
      throw .cannotConvert(site.id, reason: error.message)
    }
    let keys = try names.map { key throws(EditError) in try checkedKey(key, of: site) }
    try guardOtherClasses(keys, domainClass, for: site)
    try guardTransportTables(keys, transport, for: site)
    return KeyedPool(
      site: site, parameter: .transportMaps, keys: keys, position: .last, mark: domainClass.list)
  }

  /// transport_maps comes before the classes of recipients: a domain that another class has first must not be among the
  /// keys.
  private func guardOtherClasses(
    _ keys: [String], _ domainClass: DomainClass, for site: PoolSite
  ) throws(EditError) {
    if let reason = config.problemWithDefaultList(of: domainClass) {
      throw .cannotConvert(site.id, reason: reason)
    }
    for parameter in domainClass.listsBefore {
      guard let names = config.plainNames(of: parameter) else {
        throw .cannotConvert(
          site.id,
          reason: "\(parameter) is not a plain list of names: it may have one of \(domainClass.list)")
      }
      for name in names {
        if let key = keys.first(where: { name == $0 || $0.hasPrefix(".") && name.hasSuffix($0) }) {
          throw .cannotConvert(
            site.id,
            reason:
              "\(name) is in \(parameter), which comes first, and would match the key \(key): take one out, of \(parameter) or of \(domainClass.list)"
          )
        }
      }
    }
  }

  /// What is in transport_maps must win as it does now: no table may be there that answers after a domain was asked
  /// for, or with a part of the class's transport.
  private func guardTransportTables(
    _ keys: [String], _ transport: RoutingParameter, for site: PoolSite
  ) throws(EditError) {
    let takesParents =
      config.plainNames(of: "parent_domain_matches_subdomains")?
      .contains(RoutingParameter.transportMaps.rawValue) ?? false
    for case .failure(let failure) in config.tables(.transportMaps) {
      throw .cannotConvert(site.id, reason: "transport_maps: \(failure.problem.message)")
    }
    let own = site.parameter == .transportMaps ? site.site.table?.item.text.span() : nil
    // There may be tens of thousands of keys, and of entries.
    let domains = Set(keys.map(\.withLeadingDot))
    let parents = Set(domains.flatMap { $0.dotSuffixes.dropFirst() })
    for table in config.tables(.transportMaps).compactMap({ try? $0.get() }) {
      if let own, table.text.span() == own { continue }
      // Its routes have keys of their own, and come first before and after.
      if config.databaseTable(table.unproxied) != nil { continue }
      if table.unproxied.isPattern {
        try config.guardPatterns(table, for: site.id, transportOf: "\(transport)", hasKeys: true)
        continue
      }
      guard let entries = config.entries(of: table.unproxied) else {
        throw .cannotConvert(
          site.id,
          reason:
            config.wordsOnUnlisted(table)
        )
      }
      for (key, value) in entries {
        // What Postfix, looking for one of the keys, would ask for later, as a parent of it.
        let parent = key.hasPrefix(".") || takesParents ? key.withLeadingDot : nil
        if key == "*" || parent.map(parents.contains) ?? false {
          throw .cannotConvert(
            site.id,
            reason:
              "the entry \"\(key)\" in transport_maps decides before \(transport) now, and would not any more: take it out first"
          )
        }
        if value.hasPrefix(":"), let domain = key.split(separator: "@").last.map(String.init),
          domain.withLeadingDot.dotSuffixes.contains(where: domains.contains)
        {
          throw .cannotConvert(
            site.id,
            reason:
              "the entry \"\(key)\" in transport_maps takes its transport from \(transport): write one there first"
          )
        }
      }
    }
  }
}

extension MailConfig {
  /// Why the domains of a class that nobody has written down are none to share mail of: old configurations have those of this host in
  /// relay_domains, where nothing is set. Nil where there is another default, or a list.
  func problemWithDefaultList(of domainClass: DomainClass) -> String? {
    let list = domainClass.list
    guard domainClass == .relay, !parameters.isSet(list), !parameters.text(list).isEmpty else { return nil }
    return
      "\(list) is not set. Here that means $mydestination, whose mail is delivered on this host. Write `\(list) = relayed.example` into main.cf, or say to:relayed.example"
  }

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
  fileprivate var withLeadingDot: String { hasPrefix(".") ? self : ".\(self)" }

  /// Each end of it that begins with a dot, the longest first.
  fileprivate var dotSuffixes: [String] {
    indices.lazy.filter { self[$0] == "." }.map { String(self[$0...]) }
  }
}
