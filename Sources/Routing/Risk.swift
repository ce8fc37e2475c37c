// What the states of gateways mean for the mail: how much is at risk, and who gets it while the dead are left out.

import Gateways
import PostfixFiles

extension Member {
  /// Whether mail for this member can leave by the gateway that it names first.
  package func isAlive(_ states: GatewayStates) -> Bool {
    gateways.first.map { states.isAlive($0) } ?? true
  }
}

extension Pool {
  /// The members whose mail does not leave, not even by a later gateway of their list or by their fallback.
  package func uncovered(_ states: GatewayStates) -> [Member] {
    // A member asks what its peers have only when it has nothing itself, so it need not be told from them.
    let livePeers = peers.filter { _, group in
      group.contains { members[$0].gateways.contains { states.isAlive($0) } }
    }
    return members.filter { member in
      member.getsMail && !member.gateways.isEmpty && livePeers[member.transport ?? ""] == nil
        && !member.gateways.contains { states.isAlive($0) }
        && !member.fallback.contains { states.isAlive($0) }
    }
  }

  /// The share of the pool's mail whose member is down or refused and has no fallback: a fraction of 1. All of
  /// it where there is no member, nothing where no mail comes to the pool.
  ///
  /// - Parameter isAgentGone: Whether no agent runs that would deliver its pools.
  package func atRisk(_ states: GatewayStates, isAgentGone: Bool = false) -> Double {
    if overrider != nil { return 0 }
    if totalWeight == 0 || (isAgents && isAgentGone) { return 1 }
    return uncovered(states).reduce(0) { $0 + share($1) }
  }

  /// Whether some member's gateway is alive, so that the pool delivers at all.
  package func hasLiveMember(_ states: GatewayStates) -> Bool {
    members.contains { $0.getsMail && $0.isAlive(states) }
  }

  /// The share that each member would have with the dead members left out; the plain shares where all are dead.
  package func liveShares(_ states: GatewayStates) -> [(member: Member, share: Double)] {
    let isLive = members.map { $0.getsMail && $0.isAlive(states) }
    let total = zip(members, isLive).reduce(0) { $0 + ($1.1 ? $1.0.weight : 0) }
    return zip(members, isLive).map { member, isLive in
      (member, total == 0 ? share(member) : isLive ? Double(member.weight) / Double(total) : 0)
    }
  }
}

extension Collection<Pool> {
  /// The share of all pool mail at risk, the pools weighted alike that mail can come to.
  package func atRisk(_ states: GatewayStates, isAgentGone: Bool = false) -> Double {
    let used = filter { $0.overrider == nil && !$0.handsOn }
    return used.isEmpty
      ? 0 : used.reduce(0) { $0 + $1.atRisk(states, isAgentGone: isAgentGone) } / Double(used.count)
  }

  /// The share of all pool mail that each gateway would get with the dead members left out, the pools weighted
  /// alike: fractions of 1. A gateway that would get none is not in it.
  package func liveShares(_ states: GatewayStates) -> [Gateway: Double] {
    let counted = filter(\.counts)
    var shares: [Gateway: Double] = [:]
    for pool in counted {
      for (member, share) in pool.liveShares(states) {
        if share > 0, let first = member.gateways.first {
          shares[first, default: 0] += share / Double(counted.count)
        }
      }
    }
    return shares
  }
}
