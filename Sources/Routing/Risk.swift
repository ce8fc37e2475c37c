// What the states of gateways mean for the mail: how much is at risk, and who gets it while the dead are left out.

import PostfixFiles

/// What is known of gateways; a gateway that is not in it is unknown, and unknown counts as alive.
public typealias GatewayStates = [Gateway: GatewayState]

extension GatewayStates {
  public func isAlive(_ gateway: Gateway) -> Bool { self[gateway]?.isAlive ?? true }
}

extension Member {
  /// Whether mail for this member can leave by the gateway that it names first.
  public func isAlive(_ states: GatewayStates) -> Bool {
    gateways.first.map { states.isAlive($0) } ?? true
  }

  /// Whether mail for this member leaves, if need be by a later gateway of its list or by its safety net.
  public func isCovered(_ states: GatewayStates) -> Bool {
    gateways.isEmpty || gateways.contains { states.isAlive($0) } || safetyNet.contains { states.isAlive($0) }
  }
}

extension Pool {
  /// The share of the pool's mail whose member is down or refused with no safety net behind it: a fraction of 1.
  public func atRisk(_ states: GatewayStates) -> Double {
    members.reduce(0) { $0 + ($1.isCovered(states) ? 0 : share($1)) }
  }

  /// Whether some member's gateway is alive, so that the pool delivers at all.
  public func hasLiveMember(_ states: GatewayStates) -> Bool {
    members.contains { !$0.isDrained && $0.isAlive(states) }
  }

  /// The share that `member` would have with the dead members left out; the plain share where all are dead.
  public func liveShare(_ member: Member, _ states: GatewayStates) -> Double {
    let live = members.filter { !$0.isDrained && $0.isAlive(states) }
    let total = live.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return share(member) }
    return !member.isDrained && member.isAlive(states) ? Double(member.weight) / Double(total) : 0
  }
}

extension Collection<Pool> {
  /// The share of all pool mail at risk, the pools weighted alike.
  public func atRisk(_ states: GatewayStates) -> Double {
    let counted = filter { $0.totalWeight > 0 }
    return counted.isEmpty ? 0 : counted.reduce(0) { $0 + $1.atRisk(states) } / Double(counted.count)
  }

  /// The share of all pool mail that each gateway would get with the dead members left out, the pools weighted
  /// alike: fractions of 1. A gateway that would get none is not in it.
  public func liveShares(_ states: GatewayStates) -> [Gateway: Double] {
    let counted = filter { $0.totalWeight > 0 }
    var shares: [Gateway: Double] = [:]
    for pool in counted {
      for member in pool.members {
        let share = pool.liveShare(member, states)
        if share > 0, let first = member.gateways.first {
          shares[first, default: 0] += share / Double(counted.count)
        }
      }
    }
    return shares
  }
}
