// A report of the mail log for spreadsheets and for Prometheus.

import PostfixFiles
import Traffic

extension TrafficSummary {
  /// A line for each gateway and one for each member of a pool, with the same columns.
  var csv: [String] {
    let head = [
      "kind", "pool", "name", "messages", "recipients", "sent", "deferred", "refused", "delay_median_ms",
      "delay_95_ms", "share", "observed", "low", "high", "differs", "why",
    ]
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let gateways = report.gateways.map { row -> [String] in
      let cell = row.cell
      return [
        "gateway", "", row.gateway.description, "\(cell.messages)", "\(cell.recipients)", "\(cell.sent)",
        "\(cell.deferred)", "\(cell.refused)", number(cell.handingOver.milliseconds(at: 0.5)),
        number(cell.handingOver.milliseconds(at: 0.95)), "", "", "", "", "", "",
      ]
    }
    let members = report.pools.flatMap { pool in
      pool.members.map { member -> [String] in
        [
          "member", pool.id, member.result, member.messages.map { "\($0)" } ?? "", "", "", "", "", "", "",
          number(Self.precise(member.share)), number(member.observed.map(Self.precise)),
          number(member.interval.map { Self.precise($0.lowerBound) }),
          number(member.interval.map { Self.precise($0.upperBound) }), member.differs ? "yes" : "no",
          member.why ?? "",
        ]
      }
    }
    return ([head] + gateways + members).map {
      $0.map { OutputForm.csvField.spell($0) }.joined(separator: ",")
    }
  }

  var prometheus: [String] {
    var messages = Metric(
      name: "randmap_report_messages", help: "Messages by their last result in the time of the report.")
    var recipients = Metric(name: "randmap_report_recipients", help: "Recipients of these messages.")
    var delay = Metric(
      name: "randmap_report_delay_seconds", help: "Time to hand a message over, by quantile.")
    var failures = Metric(
      name: "randmap_report_connect_failures", help: "Connections that failed, also those hidden by failover."
    )
    var last = Metric(
      name: "randmap_report_last_sent_timestamp_seconds", help: "When a message was last delivered.")
    for row in report.gateways {
      let (gateway, cell) = (("gateway", row.gateway.description), row.cell)
      for (result, count) in [("sent", cell.sent), ("deferred", cell.deferred), ("refused", cell.refused)] {
        messages.add([gateway, ("result", result)], "\(count)")
      }
      recipients.add([gateway], "\(cell.recipients)")
      for (name, fraction) in [("0.5", 0.5), ("0.95", 0.95)] {
        guard let time = cell.handingOver.milliseconds(at: fraction) else { continue }
        delay.add([gateway, ("quantile", name)], time / 1_000)
      }
      failures.add([gateway], "\(cell.connectFailures)")
      if let time = row.lastSent { last.add([gateway], "\(time)") }
    }
    var meant = Metric(name: "randmap_report_share_ratio", help: "Share of the pool's mail as it is meant.")
    var observed = Metric(
      name: "randmap_report_observed_share_ratio", help: "Share of the pool's mail as it was.")
    var differs = Metric(
      name: "randmap_report_share_differs", help: "1 where a share differs and no known cause explains it.")
    for pool in report.pools {
      for member in pool.members {
        let labels = [("pool", pool.id), ("member", member.result)]
        meant.add(labels, Self.precise(member.share))
        guard let share = member.observed else { continue }
        observed.add(labels, Self.precise(share))
        differs.add(labels, member.differs && member.why == nil ? "1" : "0")
      }
    }
    return [messages, recipients, delay, failures, last, meant, observed, differs].flatMap(\.lines)
  }
}
