// Pools in the separator notation, as the agent runs it beside an unmodified Postfix. The agent is reached as the
// transport `randmap`, so the whole destination, transport and next hop, must be its choice.

import PostfixFiles
import Routing

extension Converter {
  mutating func toAgent() throws(EditError) {
    var filesDone: Set<String> = []
    var inlineDone: Set<FileRange> = []
    let classes = classPools
    try putBack(classes)
    for site in selected where !classes.contains(where: { $0.site.index == site.index }) {
      switch site.site.place {
      case .item:
        if let keys = site.keys { try keyedTable(site, keys: keys) } else { try wholeTable(site) }
      case .parameter(.relayhost): try relayhostPool(site)
      case .inlineEntry:
        guard site.text.transport != nil || site.text.notation.isTable,
          let item = site.site.table?.item, let span = item.text.span(), inlineDone.insert(span).inserted
        else { continue }
        try rewriteEntries(of: item, in: span)
      default:
        if site.text.notation.isTable {
          try rewriteValue(site)
        } else if site.text.transport != nil {
          try prefixMembers(site, filesDone: &filesDone)
        }
      }
    }
    addAgentMark()
  }

  // MARK: - Tables

  private mutating func wholeTable(_ site: PoolSite) throws(EditError) {
    let parameter = site.parameter
    guard parameter != .transportMaps else {
      throw .cannotConvert(
        site.id,
        reason: "a pool in transport_maps answers for every address, local ones too: name its domains first")
    }
    guard config.tables(parameter).count == 1 else {
      throw .cannotConvert(
        site.id, reason: "\(parameter) has other tables beside the pool: take them out first")
    }
    try guardPlainTransport(parameter, for: site)
    try config.guardHopsOfTables(for: site.id)
    if parameter == .senderRelayhostMaps {
      try relayhostPool(site)
    } else {
      try guardPlainTransport(.defaultTransport, for: site)
      try guardMembersWithoutNextHop(site)
      removeAssignment(of: .defaultTransport)
      try writePool(site.content, of: .defaultTransport, inPlaceOf: parameter, for: site)
      replace(site, at: [RoutingParameter.defaultTransport])
    }
  }

  /// A relayhost is a next hop for two transports, so it becomes a pool for each.
  private mutating func relayhostPool(_ site: PoolSite) throws(EditError) {
    let own = site.parameter
    if own == .relayhost, case let name = RoutingParameter.senderRelayhostMaps,
      !config.parameters.text(name).isEmpty
    {
      throw .cannotConvert(
        site.id, reason: "\(name) is set, and decides for some senders: take its tables out first")
    }
    try config.guardHopsOfSenders(for: site)
    try guardPlainTransport(own, for: site)
    try config.guardHopsOfTables(for: site.id)
    var pools: [(parameter: RoutingParameter, content: PoolContent)] = []
    for name in [RoutingParameter.defaultTransport, .relayTransport] {
      try guardPlainTransport(name, for: site)
      let destination = Destination(SourcedText(builtIn: config.parameters.text(name)))
      guard destination.nextHop.isEmpty else {
        throw .cannotConvert(
          site.id, reason: "\(name) names a next hop, which comes before relayhost: need the transport alone")
      }
      let content = site.content.prefixed("\(destination.transport.text):")
      removeAssignment(of: name)
      pools.append((name, content))
    }
    replaceAssignment(of: own, with: pools.flatMap { assignment($0.parameter, $0.content) })
    notes.append("\(own) is used by two transports: default_transport and relay_transport are pools now")
    replace(site, by: pools.map { Landing(scope: $0.parameter.rawValue, content: $0.content) })
  }

  private mutating func keyedTable(_ site: PoolSite, keys: TableSpec) throws(EditError) {
    let parameter = site.parameter
    if keys.isOtherSenders {
      throw .cannotConvert(
        site.id,
        reason: site.kind == .destination
          ? "it comes after tables for some senders: need randmap pool outbound with its members, and --notation agent"
          : "the agent has no relayhost beside the relays of some senders: it can stay as it is, without the agent"
      )
    }
    guard site.kind == .destination else {
      throw .cannotConvert(
        site.id,
        reason:
          "the agent has no relayhost for some senders only: need a pool in sender_dependent_default_transport_maps"
      )
    }
    guard let span = site.value.span(), span.file == config.main.document.path,
      config.main[parameter]?.line.range.contains(span.range.lowerBound) ?? false
    else { throw .notInOnePlace(site.id) }
    let value = "randmap:\(try separated(site.content, for: site))"
    switch keys.content {
    case .entries(let entries):
      let names = entries.map(\.key)
      if names.contains("*") {
        throw .cannotConvert(
          site.id,
          reason:
            "Postfix keeps its choice for * for 30 seconds, and the agent chooses for each message: take the entry * out first"
        )
      }
      try guardInline(value, for: site)
      let table = SpecText.group("inline", names.map { .leaf("{\($0)=\(escapedForMainCf(value))}") })
      splice(span.file, span.range, table.rendered(indent: 4))
      replace(site, at: names.map { "\(parameter) \($0)" })
    case .file(let path) where !keys.isPattern:
      try rewriteFile(config.absolute(path), value: value, for: site)
      guard let source = keys.text.span() else { throw .notInOnePlace(site.id) }
      splice(span.file, span.range, config.main.document[source.range].text)
    default:
      throw .cannotConvert(
        site.id,
        reason: "the keys of \"\(keys.text.text)\" are not in a text table: need one, such as texthash:")
    }
  }

  /// Puts the pool into every entry of a table of keys.
  private mutating func rewriteFile(_ path: String, value: String, for site: PoolSite) throws(EditError) {
    guard let document = config.files[path]?.document else {
      throw .cannotConvert(site.id, reason: "\(path) cannot be read")
    }
    let uses = config.main.assignments.filter {
      ((try? config.parameters.expand($0.value).text) ?? "").contains(path)
    }
    let count = config.tableSites.count { $0.source == path }
    guard uses.count == 1, count == 1 else {
      throw .cannotConvert(
        site.id, reason: "\(path) is used elsewhere too: give this pool a table of its own first")
    }
    var places: [String] = []
    for entry in Table(document).entries {
      guard let place = entry.value.span() else { continue }
      splice(path, place.range, value)
      places.append("\(path) \(entry.key.text.lowercased())")
    }
    replace(site, at: places)
  }

  func guardInline(_ value: String, for site: PoolSite) throws(EditError) {
    if value.contains("{") || value.contains("}") {
      throw .cannotConvert(
        site.id, reason: "a brace in a member would end the inline: table: need members without braces")
    }
  }

  // MARK: - Text

  private mutating func writePool(
    _ content: PoolContent, of name: RoutingParameter, inPlaceOf parameter: RoutingParameter,
    for site: PoolSite
  ) throws(EditError) {
    _ = try separated(content, for: site)
    replaceAssignment(of: parameter, with: assignment(name, content))
  }

  /// `name = randmap:!a!b`, a line each where that gets long.
  func assignment(_ name: RoutingParameter, _ content: PoolContent) -> [String] {
    let results = content.results.map(escapedForMainCf)
    let separator = SeparatorNotation.free(in: content.choices.map(\.result))
    let items = results.map { item($0, after: separator) }
    let short = "\(name) = randmap:" + items.joined()
    if short.count <= SpecText.width - 20 { return [short] }
    return ["\(name) =", "    randmap:"] + items.map { "        \($0)" }
  }

  /// One item in the separator notation.
  func item(_ result: String, after separator: UInt8?) -> String {
    (separator.map { [$0] }?.text ?? "!") + result
  }

  func separated(_ content: PoolContent, for site: PoolSite) throws(EditError) -> String {
    guard let separator = SeparatorNotation.free(in: content.choices.map(\.result)) else {
      throw .cannotConvert(site.id, reason: "its members use every possible separator: use a pool file")
    }
    return content.results.map { item($0, after: separator) }.joined()
  }

  private mutating func addAgentMark() {
    // Those that stay as stock Postfix runs them have limits of their own.
    let converted = Set(selected.map(\.index))
    let remain = sites.filter { !$0.isTable || converted.contains($0.index) }
    guard !remain.isEmpty, !config.saysAgent else { return }
    // A pool is one destination to the queue manager: what its members had becomes the limit of all.
    let pools = remain.map(\.content.transports).filter { $0.count > 1 }
    let limits = SharedLimit.allCases.filter { !pools.isEmpty && !config.parameters.isSet($0.rawValue) }
      .map { limit in
        let totals = pools.map { limit.total(of: $0, in: config.parameters) }
        return limit.setting(totals.contains(0) ? 0 : totals.max() ?? 0) + "\n"
      }.joined()
    let hasRelayMail = !config.parameters.text("relay_domains").isEmpty
    // A relayhost is a pool for each of its transports now.
    let twins = expected.filter { hasRelayMail || $0.scope != RoutingParameter.relayTransport.rawValue }
      .map(\.content.transports).filter { $0.count > 1 }
    let carried = CarriedLimit.carried(
      from: Set(pools.flatMap(\.self)), andTwins: Set(twins.flatMap(\.self)), in: config.parameters)
    notes += carried.notes.asNotes
    let document = config.main.document
    let line = config.main.assignments.first {
      RoutingParameter(rawValue: $0.name).map { !$0.isFallback } ?? false
    }?.line
    let at = line?.range.lowerBound ?? document.count
    splice(
      document.path, at..<at, "\(MailConfig.ownAgentMark)\(limits)" + carried.lines.map { "\($0)\n" }.joined()
    )
  }
}

extension MailConfig {
  /// A table that gives a next hop alone takes the transport from what is in force, and that must not be the agent: it would
  /// take the next hop for a pool.
  ///
  /// - Parameter passingUnread: whether a table that cannot be read here is taken for one without such entries.
  func guardHopsOfTables(for pool: String, passingUnread: Bool = false) throws(EditError) {
    for table in tables(.transportMaps).compactMap({ try? $0.get() }) {
      if table.unproxied.isPattern {
        try guardPatterns(
          table, for: pool, transportOf: "the pool", hasKeys: false, passingUnread: passingUnread)
        continue
      }
      guard let entries = entries(of: table.unproxied) else {
        if passingUnread { continue }
        throw .cannotConvert(
          pool,
          reason:
            wordsOnUnlisted(table)
        )
      }
      if let entry = entries.first(where: { $0.value.hasPrefix(":") && $0.value.count > 1 }) {
        throw .cannotConvert(
          pool,
          reason:
            "the entry \"\(entry.key)\" in transport_maps takes its transport from the pool: write a transport there first"
        )
      }
    }
  }
}
