// A number of messages tried out: for each a pool, a member by the choice that the agent makes, and what takes its mail.

import Gateways
import PostfixFiles
import Routing

package struct TrialRun: Sendable {
  package private(set) var counts: [Gateway: Int] = [:]
  /// The messages that no gateway takes.
  package private(set) var waiting = 0

  /// The members that may be drawn in all: about two seconds' worth.
  private static let mostDraws = 10_000_000

  /// The pools count alike, as in ``Expectation``.
  ///
  /// - Returns: nil where the pools are too large to draw so often.
  package init?(
    of messages: Int, _ pools: [Pool], _ states: GatewayStates, _ passedBy: PassedBy = PassedBy(),
    using generator: inout some RandomNumberGenerator
  ) {
    let counted = pools.filter(\.counts).map { Candidates($0, states, passedBy) }
    guard let most = counted.map(\.weights.count).max() else { return }
    guard messages <= Self.mostDraws / max(1, most) else { return nil }
    for _ in 0..<messages {
      let pool = counted[Int.random(in: counted.indices, using: &generator)]
      switch pool.draw(using: &generator) {
      case .itself(let gateway), .another(let gateway): counts[gateway, default: 0] += 1
      case .waits: waiting += 1
      case .noGateway, .otherMembers: break
      }
    }
  }

  /// What may be drawn of one pool. A member that the agent passes over is not in it: the first of the others comes instead.
  private struct Candidates {
    let weights: [Int]
    private let takers: [Pool.Taker]

    init(_ pool: Pool, _ states: GatewayStates, _ passedBy: PassedBy) {
      let places = pool.isAgents ? pool.drawn(states, passedBy) : []
      let all = pool.members.enumerated().filter { pool.share($1) > 0 }.map { place, member in
        (member, pool.taker(of: member, at: place, states, among: places))
      }
      let drawn = all.filter { $0.1 != .otherMembers }
      // A plan has shares, and the weights stay as they are.
      weights = drawn.map { pool.followsPlans ? max(1, Int(pool.share($0.0) * 1_000_000)) : $0.0.weight }
      takers = drawn.map(\.1)
    }

    func draw(using generator: inout some RandomNumberGenerator) -> Pool.Taker {
      weightedFirst(weights, using: &generator).map { takers[$0] } ?? .waits
    }
  }
}
