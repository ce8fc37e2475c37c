// A member for one destination: the two become a pool, as `pool` would make it.

import PostfixFiles
import Routing
import System

extension PoolWish {
  /// What an edit comes to where it gives a second member to one destination; nil for any other edit.
  ///
  /// - Parameter isNew: whether the member that gets a share is one that is added.
  package init?(_ edit: Edit, in config: MailConfig, isNew: Bool = false) throws(EditError) {
    let (name, member, wanted, rest): (String, String, WantedMember.Weight, WantedMember.Weight)
    switch edit {
    case .add(let pool, let new, let weight), .setWeight(let pool, let new, let weight):
      (name, member, wanted, rest) = (pool, new, .number(weight), .number(1))
    case .setShare(let pool, let new, let share, _):
      (name, member, wanted, rest) = (pool, new, .share(share), .share(1 - share))
    default: return nil
    }
    let own: (scope: Scope, result: String)
    let pools = try config.poolsNamed(name)
    let isAdded = if case .add = edit { true } else { isNew }
    if isAdded, let pool = pools.first, pool.notation != .single, config.laneAddress(member) != nil,
      pool.members(matching: member, in: config).isEmpty
    {
      // Its transport may have to be made.
      self.init(
        .named(pool.id),
        try config.lanes(of: pool, and: member, weight: wanted)
          + [WantedMember(try WantedMember(member).goal, weight: try .init(checking: wanted, of: member))])
      return
    }
    if let entry = try config.destinationOfEntryForAllMail(name) {
      own = (.outbound, entry)
      if entry == member || entry.hasSuffix(":\(member)") {
        throw .onlyOneDestination(name, destination: entry)
      }
    } else if pools.count > 1 {
      return nil
    } else if let pool = pools.first {
      // A person may name a gateway without its brackets; a new one without them is the mail exchanger of that name.
      guard pool.notation == .single, let one = pool.members.first,
        pool.members(matching: member, in: config).isEmpty
          || isAdded && config.isExchanger(member, beside: one.result, kind: pool.kind)
      else { return nil }
      // As a person said it: an answer names that.
      let said = try Scope(name)
      let isName = if case .named = said { true } else { false }
      own = (isName ? .named(pool.id) : said, one.result)
    } else if let result = try config.destination(ofEntry: name) {
      if result == member || result.hasSuffix(":\(member)") {
        throw .onlyOneDestination(name, destination: result)
      }
      own = (try Scope(name), result)
    } else {
      return nil
    }
    var new = try WantedMember(member)
    new.weight = try WantedMember.Weight(checking: wanted, of: member)
    self.init(
      own.scope,
      [WantedMember(.text(own.result), weight: try WantedMember.Weight(checking: rest, of: member)), new])
    origin = .edit
  }
}

extension EditError {
  /// With the words of a person for the one gateway, where these are not as it is written.
  func spelling(_ member: String?, in config: MailConfig) -> EditError {
    guard case .onlyOneDestination(let name, let destination, nil) = self, let member, member != destination,
      let pool = config.pool(name), pool.notation == .single,
      !pool.members(matching: member, in: config).isEmpty
    else { return self }
    return .onlyOneDestination(name, destination: destination, spelled: member)
  }
}

extension MailConfig {
  /// Whether a name without brackets, which means a mail exchanger, is another gateway than `result`.
  fileprivate func isExchanger(_ name: String, beside result: String, kind: ResultKind) -> Bool {
    !name.contains("[")
      && gatewayName(of: name, kind: kind, transport: "smtp")
        != gatewayName(of: result, kind: kind, transport: "smtp")
  }

  /// That of the entry `*` that decides for all mail to the outside, where a name means that mail.
  func destinationOfEntryForAllMail(_ name: String) throws(EditError) -> String? {
    // The texts of the tables say it: their indices may be older.
    guard name == "\(Scope.outbound)",
      let entry = entryForAllMail(RouteContext(isCopy: true))?.single?.text
    else { return nil }
    return try Self.guardTransport(of: entry, name)
  }

  /// The one destination of a table entry, named as a pool in its place would be; nil where there is none.
  fileprivate func destination(ofEntry name: String) throws(EditError) -> String? {
    guard let spot = try? spot(for: Scope(name), nextHopsOnly: true, prefersAgent: isServedByAgent),
      case .key = spot.place, spot.sites.isEmpty, let single = spot.single, !single.isEmpty
    else { return nil }
    return try Self.guardTransport(of: single.text, name)
  }

  private static func guardTransport(of entry: String, _ name: String) throws(EditError) -> String {
    if entry.hasPrefix(":") {
      throw .cannotPool(name, reason: "\"\(entry)\" names no transport: write one before it first")
    }
    return entry
  }

  /// The members of a pool of lanes, which one more joins. Where they go to several gateways, it is not known which one it is for.
  fileprivate func lanes(
    of pool: Pool, and lane: String, weight: WantedMember.Weight
  ) throws(EditError) -> [WantedMember] {
    let active = pool.members.filter { !$0.isDrained }
    let hops = Set(active.map { Destination(SourcedText(builtIn: $0.result)).nextHop.text })
    let isOfLanes = active.allSatisfy { $0.transport.map(isOwnLane) ?? false }
    let members = active.map { WantedMember(.text($0.result), weight: .number($0.weight)) }
    // Without a next hop each leaves it to relayhost, and to what some senders have in its place.
    guard isOfLanes, hops.count == 1 else {
      let new = try WantedMember(lane)
      throw .badText(
        lane,
        reason:
          "\(pool.id) is no pool of lanes in front of one gateway; \(advice(on: new, weight, beside: members, pool))"
      )
    }
    return members
  }

  /// The mail of a pool in a word; its id where that is the mail of several keys.
  private func scopeOfMail(of pool: Pool) -> Scope {
    guard let site = poolSites().first(where: { $0.id == pool.id }),
      let spot = try? spot(of: site, named: pool.id), let scope = spot.scopeOfMail
    else { return .named(pool.id) }
    if case .key = spot.place, site.ownKeys.count > 1 { return .named(pool.id) }
    return scope
  }

  /// What to write for a lane that cannot join a pool: a call that does it, where there is one.
  private func advice(
    on lane: WantedMember, _ weight: WantedMember.Weight, beside members: [WantedMember], _ pool: Pool
  ) -> String {
    let scope = scopeOfMail(of: pool)
    let machine = Machine(addresses: Set(interfaceAddresses()))
    var own = lane
    own.weight = weight
    let ways = [
      ("to share the mail between all of them", members + [own]),
      ("to send the mail of these gateways from that address", [lane]),
    ]
    for (words, wanted) in ways {
      let wish = PoolWish(scope, wanted)
      guard let plan = try? planning(wish, on: machine) else { continue }
      let leaves = plan.guards.contains { if case .leavesGateways = $0 { true } else { false } }
      if !leaves { return "\(words): \(plan.call(of: wish))" }
    }
    let hop = pool.members.first?.nextHops.first ?? "[gw1.example]"
    return
      "add a transport of master.cf with its gateway: when master.cf has lane1, with randmap add \("\(scope)".asArgument) \("lane1:\(hop)".asArgument)"
  }

  /// Whether making these edits may plan a pool or run the rules. That reads files: a console does it on a thread.
  package func mayPlan(_ edits: [Edit]) -> Bool {
    edits.contains { edit in
      switch edit {
      case .pool, .fix, .ignore: true
      case .add(let pool, let member, _): mayBecomePool(pool) || laneAddress(member) != nil
      case .setWeight(let pool, _, _), .setShare(let pool, _, _, _): mayBecomePool(pool)
      // It may make a table, or take one away that is empty then.
      case .setRoute(_, _, let table): tableToMake(table) != nil
      case .removeRoute(let key, nil): isMailName(key)
      default: false
      }
    }
  }

  /// Whether a word may mean a kind of mail, as `to:example.com` does.
  private func isMailName(_ word: String) -> Bool { word.contains(":") || word == "\(Scope.outbound)" }

  /// Whether a name is not that of a pool with several members: then it may be one destination, or a key of a table.
  private func mayBecomePool(_ name: String) -> Bool { pool(name).map { $0.notation == .single } ?? true }

  /// The configuration with a wish come true, where nothing has to be said yes to.
  func granting(_ wish: PoolWish) throws(EditError) -> MailConfig {
    let plan = try planning(wish, on: Machine(addresses: Set(interfaceAddresses())))
    if let stop = plan.guards.first {
      throw .cannotPool(
        "\(wish.scope)", reason: "\(stop.message); to make it all the same: \(wish.call) --force")
    }
    return plan.config
  }
}
