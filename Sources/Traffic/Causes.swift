// Why an observed share may differ from the weight without a fault: what Postfix is known to do (measured), and whether
// the log shows that it did.

import PostfixFiles
import Routing

extension TrafficComparison {
  /// A cause of the difference that is known and shown by the log; nil without one.
  func cause(of observed: Proportion, _ member: Member, _ pool: Pool) -> String? {
    let own = pool.members.filter { !$0.isDrained }.compactMap { cell(of: $0, in: pool) }
    let sum = own.reduce(into: CountCell()) { $0 += $1 }
    let difference = abs(Double(observed.count) - pool.share(member) * Double(observed.total))
    if let change = changeWithin(pool) { return change }
    if let before = shareBefore(member, pool) {
      let share = pool.share(member)
      let nearest = min(max(observed.fraction, min(before, share)), max(before, share))
      if !observed.differs(from: nearest) {
        return "a plan moved the shares in the time of the report: these are those of now"
      }
    }
    if sum.reused > 0, pool.members.flatMap(\.gateways).contains(where: isAtSharedAddress) {
      return
        "several gateways have one address: before 3.12 Postfix logs a reused session with the wrong port"
    }
    // One failed connection may move many messages, as sessions to the next gateway are kept.
    // Where they are kept from the start, a dead gateway shows in a few connections only.
    let hasDead = own.contains { $0.sent == 0 && $0.hiddenFailures > 0 }
    if hasDead || Double(sum.hiddenFailures * 10 + sum.deferred * 2) >= difference {
      let failed = sum.hiddenFailures - sum.passedOn
      let parts =
        [
          (failed, "failed connection", "failed connections"),
          (sum.passedOn, "message turned away", "messages turned away"),
          (sum.deferred, "deferred message", "deferred messages"),
        ].filter { $0.0 > 0 }.map { count, one, many in "\(count) \(count == 1 ? one : many)" }
      return
        "failover: \(parts.joined(separator: ", ")) in this pool, whose mail went elsewhere or was tried again"
    }
    let passedBy = pool.members.reduce(0) {
      $0 + (knowledge.agent?.counts(of: $1, in: pool)?.failedOver ?? 0)
    }
    if passedBy > 0, Double(passedBy) >= difference / 10 {
      return
        "failover: some gateways were down or degraded, and the agent did not use them, \(passedBy) times since its start"
    }
    // What the log shows comes before what only may be.
    if let other = pool.members.flatMap(\.gateways).first(where: isNamedElsewhere) {
      return "other routes of the configuration lead to \(printable(other.description)) too"
    }
    let hasLists = pool.members.contains { $0.gateways.count > 1 || !pool.safetyNet(of: $0).isEmpty }
    if hasLists, sum.reused * 10 >= sum.messages {
      return "connection cache: \(sum.reused) messages went over an open session of a next-hop list,"
        + " whichever gateway of it that was"
    }
    if pool.isAgents { return nil }
    if case .entry(_, let key) = pool.place, key == "*" {
      return "Postfix chooses from a pool at * once in 30 seconds: all mail of that time goes to one gateway"
    }
    if sum.repeats * 10 >= sum.messages {
      return "30 seconds: \(sum.repeats) messages had the recipient of another one shortly before,"
        + " and Postfix keeps its choice for that long"
    }
    return nil
  }

  /// That the pool was changed in the time of the report, or may have been; nil where it was not.
  func changeWithin(_ pool: Pool) -> String? {
    guard let change = knowledge.changes(pool), let first, change.time > first + 1, change.time <= end else {
      return nil
    }
    let (time, next) = (WrittenTime.local(change.time), (change.time + 59) / 60 * 60)
    let what =
      change.isOfFileAlone
      ? "the file of the pool was changed in the time of the report (\(time)), and its weights may have been others before"
      : "the pool was changed in the time of the report (\(time)): these are the weights of now"
    return next < end ? "\(what); for the mail after that: --since \"\(WrittenTime.local(next))\"" : what
  }

  /// The share that a member had when the first message came, where a plan may have moved it since.
  private func shareBefore(_ member: Member, _ pool: Pool) -> Double? {
    let planned = pool.members.filter { $0.getsMail && $0.ramp != nil }
    guard let first, pool.followsPlans else { return nil }
    if let ramp = member.ramp { return ramp.share(at: first) }
    // The others have the rest, by their weights.
    let before = planned.reduce(0) { $0 + ($1.ramp?.share(at: first) ?? 0) }
    let now = planned.reduce(0) { $0 + pool.share($1) }
    return now < 1 ? pool.share(member) * (1 - before) / (1 - now) : nil
  }
}
