// Where a pool, a parameter or a table entry is that a person names.

import PostfixFiles
import Routing

extension MailConfig {
  func namedSpot(_ name: String, _ isNextHops: Bool) throws(EditError) -> PoolSpot {
    if let parameter = RoutingParameter(rawValue: name), parameter.mayHoldPool, parameter != .localTransport {
      switch parameter {
      case .relayTransport: return classSpot(.relay)
      case .virtualTransport: return classSpot(.virtualMailboxes)
      case .relayhost where !isNextHops:
        throw .cannotPool(
          name,
          reason:
            "the members of relayhost have no transport of their own: need next hops, such as [gw1.example]:587; a lane or a transport is for all mail to the outside (outbound)"
        )
      default:
        // As stock Postfix runs it, its pool is in a table of another name.
        let own = valueSpot(parameter)
        guard own.sites.isEmpty, own.single == nil else { return own }
        switch parameter {
        case .relayhost:
          if let site = wholeTable(.senderRelayhostMaps) { return valueSpot(parameter, sites: [site]) }
          let outbound = outboundSpot(isNextHops)
          return outbound.sites.count == 2 ? outbound : own
        case .defaultTransport:
          return wholeTable(.senderTransportMaps).map { valueSpot(parameter, sites: [$0]) } ?? own
        default: return own
        }
      }
    }
    if let pool = pool(name), pool.notation != .single {
      let sites = poolSites().filter { $0.id == pool.id }
      guard let first = sites.first else { throw .notInOnePlace(name) }
      if first.isInDatabase, !first.answersAll, sites.count > 1 {
        let spots = DomainClass.allCases.map(classSpot)
        guard let spot = spots.first(where: { $0.sites.contains { $0.id == first.id } }) else {
          throw .cannotPool(
            name,
            reason: "it decides for several keys of its database: change it with randmap set, add and remove")
        }
        return spot
      }
      return try spot(of: first, named: name)
    }
    if name == RoutingParameter.localTransport.rawValue {
      throw .cannotPool(
        name,
        reason:
          "it is for mail of this host (mydestination), and a pool is for mail that leaves: need one destination, such as randmap set-route \(name) smtp:[gw1.example]"
      )
    }
    if let colon = name.firstIndex(of: ":") {
      let table = String(name[..<colon])
      let key = String(name[name.index(after: colon)...]).lowercased()
      let site = tableSites.first {
        $0.source.map { isTable($0, named: table) } ?? false
      }
      if let site, !key.isEmpty {
        let spot = try keySpot(key, of: site.parameter, .named(name))
        let holder = spot.holder(in: self)
        // Of several tables with the key Postfix takes the first.
        if let file = holder.file, file != site.source, file != main.document.path {
          throw .cannotPool(
            name,
            reason:
              "\(file):\(holder.line ?? 0) has \(key) too, and decides first: name that entry, or take it out first"
          )
        }
        return spot
      }
    }
    throw .unknownScope(name, known: pools().map(\.id))
  }

  /// Where one of the sites of a pool is, which may have others.
  func spot(of site: PoolSite, named name: String) throws(EditError) -> PoolSpot {
    if site.isInDatabase, site.answersAll {
      return valueSpot(
        site.parameter == .senderRelayhostMaps ? .relayhost : .defaultTransport, sites: [site])
    }
    switch site.site.place {
    case .entry(_, let key), .inlineEntry(_, let key):
      let spot = try keySpot(key.lowercased(), of: site.parameter, .named(name))
      return PoolSpot(
        place: spot.place, kind: spot.kind, transport: spot.transport, hop: spot.hop, sites: [site],
        single: nil, entry: nil)
    default: break
    }
    if let key = site.ownKeys.first {
      // The names of a class are its place, however many they are.
      let ofClass = DomainClass.allCases.map(classSpot).first { spot in
        spot.sites.contains { $0.index == site.index }
      }
      if site.ownKeys.count > 1, let ofClass { return ofClass }
      return try keySpot(key, of: site.parameter, .named(name))
    }
    let parameter: RoutingParameter =
      switch site.parameter {
      case .senderTransportMaps: .defaultTransport
      case .senderRelayhostMaps: .relayhost
      default: site.parameter
      }
    guard parameter.mayHoldPool else {
      let removal = "randmap remove-route \(site.parameter)"
      let bare = try? removingRoute(site.parameter.rawValue, table: nil)
      throw .cannotPool(
        name,
        reason:
          "its pool answers for every address. To add a gateway: randmap add \(name.asArgument) GATEWAY; to change a weight: randmap set \(name.asArgument) MEMBER WEIGHT; to take the pool away: \(bare.map { forcing(removal, to: $0) } ?? removal)"
      )
    }
    return valueSpot(parameter, sites: [site])
  }
}
