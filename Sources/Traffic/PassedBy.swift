// Gateways that are alive and that the agent passes by all the same: what they were given came to nothing, or they would take
// no mail at the first try. Stock Postfix knows nothing of that, and hands them their share.

import Gateways
import Routing

package struct PassedBy: Sendable {
  /// Those that defer or refuse most of the mail: passed by, but never more than `most` of a pool.
  package var failing: Set<Gateway>
  /// Those that greet with 4xx, and the like: they come after all others, however many they are.
  package var askedLast: Set<Gateway>
  /// Of a pool's weight: a fraction of 1.
  package var most: Double

  package init(
    failing: Set<Gateway> = [], askedLast: Set<Gateway> = [], most: Double = DeliveryLimits().passedByShare
  ) {
    (self.failing, self.askedLast, self.most) = (failing, askedLast, most)
  }

  package func contains(_ gateway: Gateway) -> Bool {
    failing.contains(gateway) || askedLast.contains(gateway)
  }
}

extension Pool {
  /// The places of the members among which the agent draws; empty where all of them are dead.
  func drawn(_ states: GatewayStates, _ passedBy: PassedBy) -> Set<Int> {
    let alive = members.indices.filter { members[$0].getsMail && members[$0].isAlive(states) }
    func rest(without passed: Set<Int>, of places: [Int]) -> [Int] {
      let rest = places.filter { !passed.contains($0) }
      return rest.isEmpty ? places : rest
    }
    let last = alive.filter { members[$0].gateways.first.map { passedBy.askedLast.contains($0) } ?? false }
    return Set(rest(without: failing(passedBy), of: rest(without: Set(last), of: alive)))
  }

  /// The members that are passed by for their results.
  private func failing(_ passedBy: PassedBy) -> Set<Int> {
    if passedBy.failing.isEmpty { return [] }
    let failing = members.indices.filter { place in
      let gateways = members[place].gateways
      return members[place].getsMail && !gateways.isEmpty && gateways.allSatisfy(passedBy.failing.contains)
    }
    return Set(
      DeliveryLimits.passedBy(failing, ofWeight: totalWeight, most: passedBy.most) {
        (members[$0].weight, members[$0].result)
      })
  }
}
