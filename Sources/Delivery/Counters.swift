// What the agent counts.

import PostfixFiles

/// Of one member of one pool, since the agent started.
struct MemberCounts: Equatable, Sendable {
  /// Deliveries for which it was chosen.
  var chosen = 0
  /// Requests that its transport took.
  var handedOver = 0
  /// Those after which nothing was left to do.
  var delivered = 0
  /// Those after which some recipient was to be tried again.
  var deferred = 0
  /// Deliveries that were its by weight and went to another, because it was not alive.
  var failedOver = 0
}

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
