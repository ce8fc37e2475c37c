// Where the choice for a kind of mail is made today: the parameter or the table entry that a pool has to be put into.

import PostfixFiles
import Routing

struct PoolSpot {
  enum Place: Hashable {
    case parameter(RoutingParameter)
    /// An entry of the tables of a parameter, whether there is one or not.
    case key(String, of: RoutingParameter)
  }

  let place: Place
  /// What its results are.
  let kind: ResultKind
  /// The transport of a next hop that names none.
  let transport: String
  /// The next hop of a lane.
  let hop: String
  /// The pools that decide there now; two where a relayhost became a pool for each of its transports.
  let sites: [PoolSite]
  /// The one destination that is there now, and where it is written.
  let single: SourcedText?
  /// Where that is an entry.
  let entry: Site?

  var parameter: RoutingParameter {
    switch place {
    case .parameter(let parameter), .key(_, of: let parameter): parameter
    }
  }

  /// The transports of what is there now.
  var transports: Set<String> {
    Set(sites.flatMap(\.content.transports)).union(single.map { [Destination($0).transport.text] } ?? [])
  }

  /// What decides there now, for people.
  func holder(in config: MailConfig) -> (what: String, file: String?, line: Int?) {
    let text = sites.first?.value ?? single
    if let place = text?.span(), let document = config.document(place.file) {
      var finder = PositionFinder(document)
      let line = finder.position(at: place.range.lowerBound).line
      return (sites.first?.id ?? parameter.rawValue, place.file, line)
    }
    return (parameter.rawValue, nil, nil)
  }
}

extension MailConfig {
  /// - Parameter isNextHops: whether every member that is wanted can be written without a transport.
  func spot(for scope: Scope, nextHopsOnly isNextHops: Bool, prefersAgent: Bool) throws(EditRefusal)
    -> PoolSpot
  {
    switch scope {
    case .outbound: return outboundSpot(isNextHops)
    case .relayDomains: return classSpot(.relay)
    case .virtualMailboxes: return classSpot(.virtualMailboxes)
    case .to(let address): return try recipientSpot(address, scope)
    case .from(let address):
      let key = address.contains("@") ? address : "@\(address)"
      let own = try keySpot(key, of: .senderTransportMaps, scope)
      if !own.sites.isEmpty || own.single != nil || !isNextHops || prefersAgent { return own }
      let relay = try keySpot(key, of: .senderRelayhostMaps, scope)
      return relay.sites.isEmpty && relay.single == nil ? own : relay
    case .named(let name): return try namedSpot(name, isNextHops)
    }
  }

  /// Refuses a scope that has no mail.
  func guardMail(of scope: Scope) throws(EditRefusal) {
    guard let domainClass = scope.domainClass, parameters.text(domainClass.list).isEmpty else { return }
    let list = domainClass.list
    let advice =
      classSpot(domainClass).sites.isEmpty
      ? "write the domains into \(list) first, or name one domain: to:example.com"
      : "the pool that it had is taken away with: randmap remove-route \(scope)"
    throw .cannotPool(
      "\(scope)",
      reason:
        "\(list) is \(parameters.isSet(list) ? "empty" : "not set"), so there is no such mail; \(advice)")
  }

  // MARK: - Parameters

  /// The pool in a table that answers for every address, or for every one that the tables before it do not know.
  func wholeTable(_ maps: RoutingParameter) -> PoolSite? {
    poolSites().first { ($0.answersAll || $0.answersOtherSenders) && $0.parameter == maps }
  }

  func outboundSpot(_ isNextHops: Bool) -> PoolSpot {
    if let site = wholeTable(.senderTransportMaps) { return valueSpot(.defaultTransport, sites: [site]) }
    let own = valueSpot(.defaultTransport)
    if own.sites.isEmpty, own.single.map({ Destination($0).nextHop.isEmpty }) ?? true {
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
      place: .parameter(parameter), kind: parameter.resultKind, transport: transport(of: parameter),
      hop: single.map { parameter.resultKind == .nextHop ? $0.text : Destination($0).nextHop.text }
        .flatMap { $0.isEmpty ? nil : $0 } ?? (hasNoHops(sites) ? "" : relayhostOfLanes(parameter)),
      sites: sites, single: single, entry: nil)
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

  /// What a lane without a next hop would take: relayhost, where mail of this parameter goes by it. Empty where a pool
  /// decides that.
  private func relayhostOfLanes(_ parameter: RoutingParameter, _ key: String? = nil) -> String {
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
  private func transport(of parameter: RoutingParameter) -> String {
    let source: RoutingParameter =
      switch parameter {
      case .relayTransport, .virtualTransport: parameter
      default: .defaultTransport
      }
    let name = Destination(SourcedText(builtIn: parameters.text(source))).transport.text
    // A lane is said as such: where a person names a gateway alone, mail is to leave as from any host.
    if gatewayTransport(name) != nil, !isOwnLane(name) { return name }
    return parameter == .relayTransport && gatewayTransport("relay") != nil ? "relay" : "smtp"
  }

  // MARK: - Entries

  private func recipientSpot(_ address: String, _ scope: Scope) throws(EditRefusal) -> PoolSpot {
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
  ) throws(EditRefusal) -> PoolSpot? {
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
  ) throws(EditRefusal) -> PoolSpot {
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
    // Of an entry and a pool with keys, Postfix takes what stands first in the list.
    let hasTable = sites.first.map { $0.keys != nil || $0.isInDatabase } ?? true
    var entry = hasTable ? self.entry(key, of: parameter) : nil
    if let site = sites.first {
      if isAsked(entry, before: site) { sites = [] } else { entry = nil }
    }
    let single: SourcedText? = if case .value(let value)? = entry?.content { value } else { nil }
    let written = single.map { Destination($0) }
    // A pool that is there goes on by its transport.
    let transports = Set(sites.first?.content.transports ?? [])
    let common = transports.count == 1 ? transports.first.flatMap { isOwnLane($0) ? nil : $0 } : nil
    let own = written?.transport.text ?? common ?? ""
    let transport =
      parameter.resultKind == .destination && gatewayTransport(own) != nil
      ? own : given ?? self.transport(of: parameter)
    let hop = parameter.resultKind == .destination ? written?.nextHop.text ?? "" : single?.text ?? ""
    return PoolSpot(
      place: .key(key, of: parameter), kind: parameter.resultKind, transport: transport,
      hop: hop.isEmpty ? relayhostOfLanes(parameter, key) : hop, sites: sites, single: single, entry: entry)
  }

  /// Whether the table of an entry stands before that of a pool in the list of their parameter.
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

extension PoolSite {
  /// The keys in front of a stock pool, where they are written in its table.
  var ownKeys: [String] {
    if case .entries(let entries)? = keys?.content { entries.map(\.key) } else { [] }
  }

  /// Whether the two are what a relayhost became, this one for default_transport.
  func isTwin(of relay: PoolSite) -> Bool {
    hopsOfTransport("smtp:") != nil && hopsOfTransport("smtp:") == relay.hopsOfTransport("relay:")
  }

  /// What it draws, without the transport that all of its members have; nil where one has another.
  fileprivate func hopsOfTransport(_ transport: String) -> [String: Int]? {
    var hops: [String: Int] = [:]
    for choice in content.choices {
      guard choice.result.hasPrefix(transport) else { return nil }
      hops[String(choice.result.dropFirst(transport.count)), default: 0] += choice.weight
    }
    return hops
  }
}
