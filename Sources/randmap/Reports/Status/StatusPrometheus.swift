// Liveness for Prometheus: the text exposition format, version 0.0.4.

import Gateways
import Liveness
import PostfixFiles
import Routing
import Traffic

struct StatusPrometheus: StatusFormat {
  func text(of report: StatusReport) -> Bytes {
    Bytes(report.prometheus().map { $0 + "\n" }.joined().utf8)
  }
}

extension StatusReport {
  /// - Parameter changeTime: when a gateway came into its state, in seconds since 1970; nil where that is not known,
  ///   as after a single round.
  func prometheus(changeTime: (GatewayStatus) -> Double? = { _ in nil }) -> [String] {
    var state = Metric(name: "randmap_gateway_state", help: "1 for the state that the gateway is in.")
    var greeting = Metric(
      name: "randmap_gateway_greeting_seconds",
      help: "Time to the end of the greeting, of the slowest address.")
    var share = Metric(name: "randmap_gateway_share_ratio", help: "Share of all pool mail.")
    var live = Metric(
      name: "randmap_gateway_live_share_ratio", help: "Share of all pool mail with the dead members left out."
    )
    var queued = Metric(
      name: "randmap_gateway_waiting_messages", help: "Messages in the queue that were last tried there.")
    var certificate = Metric(
      name: "randmap_gateway_certificate_days", help: "Days left of the certificate that ends first.")
    var change = Metric(
      name: "randmap_gateway_last_change_timestamp_seconds", help: "When the state last changed.")
    var messages = Metric(
      name: "randmap_gateway_recent_messages",
      help: "Messages of the last 15 minutes by their last result, from the mail log.")
    var observed = Metric(
      name: "randmap_gateway_observed_share_ratio",
      help: "Share of all messages of the last 15 minutes, from the mail log.")
    var delay = Metric(
      name: "randmap_gateway_recent_delay_seconds",
      help: "Time to hand a message over in the last 15 minutes, by quantile.")
    for row in rows {
      let gateway = ("gateway", row.use.gateway.description)
      for each in GatewayState.allCases {
        state.add([gateway, ("state", each.rawValue)], each == row.state ? "1" : "0")
      }
      if let latency = row.status?.latency { greeting.add([gateway], (latency * 10).rounded() / 10_000) }
      if !row.use.pools.isEmpty {
        share.add([gateway], JSON.share(row.use.share))
        live.add([gateway], JSON.share(row.liveShare))
      }
      if let waiting = row.waiting { queued.add([gateway], "\(waiting)") }
      if let recent = row.recent {
        let cell = recent.cell
        for (result, count) in [("sent", cell.sent), ("deferred", cell.deferred), ("refused", cell.refused)] {
          messages.add([gateway, ("result", result)], "\(count)")
        }
        if let share = recent.observed { observed.add([gateway], TrafficSummary.precise(share)) }
        delay.addQuantiles(of: cell.handingOver, [gateway])
      }
      if let days = row.status?.certificateDays { certificate.add([gateway], "\(days)") }
      if let time = row.status.flatMap(changeTime) { change.add([gateway], "\(Int(time))") }
    }
    var poolRisk = Metric(
      name: "randmap_pool_at_risk_ratio", help: "Share of the pool's mail without a live gateway.")
    for pool in pools where pool.totalWeight > 0 {
      poolRisk.add([("pool", pool.id)], JSON.share(atRisk(pool)))
    }
    var risk = Metric(name: "randmap_at_risk_ratio", help: "Share of all pool mail without a live gateway.")
    if !pools.isEmpty { risk.add([], JSON.share(atRisk)) }
    var total = Metric(name: "randmap_waiting_messages", help: "Messages in the queue.")
    if let waiting { total.add([], "\(waiting)") }
    return [
      state, greeting, share, live, observed, messages, delay, queued, certificate, change, poolRisk, risk,
      total,
    ].flatMap(\.lines) + reasonMetric.lines
  }
}
