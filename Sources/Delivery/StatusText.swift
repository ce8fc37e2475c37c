// What the agent shows of itself: counts as Prometheus text, and a report for the other commands.

import Liveness
import PostfixFiles
import Routing

extension Dispatcher {
  /// The exposition format of Prometheus, version 0.0.4.
  var metrics: String {
    var text = ""
    func family(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)])
    {
      guard !samples.isEmpty else { return }
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for sample in samples {
        text += sample.labels.isEmpty ? name : "\(name){\(sample.labels)}"
        text += " \(sample.value)\n"
      }
    }
    let members = counters.members.sorted { ($0.key.pool, $0.key.member) < ($1.key.pool, $1.key.member) }
    func perMember(_ name: String, _ help: String, _ count: KeyPath<MemberCounts, Int>) {
      family(
        "randmap_member_\(name)_total", "counter", help,
        members.map { key, counts in
          (
            "pool=\"\(label(key.pool))\",member=\"\(label(key.member))\"",
            String(counts[keyPath: count])
          )
        })
    }
    perMember("chosen", "Deliveries and lookups for which the member was chosen.", \.chosen)
    perMember("handed_over", "Delivery requests that the member's transport took.", \.handedOver)
    perMember("delivered", "Requests after which no recipient was left.", \.delivered)
    perMember("deferred", "Requests after which a recipient was to be tried again.", \.deferred)
    perMember("failed_over", "Choices that were the member's by weight and went to another.", \.failedOver)
    let gateways = health.known.values.sorted { $0.gateway < $1.gateway }
    family(
      "randmap_gateway_up", "gauge", "Whether mail can be expected to leave by the gateway.",
      gateways.map {
        (
          "gateway=\"\(label($0.gateway.description))\",state=\"\($0.state.rawValue)\"",
          isInTrouble($0.gateway) ? "0" : "1"
        )
      })
    family(
      "randmap_gateway_latency_seconds", "gauge", "Time to the gateway's greeting.",
      gateways.compactMap { status in
        status.latency.map { ("gateway=\"\(label(status.gateway.description))\"", String($0 / 1000)) }
      })
    for (name, kind, help, value) in [
      ("deliveries", "gauge", "Delivery requests that are under way.", String(deliveries)),
      (
        "requests_refused_total", "counter", "Requests deferred for want of a pool or a transport.",
        String(counters.refusedRequests)
      ),
      (
        "requests_unreadable_total", "counter", "Requests that could not be read.",
        String(counters.unreadableRequests)
      ),
      ("lookups_total", "counter", "Answers of the lookup service.", String(counters.lookups)),
      ("uptime_seconds", "gauge", "Time since the start.", seconds(since: startTime)),
      (
        "configuration_age_seconds", "gauge", "Time since the configuration in force was read.",
        seconds(since: setupTime)
      ),
    ] { family("randmap_\(name)", kind, help, [("", value)]) }
    return text
  }

  /// What other commands ask for.
  var report: AgentReport {
    var report = AgentReport()
    report.uptime = ContinuousClock.now - startTime
    report.configurationAge = ContinuousClock.now - setupTime
    report.deliveries = deliveries
    report.refused = counters.refusedRequests
    report.gateways = health.known.values.sorted { $0.gateway < $1.gateway }.map {
      AgentReport.GatewayFinding(name: $0.gateway.description, state: $0.state, reason: $0.reason)
    }
    for (key, counts) in counters.members {
      let name = AgentReport.MemberName(pool: key.pool, member: key.member)
      report.members[name] = (report.members[name] ?? MemberCounts()) + counts
    }
    return report
  }

  private func isInTrouble(_ gateway: Gateway) -> Bool { health.isInTrouble(gateway) }

  private func seconds(since time: ContinuousClock.Instant) -> String {
    String((ContinuousClock.now - time) / .seconds(1))
  }

  /// A label's value: its three special characters escaped.
  private func label(_ text: String) -> String { OutputForm.prometheusLabel.spell(text) }
}
