// The orders that the gateways can be listed in.

import Routing

enum GatewayOrder: Int, Hashable, Sendable, CaseIterable {
  /// As the configuration names them.
  case configuration
  /// What needs attention first.
  case state
  /// The slowest first; those that did not greet at the end.
  case latency
  /// The largest first.
  case share
  case name

  var next: GatewayOrder { GatewayOrder(rawValue: rawValue + 1) ?? .configuration }

  /// The word after "sorted by".
  var word: String {
    switch self {
    case .configuration: "configuration"
    case .state: "state"
    case .latency: "latency"
    case .share: "share"
    case .name: "name"
    }
  }
}

extension GatewayOrder {
  /// `uses` in this order; equals stay as the configuration has them.
  func sorted(_ uses: [GatewayUse], _ facts: Facts) -> [GatewayUse] {
    /// Compares by a number, then by place.
    func byKey(_ key: (GatewayUse) -> Double) -> [GatewayUse] {
      uses.enumerated().map { (key($0.element), $0.offset) }.sorted { $0 < $1 }.map { uses[$0.1] }
    }
    switch self {
    case .configuration: return uses
    case .state: return byKey { -Double(facts.state(of: $0).badness) }
    case .latency: return byKey { -(facts.statuses[$0.gateway]?.latency ?? -1) }
    case .share: return byKey { -$0.share }
    case .name:
      return uses.map { (key: "\($0.gateway)", use: $0) }.sorted { $0.key < $1.key }.map(\.use)
    }
  }
}
