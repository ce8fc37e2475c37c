// The place of a pool for one domain, one address or one sender: an entry of the tables of a parameter, whether there is one or not.

import PostfixFiles
import Routing

extension MailConfig {
  func recipientSpot(_ address: String, _ scope: Scope) throws(EditError) -> PoolSpot {
    let isSubdomains = address.first == "."
    if isSubdomains, matchesSubdomains {
      throw .cannotPool(
        "\(scope)",
        reason:
          "Postfix does not ask for \(address) here (parent_domain_matches_subdomains names transport_maps): say to:\(address.dropFirst()), which is for subdomains too"
      )
    }
    let domain =
      isSubdomains ? "sub\(address)" : address.split(separator: "@").last.map(String.init) ?? address
    let recipient = address.contains("@") ? address : "postmaster@\(domain)"
    let answer = Resolver(self).route(recipient)
    let classes = answer.classes
    if let own = try entrySpot(address, classes, scope) { return own }
    if classes.contains(.local) {
      throw .cannotPool(
        "\(scope)", reason: "\(domain) is local (mydestination): its mail is delivered on this host")
    }
    if classes.contains(.virtual) {
      throw .cannotPool(
        "\(scope)",
        reason: "\(whereMailboxesAre(domain, answer)): say class:virtual for all of those domains")
    }
    if classes.contains(.alias) {
      throw .cannotPool(
        "\(scope)",
        reason: "\(domain) is a virtual alias domain: its addresses are rewritten before mail is routed")
    }
    return try keySpot(
      address, of: .transportMaps, scope,
      transport: transport(of: classes.contains(.relay) ? .relayTransport : .defaultTransport))
  }

  /// Where mail of a class whose pool is elsewhere has an entry of its own, which decides first; nil where it has none, or where
  /// that is the pool of the class. Mailbox domains that no list of names holds have no other place than such an entry.
  private func entrySpot(
    _ address: String, _ classes: Set<AddressClass>, _ scope: Scope
  ) throws(EditError) -> PoolSpot? {
    let isVirtual = classes.contains(.virtual)
    guard isVirtual || classes.contains(.local) else { return nil }
    let transport = transport(of: isVirtual ? .virtualTransport : .defaultTransport)
    let own = try keySpot(address, of: .transportMaps, scope, transport: transport)
    if let single = own.single, gatewayTransport(Destination(single).transport.text) != nil { return own }
    if own.sites.isEmpty {
      let list = DomainClass.virtualMailboxes.list
      return isVirtual && !classes.contains(.local) && plainNames(of: list) == nil ? own : nil
    }
    let ofClass = Set(classSpot(.virtualMailboxes).sites.map(\.id))
    return own.sites.contains { ofClass.contains($0.id) } ? nil : own
  }

  func keySpot(
    _ key: String, of parameter: RoutingParameter, _ scope: Scope, transport given: String? = nil
  ) throws(EditError) -> PoolSpot {
    var sites: [PoolSite] = []
    for site in poolSites() where site.parameter == parameter {
      switch site.site.place {
      case .entry(_, let own), .inlineEntry(_, let own):
        if own.lowercased() == key { sites = sites.isEmpty ? [site] : sites }
      default:
        guard let keys = site.keys else { continue }
        switch keys.content {
        case .entries(let entries):
          if sites.isEmpty, entries.contains(where: { $0.key == key }) { sites = [site] }
        default:
          guard sites.isEmpty, entries(of: keys)?.contains(where: { $0.key == key }) ?? false else {
            continue
          }
          throw .cannotPool(
            "\(scope)",
            reason: "it shares a pool with all of \"\(keys.text.text)\": change that pool, \(site.id)")
        }
      }
    }
    // Of an entry and a pool with keys, Postfix takes the first in the list.
    let hasTable = sites.first.map { $0.keys != nil || $0.isInDatabase } ?? true
    var entry = hasTable ? self.entry(key, of: parameter) : nil
    if let site = sites.first {
      if isAsked(entry, before: site) { sites = [] } else { entry = nil }
    }
    let single: SourcedText? = if case .value(let value)? = entry?.content { value } else { nil }
    let written = single.map { Destination($0) }
    let own = written?.transport.text ?? transportOfPool(sites) ?? ""
    let transport =
      parameter.resultKind == .destination && gatewayTransport(own) != nil
      ? own : given ?? self.transport(of: parameter)
    let hop = parameter.resultKind == .destination ? written?.nextHop.text ?? "" : single?.text ?? ""
    return PoolSpot(
      place: .key(key, of: parameter), kind: parameter.resultKind, transport: transport,
      hop: hop.isEmpty ? hopOfLanes(sites) ?? relayhostOfLanes(parameter, key) : hop, sites: sites,
      single: single, entry: entry)
  }

  /// Whether the table of an entry comes before that of a pool in the list of their parameter.
  private func isAsked(_ entry: Site?, before pool: PoolSite) -> Bool {
    guard let own = entry?.table?.item.text.span(),
      let other = pool.site.table?.item.text.span(), own.file == other.file
    else { return false }
    return own.range.lowerBound < other.range.lowerBound
  }

  /// The first entry of a key, in the tables whose answers are results.
  private func entry(_ key: String, of parameter: RoutingParameter) -> Site? {
    for site in tableSites(of: parameter) where site.table?.isAnswer ?? false {
      switch (site.place, site.content) {
      case (.inlineEntry(_, let own), .value): if own == key { return site }
      case (_, .source(let path)):
        if let document = files[path]?.document, let entry = Table(document).first(key) {
          return site.entry(entry)
        }
      default: break
      }
    }
    return nil
  }
}
