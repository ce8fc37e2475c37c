// What the agent counts.

import Gateways
import PostfixFiles
import Routing

/// Lives on the agent's event loop.
struct Counters: Sendable {
  struct Key: Hashable, Sendable {
    let pool: String
    let member: String
  }

  /// In-line pools come from tables that may be large, and their texts are the keys: what is counted has a bound in bytes.
  private var cache: ByteBoundedCache<Key, MemberCounts>
  /// Requests that were deferred because no pool or no transport could take them.
  var refusedRequests = 0
  var unreadableRequests = 0
  var lookups = 0

  init(limit: Int = 16 << 20) { cache = ByteBoundedCache(limit: limit) }

  /// Counts something of a member.
  mutating func count(_ pool: AgentPool, _ member: AgentMember, _ change: (inout MemberCounts) -> Void) {
    let key = Key(pool: pool.name, member: member.result)
    cache.change(
      key, bytes: key.pool.utf8.count + key.member.utf8.count, otherwise: MemberCounts(), change)
  }

  var members: [(key: Key, value: MemberCounts)] { cache.entries }

  /// Members whose counts were forgotten, because there were too many.
  var forgotten: Int { cache.forgotten }
}
