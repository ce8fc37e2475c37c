// A gateway without a line in the TLS policy table gets mail in clear text where the others of its pool must not.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The lines that are missing without which mail would go unencrypted, where it may not to `others`.
  func policyGuards(
    _ missing: [MissingLine], besides others: [(transport: String, hop: String)]
  ) -> [EditGuard] {
    guard !missing.isEmpty,
      let strict = others.lazy.compactMap({ other in
        self.tlsPolicy(of: other.transport, to: other.hop).map { (hop: other.hop, policy: $0) }
      }).first(where: { $0.policy.isMandatory })
    else { return [] }
    return missing.filter { tlsPolicy(of: $0.transport, to: $0.nextHop)?.isMandatory == false }.map {
      .missingPolicy(
        hop: $0.nextHop, transport: $0.transport,
        words: "\($0.words); mail for it may leave in clear text, and for \(strict.hop) it never does "
          + "(\(strict.policy.level.rawValue))")
    }
  }

  /// The same for new members of the pools that an edit changes.
  func policyGuards(against edited: MailConfig) -> [EditGuard] {
    guard edited.usesPolicies else { return [] }
    return PoolPairs(pools(), edited.pools()).all.flatMap { before, pool -> [EditGuard] in
      guard let before, let pool else { return [] }
      let known = before.firstHops
      let new = pool.firstHops.filter { hop in !known.contains { $0 == hop } }
      return edited.policyGuards(edited.missingPolicies(new, like: known), besides: known)
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
  /// The transports and next hops of the members that get mail.
  var firstHops: [(transport: String, hop: String)] {
    members.filter { !$0.isDrained }.flatMap { member in
      member.nextHops.map { (member.transport ?? "smtp", $0) }
    }
  }
}
