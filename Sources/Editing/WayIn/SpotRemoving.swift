// Taking away what decides for one key: then its mail goes by what decides next.

import PostfixFiles
import Routing

extension MailConfig {
  /// Without the entry, or the pool, of the mail that `scope` means: mail for or from an address or a domain.
  func removingDecision(of scope: Scope) throws(EditRefusal) -> MailConfig {
    guard let spot = try decidingSpot(of: scope) else { throw .noDecision("\(scope)") }
    let transports = Set(pools().flatMap(\.members).compactMap(\.transport))
    let single = Destination(spot.single ?? SourcedText()).transport.text
    return try removing(spot).removingAgentMark(of: self)
      .removingUnusedLanes(transports.union([single])).numberingComments(asIn: self)
  }

  /// Where an entry of it is, whatever its mail's class is.
  private func decidingSpot(of scope: Scope) throws(EditRefusal) -> PoolSpot? {
    let places: [(key: String, parameter: RoutingParameter)] =
      switch scope {
      case .to(let address): [(address, .transportMaps)]
      case .from(let address):
        [RoutingParameter.senderTransportMaps, .senderRelayhostMaps].map {
          (address.contains("@") ? address : "@\(address)", $0)
        }
      default: []
      }
    for (key, parameter) in places {
      let spot = try keySpot(key, of: parameter, scope)
      if !spot.sites.isEmpty || spot.single != nil { return spot }
    }
    return nil
  }

  private func removing(_ spot: PoolSpot) throws(EditRefusal) -> MailConfig {
    guard case .key(let key, of: _) = spot.place else { throw .notInOnePlace(spot.parameter.rawValue) }
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

  private func removingWhole(_ site: PoolSite) throws(EditRefusal) -> MailConfig {
    guard let own = poolSite(as: site) else { throw .notInOnePlace(site.id) }
    return try removingItem(of: own)
  }

  /// An entry of a table: its line, or its part of an inline: table, which goes too when nothing else is in it.
  private func removingEntry(
    _ key: String, _ entry: Site, _ value: SourcedText
  ) throws(EditRefusal) -> MailConfig {
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
