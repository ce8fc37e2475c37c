// The orders that the members of each pool can be listed in.

import Gateways
import Routing

/// The word is what comes after "sorted by".
enum MemberOrder: String, Hashable, Sendable, CaseIterable {
  case member
  /// The largest first, of what is meant and of what happened.
  case weight, was, share, real, deferred, delay, queued
  /// What needs attention first.
  case state

  /// Whether it follows from the configuration alone.
  var isSteady: Bool { [.member, .weight, .was, .share].contains(self) }

  /// Those whose column there is something to show in.
  static func all(_ facts: Facts) -> [MemberOrder] {
    allCases.filter { order in
      switch order {
      case .real, .deferred, .delay: facts.mail.recent != nil
      case .queued: facts.mail.waiting != nil
      case .was: facts.session.isEdited
      case .member, .weight, .share, .state: true
      }
    }
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
    case .was:
      let saved = facts.session.saved(pool.id)
      return saved?.members.first { $0.result == member.result }.flatMap { saved?.share($0) } ?? -1
    case .deferred: return member.gateways.first.flatMap(facts.recent)?.deferredShare ?? -1
    case .delay:
      let delay = member.gateways.first.flatMap(facts.recent)?.cell.handingOver.milliseconds(at: 0.5)
      return delay.map { Double($0) } ?? -1
    case .queued:
      let waiting = facts.mail.waiting?.byGateway
      return Double(member.gateways.first.flatMap { waiting?[$0]?.messages } ?? 0)
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
