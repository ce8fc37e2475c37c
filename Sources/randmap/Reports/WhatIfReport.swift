// What the loss of gateways would mean: shares, mail at risk, and the load of those that are left.

import Agent
import Editing
import Gateways
import PostfixFiles
import Routing
import System
import Traffic

struct WhatIfReport {
  struct Row {
    let gateway: Gateway
    let isDown: Bool
    /// Of all pool mail: as it is, and with the gateways down.
    let before, share: Double
    /// Messages a minute; nil where no rate is given.
    let load: Double?
    let capacity: Double?
    /// Nil where it is not known how long a message takes, and where there is no limit.
    let throughput: Throughput?
    /// Of `messages`, in 99 of 100 cases.
    let spread: ClosedRange<Int>
    /// What the choice of the agent gave it of `messages` when it was tried out.
    let drawn: Int

    var isOverloaded: Bool {
      guard let load else { return false }
      return [capacity, throughput?.perMinute].compactMap(\.self).contains { load > $0 }
    }
  }

  let rows: [Row]
  let atRisk: Double
  let messages: Int
  private let pools: PoolsReport
  private let expectation: Expectation

  init(
    pools: PoolsReport, config: MailConfig, states: GatewayStates, gateways: [Gateway], rate: MailRate?,
    capacities: [Gateway: MailRate], delays: [Gateway: Double], messages: Int
  ) {
    self.pools = pools
    self.messages = messages
    let (now, then) = (Expectation(pools.pools, [:]), Expectation(pools.pools, states))
    expectation = then
    atRisk = then.atRisk
    let concurrency = config.concurrency(of: pools.pools, then)
    let shares = gateways.map { then.shares[$0] ?? 0 }
    let drawn = Self.draw(messages, shares + [then.atRisk])
    rows = gateways.enumerated().map { index, gateway in
      Row(
        gateway: gateway, isDown: states[gateway] == .down, before: now.shares[gateway] ?? 0,
        share: shares[index], load: rate.map { $0.perMinute * shares[index] },
        capacity: capacities[gateway]?.perMinute,
        throughput: delays[gateway].flatMap { delay in
          concurrency[gateway].map { Throughput(delay: delay, concurrency: $0) }
        },
        spread: expectedCounts(of: messages, share: shares[index]), drawn: drawn[index])
    }
  }

  /// Draws as the agent does: by weights, which here are shares in millionths.
  private static func draw(_ messages: Int, _ shares: [Double]) -> [Int] {
    let taking = shares.indices.filter { shares[$0] > 0 }
    let weights = taking.map { max(1, Int((shares[$0] * 1_000_000).rounded())) }
    var counts = shares.map { _ in 0 }
    guard !weights.isEmpty else { return counts }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<messages {
      if let first = weightedFirst(weights, using: &generator) { counts[taking[first]] += 1 }
    }
    return counts
  }

  /// Exit status 1: mail would wait, or a gateway would get more than it can take.
  var isTrouble: Bool { atRisk > 0 || rows.contains(where: \.isOverloaded) }

  var lines: [String] {
    if rows.isEmpty { return ["no gateways: no pool, route or relayhost names one"] }
    let hasLoad = rows.contains { $0.load != nil }
    var table = TextTable([.left, .right, .right, .right, .right] + (hasLoad ? [.right] : []) + [.left])
    table.add(
      ["  GATEWAY", "SHARE NOW", "THEN", "OF \(messages)", "TRIED OUT"] + (hasLoad ? ["A MINUTE"] : []) + [""]
    )
    for row in rows {
      let words = row.isDown ? "down" : Self.words(of: row)
      let spread =
        row.spread.lowerBound == row.spread.upperBound
        ? "\(row.spread.lowerBound)" : "\(row.spread.lowerBound) to \(row.spread.upperBound)"
      table.add(
        ["  \(row.gateway)", percent(row.before), percent(row.share), spread, "\(row.drawn)"]
          + (hasLoad ? [row.load.map(Self.number) ?? "-"] : []) + [words])
    }
    let explanation =
      "OF \(messages): what each gateway gets of \(messages) messages in 99 of 100 cases; TRIED OUT: one simulated run"
    return table.lines + ["", explanation, "\(percent(atRisk)) of pool mail would wait"]
  }

  /// What a gateway can take, beside what it gets.
  private static func words(of row: Row) -> String {
    var parts: [String] = []
    if let capacity = row.capacity, let load = row.load {
      let isFine = load <= capacity
      let used = isFine && capacity > 0 ? " (\(percent(load / capacity)))" : ""
      parts.append(isFine ? "of \(number(capacity))\(used)" : "TOO MUCH: it can take \(number(capacity))")
    }
    if let throughput = row.throughput, let load = row.load {
      let isFine = load <= throughput.perMinute
      parts.append((isFine ? "" : "TOO MUCH: ") + throughput.words)
    }
    return parts.joined(separator: "; ")
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((min(value, 1e12) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
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
    let down: Bool
    let before, share: Double
    @Explicit var load: Double?
    @Explicit var capacity: Double?
    /// Seconds, deliveries at once, and the messages a minute that these come to.
    @Explicit var delay: Double?
    @Explicit var concurrency: Double?
    @Explicit var carries: Double?
    let low, high: Int
    let overloaded: Bool
  }

  var object: Object {
    Object(
      pools: zip(pools.object.pools, pools.pools).map { object, pool in
        var object = object
        for (index, share) in (expectation.pools[pool.id] ?? pool.members.map { _ in 0 }).enumerated() {
          object.members[index].expected = TrafficSummary.precise(share)
        }
        return object
      },
      gateways: rows.map { row in
        GatewayObject(
          gateway: row.gateway.description, down: row.isDown, before: TrafficSummary.precise(row.before),
          share: TrafficSummary.precise(row.share), load: row.load.map(TrafficSummary.precise),
          capacity: row.capacity, delay: row.throughput.map { TrafficSummary.precise($0.delay) },
          concurrency: row.throughput.map { TrafficSummary.precise($0.concurrency) },
          carries: row.throughput.map { TrafficSummary.precise($0.perMinute) }, low: row.spread.lowerBound,
          high: row.spread.upperBound,
          overloaded: row.isOverloaded)
      }, atRisk: TrafficSummary.precise(atRisk), messages: messages)
  }
}
