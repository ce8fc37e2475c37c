// Rows of a change written into an open pool database, within the transaction of its caller.

extension PoolDatabase {
  static func write(_ change: RowChange, to database: DatabaseConnection) throws(StoreError) {
    let added = change.added.compactMap { StoredRow(line: $0) }
    let removed = change.removed.compactMap { StoredRow(line: $0) }
    let movesPlans = (added + removed).contains { row in
      if case .member(let member) = row { member.ramp != nil } else { false }
    }
    if movesPlans { try database.run(Schema.draw(withPlans: true)) }
    var kept: Set<MemberRow.Identity> = []
    for case .member(let row) in added { kept.insert(row.identity) }
    for case .route(let row) in removed {
      try database.query("DELETE FROM route WHERE map = ? AND key = ?", [.text(row.map), .text(row.key)])
    }
    var known: Set<MemberRow.Identity> = []
    for case .member(let row) in removed { known.insert(row.identity) }
    var places: [String: Int64] = [:]
    for case .member(let row) in added {
      var place: Int64 = 0
      // Who comes, comes last.
      if !known.contains(row.identity) {
        if let next = places[row.pool] {
          place = next
        } else {
          place = try database.placeAfterAll(of: row.pool)
        }
        places[row.pool] = place + 1
      }
      try database.upsert(row, at: place)
    }
    for case .member(let row) in removed where !kept.contains(row.identity) {
      try database.query(
        "DELETE FROM member WHERE pool = ? AND transport = ? AND nexthop = ?",
        [.text(row.pool), .text(row.transport), .text(row.nextHop)])
    }
    for case .route(let row) in added {
      try database.query(
        "INSERT INTO route (map, key, pool) VALUES (?, ?, ?)",
        [.text(row.map), .text(row.key), .text(row.pool)])
    }
    if movesPlans { try database.fitView() }
    guard change.hasNewOrder else { return }
    for (place, line) in change.order.enumerated() {
      guard case .member(let row) = StoredRow(line: line) else { continue }
      try database.query(
        "UPDATE member SET place = ? WHERE pool = ? AND transport = ? AND nexthop = ?",
        [.integer(Int64(place)), .text(row.pool), .text(row.transport), .text(row.nextHop)])
    }
  }
}

extension RowChange {
  /// Whether members come or go; a new weight leaves the order as it is.
  fileprivate var hasNewOrder: Bool {
    if order.isEmpty { return false }
    func members(_ lines: [String]) -> [MemberRow.Identity] {
      lines.compactMap { if case .member(let row) = StoredRow(line: $0) { row.identity } else { nil } }
    }
    return members(order) != members(oldOrder)
  }
}

extension DatabaseConnection {
  /// Without a plan, Postfix asks the view that knows none.
  func fitView() throws(StoreError) {
    var hasPlans = false
    try query("SELECT 1 FROM member WHERE ramp_from IS NOT NULL LIMIT 1") { (_) throws(StoreError) in
      hasPlans = true
    }
    if !hasPlans { try run(Schema.draw(withPlans: false)) }
  }

  /// That of the next member of a pool.
  fileprivate func placeAfterAll(of pool: String) throws(StoreError) -> Int64 {
    var place: Int64 = 0
    try query("SELECT max(place) FROM member WHERE pool = ?", [.text(pool)]) { (row) throws(StoreError) in
      // Another program may have given any number.
      place = min(row.integer(0) ?? -1, .max - 1_000_000_000) + 1
    }
    return place
  }

  /// What probes found of the member stays, and so does the place of one that is there.
  fileprivate func upsert(_ row: MemberRow, at place: Int64) throws(StoreError) {
    let plan = row.ramp?.plan
    try query(
      """
      INSERT INTO member (pool, transport, nexthop, weight, drained, drained_until, author, reason,
        ramp_from, ramp_start, ramp_end, ramp_to, ramp_steps, ramp_max, ramp_cap, ramp_stop_at, ramp_resumed,
        ramp_paused, ramp_reason, place)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (pool, transport, nexthop) DO UPDATE SET weight = excluded.weight, drained = excluded.drained,
        drained_until = excluded.drained_until, author = excluded.author, reason = excluded.reason,
        ramp_from = excluded.ramp_from, ramp_start = excluded.ramp_start, ramp_end = excluded.ramp_end,
        ramp_to = excluded.ramp_to, ramp_steps = excluded.ramp_steps, ramp_max = excluded.ramp_max,
        ramp_cap = excluded.ramp_cap, ramp_stop_at = excluded.ramp_stop_at, ramp_resumed = excluded.ramp_resumed,
        ramp_paused = excluded.ramp_paused, ramp_reason = excluded.ramp_reason
      """,
      [
        .text(row.pool), .text(row.transport), .text(row.nextHop), .integer(Int64(row.weight)),
        .integer(row.drain == nil ? 0 : 1), Value(row.drain?.until), Value(row.drain?.author),
        Value(row.drain?.reason), Value(row.ramp?.from), Value(row.ramp?.start), Value(row.ramp?.end),
        Value(plan?.to), Value(plan?.steps), Value(plan?.most), Value(plan?.cap), Value(plan?.stopAt),
        Value(plan?.resumed), Value(plan?.paused), Value(plan?.reason), .integer(place),
      ])
  }
}
