// Taking away what decides for one kind of mail: then that goes by what decides next.

import PostfixFiles
import Routing

extension MailConfig {
  /// Without the entry, the line or the pool of the mail that `scope` means.
  func removingDecision(of scope: Scope) throws(EditError) -> MailConfig {
    guard let spot = try decidingSpot(of: scope) else {
      try guardMail(of: scope)
      throw .noDecision("\(scope)", instead: wordsOnTable(decidingFor: scope, RouteContext(isCopy: true)))
    }
    let transports = Set(pools().flatMap(\.members).compactMap(\.transport))
    let single = Destination(spot.single ?? SourcedText()).transport.text
    return try removingDecision(at: spot).removingAgentMark(of: self)
      .removingUnusedLanes(transports.union([single])).numberingComments(asIn: self)
  }

  /// Where an entry of it is, whatever its mail's class is.
  private func decidingSpot(of scope: Scope) throws(EditError) -> PoolSpot? {
    let places: [(key: String, parameter: RoutingParameter)] =
      switch scope {
      case .to(let address): [(address, .transportMaps)]
      case .from(let address):
        [RoutingParameter.senderTransportMaps, .senderRelayhostMaps].map {
          (address.contains("@") ? address : "@\(address)", $0)
        }
      case .outbound, .relayDomains, .virtualMailboxes, .named: []
      }
    for (key, parameter) in places {
      let spot = try keySpot(key, of: parameter, scope)
      if !spot.sites.isEmpty || spot.single != nil { return spot }
    }
    // The texts of the tables say it: their indices may be older.
    if scope == .outbound, let all = entryForAllMail(RouteContext(isCopy: true)) { return all }
    return places.isEmpty ? try decidingParameter(of: scope) : nil
  }

  /// Where a parameter, or a table for all mail of it, decides for a scope, and says more than Postfix does without it.
  private func decidingParameter(of scope: Scope) throws(EditError) -> PoolSpot? {
    let spot = try spot(for: scope, nextHopsOnly: true, prefersAgent: false)
    // The transport alone, where no next hop is set, is a decision too.
    let spots = scope == .outbound ? [spot, valueSpot(.defaultTransport)] : [spot]
    return spots.first { spot in
      guard spot.sites.isEmpty else { return true }
      guard let single = spot.single.map({ Destination($0) }) else { return false }
      return spot.kind == .nextHop || !single.nextHop.isEmpty
        || single.transport.text != Self.usualTransport(spot.parameter)
    }
  }

  private static func usualTransport(_ parameter: RoutingParameter) -> String {
    switch parameter {
    case .relayTransport: "relay"
    case .virtualTransport: "virtual"
    default: "smtp"
    }
  }

  /// Without what decides at a place, and nothing else.
  func removingDecision(at spot: PoolSpot) throws(EditError) -> MailConfig {
    guard case .key(let key, of: let parameter) = spot.place else { return try removingParameter(spot) }
    return try removingDecision(for: key, at: spot).removingPlaceMarks(of: key, in: parameter)
  }

  private func removingDecision(for key: String, at spot: PoolSpot) throws(EditError) -> MailConfig {
    guard let site = spot.sites.first else {
      guard let entry = spot.entry, let value = spot.single else {
        throw .notInOnePlace(spot.parameter.rawValue)
      }
      return try removingEntry(key, entry, value)
    }
    if site.isInDatabase { return try leavingDatabase(site, at: spot) }
    guard !site.isTable else {
      if site.ownKeys.count > 1, let keys = site.keys { return try removing([key], from: keys) }
      return try removingDrained(of: site).removingWhole(site)
    }
    let edited = try removingDrained(of: site)
    guard let site = edited.poolSite(as: site) else { throw .notInOnePlace(site.id) }
    return try edited.removingEntry(key, site.site, site.value)
  }

  /// What decides for all mail of a parameter.
  private func removingParameter(_ spot: PoolSpot) throws(EditError) -> MailConfig {
    if let site = spot.sites.first, site.isInDatabase {
      return try leavingDatabase(site, at: spot).removingRest(of: site, in: spot.parameter)
    }
    if let site = spot.sites.first, site.isTable {
      return try removingDrained(of: site).removingFallback(of: site).removingWhole(site)
        .removingRest(of: site, in: spot.parameter)
    }
    // The two pools that a relayhost became are one decision.
    let parameters = spot.sites.isEmpty ? [spot.parameter] : spot.sites.map(\.parameter)
    var edited = self
    for site in spot.sites { edited = try edited.removingDrained(of: site) }
    for parameter in parameters { edited = try edited.removingLines(of: parameter) }
    return edited
  }

  /// Without the gateway of a pool beside its table, for mail that the table has no key for.
  private func removingRest(
    of pool: PoolSite, in parameter: RoutingParameter
  ) throws(EditError) -> MailConfig {
    let rest = main[parameter]?.value.text
    let members = pool.content.choices + pool.content.drained
    return members.contains { $0.result == rest } ? try removingLines(of: parameter) : self
  }

  private func removingLines(of parameter: RoutingParameter) throws(EditError) -> MailConfig {
    try guardUnnamed(parameter)
    var edited = self
    // One that is left would be in force then.
    while let line = edited.main[parameter]?.line { edited.update(edited.main.document.removing(line)) }
    return edited
  }

  /// Refuses to take away what another setting decides.
  private func guardUnnamed(_ parameter: RoutingParameter) throws(EditError) {
    let name = parameter.rawValue
    let overrides = (master?.services ?? []).flatMap { service in
      service.overrides.map { (words: "\($0.name) of service \(service.name) in master.cf", value: $0.value) }
    }
    let values = main.assignments.filter { $0.name != "proxy_read_maps" }.map { ($0.name, $0.value) }
    if let other = (values + overrides).first(where: { $0.0 != name && $0.1.refers(to: name) }) {
      throw .cannotPool(name, reason: "\(other.0) refers to $\(name): write out the value there first")
    }
  }

  private func removingWhole(_ site: PoolSite) throws(EditError) -> MailConfig {
    guard let own = poolSite(as: site) else { throw .notInOnePlace(site.id) }
    return try removingItem(of: own)
  }

  /// An entry of a table: its line, or its part of an inline: table, which goes too when nothing else is in it.
  private func removingEntry(
    _ key: String, _ entry: Site, _ value: SourcedText
  ) throws(EditError) -> MailConfig {
    switch entry.place {
    case .inlineEntry:
      guard let table = entry.table, table.isWholeItem, case .entries(let entries) = table.spec.content else {
        throw .notInOnePlace(entry.parameter.rawValue)
      }
      if entries.allSatisfy({ $0.key.lowercased() == key }) {
        return try removingItem(table.item, of: entry.parameter)
      }
      return try removing([key], from: table.spec)
    default:
      guard let place = value.span(), let document = document(place.file),
        let index = document.lineIndex(around: place.range.lowerBound)
      else { throw .notInOnePlace(entry.parameter.rawValue) }
      var edited = self
      edited.update(document.removing(document.lines[index]))
      return edited.removingEmptyTable(place.file)
    }
  }
}
