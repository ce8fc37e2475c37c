// Which settings are overridden by others for all mail, so that none comes to their pools. Only what is certain counts: a
// table that cannot be listed here may leave mail to any of them.

import PostfixFiles
import Store

/// What one list of tables answers to everybody.
private struct CommonAnswer {
  /// The table of the list that answers.
  let item: Int
  /// Whether it answers the whole address; otherwise by `*`, which is asked for after all else.
  let isWhole: Bool
  let results: [SourcedText]
}

struct Overriding {
  private let config: MailConfig
  /// The tables of each parameter; nil where one of them cannot be parsed.
  private var lists: [RoutingParameter: [TableSpec]] = [:]
  private var common: [RoutingParameter: CommonAnswer] = [:]
  /// The classes that transport_maps leaves mail of to their settings; nil: all of them.
  private var left: Set<AddressClass>?
  /// The same of the transport alone, where the result has a next hop.
  private var leftTransports: Set<AddressClass>?
  private var overriders: [RoutingParameter: RoutingParameter] = [:]
  private let now: Int

  /// - Parameter now: seconds since 1970.
  init(_ config: MailConfig, now: Int) {
    self.config = config
    self.now = now
    // Of what trivial-rewrite(8) alone is told, main.cf knows nothing.
    let own = config.master?.services.first { $0.command == "trivial-rewrite" }?.overrides ?? []
    guard !own.contains(where: { RoutingParameter(rawValue: $0.name) != nil }) else { return }
    for parameter in RoutingParameter.maps {
      let tables = config.tables(parameter).map { try? $0.get() }
      guard !tables.contains(where: { $0 == nil }) else { continue }
      lists[parameter] = tables.compactMap(\.self)
      common[parameter] = commonAnswer(of: parameter)
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
    return !(lists[parameter] ?? []).prefix(answer.item).contains { mayAnswer($0, \.isNoAnswer) }
  }

  private func mayLackNextHop(_ parameter: RoutingParameter) -> Bool {
    guard let tables = lists[parameter] else { return true }
    let asked = common[parameter].map { tables.prefix($0.item + 1) } ?? tables[...]
    return asked.contains { mayAnswer($0) { !$0.isNoAnswer && Destination($0).nextHop.isEmpty } }
  }

  // MARK: - transport_maps

  /// - Parameter leaves: whether a result leaves what is asked about to the class.
  private func classesLeft(_ leaves: (SourcedText) -> Bool) -> Set<AddressClass>? {
    guard let tables = lists[.transportMaps], let answer = common[.transportMaps],
      !answer.results.contains(where: leaves)
    else { return nil }
    var keys: [String] = []
    for table in answer.isWhole ? tables.prefix(answer.item) : tables[...] {
      guard let found = self.keys(of: table, leaves) else { return nil }
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
    config.parameters.text("parent_domain_matches_subdomains").contains("transport_maps")
  }

  /// The classes of mail for a domain; nil where they are not known here. Of virtual aliases nothing is delivered.
  private func addressClasses(of domain: String, _ resolver: Resolver) -> Set<AddressClass>? {
    let answer = resolver.route("user@\(domain)")
    return answer.isComplete ? answer.classes.subtracting([.alias]) : nil
  }

  /// The keys with such a result; nil where they cannot be listed.
  private func keys(of table: TableSpec, _ leaves: (SourcedText) -> Bool) -> [String]? {
    switch table.content {
    case .entries(let entries): return entries.filter { leaves($0.value) }.map(\.key)
    case .proxied(let inner): return keys(of: inner, leaves)
    case .file(let path) where !table.isPatterns:
      guard let document = config.files[config.absolute(path)]?.document else { return nil }
      let parsed = Table(document)
      return [" :", "\t:"].flatMap { document.lines(containing: $0) }.compactMap { try? parsed.entry($0) }
        .filter { leaves($0.value) }.map(\.key.text)
    default: return mayAnswer(table, leaves) ? nil : []
    }
  }

  // MARK: - Tables

  private func commonAnswer(of parameter: RoutingParameter) -> CommonAnswer? {
    let tables = lists[parameter] ?? []
    for (index, table) in tables.enumerated() {
      if let results = answersToAll(table) {
        return CommonAnswer(item: index, isWhole: true, results: results)
      }
    }
    guard parameter == .transportMaps else { return nil }
    for (index, table) in tables.enumerated() {
      if let value = value(of: "*", in: table) {
        return CommonAnswer(item: index, isWhole: false, results: [value])
      }
      // It may have one too.
      if table.isServiceInside { return nil }
    }
    return nil
  }

  /// The results of a table that answers every key.
  private func answersToAll(_ table: TableSpec) -> [SourcedText]? {
    if let rows = databaseRows(of: table) { return rows["*"] }
    switch table.content {
    case .draw(let items): return items.map { table.argument[$0] }
    case .constant(let value): return [value]
    case .proxied(let inner): return answersToAll(inner)
    case .union(let parts): return parts.first.flatMap { answersToAll($0) }
    case .pipe(let stages):
      guard var results = stages.first.flatMap({ answersToAll($0) }) else { return nil }
      for stage in stages.dropFirst() {
        if let all = answersToAll(stage) {
          results = all
        } else {
          let meanings = results.map { value(of: $0.text, in: stage) }
          guard !meanings.contains(where: { $0 == nil }) else { return nil }
          results = meanings.compactMap(\.self)
        }
      }
      return results
    case .patterns, .file:
      guard let rules = rules(of: table), rules.haveCatchAll else { return nil }
      return rules.patternResults
    case .entries, .service: return nil
    }
  }

  /// The results of each key of a database that is asked by sender: `*` answers all of them. Nil for any other table, and
  /// where a pool may have no answer.
  private func databaseRows(of table: TableSpec) -> [String: [SourcedText]]? {
    guard let table = config.databaseTable(table.unproxied), let text = config.databaseText(table.database),
      table.map != RoutingParameter.transportMaps.rawValue
    else { return nil }
    var rows: [String: [SourcedText]] = [:]
    for (route, _) in text.routes where route.map == table.map {
      let members = (text.pools[route.pool] ?? []).lazy.map(\.member).filter { !$0.isDrained(at: Int64(now)) }
      let results = Self.kinds(of: members)
      if results.isEmpty { return nil }
      rows[route.key] = results
    }
    return rows
  }

  /// The results of members, of very many. What is asked of them is what the transport does, and whether there is a next hop: of
  /// those of one transport whose next hop begins with a bracket, one says it for all.
  private static func kinds(of members: some Sequence<MemberRow>) -> [SourcedText] {
    var kinds: [SourcedText] = []
    var bracketed: Set<String> = []
    for member in members {
      let isBracketed = member.nextHop.utf8.first == UInt8(ascii: "[")
      if isBracketed, !bracketed.insert(member.transport).inserted { continue }
      kinds.append(SourcedText(builtIn: member.result))
    }
    return kinds
  }

  private func rules(of table: TableSpec) -> PatternRules? {
    guard table.isPatterns, table.type != .pattern("cidr") else { return nil }
    switch table.content {
    case .patterns(let text): return PatternRules(inline: text)
    case .file(let path): return config.files[config.absolute(path)]?.document.map { PatternRules($0) }
    default: return nil
    }
  }

  private func value(of key: String, in table: TableSpec) -> SourcedText? {
    switch table.content {
    case .entries(let entries): return entries.last { $0.key.lowercased() == key.lowercased() }?.value
    case .proxied(let inner): return value(of: key, in: inner)
    case .file(let path) where !table.isPatterns:
      guard let document = config.files[config.absolute(path)]?.document else { return nil }
      let parsed = Table(document)
      return document.lines(containing: key).lazy.compactMap { try? parsed.entry($0) }
        .first { $0.key.text == key }?.value
    default: return nil
    }
  }

  /// Whether a table has such a result somewhere, as far as that is known.
  private func mayAnswer(_ table: TableSpec, _ isSo: (SourcedText) -> Bool) -> Bool {
    if let rows = databaseRows(of: table) { return rows.values.joined().contains(where: isSo) }
    switch table.content {
    case .draw(let items): return items.contains { isSo(table.argument[$0]) }
    case .entries(let entries): return entries.contains { isSo($0.value) }
    case .constant(let value): return isSo(value)
    case .proxied(let inner): return mayAnswer(inner, isSo)
    // Only the first result of a union decides; of a pipe, those of the last table.
    case .union(let parts): return parts.contains { mayAnswer($0, isSo) }
    case .pipe(let stages): return stages.last.map { mayAnswer($0, isSo) } ?? true
    case .service: return true
    case .patterns, .file:
      if table.isPatterns { return rules(of: table)?.patternResults.contains(where: isSo) ?? true }
      guard case .file(let path) = table.content,
        let document = config.files[config.absolute(path)]?.document,
        document.count < Self.mostBytes
      else { return true }
      return Table(document).entries.contains { isSo($0.value) }
    }
  }

  /// Larger tables are not read entry by entry after each edit.
  private static let mostBytes = 100_000
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

extension TableSpec {
  fileprivate var isPatterns: Bool { if case .pattern = type { true } else { false } }

  fileprivate var isServiceInside: Bool {
    flattened.contains { if case .service = $0.content { true } else { false } }
  }
}

extension SourcedText {
  /// `:` in transport_maps: what the class says stays.
  fileprivate var leavesAll: Bool { count == 1 && bytes.first == .colon }

  /// `:` or `:nexthop`: the transport stays.
  fileprivate var leavesTransport: Bool { bytes.first == .colon }
}

extension PatternRules {
  /// Whether a rule matches everything. What is in an `if` is left out of account.
  fileprivate var haveCatchAll: Bool {
    let patterns = ["/./", "/^/", "/.*/", "/^.*/", "/^.*$/", "/.+/", "/^.+$/", "/^(.*)$/", "/^(.+)$/"]
    guard !lines.contains(where: { $0.starts(with: Bytes("if".utf8)) }) else { return false }
    return rules.contains { rule in
      let pattern = rule.text.prefix { !$0.isWhitespace }
      return patterns.contains { pattern.hasPrefix($0) && pattern.dropFirst($0.count).allSatisfy(\.isLetter) }
    }
  }
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
