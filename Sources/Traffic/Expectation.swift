// What would happen if some gateways were gone: who gets how much, and what waits. It is computed from the shares,
// without random choices.

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
        switch pool.taker(of: member, states) {
        case .noGateway: members[index] += share
        case .itself(let gateway):
          // The agent gives the share of the dead to the others, by weight.
          let taken = pool.isAgents ? live[index].share : share
          members[index] += taken
          add(taken, to: gateway, of: counted.count)
        case .another(let gateway):
          members[index] += share
          add(share, to: gateway, of: counted.count)
        case .otherMembers: break
        case .waits: atRisk += share / Double(counted.count)
        }
      }
      self.pools[pool.id] = members
    }
  }

  private mutating func add(_ share: Double, to gateway: Gateway, of count: Int) {
    shares[gateway, default: 0] += share / Double(count)
  }
}

extension Pool {
  /// Who takes the mail that is drawn for a member.
  enum Taker: Equatable {
    /// It is no gateway: local delivery, or each domain's own mail exchangers.
    case noGateway
    case itself(Gateway)
    /// The next of its list, or of its safety net.
    case another(Gateway)
    /// The agent draws among the others.
    case otherMembers
    /// No gateway: it waits.
    case waits
  }

  func taker(of member: Member, _ states: GatewayStates) -> Taker {
    guard let first = member.gateways.first else { return .noGateway }
    if states.isAlive(first) { return .itself(first) }
    // The agent counts a member as dead whose first gateway is, even if its list has a live one.
    if isAgents, hasLiveMember(states) { return .otherMembers }
    let others = [
      member.gateways.first { states.isAlive($0) }, safetyNet(of: member).first { states.isAlive($0) },
    ]
    return others.compactMap(\.self).first.map { .another($0) } ?? .waits
  }
}
