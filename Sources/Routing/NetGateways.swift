// The fallback of the members of a stock pool, as gateways.

import Gateways
import PostfixFiles

/// Separates what a member lists from what follows it as the fallback of a stock pool.
struct NetGateways {
  private let net: StockNet?
  private let transports: Transports
  /// Where the mail of each member goes while that is alive; empty where it does not matter.
  private let firsts: Set<DestinationGateways.First>
  /// What follows each result, the fallback relay included, by transport: one list for all its members.
  private var shared: [String: [Gateway]] = [:]

  /// - Parameter first: where each member leads.
  init(_ net: StockNet?, first: [DestinationGateways], _ transports: Transports) {
    self.net = net
    self.transports = transports
    firsts = if case .translated = net { Set(first.compactMap(\.first)) } else { [] }
  }

  /// How many of the gateways of a result are its own, and what takes their mail when they do not.
  mutating func split(_ route: DestinationGateways) -> (listed: Int, fallback: [Gateway]) {
    switch net {
    case nil: return (route.gateways.count, route.fallback)
    case .afterEach:
      let name = route.transport ?? ""
      let known =
        shared[name]
        ?? (net?.hops ?? []).flatMap { hop in
          DestinationGateways(hop, kind: .nextHop, defaultTransport: route.transport, by: transports).gateways
        } + route.fallback
      shared[name] = known
      return (route.gateways.count, known)
    case .translated:
      // The next hops at the end that are first choices of the pool as well are there as a net only.
      var listed = route.gateways.count
      while listed > 1,
        firsts.contains(.init(transport: route.transport, gateway: route.gateways[listed - 1]))
      {
        listed -= 1
      }
      return (listed, route.gateways[listed...] + route.fallback)
    }
  }
}
