// Writes members with weights into a configuration: as a new pool, or into the pool that is there.

import PostfixFiles
import Routing

extension MailConfig {
  /// The pool where there is one destination, or none; a pool that is there is one destination first.
  func making(
    _ content: PoolContent, at given: PoolSpot, _ scope: Scope, in notation: PoolWish.Notation,
    database path: String? = nil, notes: inout [EditNote]
  ) throws(EditError) -> MailConfig {
    if notation == .database {
      if given.sites.isEmpty, DomainClass(given.parameter) != nil {
        // Its keys are those of the pool on a stock Postfix, whose list could not hold the weights of rows.
        let equal = PoolContent(
          kind: content.kind,
          choices: content.choices.map { PoolContent.Choice(result: $0.result, weight: 1) })
        let stock = try making(equal, at: given, scope, in: .stock, notes: &notes)
        let spot = try stock.spot(for: scope, nextHopsOnly: given.kind == .nextHop, prefersAgent: false)
        return try stock.writingDatabase(content, at: spot, for: spot.sites.first, path: path, notes: &notes)
      }
      return try writingDatabase(content, at: given, for: given.sites.first, path: path, notes: &notes)
    }
    if notation != .stock, [.senderTransportMaps, .defaultTransport].contains(given.parameter) {
      try guardHopsOfTables(for: "\(scope)", passingUnread: true)
    }
    if notation == .stock, let reason = DomainClass(given.parameter).flatMap(problemWithDefaultList) {
      // Any other notation has no other domains either.
      throw .cannotPool("\(scope)", reason: reason)
    }
    try guardKey(of: given, scope, in: notation)
    var config = self
    var spot = given
    if let first = content.choices.first, let site = spot.sites.first {
      config = try config.writing(first.result, at: spot, scope: scope)
      // The id of a pool that was somewhere else means nothing any more.
      if case .parameter(let parameter) = spot.place, site.isInDatabase {
        spot = try config.spot(
          for: .named(parameter.rawValue), nextHopsOnly: spot.kind == .nextHop,
          prefersAgent: notation != .stock)
      } else if case .key(let key, of: let parameter) = spot.place, site.isInDatabase {
        spot = try config.keySpot(key, of: parameter, scope)
      } else {
        spot = try config.spot(
          for: scope, nextHopsOnly: spot.kind == .nextHop, prefersAgent: notation != .stock)
      }
    }
    var (neutral, place) = try config.writing(content, at: spot, inTable: notation != .stock)
    neutral = neutral.numberingComments(asIn: config)
    guard let pool = neutral.pools().first(where: { $0.place == place }) else {
      throw .notInOnePlace("\(scope)")
    }
    for choice in content.drained where given.sites.first?.isInDatabase ?? false {
      neutral = try neutral.applyingAlone(.add(pool: pool.id, member: choice.result, weight: choice.weight))
        .applyingAlone(.drain(pool: pool.id, member: choice.result, choice.drain))
    }
    // What stood there before the pool, and stays for mail that does not come to the pool.
    let former = parameters.text(given.parameter)
    func converted(
      _ config: MailConfig, _ pools: [String], _ target: ConversionTarget
    ) throws(EditError) -> MailConfig {
      let conversion = try config.converting(
        pools, to: target, keeping: PoolText(value: SourcedText(builtIn: former)) == nil ? former : "")
      notes += conversion.allNotes
      return conversion.config
    }
    switch notation {
    case .stock: return try converted(neutral, [pool.id], .stock)
    case .agent: return try converted(neutral, [pool.id], .agent)
    case .file, .database:
      let agent = try converted(neutral, [pool.id], .agent)
      let ids = spot.place == .parameter(.relayhost) ? ["default_transport", "relay_transport"] : [pool.id]
      return try converted(agent, ids, .file)
    }
  }

  /// Refuses an address that cannot be the key of a pool in that notation.
  private func guardKey(
    of spot: PoolSpot, _ scope: Scope, in notation: PoolWish.Notation
  ) throws(EditError) {
    guard case .key(let key, of: let parameter) = spot.place else { return }
    if notation == .stock {
      let bad = Self.charactersOutsideInline(key)
      if bad.isEmpty { return }
      let domain = key.split(separator: "@").last.map(String.init) ?? key
      let other = parameter == .transportMaps ? Scope.to(domain) : .from(domain)
      throw .cannotConvert("\(scope)", reason: "\(Self.words(ofInlineKey: key, bad)), \(other)")
    }
    guard spot.entry == nil, spot.sites.isEmpty, let reason = Self.problem(withKey: key) else { return }
    throw .cannotPool("\(scope)", reason: "\(key) would be the key of a table in a file: \(reason)")
  }
}

extension PoolContent {
  func withTransport(_ other: String, for own: String) -> PoolContent {
    PoolContent(
      kind: kind,
      choices: choices.map {
        Choice(
          result: $0.result.hasPrefix(own) ? other + $0.result.dropFirst(own.count) : $0.result,
          weight: $0.weight)
      })
  }
}
