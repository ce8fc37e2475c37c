// A plan by which a member's share grows, or falls, in steps: for a gateway that has to become known first.

import PostfixFiles
import Store
import System

/// A value: what the share is at each moment follows from it and from nothing else.
package struct Ramp: Hashable, Sendable, Codable {
  /// How often the share moves.
  package enum Step: String, Hashable, Sendable, CaseIterable, Codable {
    case minutely, hourly, daily, weekly

    package var seconds: Int {
      switch self {
      case .minutely: 60
      case .hourly: 3_600
      case .daily: 86_400
      case .weekly: 604_800
      }
    }

    /// The greatest that gives at least so many steps that the share does not jump.
    package static func usual(for span: Int) -> Step {
      [.daily, .hourly].first { span >= 7 * $0.seconds } ?? .minutely
    }
  }

  /// It goes on only after `--resume`.
  package struct Pause: Hashable, Sendable, Codable {
    package var since: Int
    package var why: String?

    package init(since: Int, why: String? = nil) {
      self.since = since
      self.why = why
    }
  }

  /// Fractions of 1.
  package var from: Double
  package var to: Double
  /// Seconds since 1970.
  package var start: Int
  /// How many seconds it takes, its pauses left out.
  package var over: Int
  package var step: Step
  /// The most messages a day; nil: no limit.
  package var most: Int?
  /// The share that `most` came to when the mail was last counted; nil: more than the plan.
  package var cap: Double?
  /// The share of its messages that the gateway may defer; more of it pauses the plan.
  package var stopAt: Double
  package var pause: Pause?
  /// When it was resumed: what the gateway deferred before that does not count any more.
  package var resumed: Int?

  package static let usualStopAt = 0.1

  package init(
    from: Double, to: Double, start: Int, over: Int, step: Step, most: Int? = nil, cap: Double? = nil,
    stopAt: Double = Self.usualStopAt, pause: Pause? = nil
  ) {
    self.from = from
    self.to = to
    self.start = start
    self.over = over
    self.step = step
    self.most = most
    self.cap = cap
    self.stopAt = stopAt
    self.pause = pause
  }

  /// Of a row; nil where that has no plan.
  package init?(_ row: MemberRow.Ramp?) {
    guard let row, let plan = row.plan, let step = Step(rawValue: plan.steps) else { return nil }
    self.init(
      from: row.from, to: plan.to, start: Int(row.start), over: Int(row.end - row.start), step: step,
      most: plan.most.map { Int($0) }, cap: plan.cap, stopAt: plan.stopAt,
      pause: plan.paused.map { Pause(since: Int($0), why: plan.reason) })
    resumed = plan.resumed.map { Int($0) }
  }

  /// As a row has it.
  package var row: MemberRow.Ramp {
    var plan = MemberRow.Plan(to: to, steps: step.rawValue, stopAt: stopAt)
    (plan.most, plan.cap, plan.resumed) = (most.map { Int64($0) }, cap, resumed.map { Int64($0) })
    (plan.paused, plan.reason) = (pause.map { Int64($0.since) }, pause?.why)
    return MemberRow.Ramp(from: from, start: Int64(start), end: Int64(end), plan: plan)
  }

  package var end: Int { start + over }

  /// How many steps it has; the last one reaches `to`.
  package var stepCount: Int { max(1, (over + step.seconds / 2) / step.seconds) }

  /// The step that it is at, from 0.
  package func position(at now: Int) -> Int {
    let elapsed = (pause?.since ?? now) - start
    if elapsed >= over { return stepCount }
    // Of a span of a thousand years the product still fits.
    return elapsed <= 0 ? 0 : min(stepCount, elapsed * stepCount / over)
  }

  /// The share that the plan says for a step.
  package func planned(_ position: Int) -> Double {
    from + (to - from) * Double(min(position, stepCount)) / Double(stepCount)
  }

  /// The share that the member is to have now.
  package func share(at now: Int) -> Double {
    let planned = planned(position(at: now))
    return cap.map { min($0, planned) } ?? planned
  }

  /// When a step begins.
  package func time(of position: Int) -> Int { start + (over * position + stepCount - 1) / stepCount }

  /// When the share moves next by itself; nil: not any more, or only after `--resume`.
  package func nextChange(after now: Int) -> Int? {
    if pause != nil || isOver(at: now) { return nil }
    return time(of: position(at: now) + 1)
  }

  /// Whether the member has its last share, for good.
  package func isOver(at now: Int) -> Bool { pause == nil && now >= end }

  /// The same, going on now where it was when it was paused.
  package func resumed(at now: Int) -> Ramp {
    guard let pause else { return self }
    var plan = self
    plan.start += max(0, now - pause.since)
    plan.pause = nil
    plan.resumed = now
    return plan
  }

  /// `1% to 25% over 4w, 7.4% now, until 2026-12-26 18:00`; safe to show.
  package func words(at now: Int) -> String {
    var parts = ["\(Self.percent(from)) to \(Self.percent(to)) over \(WrittenTime.span(over))"]
    parts.append("\(Self.percent(share(at: now))) now")
    if let pause {
      parts.append(
        "paused since \(WrittenTime.local(pause.since, now: now))"
          + (pause.why.map { ": \(excerpt($0))" } ?? ""))
    } else if isOver(at: now) {
      parts.append("over")
    } else {
      parts.append("until \(WrittenTime.local(end, now: now))")
    }
    return parts.joined(separator: ", ")
  }

  /// `7.4%`, as short as it says it.
  package static func percent(_ share: Double) -> String {
    let hundredths = Int((share * 10_000).rounded())
    let (whole, rest) = (hundredths / 100, hundredths % 100)
    if rest == 0 { return "\(whole)%" }
    return rest % 10 == 0 ? "\(whole).\(rest / 10)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
  }
}
