// Pools in main.cf values and table entries, written as the lookup tables that an unmodified Postfix runs.
//
// The difficulty is where a table can be written, and which mail it then answers for: a random table in transport_maps
// answers for every address, local ones too, so a pool of a domain comes after a table that knows the domain.

import PostfixFiles
import Routing

extension Converter {
  mutating func toStock() throws(EditError) {
    var keyed: [KeyedPool] = []
    let unused = unusedTwin
    for site in selected where !site.isTable && site.index != unused?.index {
      switch site.site.place {
      case .parameter(.defaultTransport), .parameter(.relayhost): try replaceByTable(site)
      case .parameter(let parameter):
        guard let domainClass = DomainClass(parameter) else { throw noTable(site) }
        keyed.append(try classPool(domainClass, site))
      case .entry(let table, let key): keyed += try tableEntry(site, table: table, key: key)
      case .inlineEntry(_, let key): keyed += try inlineEntry(site, key: key)
      default: throw noTable(site)
      }
    }
    try write(keyed)
    if let unused {
      removeAssignment(of: .relayTransport)
      replace(unused, by: [])
      notes.append("relay_transport is taken out: relay_domains is empty, so no mail takes it")
    }
    for name in Set(selected.compactMap(\.text.name)).sorted()
    where RoutingParameter(rawValue: name)?.isDestination != true {
      notes.append("\(name) stays as it is; nothing names it any more")
    }
    let converted = Set((selected + [unused].compactMap(\.self)).map(\.index))
    if sites.allSatisfy({ $0.isTable || converted.contains($0.index) }) { removeAgentMark() }
  }

  /// The second of the two pools that a relayhost became, where no mail takes it.
  private var unusedTwin: PoolSite? {
    guard config.parameters.text("relay_domains").isEmpty,
      let first = selected.first(where: { $0.site.place == .parameter(.defaultTransport) && !$0.isTable }),
      let twin = sites.first(where: { $0.site.place == .parameter(.relayTransport) && !$0.isTable })
    else { return nil }
    return first.isTwin(of: twin) ? twin : nil
  }

  private func noTable(_ site: PoolSite) -> EditError {
    .cannotConvert(
      site.id,
      reason:
        "Postfix has no parameter that takes a table in place of \(site.parameter): name its domains, with randmap pool to:DOMAIN"
    )
  }

  // MARK: - Pools for all other mail

  /// default_transport and relayhost: the table in its place is asked for the sender, which does not matter to randmap.
  private mutating func replaceByTable(_ site: PoolSite) throws(EditError) {
    let parameter = site.parameter
    let maps: RoutingParameter = parameter == .relayhost ? .senderRelayhostMaps : .senderTransportMaps
    try guardPlainTransport(parameter, for: site)
    if parameter != .relayhost {
      if !isInFrontOfPool(site) { try guardMembersWithoutNextHop(site) }
    } else if site.kind != .nextHop {
      throw .cannotConvert(site.id, reason: "relayhost takes next hops: need members without a transport")
    }
    let table = try config.stockTable(site.content, kind: site.kind, for: site.id)
    if !config.parameters.text(maps).isEmpty { return try put(table, of: site, afterThoseOf: maps) }
    // One that is set to nothing would win over a line before it.
    removeAssignment(of: maps)
    replaceAssignment(of: parameter, with: assignment(maps, table))
    addFallbackRelay(for: site)
    replace(site, at: [maps])
  }

  /// Behind the tables for some senders. It answers for the domain of a sender, which is the last key that Postfix asks for
  /// (address, address without extension, domain: postconf(5), sender_dependent_relayhost_maps), and for the null sender:
  /// so for those that the tables before it do not know.
  private mutating func put(
    _ table: SpecText, of site: PoolSite, afterThoseOf maps: RoutingParameter
  ) throws(EditError) {
    guard config.environment.version >= .inlinePatterns else {
      let call = "randmap remove-route \(maps)"
      let bare = try? config.removingRoute(maps.rawValue, table: nil)
      throw .cannotConvert(
        site.id,
        reason:
          "\(maps) is set, and before Postfix \(PostfixVersion.inlinePatterns) a random table next to its tables would also answer for their senders: take those out first, with \(bare.map { config.forcing(call, to: $0) } ?? call)"
      )
    }
    let nullKey = maps.nullSenderKey
    guard config.parameters.text(nullKey) == "<>" else {
      throw .cannotConvert(
        site.id, reason: "\(nullKey) is set: take it out, so that the null sender is asked for as <>")
    }
    if single == nil, mayAnswerNothing(maps) {
      throw .cannotConvert(
        site.id,
        reason:
          "a sender whose entry in \(maps) says DUNNO goes by \(site.parameter), which stock Postfix takes no pool in: take such entries out first, or tables that cannot be read here"
      )
    }
    guard let line = config.main[maps]?.line else { throw .notInOnePlace(maps.rawValue) }
    let whole = SpecText.lettingPass(table)
    splice(
      config.main.document.path, line.range.upperBound..<line.range.upperBound,
      "\n    \(whole.rendered(indent: 4))")
    if let single, !single.isEmpty, mayAnswerNothing(maps) {
      notes.append("\(site.parameter) stays \(single): mail of senders whose entry says DUNNO goes there")
      replaceAssignment(of: site.parameter, with: ["\(site.parameter) = \(escapedForMainCf(single))"])
    } else {
      removeAssignment(of: site.parameter)
    }
    replace(site, at: ["\(maps) \(TableSpec.otherSenders)"])
  }

  /// Whether a table of the parameter may say DUNNO: then Postfix goes by the parameter that the table is for.
  private func mayAnswerNothing(_ maps: RoutingParameter) -> Bool {
    config.tableSites(of: maps).contains { table in
      switch table.content {
      case .value(let value): value.isNoAnswer
      case .source(let path):
        config.files[path]?.document.map { Table($0).entries.contains { $0.value.isNoAnswer } } ?? true
      case .service, .database, .patterns: true
      case .draw: false
      }
    }
  }

  private func assignment(_ name: RoutingParameter, _ table: SpecText) -> [String] {
    let short = "\(name) = \(table.rendered(indent: 0))"
    if !short.contains("\n"), short.count <= SpecText.width { return [short] }
    return ["\(name) =", "    \(table.rendered(indent: 4))"]
  }

  /// Before Postfix 3.5 the fallback is a parameter of the whole transport: only where no other mail uses it.
  private mutating func addFallbackRelay(for site: PoolSite) {
    guard config.environment.version < .nextHopLists, site.content.choices.count > 1 else { return }
    let lists = site.content.choices.map { NextHopList($0.result, kind: site.kind) }
    let names = site.kind == .nextHop ? ["smtp"] : Set(lists.map { String($0.transport.dropLast()) }).sorted()
    let parameters = config.parameters
    let isAlone =
      !config.hasOtherMail(of: names)
      && parameters.text(.smtpFallbackRelay).isEmpty
      && names.allSatisfy { name in
        config.gatewayTransport(name)?.approach.mailProtocol == .smtp
          && !(config.master?.transport(name)?.overrides
            .contains { $0.name == RoutingParameter.smtpFallbackRelay.rawValue } ?? false)
      }
    guard isAlone, lists.allSatisfy({ $0.hops.count == 1 }) else {
      notes.append(
        .noFallback(
          "\(site.id) has no fallback: Postfix \(config.environment.version) has no next-hop lists, and "
            + "smtp_fallback_relay would take other mail along"))
      return
    }
    let hops = lists.flatMap(\.hops).map(escapedForMainCf).joined(separator: ", ")
    let fallback = RoutingParameter.smtpFallbackRelay
    replaceAssignment(of: fallback, with: ["\(fallback) = \(hops)"])
    notes.append("smtp_fallback_relay is the fallback of \(site.id)")
  }

  // MARK: - What prevents a conversion

  /// `name` is to be taken out: nothing else may refer to it, and nothing may look past it.
  func guardPlainTransport(_ parameter: RoutingParameter, for site: PoolSite) throws(EditError) {
    let name = parameter.rawValue
    // proxy_read_maps only says which tables proxymap(8) may open.
    for assignment in config.main.assignments
    where assignment.name != name && assignment.name != "proxy_read_maps" {
      let isConverted = selected.contains {
        $0.site.place.valueOf?.rawValue == assignment.name
      }
      if !isConverted, assignment.value.refers(to: name) {
        throw .cannotConvert(
          site.id, reason: "\(assignment.name) refers to $\(name): write out the value there first")
      }
    }
    if let set = config.main.assignments.first(where: {
      $0.name.hasPrefix("address_verify_") && ($0.name.hasSuffix("_maps") || $0.name.hasSuffix("_transport"))
        || $0.name == "address_verify_relayhost"
    }) {
      throw .cannotConvert(
        site.id,
        reason: "\(set.name) is set, so that address probes would take another way: take it out first")
    }
    for service in config.master?.services ?? [] {
      if let own = service.overrides.first(where: { override in
        service.command == "trivial-rewrite"
          && RoutingParameter(rawValue: override.name).map { !$0.isFallback } ?? false
          || override.value.refers(to: name)
      }) {
        throw .cannotConvert(
          site.id, reason: "service \(service.name) of master.cf sets \(own.name): take that -o out first")
      }
    }
  }

  /// A member without a next hop takes the relayhost in one notation, and what the agent makes of it in the other.
  func guardMembersWithoutNextHop(_ site: PoolSite) throws(EditError) {
    let parameters = config.parameters
    guard !parameters.text(.relayhost).isEmpty || !parameters.text(.senderRelayhostMaps).isEmpty
    else { return }
    if let member = site.content.choices.first(where: {
      NextHopList($0.result, kind: .destination).hops.isEmpty
    }) {
      throw .cannotConvert(
        site.id,
        reason:
          "\"\(member.result)\" names no next hop, and would take that of relayhost instead: write one after it first"
      )
    }
  }

  /// Whether a pool that is made now is one of transports alone, in front of a pool of next hops or of relays of some senders: each
  /// has its own choice.
  private func isInFrontOfPool(_ site: PoolSite) -> Bool {
    single != nil && !config.parameters.text(.senderRelayhostMaps).isEmpty
      && site.content.choices.allSatisfy { NextHopList($0.result, kind: .destination).hops.isEmpty }
  }

  private mutating func removeAgentMark() {
    let document = config.main.document
    let limits = config.limitsOfAgent
    if limits.others.isEmpty {
      // Who converts the last pool says that the agent is in use no more, whoever said that it is.
      for range in config.agentMarks(ownOnly: false) { splice(document.path, range, "") }
    }
    for name in limits.ours { removeAssignment(of: name) }
  }
}

extension SourcedText {
  /// Whether it has `$name`, `${name...}` or `$(name...)`.
  func refers(to name: String) -> Bool {
    text.split(separator: "$", omittingEmptySubsequences: false).dropFirst().contains { rest in
      let rest = rest.first == "{" || rest.first == "(" ? rest.dropFirst() : rest
      return rest.hasPrefix(name) && !(rest.dropFirst(name.count).utf8.first?.isNameByte ?? false)
    }
  }
}
