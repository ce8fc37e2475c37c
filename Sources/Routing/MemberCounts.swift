// What a running agent counted for a member, a pool or a gateway of this configuration: the agent knows them by
// their texts.

import Gateways

extension AgentReport {
  /// The counts of a member; nil where the agent has not chosen it yet.
  package func counts(of member: Member, in pool: Pool) -> MemberCounts? {
    let found = pool.namesInRequests.compactMap { members[MemberName(pool: $0, member: member.result)] }
    return found.isEmpty ? nil : found.reduce(MemberCounts(), +)
  }

  /// The counts of all members that name `gateway` first; nil without such members.
  package func counts(of gateway: Gateway, in pools: [Pool]) -> MemberCounts? {
    let found = pools.eachTextOnce.flatMap { pool in
      pool.members.filter { $0.gateways.first == gateway }.compactMap { counts(of: $0, in: pool) }
    }
    return found.isEmpty ? nil : found.reduce(MemberCounts(), +)
  }
}

extension Pool {
  /// The part after `randmap:` in a delivery request for it: the parameter or the path that it is known by, or its
  /// whole text.
  fileprivate var namesInRequests: Set<String> {
    Set((aliases + [id] + (text.isInPlace ? [text.text.text] : [])).map(AgentReport.key))
  }
}
