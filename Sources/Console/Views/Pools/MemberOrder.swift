// The orders that the members of each pool can be listed in.

import Gateways
import Routing

/// The word is what comes after "sorted by".
enum MemberOrder: String, Hashable, Sendable, CaseIterable {
  case member
  /// The largest first, of what is meant and of what happened.
  case weight, share, real
  /// What needs attention first.
  case state

  /// Whether it follows from the configuration alone.
  var isSteady: Bool { self != .real && self != .state }

  /// Those whose column there is something to show in.
  static func all(_ facts: Facts) -> [MemberOrder] {
    allCases.filter { $0 != .real || facts.mail.recent != nil }
  }

  /// The members of a pool in this order; equals stay as they are written.
  func sorted(_ pool: Pool, _ facts: Facts) -> [Member] {
    if case .member = self { return Sorting().sorted(pool.members, by: \.result) }
    return Sorting().sorted(pool.members) { -number($0, pool, facts) }
  }

  private func number(_ member: Member, _ pool: Pool, _ facts: Facts) -> Double {
    switch self {
    case .member: return 0
    case .weight: return Double(member.weight)
    case .share: return member.isDrained ? -1 : pool.share(member)
    case .real:
      let rows = facts.mail.recent?.pool(pool.id, facts.window)?.members ?? []
      return rows.first { $0.result == member.result }?.observed ?? -1
    case .state:
      let state: GatewayState? =
        member.isDrained ? .drained : member.gateways.first.map(facts.state)
      return Double((state ?? .unknown).badness)
    }
  }
}
