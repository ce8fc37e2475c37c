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
  /// By the pool's id: what each member's mail comes to, in the order of the members; of those too whose mail another pool
  /// shares out.
  package private(set) var pools: [String: [Double]] = [:]

  package init(_ pools: [Pool], _ states: GatewayStates, _ passedBy: PassedBy = PassedBy()) {
    let counted = pools.filter(\.counts)
    for pool in pools where pool.counts || pool.handsOn && pool.overrider == nil {
      var members = pool.members.map { _ in 0.0 }
      let drawn = pool.isAgents ? pool.drawn(states, passedBy) : []
      let drawnShare = drawn.reduce(0) { $0 + pool.share(pool.members[$1]) }
      for (index, member) in pool.members.enumerated() where !member.isDrained {
        let share = pool.share(member)
        // The agent gives the share of those that it passes over to the others, by weight.
        let taken = drawn.contains(index) && drawnShare > 0 ? share / drawnShare : share
        switch pool.taker(of: member, at: index, states, among: drawn) {
        case .noGateway: members[index] += taken
        case .itself(let gateway):
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

  /// - Parameter drawn: the places of the members that the agent draws among; empty where all are dead, and without it.
  func taker(of member: Member, at place: Int, _ states: GatewayStates, among drawn: Set<Int>) -> Taker {
    // The agent counts a member as dead whose first gateway is, even if its list has a live one.
    if !drawn.isEmpty, !drawn.contains(place) { return .otherMembers }
    guard let first = member.gateways.first else { return .noGateway }
    if states.isAlive(first) { return .itself(first) }
    let others = [
      member.gateways.first { states.isAlive($0) }, safetyNet(of: member).first { states.isAlive($0) },
    ]
    return others.compactMap(\.self).first.map { .another($0) } ?? .waits
  }
}
