// What the agent counts.

import PostfixFiles
import Routing

/// Lives on the agent's event loop.
struct Counters: Sendable {
  struct Key: Hashable, Sendable {
    let pool: String
    let member: String
  }

  private(set) var members: [Key: MemberCounts] = [:]
  /// Requests that were deferred because no pool or no transport could take them.
  var refusedRequests = 0
  var unreadableRequests = 0
  var lookups = 0
  /// In-line pools come from tables that may be large: what is counted has a bound.
  private let limit = 10_000

  subscript(pool: AgentPool, member: AgentMember) -> MemberCounts {
    get { members[Key(pool: pool.name, member: member.result), default: MemberCounts()] }
    set {
      let key = Key(pool: pool.name, member: member.result)
      if members[key] != nil || members.count < limit { members[key] = newValue }
    }
  }
}
