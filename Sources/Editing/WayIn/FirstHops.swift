// An answer without the next hops that only come after the first ones.

import PostfixFiles
import Routing

/// A transport, and a next hop that its client hands mail to.
struct ClientHop: Hashable {
  let transport: String
  let nextHop: String
}

extension RouteAnswer {
  /// Transports with their first next hops, and their shares.
  var firstHops: [ClientHop: Double] {
    var found: [ClientHop: Double] = [:]
    for (outcome, share) in outcomes {
      guard case .destination(let transport, let nextHop) = outcome else { continue }
      // As a member of a pool is read: "inet:" is no part of the first one.
      let first = NextHopList(nextHop.text, kind: .nextHop).hops.first ?? ""
      found[ClientHop(transport: transport.text, nextHop: first), default: 0] += share
    }
    return found
  }

  /// The transports alone.
  var transports: Set<String> { Set(firstHops.keys.map(\.transport)) }

  /// The first next hops alone.
  var hops: Set<String> { Set(firstHops.keys.map(\.nextHop)) }
}
