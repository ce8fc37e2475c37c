// What a person asks for when a share is to move by a plan. The command and the line of the console read it here.

import PostfixFiles
import Routing
import System

package struct RampWish: Hashable, Sendable {
  package var to: String?
  package var over: String?
  package var from: String?
  package var steps: String?
  package var max: String?
  package var stopAt: String?
  package var why: String?
  package var pause = false
  package var resume = false
  package var cancel = false

  package init() {}

  /// Whether it changes something; otherwise the plans are to be shown.
  package var isEdit: Bool { to != nil || pause || resume || cancel }

  /// What is wrong with the words themselves; nil where nothing is.
  package var problem: String? {
    let wishes = [to != nil, pause, resume, cancel].count { $0 }
    if wishes > 1 { return "need only one of --to, --pause, --resume and --cancel" }
    if (to != nil) != (over != nil) { return "--to and --over: need both, such as --to 25% --over 4w" }
    if to == nil, [from, steps, max, stopAt].contains(where: { $0 != nil }) {
      return "--from, --steps, --max and --stop-at are of a new plan: need --to and --over"
    }
    if why != nil, !pause { return "--why: need --pause with it" }
    if let why, why.utf8.count > Drain.longestReason {
      return "--why: need at most \(Drain.longestReason) bytes"
    }
    for (option, text) in [("--to", to), ("--from", from), ("--stop-at", stopAt)] {
      if let text, Ramp.share(text) == nil {
        return "\(option) \(printable(text)): need a share above 0% and below 100%, such as 25%"
      }
    }
    if let over, !(1...Ramp.longest).contains(WrittenTime.span(over) ?? 0) {
      return "--over \(printable(over)): need a span of time such as 3d or 4w, of at most ten years"
    }
    if let max, Ramp.perDay(max) == nil {
      return "--max \(printable(max)): need a number of messages a day, such as 500/day"
    }
    if let steps, Ramp.Step(rawValue: steps) == nil {
      return "--steps \(printable(steps)): need one of minutely, hourly, daily, weekly"
    }
    return nil
  }

  /// The plans that are meant.
  package func plans(
    of member: String?, in pool: String?, _ config: MailConfig
  ) throws(EditError) -> [RampPlan] {
    guard let member else {
      guard let pool else { return config.ramps() }
      let ids = Set(try config.poolsNamed(pool).map(\.id))
      return config.ramps().filter { ids.contains($0.pool) }
    }
    // A gateway may be a member of thousands of pools, and have a plan in each.
    let meant = Set(try config.memberships(of: member, in: pool, drained: nil).map { [$0.pool, $0.member] })
    return config.ramps().filter { meant.contains([$0.pool, $0.member]) }
  }

  /// The edits that it comes to.
  package func edits(
    of member: String, in pool: String?, _ config: MailConfig
  ) throws(EditError) -> [Edit] {
    if let problem { throw .badCall(problem) }
    let now = config.environment.clock()
    if to != nil { return try planning(member, in: pool, config, at: now) }
    let plans = try plans(of: member, in: pool, config)
    guard !plans.isEmpty else {
      throw .badCall("\"\(printable(member))\" has no plan: see `randmap ramp`")
    }
    return plans.compactMap { plan in
      if cancel { return .endRamp(pool: plan.pool, member: plan.member) }
      var ramp = plan.ramp
      if resume {
        guard ramp.pause != nil else { return nil }
        ramp = ramp.resumed(at: now)
      } else {
        // What it was paused for first counts.
        ramp.pause = Ramp.Pause(since: ramp.pause?.since ?? now, why: why ?? ramp.pause?.why)
      }
      return .ramp(pool: plan.pool, member: plan.member, ramp)
    }
  }

  private func planning(
    _ member: String, in pool: String?, _ config: MailConfig, at now: Int
  ) throws(EditError) -> [Edit] {
    if let pool, let first = try config.poolsNamed(pool, for: member).first,
      first.members(matching: member, in: config).isEmpty
    {
      if first.notation == .single {
        throw .onlyOneDestination(first.id, destination: first.text.text.text)
      }
      return [
        .add(pool: pool, member: member, weight: 1),
        .ramp(pool: pool, member: member, try ramp(from: 0.01, at: now)),
      ]
    }
    let pools = config.pools().filter { $0.notation != .single }
    if pool == nil, !pools.isEmpty,
      !pools.contains(where: { !$0.members(matching: member, in: config).isEmpty })
    {
      if let words = config.unreadableDatabase() { throw .badScope(member, reason: words) }
      throw .badCall(
        "no pool has a member \"\(member)\": say with --pool which one gets it; pools are: "
          + pools.map(\.id).joined(separator: ", "))
    }
    var edits: [Edit] = []
    let known = Dictionary(config.pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for found in try config.memberships(of: member, in: pool, drained: nil) {
      let isDrained = found.drain != nil
      guard let pool = known[found.pool] ?? config.pool(found.pool),
        let current = pool.members.first(where: { $0.result == found.member && $0.isDrained == isDrained })
      else { continue }
      let share = isDrained ? 0.01 : (pool.share(current) * 10_000).rounded() / 10_000
      let plan = try ramp(from: share, at: now)
      if isDrained { edits.append(.restore(pool: found.pool, member: found.member)) }
      edits.append(.ramp(pool: found.pool, member: found.member, plan))
    }
    return edits
  }

  /// The plan that begins now, with the share of now where none is given.
  private func ramp(from share: Double, at now: Int) throws(EditError) -> Ramp {
    let last = to.flatMap(Ramp.share) ?? 0
    let seconds = over.flatMap { WrittenTime.span($0) } ?? 1
    let first = from.flatMap(Ramp.share) ?? share
    guard abs(first - last) > 0.00005 else {
      throw .badCall("it has \(Ramp.percent(first)) already: need another share for --to, or --from")
    }
    return Ramp(
      from: first, to: last, start: now, over: seconds,
      step: steps.flatMap(Ramp.Step.init) ?? .usual(for: seconds), most: max.flatMap(Ramp.perDay),
      stopAt: stopAt.flatMap(Ramp.share) ?? Ramp.usualStopAt)
  }
}
