// The rows of `member` in the order that people see. They are read in that of the key: pool by pool, but within a pool by name.

struct OrderedMembers {
  private var members: [MemberRow] = []
  private var places: [Int64] = []

  mutating func add(_ member: MemberRow, at place: Int64) {
    members.append(member)
    places.append(place)
  }

  /// By pool, then by place; those of one place as they were read.
  var inOrder: [MemberRow] {
    let pools = runs
    // A damaged index may give them in any order.
    let isByPool = zip(pools, pools.dropFirst()).allSatisfy {
      members[$0.lowerBound].pool < members[$1.lowerBound].pool
    }
    if !isByPool {
      return members.indices.sorted {
        (members[$0].pool, places[$0], $0) < (members[$1].pool, places[$1], $1)
      }
      .map { members[$0] }
    }
    if pools.allSatisfy(isInPlace) { return members }
    var order = Array(members.indices)
    for pool in pools where !isInPlace(pool) {
      order[pool].sort { (places[$0], $0) < (places[$1], $1) }
    }
    return order.map { members[$0] }
  }

  private func isInPlace(_ pool: Range<Int>) -> Bool {
    zip(places[pool], places[pool].dropFirst()).allSatisfy { $0 <= $1 }
  }

  /// Neighbours of one pool.
  private var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for index in members.indices where members[index].pool != members[start].pool {
      runs.append(start..<index)
      start = index
    }
    if start < members.count { runs.append(start..<members.count) }
    return runs
  }
}
