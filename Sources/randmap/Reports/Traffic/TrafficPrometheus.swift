// A report of the mail log for Prometheus: the figures of its time, and where reports follow each other, counters.

import Gateways
import PostfixFiles
import Traffic

/// What came since the first of several reports. A scrape sees all of it, however many reports were written since the last.
struct TrafficTotals {
  private static let bounds: [Double] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
  private var cells: [Gateway: CountCell] = [:]

  mutating func add(_ report: TrafficReport) {
    for row in report.gateways { cells[row.gateway, default: CountCell()] += row.cell }
  }

  var lines: [String] {
    func counter(_ name: String, _ help: String) -> Metric {
      Metric(name: "randmap_report_\(name)_total", kind: .counter, help: help)
    }
    var messages = counter("messages", "Messages by their last result in a report, since the first report.")
    var recipients = counter("recipients", "Recipients of these messages.")
    var failures = counter("connect_failures", "Connections that failed, also those hidden by failover.")
    var turned = counter(
      "turned_away", "Messages that were turned away, and tried at the next gateway of a list.")
    var delay = Metric(
      name: "randmap_report_delivery_seconds", kind: .histogram,
      help: "Time to hand a message over, since the first report.")
    for (gateway, cell) in cells.sorted(by: { $0.key < $1.key }) {
      let gateway = ("gateway", gateway.description)
      for (result, count) in [("sent", cell.sent), ("deferred", cell.deferred), ("refused", cell.refused)] {
        messages.add([gateway, ("result", result)], "\(count)")
      }
      recipients.add([gateway], "\(cell.recipients)")
      failures.add([gateway], "\(cell.connectFailures)")
      turned.add([gateway], "\(cell.passedOn)")
      let times = cell.handingOver
      for bound in Self.bounds {
        delay.add([gateway, ("le", "\(bound)")], "\(times.count(upTo: bound * 1_000))", suffix: "_bucket")
      }
      delay.add([gateway, ("le", "+Inf")], "\(times.count)", suffix: "_bucket")
      delay.add([gateway], "\(times.totalMilliseconds / 1_000)", suffix: "_sum")
      delay.add([gateway], "\(times.count)", suffix: "_count")
    }
    return [messages, recipients, failures, turned, delay].flatMap(\.lines)
  }
}

extension TrafficSummary {
  var prometheus: [String] { ofTheTime + (totals?.lines ?? []) }

  private var ofTheTime: [String] {
    var messages = Metric(
      name: "randmap_report_messages", help: "Messages by their last result in the time of the report.")
    var recipients = Metric(name: "randmap_report_recipients", help: "Recipients of these messages.")
    var delay = Metric(
      name: "randmap_report_delay_seconds", help: "Time to hand a message over, by quantile.")
    var connecting = Metric(
      name: "randmap_report_connect_delay_seconds",
      help: "Time to get a connection, those that failed before included, by quantile.")
    var reused = Metric(
      name: "randmap_report_reused_messages", help: "Messages over a session that was open already.")
    var encrypted = Metric(
      name: "randmap_report_encrypted_messages", help: "Messages of which the log says they were encrypted.")
    var reasons = Metric(
      name: "randmap_report_reason_messages",
      help: "How often a gateway deferred, refused or turned away, by reason.")
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
      delay.addQuantiles(of: cell.handingOver, [gateway])
      connecting.addQuantiles(of: cell.connecting, [gateway])
      reused.add([gateway], "\(cell.reused)")
      if let count = row.encrypted { encrypted.add([gateway], "\(count)") }
      for reason in row.reasons { reasons.add([gateway, ("reason", reason.text)], "\(reason.count)") }
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
    return [
      messages, recipients, delay, connecting, reused, encrypted, failures, reasons, last, meant, observed,
      differs,
    ].flatMap(\.lines)
  }
}

extension Metric {
  /// Adds the quantiles of a delay that the reports show, in seconds.
  mutating func addQuantiles(of delay: DelayHistogram, _ labels: [(String, String)]) {
    for (name, fraction) in [("0.5", 0.5), ("0.95", 0.95)] {
      guard let time = delay.milliseconds(at: fraction) else { continue }
      add(labels + [("quantile", name)], time / 1_000)
    }
  }
}
