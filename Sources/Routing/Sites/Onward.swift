// Where the mail of members goes that name a transport and no next hop, as lanes do: another setting decides that, or the
// domain of each recipient. The one answer for shares, reports and views.

import PostfixFiles

/// What decides the next hop of such mail.
package enum Onward: Hashable, Sendable {
  /// The pool, or the one next hop, of `relayhost` or of sender_dependent_relayhost_maps.
  case relays(of: RoutingParameter)
  /// The domain of each recipient: its own mail exchangers.
  case domains
}

extension Pool {
  /// Whether all of its mail goes on to another pool, which shares it out among the gateways.
  package var handsOn: Bool {
    if case .relays? = onward { members.allSatisfy { $0.isLane || !$0.getsMail } } else { false }
  }

  /// The transports by which the mail of a member comes to its gateway: of relays those of the lanes in front of them too.
  package func transports(of member: Member) -> [String] {
    let own = member.transport.map { [$0] } ?? []
    return carriers.isEmpty || kind != .nextHop ? own : own + carriers.filter { !own.contains($0) }
  }
}

/// Finds it out for the pools of a configuration.
struct OnwardMail {
  /// A site, and the index of the pool that decides there.
  typealias Use = (site: Site, index: Int)

  private let pools: [Pool]
  private let uses: [Use]
  private let config: MailConfig

  init(_ config: MailConfig, _ pools: [Pool], _ uses: [Use]) {
    (self.config, self.pools, self.uses) = (config, pools, uses)
  }

  /// By the index of the pool.
  private(set) var onward: [Int: Onward] = [:]
  private(set) var carriers: [Int: [String]] = [:]

  mutating func find() {
    let front = frontTransports
    let lanes = pools.indices.filter { pools[$0].members.contains(where: \.isLane) }
    if lanes.isEmpty, front.isEmpty { return }
    let parameters = parametersByPool
    let relays = relaysOfAll(parameters)
    var carrying = front
    for index in lanes {
      // With a transport from transport_maps, or of the other classes, relayhost is not asked (trivial-rewrite/resolve.c).
      // The agent, which Postfix takes for a transport with a next hop, gives a lane the domain.
      let asksRelayhost =
        !pools[index].isAgents
        && !parameters[index, default: []].isDisjoint(with: Self.inFront)
      onward[index] = asksRelayhost ? relays.map { .relays(of: $0) } ?? .domains : .domains
      if asksRelayhost, pools[index].overrider == nil {
        carrying += pools[index].members.filter(\.isLane).compactMap(\.transport)
      }
    }
    var seen: Set<String> = []
    carrying = carrying.filter { seen.insert($0).inserted }
    for (index, own) in parameters where !own.isDisjoint(with: Self.afterLanes) { carriers[index] = carrying }
  }

  /// After the transports of these, relayhost decides where they name no next hop.
  private static let inFront: Set<RoutingParameter> = [
    .senderTransportMaps, .defaultTransport, .relayTransport,
  ]
  private static let afterLanes: Set<RoutingParameter> = [.senderRelayhostMaps, .relayhost]

  private var parametersByPool: [Int: Set<RoutingParameter>] {
    var found: [Int: Set<RoutingParameter>] = [:]
    for use in uses { found[use.index, default: []].insert(use.site.parameter) }
    for (index, pool) in pools.enumerated() {
      if case .parameter(let parameter) = pool.place { found[index, default: []].insert(parameter) }
    }
    return found
  }

  /// The parameter whose pool, or whose one gateway, takes the mail that nothing else decides for.
  private func relaysOfAll(_ parameters: [Int: Set<RoutingParameter>]) -> RoutingParameter? {
    let ofAll = Set(uses.lazy.filter { $0.site.isOfAll }.map(\.index))
    return [RoutingParameter.senderRelayhostMaps, .relayhost].first { parameter in
      parameters.contains { index, own in
        let isNamed = if case .parameter = pools[index].place { true } else { ofAll.contains(index) }
        return own.contains(parameter) && isNamed && pools[index].counts
      }
    }
  }

  /// The transports without a next hop of a table of senders that is no pool: `static:lane1:`.
  private var frontTransports: [String] {
    let services = DeliveryServices(config)
    return config.tableSites(of: .senderTransportMaps).filter { $0.table?.isAnswer == true }
      .flatMap(values).compactMap { value in
        guard PoolText(value: value) == nil else { return nil }
        let destination = Destination(value)
        guard destination.nextHop.isEmpty, services.client(destination.transport.text) != nil else {
          return nil
        }
        return destination.transport.text
      }
  }

  private func values(of site: Site) -> [SourcedText] {
    switch site.content {
    case .value(let value): [value]
    case .source(let path):
      config.files[path]?.document.map { $0.count < Self.mostBytes ? Table($0).entries.map(\.value) : [] }
        ?? []
    case .draw, .patterns, .service, .database: []
    }
  }

  /// Larger tables are not read entry by entry after each edit.
  private static let mostBytes = 100_000
}

extension Site {
  /// Whether all mail comes to it that asks its parameter, but for what other tables know.
  fileprivate var isOfAll: Bool {
    switch place {
    case .entry(_, let key), .inlineEntry(_, let key): key == "*"
    default: keyTable?.isOtherSenders ?? true
    }
  }
}
