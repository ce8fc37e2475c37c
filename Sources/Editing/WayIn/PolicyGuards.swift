// A gateway without a line in the TLS policy table gets mail in clear text where the others of its pool must not.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The lines that are missing without which mail would go unencrypted, where it may not to `others`.
  func policyGuards(
    _ missing: [MissingLine], besides others: [(transport: String, hop: String)],
    _ context: RouteContext = RouteContext()
  ) -> [EditGuard] {
    if missing.isEmpty { return [] }
    let policy = tlsPolicies(context)
    let strict = others.lazy.compactMap { other in
      policy(other.transport, other.hop).map { (hop: other.hop, policy: $0) }
    }.first { $0.policy.isMandatory }
    guard let strict else { return [] }
    return missing.filter { policy($0.transport, $0.nextHop)?.isMandatory == false }.map {
      .missingPolicy(
        hop: $0.nextHop, transport: $0.transport,
        words: "\($0.words); mail for it may leave in clear text, and for \(strict.hop) it never does "
          + "(\(strict.policy.level.rawValue))")
    }
  }

  /// The same for new members of the pools that an edit changes.
  func policyGuards(against edited: MailConfig, _ context: RouteContext) -> [EditGuard] {
    guard edited.usesPolicies else { return [] }
    let lines = GatewayLines(edited, context)
    return PoolPairs(pools(), edited.pools()).all.flatMap { before, pool -> [EditGuard] in
      guard let before, let pool, case let new = pool.firstHops(newSince: before), !new.isEmpty else {
        return []
      }
      let known = before.firstHops
      let missing = lines.missingPolicies(new, like: known)
      return edited.policyGuards(missing, besides: known, context)
    }
  }

  private var usesPolicies: Bool {
    OtherTableParameter.tlsPolicies.contains { name in
      parameters.isSet(name)
        || master?.services.contains { $0.overrides.contains { $0.name == name } } ?? false
    }
  }
}

extension Pool {
  /// Those of the first hops that another state of the pool does not have.
  func firstHops(newSince before: Pool) -> [(transport: String, hop: String)] {
    let known = Set(before.firstHops.map { "\($0.transport):\($0.hop)" })
    return firstHops.filter { !known.contains("\($0.transport):\($0.hop)") }
  }

  /// The transports and next hops of the members that get mail.
  var firstHops: [(transport: String, hop: String)] {
    members.filter { !$0.isDrained }.flatMap { member in
      member.nextHops.map { (member.transport ?? "smtp", $0) }
    }
  }
}
