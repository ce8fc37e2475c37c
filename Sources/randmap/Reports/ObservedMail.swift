// How long messages took at each gateway lately, for questions about tomorrow.

import Gateways
import Traffic

/// What the mail log says of the last hours.
struct ObservedMail {
  /// Seconds that handing a message over took, on average.
  let delays: [Gateway: Double]

  /// - Returns: nil where no log is named and none is found here.
  init?(_ common: CommonOptions, logs: [String], isOfThisMachine: Bool, now: Int) throws {
    guard !logs.isEmpty || isOfThisMachine else { return nil }
    let subject: TrafficSubject
    let summary: TrafficSummary
    do {
      subject = try TrafficSubject(common, logs: logs)
      defer { subject.close() }
      let period = TrafficPeriod(since: logs.isEmpty ? now - 86_400 : nil)
      summary = try subject.report(period, host: nil, now: now)
    } catch {
      if logs.isEmpty { return nil }
      throw error
    }
    var delays: [Gateway: Double] = [:]
    for row in summary.report.gateways {
      let times = row.cell.handingOver
      if times.count > 0 {
        delays[row.gateway] = times.totalMilliseconds / Double(times.count) / 1_000
      }
    }
    self.delays = delays
  }
}
