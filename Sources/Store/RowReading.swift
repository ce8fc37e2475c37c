// A row of `member` as it is read: tables that another program made may hold anything.

import Glibc

extension Row {
  /// That of a row of `member` in its pool.
  var place: Int64 { integer(19) ?? 0 }
}

extension DatabaseConnection {
  /// The rows of `member`, as a schema of this version has them.
  func members(
    _ version: Int, where condition: String = "1", _ values: [Value] = [],
    row: (Row, MemberRow) throws(StoreError) -> Void
  ) throws(StoreError) {
    let plans =
      version < Schema.withPlans
      ? String(repeating: ", NULL", count: 8)
      : ", ramp_to, ramp_steps, ramp_max, ramp_cap, ramp_stop_at, ramp_resumed, ramp_paused, ramp_reason"
    var last: MemberRow?
    try query(
      """
      SELECT pool, transport, nexthop, weight, drained, drained_until, author, reason, ramp_from, ramp_start, ramp_end\(plans),
        place, state_at FROM member WHERE \(condition)
      """, values
    ) { (found) throws(StoreError) in
      let member = try MemberRow(found, of: path, after: last)
      last = member
      try row(found, member)
    }
  }
}

extension RouteRow {
  /// Of `map`, `key` and `pool`; nil where one is no text.
  init?(_ row: Row) {
    guard case (.text(let map), .text(let key), .text(let pool)) = (row[0], row[1], row[2]) else {
      return nil
    }
    self.init(map: map, key: key, pool: pool)
  }
}

extension MemberRow {
  /// - Parameter last: The row before it.
  /// - Throws: What the tables of randmap do not allow, with what to write instead.
  init(_ row: Row, of path: String, after last: MemberRow?) throws(StoreError) {
    func text(_ column: Int) -> String? { if case .text(let text) = row[column] { text } else { nil } }
    func number(_ column: Int) -> Int64? { row.integer(column) }
    guard let pool = row.word(0, like: last?.pool ?? ""),
      let transport = row.word(1, like: last?.transport ?? ""), let nextHop = row.word(2)
    else {
      throw .badRow(
        path, row: "a row of member", need: "text without white space in pool, transport and nexthop")
    }
    guard let weight = row.integer(3), (1...Int64(Schema.largestWeight)).contains(weight) else {
      throw .badRow(
        path, row: "weight of \(transport.isEmpty ? "" : transport + ":")\(nextHop) in \(pool)",
        need: "a whole number from 1 to \(Schema.largestWeight)")
    }
    self.init(pool: pool, transport: transport, nextHop: nextHop, weight: Int(weight))
    if let found = row.integer(20), found > Int64(time(nil)) + Self.clockError {
      throw .badRow(path, row: "state_at of \(result) in \(pool)", need: "a time in the past")
    }
    // Nearly no row has any of these.
    let isPlain = row.isNull(5...18)
    if !isPlain { try Self.checkPlan(row, of: path, "\(result) in \(pool)") }
    // The view takes any other number for a drain.
    guard let drained = row.integer(4), drained == 0 || drained == 1 else {
      throw .badRow(path, row: "drained of \(result) in \(pool)", need: "0 or 1")
    }
    if drained == 1 { drain = Drain(until: number(5), author: text(6), reason: text(7)) }
    if isPlain { return }
    func real(_ column: Int) -> Double? { if case .real(let number) = row[column] { number } else { nil } }
    guard let from = real(8), let start = number(9), let end = number(10), start < end else { return }
    ramp = Ramp(from: from, start: start, end: end)
    // The view follows a plan without these two as well.
    guard let to = real(11) else { return }
    var plan = Plan(to: to, steps: text(12) ?? "minutely", stopAt: real(15) ?? 0.1)
    (plan.most, plan.cap, plan.resumed) = (number(13), real(14), number(16))
    (plan.paused, plan.reason) = (number(17), text(18))
    ramp?.plan = plan
  }

  /// Later than now by this much, a time is not that of a clock that was wrong: 30 days.
  private static let clockError: Int64 = 30 * 86_400

  /// Times and shares that no clock and no pool comes to: arithmetic with them would end the program.
  private static func checkPlan(_ row: Row, of path: String, _ name: String) throws(StoreError) {
    for (column, what) in [
      (5, "end of the drain"), (9, "start of the ramp"), (10, "end of the ramp"),
      (16, "start of the ramp after a pause"),
      (17, "pause of the ramp"),
    ] {
      if case .integer(let time) = row[column], !(0...UTC.lastSecond).contains(time) {
        throw .badRow(
          path, row: "\(what) of \(name)", need: "seconds since 1970, from 0 to \(UTC.lastSecond)")
      }
    }
    for (column, what, most) in [
      (8, "ramp_from", Double(Schema.largestWeight)), (11, "ramp_to", 1), (14, "ramp_cap", 1),
      (15, "ramp_stop_at", 1),
    ] {
      if case .real(let number) = row[column], !(0...most).contains(number) {
        throw .badRow(path, row: "\(what) of \(name)", need: "a number from 0 to \(Int(most))")
      }
    }
    if case .integer(let most) = row[13], !(1...1_000_000_000_000).contains(most) {
      throw .badRow(path, row: "ramp_max of \(name)", need: "messages a day, from 1 to 1000000000000")
    }
  }
}
