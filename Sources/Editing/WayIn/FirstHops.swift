// An answer without the next hops that only come after the first ones.

import PostfixFiles
import Routing

/// Where a client hands mail to first.
struct FirstHop: Hashable {
  let transport: String
  let nextHop: String
}

extension RouteAnswer {
  /// Transports with their first next hops, and their shares.
  var firstHops: [FirstHop: Double] {
    var found: [FirstHop: Double] = [:]
    for (outcome, share) in outcomes {
      guard case .destination(let transport, let nextHop) = outcome else { continue }
      // As a member of a pool is read: "inet:" is no part of the first one.
      let first = NextHopList(nextHop.text, kind: .nextHop).hops.first ?? ""
      found[FirstHop(transport: transport.text, nextHop: first), default: 0] += share
    }
    return found
  }

  /// The transports alone.
  var transports: Set<String> { Set(firstHops.keys.map(\.transport)) }

  /// The first next hops alone.
  var hops: Set<String> { Set(firstHops.keys.map(\.nextHop)) }
}
