// What the deliveries say of a plan: a gateway that defers too much pauses it, and a limit of messages a day bounds its share.

import Changes
import Editing
import Gateways
import Glibc
import PostfixFiles
import Routing
import System
import Traffic

struct RampJudge {
  /// Of the last day; nil where no log can be read, or it was read a short while ago.
  private let report: TrafficReport?
  private let config: MailConfig

  /// Fewer messages say nothing.
  private static let fewest = 20
  /// How often the log is read where no share is about to move.
  private static let interval: Int64 = 600

  /// Reads the log where a plan is under way.
  ///
  /// - Parameter isOnlyLooking: whether nothing will be written.
  init(_ place: Workplace, _ common: CommonOptions, isOnlyLooking: Bool) {
    let config = place.config
    self.config = config
    let now = config.environment.clock()
    let plans = config.ramps().filter { $0.ramp.pause == nil && $0.isActive }
    guard !plans.isEmpty, !place.isDemo else {
      report = nil
      return
    }
    let last = place.writer.last(.count, of: config.directory)
    let isDue = last.map { !(0..<Self.interval).contains(Int64(now) - $0) } ?? true
    let moves = plans.contains { plan in
      config.pool(plan.pool).map { pool in
        pool.members.contains {
          $0.result == plan.member
            && abs(pool.share($0) - plan.ramp.share(at: now)) > 0.01 * plan.ramp.share(at: now)
        }
      } ?? false
    }
    guard isDue || moves else {
      report = nil
      return
    }
    // What came before the plan began or was resumed does not count.
    let since = plans.map { $0.ramp.resumed ?? $0.ramp.start }.max() ?? now
    report = Self.reportOfDeliveries(common, since: max(since, now - 86_400), now: now)
    if !isOnlyLooking { place.writer.remember(.count, of: config.directory) }
  }

  /// What each gateway and each pool got, from the log that is found by itself; nil where there is none.
  static func reportOfDeliveries(_ common: CommonOptions, since: Int, now: Int) -> TrafficReport? {
    guard let subject = try? TrafficSubject(common, logs: []) else { return nil }
    defer { subject.close() }
    return try? subject.report(TrafficPeriod(since: since), host: nil, now: now).report
  }

  /// The plan as it is from now on.
  func judged(_ plan: RampPlan, at now: Int) -> Ramp {
    var ramp = plan.ramp
    if !plan.isActive {
      ramp.pause = Ramp.Pause(since: now, why: "the member is drained")
      return ramp
    }
    guard let report, let pool = config.pool(plan.pool),
      let member = pool.members.first(where: { $0.result == plan.member })
    else { return ramp }
    if let why = whyItStops(ramp, member, report) {
      ramp.pause = Ramp.Pause(since: now, why: why)
      return ramp
    }
    if let most = ramp.most, let messages = report.pools.first(where: { $0.id == plan.pool })?.messages {
      let cap = ramp.cap(
        most: most, messages: messages, seconds: now - max(ramp.resumed ?? ramp.start, now - 86_400))
      // A small change is chance, and each is a write.
      if cap == nil || ramp.cap == nil || abs((cap ?? 0) - (ramp.cap ?? 0)) > 0.1 * (ramp.cap ?? 0) {
        ramp.cap = cap
      }
    }
    return ramp
  }

  private func whyItStops(_ ramp: Ramp, _ member: Member, _ report: TrafficReport) -> String? {
    guard let gateway = member.gateways.first,
      let row = report.gateways.first(where: { $0.gateway == gateway }),
      row.cell.messages >= Self.fewest, let deferred = row.deferredShare, deferred > ramp.stopAt
    else { return nil }
    let reason = row.reasons.first.map { ", most of them: \($0.text)" } ?? ""
    return "\(gateway) defers \(Ramp.percent(deferred)) of \(row.cell.messages) messages\(reason)"
  }
}

extension Ramp {
  /// The share that `most` messages a day come to where a pool had so many in this time; nil where the plan asks for less
  /// all along.
  fileprivate func cap(most: Int, messages: Int, seconds: Int) -> Double? {
    guard messages > 0, seconds > 0 else { return nil }
    let perDay = Double(messages) * 86_400 / Double(max(3_600, seconds))
    let cap = Double(most) / perDay
    return cap < max(from, to) ? max(0.0001, cap) : nil
  }
}
