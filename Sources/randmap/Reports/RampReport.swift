// Plans by which shares move: the list, and one of them as a table with a picture of the shares.

import Console
import Editing
import PostfixFiles
import Routing
import System

struct RampReport {
  let plans: [RampPlan]
  /// Seconds since 1970.
  let now: Int
  /// What the member really got since its step began; nil where that is not known.
  var observed: (RampPlan) -> Observed? = { _ in nil }

  struct Observed {
    let share: Double
    /// All of the pool.
    let messages: Int
  }

  // MARK: - For people

  var text: [String] {
    if plans.isEmpty { return ["no plan; `randmap ramp MEMBER --to 25% --over 4w` makes one"] }
    return plans.enumerated().flatMap { number, plan in
      (number == 0 ? [] : [""]) + lines(of: plan)
    }
  }

  /// The plans that one edit makes: those of many members are mostly the same, and their table is shown once.
  var textOfEdit: [String] {
    var order: [Ramp] = []
    var same: [Ramp: [RampPlan]] = [:]
    for plan in plans {
      if same[plan.ramp] == nil { order.append(plan.ramp) }
      same[plan.ramp, default: []].append(plan)
    }
    let shown = order.prefix(Self.mostShown).flatMap { ramp -> [String] in
      let group = same[ramp] ?? []
      guard let first = group.first else { return [] }
      let others = group.dropFirst().prefix(Self.mostShown).map { heading(of: $0) }
      let more = group.count - 1 - others.count
      return others + (more > 0 ? ["... \(more) more members with the same plan"] : []) + lines(of: first)
    }
    let left = order.dropFirst(Self.mostShown).reduce(0) { $0 + (same[$1]?.count ?? 0) }
    return shown + (left > 0 ? ["... \(left) more plans; \"randmap ramp\" shows them"] : [])
  }

  /// Of plans that differ, and of members with the same plan, so many are shown after an edit.
  private static let mostShown = 5

  private func heading(of plan: RampPlan) -> String {
    "\(excerpt(plan.pool)): \(excerpt(plan.member)): \(plan.ramp.words(at: now))"
  }

  /// A heading, and a line for each step that is shown.
  func lines(of plan: RampPlan) -> [String] {
    let ramp = plan.ramp
    let limits =
      (ramp.most.map { ["at most \($0) messages a day"] } ?? [])
      + (ramp.cap.map { ["held back to \(Ramp.percent($0)) by that"] } ?? [])
      + ["pauses where the gateway defers more than \(Ramp.percent(ramp.stopAt))"]
    var table = TextTable([.left, .left, .right, .left])
    let real = observed(plan).map { "  REAL \(percent($0.share)) of \($0.messages) messages" } ?? ""
    let greatest = max(ramp.from, ramp.to)
    let symbols: Symbols = Symbols.ofLocale
    var before = -1
    for position in shownSteps(of: ramp) {
      if position > before + 1 {
        table.add("", "... \(position - before - 1) more \(ramp.step.units)", "", "")
      }
      before = position
      let share = ramp.planned(position)
      table.add(
        position == ramp.position(at: now) ? ">" : " ", time(of: position, ramp), Ramp.percent(share),
        symbols.bar(share / greatest, width: 40) + (position == ramp.position(at: now) ? real : ""))
    }
    return [heading(of: plan), "  " + limits.joined(separator: "; ")] + table.lines.map { "  " + $0 }
  }

  /// The pauses that a plan had are in its beginning; one that it has now moves what follows it.
  private func time(of position: Int, _ ramp: Ramp) -> String {
    if ramp.pause != nil, position > ramp.position(at: now) { return "after the pause" }
    return WrittenTime.local(ramp.time(of: position))
  }

  /// All steps where these are few; otherwise the first ones, those about now, and the last ones.
  private func shownSteps(of ramp: Ramp) -> [Int] {
    let (count, now) = (ramp.stepCount, ramp.position(at: now))
    if count < 12 { return Array(0...count) }
    let wanted = Set([0, 1, 2, now - 1, now, now + 1, count - 1, count])
    // Where one is left out between two that are shown, a line that says so is no shorter.
    let filled = wanted.union(wanted.filter { wanted.contains($0 + 2) }.map { $0 + 1 })
    return filled.filter { (0...count).contains($0) }.sorted()
  }

  /// All steps; of more than anybody looks through, as many that are equally far apart.
  private func allSteps(of ramp: Ramp) -> [Int] {
    let (count, most) = (ramp.stepCount, 10_000)
    return count <= most
      ? Array(0...count) : (0...most).map { $0 * (count / most) + $0 * (count % most) / most }
  }

  // MARK: - JSON

  struct Object: Encodable {
    let ramps: [RampObject]
  }

  struct StepObject: Encodable {
    let time: String
    let share: Double
  }

  struct RampObject: Encodable {
    let pool, member: String
    let ramp: PlanObject
    /// Its share of the mail since its step began, from the mail log; null where that is not known.
    @Explicit var observed: Double?
    let steps: [StepObject]
  }

  /// Of a member in `pools` too.
  struct PlanObject: Encodable {
    let from, to, share: Double
    let start, end, step: String
    @Explicit var max: Int?
    @Explicit var cap: Double?
    let stopAt: Double
    @Explicit var paused: String?
    @Explicit var why: String?
    @Explicit var next: String?

    init(_ ramp: Ramp, at now: Int) {
      (from, to, share) = (ramp.from, ramp.to, JSON.exact(ramp.share(at: now)))
      (start, end, step) = (WrittenTime.utc(ramp.start), WrittenTime.utc(ramp.end), ramp.step.rawValue)
      stopAt = ramp.stopAt
      max = ramp.most
      cap = ramp.cap
      paused = ramp.pause.map { WrittenTime.utc($0.since) }
      why = ramp.pause?.why
      next = ramp.nextChange(after: now).map(WrittenTime.utc)
    }
  }

  var object: Object {
    Object(
      ramps: plans.map { plan in
        RampObject(
          pool: plan.pool, member: plan.member, ramp: PlanObject(plan.ramp, at: now),
          observed: observed(plan).map { JSON.share($0.share) },
          steps: allSteps(of: plan.ramp).map {
            StepObject(
              time: WrittenTime.utc(plan.ramp.time(of: $0)), share: JSON.exact(plan.ramp.planned($0)))
          })
      })
  }
}

extension Ramp.Step {
  /// What its steps are called.
  fileprivate var units: String {
    switch self {
    case .minutely: "minutes"
    case .hourly: "hours"
    case .daily: "days"
    case .weekly: "weeks"
    }
  }
}
