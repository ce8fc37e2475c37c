// The place of a pool for all mail of a parameter, or of a class of domains.

import PostfixFiles
import Routing

extension MailConfig {
  /// The pool in a table that answers for every address, or for every one that the tables before it do not know.
  func wholeTable(_ maps: RoutingParameter) -> PoolSite? {
    poolSites().first { ($0.answersAll || $0.answersOtherSenders) && $0.parameter == maps }
  }

  func outboundSpot(_ isNextHops: Bool) -> PoolSpot {
    if let site = wholeTable(.senderTransportMaps) { return valueSpot(.defaultTransport, sites: [site]) }
    let own = valueSpot(.defaultTransport)
    if own.sites.isEmpty, own.single.map({ Destination($0).nextHop.isEmpty }) ?? true, givesHopsToClient {
      if let site = wholeTable(.senderRelayhostMaps) { return valueSpot(.relayhost, sites: [site]) }
      let relayhost = valueSpot(.relayhost)
      if !relayhost.sites.isEmpty { return relayhost }
      // Where nothing is set, relayhost is for next hops: senders and recipients with entries keep those. With relay
      // domains it would take their mail too.
      if isNextHops,
        relayhost.single != nil || relayDomain == nil
      {
        return relayhost
      }
      return own
    }
    guard let first = own.sites.first, let twin = valueSpot(.relayTransport).sites.first,
      first.isTwin(of: twin)
    else { return own }
    return valueSpot(.defaultTransport, sites: [first, twin])
  }

  /// Whether next hops without a transport go to a client of gateways: default_transport has them.
  var givesHopsToClient: Bool {
    guard let value = valueSpot(.defaultTransport).single else { return true }
    return gatewayTransport(Destination(value).transport.text) != nil
  }

  func classSpot(_ domainClass: DomainClass) -> PoolSpot {
    let transport = domainClass.transport
    let own = valueSpot(transport)
    guard own.sites.isEmpty else { return own }
    // Domains may have come or gone since; and of a list with tables the names are not known.
    let keys = Set((try? transportKeys(of: domainClass)) ?? [])
    let routes = Dictionary(
      grouping: poolSites().filter { $0.isInDatabase && $0.parameter == .transportMaps }, by: \.id)
    func isOfClass(_ sites: [PoolSite]) -> Bool {
      let own = Set(sites.compactMap(\.routeKey))
      return !own.isEmpty && own == keys
        || own != [domainClass.poolName] && sites.contains { $0.databasePool == domainClass.poolName }
    }
    if let site = routes.values.first(where: isOfClass)?.first {
      return valueSpot(transport, sites: [site])
    }
    let keyed = poolSites().first { site in
      guard site.isTable, site.parameter == .transportMaps, case .entries(let entries)? = site.keys?.content
      else {
        return false
      }
      return entries.contains { $0.value.text == domainClass.list } || Set(entries.map(\.key)) == keys
    }
    return keyed.map { valueSpot(transport, sites: [$0]) } ?? own
  }

  func valueSpot(_ parameter: RoutingParameter, sites: [PoolSite]? = nil) -> PoolSpot {
    let sites = sites ?? poolSites().filter { $0.site.place == .parameter(parameter) }
    let value = try? parameters.value(parameter)
    let single = sites.isEmpty && isUsable(value, parameter) ? value : nil
    return PoolSpot(
      place: .parameter(parameter), kind: parameter.resultKind,
      transport: transportOfPool(sites).flatMap { gatewayTransport($0) == nil ? nil : $0 }
        ?? transport(of: parameter),
      hop: single.map { parameter.resultKind == .nextHop ? $0.text : Destination($0).nextHop.text }
        .flatMap { $0.isEmpty ? nil : $0 }
        ?? (hasNoHops(sites) ? "" : hopOfLanes(sites) ?? relayhostOfLanes(parameter)),
      sites: sites, single: single, entry: nil)
  }

  /// The transport of all members of a pool, or the one that its lanes stand for. A gateway without a transport gets it, and so the
  /// options of that service. Nil where the members differ.
  func transportOfPool(_ sites: [PoolSite]) -> String? {
    if let model = laneModel(of: sites) { return model }
    let transports = Set(sites.first?.content.transports ?? [])
    guard let only = transports.first, transports.count == 1, !isOwnLane(only) else { return nil }
    return only
  }

  private func isUsable(_ value: SourcedText?, _ parameter: RoutingParameter) -> Bool {
    guard let value, !value.isEmpty else { return false }
    return main[parameter] != nil && PoolText(value: value) == nil
  }

  /// Whether the pool that is there leaves the next hop to others: so does a lane that comes to it.
  private func hasNoHops(_ sites: [PoolSite]) -> Bool {
    !sites.isEmpty
      && sites.flatMap(\.content.choices).allSatisfy {
        NextHopList($0.result, kind: .destination).hops.isEmpty
      }
  }

  /// The one gateway that the lanes of these pools go on to; nil where there is none.
  func hopOfLanes(_ sites: [PoolSite]) -> String? {
    let results = sites.flatMap(\.content.choices).map { Destination(SourcedText(builtIn: $0.result)) }
    let hops = Set(results.map(\.nextHop.text))
    guard let hop = hops.first, hops.count == 1, !hop.isEmpty,
      results.allSatisfy({ isOwnLane($0.transport.text) })
    else { return nil }
    return hop
  }

  /// What a lane without a next hop would take: relayhost, where mail of this parameter goes by it. Empty where a pool
  /// decides that.
  func relayhostOfLanes(_ parameter: RoutingParameter, _ key: String? = nil) -> String {
    switch parameter {
    case .defaultTransport, .relayTransport, .senderTransportMaps:
      // It answers before any entry for a domain.
      if wholeTable(.senderRelayhostMaps) != nil { return "" }
      if parameter == .senderTransportMaps, let key, let own = relayhostOfSender(key) { return own }
      return parameters.text(.relayhost)
    default: return ""
    }
  }

  /// What sender_dependent_relayhost_maps has for an address or for its domain, which Postfix asks for in turn. Nil where
  /// relayhost decides, and empty where a pool does.
  private func relayhostOfSender(_ key: String) -> String? {
    let domain = key.lastIndex(of: "@").map { String(key[$0...]) }
    for key in [key] + (domain.map { $0 == key ? [] : [$0] } ?? []) {
      let name = Scope.named(RoutingParameter.senderRelayhostMaps.rawValue)
      guard let spot = try? keySpot(key, of: .senderRelayhostMaps, name) else { return "" }
      if !spot.sites.isEmpty { return "" }
      if let single = spot.single {
        if PoolText(value: single) != nil { return "" }
        return single.isNoAnswer ? nil : single.text
      }
    }
    return nil
  }

  /// The transport that a parameter's mail goes by; smtp where that delivers to no gateway.
  func transport(of parameter: RoutingParameter) -> String {
    let source: RoutingParameter =
      switch parameter {
      case .relayTransport, .virtualTransport: parameter
      default: .defaultTransport
      }
    let name = Destination(SourcedText(builtIn: parameters.text(source))).transport.text
    // A lane is said as such: where a person names a gateway alone, mail is to leave as from any host.
    if let model = laneModel(of: name) {
      if model != LaneMark.usual, gatewayTransport(model) != nil { return model }
    } else if gatewayTransport(name) != nil {
      return name
    }
    return parameter == .relayTransport && gatewayTransport("relay") != nil ? "relay" : "smtp"
  }
}
