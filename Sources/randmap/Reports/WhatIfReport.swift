// What the loss of gateways would mean, as text and as JSON.

import Editing
import Gateways
import PostfixFiles
import Routing
import System
import Traffic

struct WhatIfReport {
  let answer: WhatIf
  let messages: Int
  /// Nil where the pools are too large to draw so often.
  private let trial: TrialRun?
  private let pools: PoolsReport

  init(_ answer: WhatIf, pools: PoolsReport, states: GatewayStates, passedBy: PassedBy, messages: Int) {
    self.answer = answer
    self.pools = pools
    self.messages = messages
    var generator = SystemRandomNumberGenerator()
    trial = TrialRun(of: messages, pools.pools, states, passedBy, using: &generator)
  }

  /// Of `messages`, in 99 of 100 cases.
  private func spread(_ row: WhatIf.Row) -> ClosedRange<Int> {
    expectedCounts(of: messages, share: row.share)
  }

  var lines: [String] {
    if answer.rows.isEmpty { return [pools.config.wordsOfNoGateway] }
    let hasLoad = answer.rows.contains { $0.load != nil }
    var table = TextTable([.left, .right, .right, .right, .right] + (hasLoad ? [.right] : []) + [.left])
    table.add(
      ["  GATEWAY", "SHARE NOW", "THEN", "OF \(messages)", "TRIED OUT"] + (hasLoad ? ["A MINUTE"] : []) + [""]
    )
    for row in answer.rows {
      let spread = spread(row)
      let range =
        spread.lowerBound == spread.upperBound
        ? "\(spread.lowerBound)" : "\(spread.lowerBound) to \(spread.upperBound)"
      let drawn = trial.map { "\($0.counts[row.gateway] ?? 0)" } ?? "-"
      table.add(
        ["  \(row.gateway)", percent(row.before), percent(row.share), range, drawn]
          + (hasLoad ? [row.load.map(WhatIf.number) ?? "-"] : []) + [row.words])
    }
    let explanation =
      "OF \(messages): what each gateway gets of \(messages) messages in 99 of 100 cases; TRIED OUT: one simulated run"
    return table.lines + ["", explanation, "\(percent(answer.atRisk)) of pool mail would wait"]
  }

  // MARK: - JSON

  struct Object: Encodable {
    let pools: [PoolsReport.PoolObject]
    let gateways: [GatewayObject]
    let atRisk: Double
    let messages: Int
  }

  struct GatewayObject: Encodable {
    let gateway: String
    let down, degraded: Bool
    let before, share: Double
    @Explicit var load: Double?
    @Explicit var capacity: Double?
    /// Seconds, deliveries at once, and the messages a minute that these come to.
    @Explicit var delay: Double?
    @Explicit var concurrency: Double?
    @Explicit var carries: Double?
    let low, high: Int
    /// Of one simulated run.
    @Explicit var drawn: Int?
    let overloaded: Bool
  }

  var object: Object {
    Object(
      pools: zip(pools.object.pools, pools.pools).map { object, pool in
        var object = object
        for (index, share) in (answer.expectation.pools[pool.id] ?? pool.members.map { _ in 0 }).enumerated()
        {
          object.members[index].expected = TrafficSummary.precise(share)
        }
        return object
      },
      gateways: answer.rows.map { row in
        GatewayObject(
          gateway: row.gateway.description, down: row.isDown, degraded: row.isDegraded,
          before: TrafficSummary.precise(row.before),
          share: TrafficSummary.precise(row.share), load: row.load.map(TrafficSummary.precise),
          capacity: row.capacity, delay: row.throughput.map { TrafficSummary.precise($0.delay) },
          concurrency: row.throughput.map { TrafficSummary.precise($0.concurrency) },
          carries: row.throughput.map { TrafficSummary.precise($0.perMinute) }, low: spread(row).lowerBound,
          high: spread(row).upperBound, drawn: trial.map { $0.counts[row.gateway] ?? 0 },
          overloaded: row.isOverloaded)
      }, atRisk: TrafficSummary.precise(answer.atRisk), messages: messages)
  }
}
