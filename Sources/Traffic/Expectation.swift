// What would happen if some gateways were gone: who gets how much, and what waits. It is computed from the shares, without random choices.

import Gateways
import PostfixFiles
import Routing

package struct Expectation: Sendable {
  /// Of all pool mail, the pools weighted alike: fractions of 1.
  package private(set) var shares: [Gateway: Double] = [:]
  /// The part that no gateway takes.
  package private(set) var atRisk = 0.0
  /// By the pool's id: what each member's mail comes to, in the order of the members.
  package private(set) var pools: [String: [Double]] = [:]

  package init(_ pools: [Pool], _ states: GatewayStates) {
    let counted = pools.filter(\.counts)
    for pool in counted {
      var members = pool.members.map { _ in 0.0 }
      let live = pool.liveShares(states)
      for (index, member) in pool.members.enumerated() where !member.isDrained {
        let share = pool.share(member)
        guard let first = member.gateways.first else {
          members[index] += share
          continue
        }
        if states.isAlive(first) {
          // The agent gives the share of the dead to the others, by weight.
          let taken = pool.isAgents ? live[index].share : share
          members[index] += taken
          add(taken, to: first, of: counted.count)
        } else if let next = member.gateways.first(where: { states.isAlive($0) }) {
          // A list of the member's own; the agent counts such a member as dead.
          if !pool.isAgents || !pool.hasLiveMember(states) {
            members[index] += share
            add(share, to: next, of: counted.count)
          }
        } else if !pool.isAgents || !pool.hasLiveMember(states) {
          if let net = pool.safetyNet(of: member).first(where: { states.isAlive($0) }) {
            members[index] += share
            add(share, to: net, of: counted.count)
          } else {
            atRisk += share / Double(counted.count)
          }
        }
      }
      self.pools[pool.id] = members
    }
  }

  private mutating func add(_ share: Double, to gateway: Gateway, of count: Int) {
    shares[gateway, default: 0] += share / Double(count)
  }
}
