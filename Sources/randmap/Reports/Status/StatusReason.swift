// Why a gateway is in its state, for the words of an alert: a label, since Prometheus knows numbers only.

import PostfixFiles

extension StatusReport {
  /// One sample for each gateway that has a reason. The words may be those of the gateway, so their length is limited.
  var reasonMetric: Metric {
    var metric = Metric(
      name: "randmap_gateway_reason", help: "1; the label reason says why the state is what it is.")
    for row in rows where !row.reason.isEmpty {
      metric.add(
        [("gateway", row.use.gateway.description), ("reason", String(printable(row.reason).prefix(200)))], "1"
      )
    }
    return metric
  }
}
