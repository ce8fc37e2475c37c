// One destination in the place of what is there, and what goes with a pool that is gone: its table, its fallback, the comments of
// its drained members, the line of the agent.

import Changes
import PostfixFiles
import Routing

extension MailConfig {
  /// The same for each of the keys of a pool; empty: the spot's own.
  func writing(
    _ result: String, at spot: PoolSpot, keys: [String], scope: Scope
  ) throws(EditError) -> MailConfig {
    guard !keys.isEmpty else { return try writing(result, at: spot, scope: scope) }
    var edited = self
    for key in keys {
      edited = try edited.writing(
        result, at: try edited.keySpot(key, of: spot.parameter, scope), scope: scope)
    }
    return edited
  }

  func writing(_ result: String, at spot: PoolSpot, scope: Scope) throws(EditError) -> MailConfig {
    try replacing(spot, by: result, scope).leavingItToRelayhost(result, at: spot).numberingComments(
      asIn: self)
  }

  /// After lanes, and after what is no gateway, a relayhost stays where it was: where it says what default_transport would say, that line is one too many.
  private func leavingItToRelayhost(_ result: String, at spot: PoolSpot) throws(EditError) -> MailConfig {
    let relayhost = parameters.text(.relayhost)
    guard spot.place == .parameter(.defaultTransport), !relayhost.isEmpty, result == "smtp:\(relayhost)",
      main[.senderRelayhostMaps] == nil, main[.defaultTransport]?.value.text == result,
      main.assignments.count(where: { $0.name == RoutingParameter.defaultTransport.rawValue }) == 1,
      spot.transports.contains(where: isOwnLane)
        || spot.single.map({ gatewayTransport(Destination($0).transport.text) == nil }) ?? false
    else { return self }
    return try removing(.defaultTransport)
  }

  private func replacing(
    _ spot: PoolSpot, by result: String, _ scope: Scope
  ) throws(EditError) -> MailConfig {
    guard let site = spot.sites.first else {
      switch spot.place {
      case .parameter(let parameter): return setting(parameter, to: result)
      case .key(let key, of: let parameter):
        let inTable = keyedTable(of: parameter, for: key) != nil || usesAgent
        return try setting(key, of: parameter, to: result, at: spot.entry, inTable: inTable).config
      }
    }
    if site.isInDatabase {
      let left = try leavingDatabase(site, at: spot)
      switch spot.place {
      case .parameter(let parameter): return left.setting(parameter, to: result)
      case .key(let key, of: let parameter):
        let now = try left.keySpot(key, of: parameter, scope)
        let inTable = left.keyedTable(of: parameter, for: key) != nil || usesAgent
        return try left.setting(key, of: parameter, to: result, at: now.entry, inTable: inTable).config
      }
    }
    // Where the pool stays for other keys, its drained members stay with it.
    let staysForOthers = if case .key = spot.place { site.ownKeys.count > 1 } else { false }
    var edited = staysForOthers ? self : try removingDrained(of: site)
    guard let site = edited.poolSite(as: site) else {
      throw .notInOnePlace(site.id)
    }
    switch spot.place {
    case .parameter(let parameter):
      if spot.sites.count == 2 {
        // The two pools that a relayhost became.
        let hop = result.dropping(prefix: "smtp:")
        return try edited.removing(.relayTransport).replacing(.defaultTransport, by: .relayhost, hop)
      }
      guard site.isTable else { return edited.replacing(parameter, by: parameter, result) }
      edited = edited.removingFallback(of: site)
      if site.keys != nil { return try edited.removingItem(of: site).setting(parameter, to: result) }
      guard edited.tables(site.parameter).count == 1 else {
        throw .cannotPool(
          "\(scope)", reason: "\(site.parameter) has other tables beside the pool: take them out first")
      }
      if edited.main[parameter] != nil {
        return try edited.removing(site.parameter).setting(parameter, to: result)
      }
      return edited.replacing(site.parameter, by: parameter, result)
    case .key(let key, of: let parameter):
      guard site.isTable else {
        guard let place = site.value.span(), let document = edited.document(place.file) else {
          throw .notInOnePlace(site.id)
        }
        edited.update(document.applying([Splice(range: place.range, bytes: Bytes(result.utf8))]))
        return edited
      }
      return try edited.writing(result, for: key, of: parameter, inPlaceOf: site)
    }
  }

  /// Takes a key out of a pool of a table, and gives it a destination of its own.
  private func writing(
    _ result: String, for key: String, of parameter: RoutingParameter, inPlaceOf site: PoolSite
  ) throws(EditError) -> MailConfig {
    guard case .entries(let entries)? = site.keys?.content, let keys = site.keys else {
      throw .notInOnePlace(site.id)
    }
    var edited = self
    if entries.count > 1 {
      return try removing([key], from: keys).giving(result, to: key, of: parameter)
    }
    if keyedTable(of: parameter) != nil {
      let left = try edited.removingItem(of: site)
      if try left.entryBehind(key, of: parameter) != nil || keyedTable(of: parameter, for: key) != nil {
        return try left.giving(result, to: key, of: parameter)
      }
    }
    guard let place = site.value.span(), place.file == main.document.path else {
      throw .notInOnePlace(site.id)
    }
    edited.update(
      main.document.applying([Splice(range: place.range, bytes: Bytes("inline:{{\(key)=\(result)}}".utf8))]))
    return edited
  }

  /// The entry of a key that a pool stood in front of.
  private func entryBehind(_ key: String, of parameter: RoutingParameter) throws(EditError) -> Site? {
    try keySpot(key, of: parameter, .named(parameter.rawValue)).entry
  }

  /// A destination for a key whose pool is gone: an entry that it stood in front of says it, or is changed.
  private func giving(
    _ result: String, to key: String, of parameter: RoutingParameter
  ) throws(EditError) -> MailConfig {
    let entry = try entryBehind(key, of: parameter)
    if case .value(let value)? = entry?.content, value.text == result { return self }
    if case .entry(let table, _)? = entry?.place,
      otherUses(of: table).contains(where: { $0.takesValues && $0.asks(for: key) })
    {
      return try setting(key, of: parameter, to: result, at: nil, inTable: false).config
    }
    let inTable = keyedTable(of: parameter, for: key) != nil
    return try setting(key, of: parameter, to: result, at: entry, inTable: inTable).config
  }

  /// Without the table of a pool in the list of its parameter. The list is taken as it is written: the tables beside it may
  /// have `$config_directory` in their names.
  func removingItem(of site: PoolSite) throws(EditError) -> MailConfig {
    guard let item = site.site.table?.item else { throw .notInOnePlace(site.id) }
    return try removingItem(item, of: site.parameter)
  }

  func removingItem(_ item: TableSpec, of parameter: RoutingParameter) throws(EditError) -> MailConfig {
    guard let list = tableList(of: parameter), case let gone = list.indices(of: [item]), !gone.isEmpty else {
      throw .notInOnePlace(parameter.rawValue)
    }
    guard list.items.count > 1 else { return try removing(parameter) }
    var edited = self
    do throws(ListError) { edited.update(main.document.applying(try list.removing(gone))) } catch {
      throw .notInOnePlace(parameter.rawValue)
    }
    return edited
  }

  private func removing(_ parameter: RoutingParameter) throws(EditError) -> MailConfig {
    guard let assignment = main[parameter] else { return self }
    var edited = self
    edited.update(main.document.removing(assignment.line))
    return edited
  }

  /// One destination in the place of a pool's whole line, under a name that may be another.
  private func replacing(_ parameter: RoutingParameter, by other: RoutingParameter, _ result: String)
    -> MailConfig
  {
    guard let line = main[parameter]?.line else { return setting(other, to: result) }
    var edited = self
    let comments = main.document.innerComments(of: line.range)
    let text = (comments + ["\(other) = \(result)"]).joined(separator: "\n")
    edited.update(main.document.applying([Splice(range: line.range, bytes: Bytes(text.utf8))]))
    return edited
  }

  /// Before Postfix 3.5, smtp_fallback_relay is the fallback of a stock pool: it goes where it names just its members.
  func removingFallback(of site: PoolSite) -> MailConfig {
    guard environment.version < .nextHopLists, let assignment = main[.smtpFallbackRelay] else { return self }
    let heads = site.content.choices.compactMap { NextHopList($0.result, kind: site.kind).hops.first }
    guard assignment.value.listItems.map(\.text) == heads else { return self }
    var edited = self
    edited.update(main.document.removing(assignment.line))
    return edited
  }

  /// Without the comments of the drained members and the plans of a pool: one destination has none.
  func removingDrained(of site: PoolSite) throws(EditError) -> MailConfig {
    guard let anchor = site.anchor, let document = document(anchor.file), !site.isInFile else { return self }
    let lines =
      drainedItems(in: anchor).filter { $0.pool == site.pool.ordinal }.map(\.line.range)
      + rampItems(in: anchor).filter { $0.pool == site.pool.ordinal }.map(\.line.range)
    let splices = lines.map { line in
      Splice(range: line.lowerBound..<min(line.upperBound + 1, document.count), bytes: [])
    }
    var edited = self
    edited.update(document.applying(splices))
    return edited
  }

  /// Without the line that declares the agent, and without its limits, if the edit removed the last pool that needs it. A running
  /// agent needs neither, and the next pool adds them again. The line stays in three cases: no pool needed it before the edit, a
  /// person wrote it, or a person chose the limits.
  ///
  /// - Parameter whoeverWroteIt: whether a person said that the agent is not used any more.
  func removingAgentMark(of before: MailConfig, whoeverWroteIt: Bool = false) -> MailConfig {
    guard before.pools().contains(where: \.notation.needsAgent),
      !pools().contains(where: \.notation.needsAgent), !agentMarks(ownOnly: false).isEmpty
    else {
      return self
    }
    var edited = self
    let limits = before.limitsOfAgent
    if limits.others.isEmpty {
      edited.update(
        main.document.applying(
          agentMarks(ownOnly: !whoeverWroteIt).map { Splice(range: $0, bytes: []) }))
    }
    for name in limits.ours {
      guard let line = edited.main[name]?.line else { continue }
      edited.update(edited.main.document.removing(line))
    }
    return edited
  }
}
