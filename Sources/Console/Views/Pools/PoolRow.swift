// One row of the Pools view.

import Routing

/// A pool, or one of its members.
enum PoolRow: Sendable {
  case pool(Pool)
  /// A member, and what it was before the edits.
  case member(Member, of: Pool, was: Member?)
  /// A member that the edits took out.
  case removed(Member, of: Pool)

  var pool: Pool {
    switch self {
    case .pool(let pool), .member(_, let pool, _), .removed(_, let pool): pool
    }
  }

  /// The member, where the pool has it.
  var member: Member? { if case .member(let member, _, _) = self { member } else { nil } }
}

extension PoolRow {
  /// Which row it is, whatever the order.
  struct Identity: Hashable {
    var pool: String
    var result: String?
  }

  var identity: Identity {
    switch self {
    case .pool(let pool): Identity(pool: pool.id)
    case .member(let member, let pool, _), .removed(let member, let pool):
      Identity(pool: pool.id, result: member.result)
    }
  }
}
