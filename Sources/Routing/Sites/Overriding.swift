// Which settings are overridden by others for all mail, so that none comes to their pools. Only what is certain counts: a
// table that cannot be listed here may leave mail to any of them.

import PostfixFiles

struct Overriding {
  private let config: MailConfig
  /// The tables of each parameter; nil where one of them cannot be parsed.
  private var lists: [RoutingParameter: [TableSpec]] = [:]
  private var common: [RoutingParameter: CommonAnswer] = [:]
  private let results: TableResults
  /// The classes that transport_maps leaves mail of to their settings; nil: all of them.
  private var left: Set<AddressClass>?
  /// The same of the transport alone, where the result has a next hop.
  private var leftTransports: Set<AddressClass>?
  private var overriders: [RoutingParameter: RoutingParameter] = [:]

  /// - Parameter now: seconds since 1970.
  init(_ config: MailConfig, now: Int) {
    self.config = config
    results = TableResults(config: config, now: now)
    // Of what trivial-rewrite(8) alone is told, main.cf knows nothing.
    let own = config.master?.services.first { $0.command == "trivial-rewrite" }?.overrides ?? []
    guard !own.contains(where: { RoutingParameter(rawValue: $0.name) != nil }) else { return }
    for parameter in RoutingParameter.maps {
      let tables = config.tables(parameter).map { try? $0.get() }
      guard !tables.contains(where: { $0 == nil }) else { continue }
      let list = tables.compactMap(\.self)
      lists[parameter] = list
      common[parameter] = results.commonAnswer(of: parameter, list)
    }
    left = classesLeft(\.leavesAll)
    leftTransports = classesLeft(\.leavesTransport)
    findOverriders()
  }

  /// What overrides a site for all mail that would come to it.
  func overrider(of site: Site) -> RoutingParameter? {
    overriders[site.parameter] ?? (isHidden(site) ? site.parameter : nil)
  }

  func overrider(of parameter: RoutingParameter) -> RoutingParameter? { overriders[parameter] }

  /// Whether another table of the list answers whoever would come to this one.
  private func isHidden(_ site: Site) -> Bool {
    guard let answer = common[site.parameter], answer.isWhole, let table = site.table,
      let item = lists[site.parameter]?.firstIndex(where: { $0.text.bytes == table.item.text.bytes })
    else { return false }
    if item >= answer.item { return item > answer.item }
    // The query of a database for senders answers the whole address with the routes of its domain and of all.
    if case .database = site.content, site.parameter != .transportMaps { return false }
    // A domain is asked for only after the whole address; the key of mail without a sender is a whole one.
    let wholeKeys = [
      "empty_address_default_transport_maps_lookup_key", "empty_address_relayhost_maps_lookup_key",
    ]
    .map { config.parameters.text($0) }
    return table.keys == site.parameter.keys
      && site.key.map { !$0.dropFirst().contains("@") && !wholeKeys.contains($0) } ?? false
  }

  // MARK: - Which settings are overridden

  private func isLeft(_ mail: AddressClass) -> Bool { left?.contains(mail) ?? true }

  private func isTransportLeft(_ mail: AddressClass) -> Bool { leftTransports?.contains(mail) ?? true }

  private mutating func findOverriders() {
    for (parameter, mail): (RoutingParameter, AddressClass) in [
      (.localTransport, .local), (.virtualTransport, .virtual), (.relayTransport, .relay),
      (.defaultTransport, .other), (.senderTransportMaps, .other),
    ] where !isTransportLeft(mail) {
      overriders[parameter] = .transportMaps
    }
    if isTransportLeft(.other), answersEverybody(.senderTransportMaps) {
      overriders[.defaultTransport] = .senderTransportMaps
    }
    // Where nothing says anything of them, they are the subdomains of mydestination at most.
    let ofService = config.rewriteService?.overrides.last { $0.name == "relay_domains" }?.value
    let hasRelayDomains = (ofService ?? config.main["relay_domains"]?.value).map { !$0.isEmpty } ?? false
    let byRelay = isLeft(.relay) && hasRelayDomains && lacksNextHop(.relayTransport)
    let byDefault = isLeft(.other) && overriders[.defaultTransport] == nil && lacksNextHop(.defaultTransport)
    let bySender = isLeft(.other) && mayLackNextHop(.senderTransportMaps)
    if !byRelay, !byDefault, !bySender {
      let overrider: RoutingParameter =
        isLeft(.other) ? overriders[.defaultTransport] ?? .defaultTransport : .transportMaps
      overriders[.senderRelayhostMaps] = overrider
      overriders[.relayhost] = overrider
    } else if answersEverybody(.senderRelayhostMaps) {
      overriders[.relayhost] = .senderRelayhostMaps
    }
  }

  private func lacksNextHop(_ parameter: RoutingParameter) -> Bool {
    Destination(SourcedText(builtIn: config.parameters.text(parameter))).nextHop.isEmpty
  }

  /// Whether a list that is asked by sender has an answer for all of them.
  private func answersEverybody(_ parameter: RoutingParameter) -> Bool {
    guard let answer = common[parameter], !answer.results.contains(where: \.isNoAnswer) else { return false }
    return !(lists[parameter] ?? []).prefix(answer.item).contains { results.mayAnswer($0, \.isNoAnswer) }
  }

  private func mayLackNextHop(_ parameter: RoutingParameter) -> Bool {
    guard let tables = lists[parameter] else { return true }
    let asked = common[parameter].map { tables.prefix($0.item + 1) } ?? tables[...]
    return asked.contains { results.mayAnswer($0) { !$0.isNoAnswer && Destination($0).nextHop.isEmpty } }
  }

  // MARK: - transport_maps

  /// - Parameter leaves: whether a result leaves what is asked about to the class.
  private func classesLeft(_ leaves: (SourcedText) -> Bool) -> Set<AddressClass>? {
    guard let tables = lists[.transportMaps], let answer = common[.transportMaps],
      !answer.results.contains(where: leaves)
    else { return nil }
    var keys: [String] = []
    for table in answer.isWhole ? tables.prefix(answer.item) : tables[...] {
      guard let found = results.keys(of: table, leaves) else { return nil }
      // After an answer to the whole address its domain is not looked up.
      keys += answer.isWhole ? found.filter { $0.contains("@") } : found
    }
    if keys.count > Self.mostKeys { return nil }
    if keys.isEmpty { return [] }
    let resolver = Resolver(config)
    var classes: Set<AddressClass> = []
    for key in keys where key != "*" {
      // What is below a domain may be of any class.
      if key.hasPrefix(".") || !key.contains("@") && includesSubdomains { return nil }
      let domain = key.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? key
      guard let found = addressClasses(of: domain, resolver) else { return nil }
      classes.formUnion(found)
    }
    return classes
  }

  /// More are not looked at one by one.
  private static let mostKeys = 100

  private var includesSubdomains: Bool {
    config.parameters.text("parent_domain_matches_subdomains").contains(
      RoutingParameter.transportMaps.rawValue)
  }

  /// The classes of mail for a domain; nil where they are not known here. Of virtual aliases nothing is delivered.
  private func addressClasses(of domain: String, _ resolver: Resolver) -> Set<AddressClass>? {
    let answer = resolver.route("user@\(domain)")
    return answer.isComplete ? answer.classes.subtracting([.alias]) : nil
  }
}

extension Pool {
  /// That no mail comes to it, and why, for people; nil where mail can come.
  package var overriddenWords: String? {
    overrider.map { overrider in
      place.route == .parameter(overrider) || place.isInTable && overrider == .transportMaps
        ? "no mail comes here: another table of \(overrider.rawValue) answers first"
        : "no mail comes here: \(overrider.rawValue) overrides it"
    }
  }
}

extension SourcedText {
  /// `:` in transport_maps: what the class says stays.
  fileprivate var leavesAll: Bool { count == 1 && bytes.first == .colon }

  /// `:` or `:nexthop`: the transport stays.
  fileprivate var leavesTransport: Bool { bytes.first == .colon }
}

extension Site {
  /// The key of the entry that it is.
  fileprivate var key: String? {
    switch place {
    case .entry(_, let key), .inlineEntry(_, let key): key
    default: nil
    }
  }
}
