// The orders that the gateways can be listed in.

import Liveness
import PostfixFiles
import Routing

/// The word is what comes after "sorted by".
enum GatewayOrder: String, Hashable, Sendable, CaseIterable {
  /// What needs attention first.
  case state
  /// The slowest first; those that did not greet at the end.
  case latency
  /// Those that were found in trouble most often lately first.
  case history
  /// The largest first, of what is meant and of what happened.
  case share
  case real, deferred, delay, queued
  case name
}

extension GatewayOrder {
  /// Those whose column there is something to show in.
  static func all(_ facts: Facts) -> [GatewayOrder] {
    allCases.filter { order in
      switch order {
      case .real, .deferred, .delay: facts.mail.recent != nil
      case .queued: facts.mail.waiting != nil
      case .state, .latency, .history, .share, .name: true
      }
    }
  }

  /// `uses` in this order; equals stay as the configuration has them.
  func sorted(_ uses: [GatewayUse], _ facts: Facts) -> [GatewayUse] {
    if case .name = self { return Sorting().sorted(uses) { "\($0.gateway)" } }
    return Sorting().sorted(uses) { -number($0, facts) }
  }

  /// The part of the probes that did not find it up.
  private static func troubled(_ history: [HistoryPoint]) -> Double {
    history.isEmpty ? -1 : Double(history.count { $0.found != .up }) / Double(history.count)
  }

  private func number(_ use: GatewayUse, _ facts: Facts) -> Double {
    let recent = facts.recent(use.gateway)
    return switch self {
    case .state: Double(facts.state(of: use).badness)
    case .latency: facts.latencies[use.gateway] ?? -1
    case .history: facts.statuses[use.gateway].map { Self.troubled($0.history) } ?? -1
    case .share: use.share
    case .real: recent?.observed ?? -1
    case .deferred: recent?.deferredShare ?? -1
    case .delay: recent?.cell.handingOver.milliseconds(at: 0.5).map { Double($0) } ?? -1
    case .queued: Double(facts.mail.waiting?.byGateway[use.gateway]?.messages ?? 0)
    case .name: 0
    }
  }
}
