// Every gateway that a configuration names, who names it, and how much of the pool mail it gets.

import Gateways
import PostfixFiles

/// One gateway with all its uses.
package struct GatewayUse: Sendable {
  /// What mail is handed to it as; smtp(8) treats them differently where it does not exist.
  package enum Role: Hashable, Sendable {
    /// A next hop of a pool, of a table or of a parameter.
    case nextHop
    /// `relayhost` itself.
    case relayhost
    /// What takes the mail when the next hop does not.
    case fallback
  }

  package let gateway: Gateway
  /// How the transports that use it speak to it; more than one where lanes differ.
  package internal(set) var approaches: Set<Approach> = []
  /// The names of these transports.
  package internal(set) var transports: Set<String> = []
  /// What the tables of credentials and of TLS policies have for it, in order; empty where no such table is set.
  package internal(set) var entries: [NextHopEntry] = []
  /// The pools that name it, by id, in order.
  package internal(set) var pools: [String] = []
  /// Its share of all pool mail, the pools that mail can come to weighted alike: a fraction of 1.
  package internal(set) var share: Double = 0
  /// Whether every pool that names it keeps it drained, and nothing else names it.
  package internal(set) var isDrained = true
  /// Where it is drained: the drain that ends last.
  package internal(set) var drain: Drain?
  package internal(set) var roles: Set<Role> = []
  /// Where the member, the value or the item that names it first is written; nil if that is in no file.
  package internal(set) var place: FileRange?
  /// How many of these name it.
  package internal(set) var mentions = 0
  /// How many of them name it as a fallback only.
  package internal(set) var fallbackMentions = 0
  /// The first value of a table that leaves mail to it alone, with no gateway after it and no fallback relay.
  package internal(set) var alonePlace: FileRange?
  /// How many values do.
  package internal(set) var aloneMentions = 0

  /// What a probe of it is sent to.
  package var targets: [Target] { approaches.map { Target(gateway, $0) } }
}

extension MailConfig {
  /// All gateways that a pool, a route, a relayhost or a fallback names, in the order of their first places.
  package func gateways() -> [GatewayUse] { gateways(in: pools()) }

  /// The same, where the pools of this configuration are known already.
  package func gateways(in pools: [Pool]) -> [GatewayUse] {
    var map = GatewayMap(config: self)
    let counted = pools.count(where: \.counts)
    for pool in pools { map.add(pool, of: counted) }
    // Beside a table that answers for all of its mail it is no pool (`PoolFinder`).
    let idle = RoutingParameter.values.filter { parameter in
      pools.first { $0.place == .parameter(parameter) }?.isIdle ?? (parameter == .relayhost)
    }
    for site in valueSites where site.kind == .nextHop {
      guard case .value(let value) = site.content else { continue }
      map.add(
        value, kind: .nextHop, transport: site.parameter.client?.rawValue,
        as: GatewayUse.Role(of: site.parameter), isIdle: idle.contains(site.parameter))
    }
    for site in tableSites where site.table?.isAnswer == true {
      let kind = site.parameter.resultKind
      switch site.content {
      case .value(let value): map.add(value, kind: kind)
      case .source(let path): map.add(fileAt: path, kind: kind)
      case .draw, .patterns, .service, .database: break
      }
    }
    map.addFallbacks()
    return map.finished
  }
}

extension MailConfig {
  /// What probes of the gateways of these pools are sent to, each once.
  package func targets(of pools: [Pool]) -> Set<Target> { Set(gateways(of: pools).flatMap(\.targets)) }

  /// The gateways that these pools name, without a look at what else names them.
  package func gateways(of pools: [Pool]) -> [GatewayUse] {
    var map = GatewayMap(config: self)
    for pool in pools { map.add(pool, of: 0) }
    return map.uses
  }
}
