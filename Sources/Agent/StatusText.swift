// What the agent shows of itself: counts as Prometheus text, and a report for the other commands. Made from a snapshot, in
// pieces, on any thread.

import Gateways
import Liveness
import PostfixFiles
import Routing

/// What is shown, as it was at one moment. Its parts are shared with the agent until that changes them.
struct StatusSnapshot: Sendable {
  let counters: Counters
  let health: Health
  let results: DeliveryResults
  let deliveries: Int
  let uptime: Duration
  let configurationAge: Duration
}

/// A text that is made piece by piece.
struct StatusPieces: Sendable {
  enum Kind: Sendable {
    /// The exposition format of Prometheus, version 0.0.4.
    case metrics
    /// What other commands ask for.
    case report
  }

  private let kind: Kind
  private var snapshot: StatusSnapshot
  /// The makers of the parts; nil before the first piece: to put them in order takes time.
  private var parts: [Part]?
  private var part = 0
  private var line = 0

  /// Lines by their numbers.
  fileprivate struct Part: Sendable {
    let count: Int
    let line: @Sendable (Int) -> String
  }

  /// A piece ends with the line that makes it as long as this.
  private static let size = 64 << 10

  init(_ kind: Kind, _ snapshot: StatusSnapshot) {
    self.kind = kind
    self.snapshot = snapshot
  }

  /// The next piece; nil at the end.
  mutating func next() -> Bytes? {
    let parts = parts ?? (kind == .metrics ? snapshot.metrics : snapshot.report)
    self.parts = parts
    var piece = Bytes()
    while part < parts.count, piece.count < Self.size {
      if line < parts[part].count {
        piece += parts[part].line(line).utf8
        line += 1
      } else {
        (part, line) = (part + 1, 0)
      }
    }
    return piece.isEmpty ? nil : piece
  }
}

extension StatusSnapshot {
  fileprivate var metrics: [StatusPieces.Part] {
    let members = counters.members.sorted { ($0.key.pool, $0.key.member) < ($1.key.pool, $1.key.member) }
    let gateways = statuses
    let measured = gateways.filter { $0.latency != nil }
    let served = results.records.sorted { $0.key < $1.key }
    let health = health
    let states = GatewayState.allCases
    let results = DeliveryResult.allCases
    func perMember(_ name: String, _ help: String, _ count: @escaping @Sendable (MemberCounts) -> Int)
      -> StatusPieces.Part
    {
      family("member_\(name)_total", .counter, help, members.count) {
        let labels = [("pool", label(members[$0].key.pool)), ("member", label(members[$0].key.member))]
        return .init(labels.map { (name: $0.0, value: $0.1) }, String(count(members[$0].value)))
      }
    }
    func single(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: String)
      -> StatusPieces.Part
    {
      family(name, kind, help, 1) { _ in .init([], value) }
    }
    @Sendable func gatewayLabel(_ gateway: Gateway) -> [(name: String, value: String)] {
      [(name: "gateway", value: label(gateway.description))]
    }
    // The buckets, then the sum and the count.
    let steps = DeliveryResults.Delays.bounds.count + 3
    return [
      perMember("chosen", "Deliveries and lookups for which the member was chosen.") { $0.chosen },
      perMember("handed_over", "Delivery requests that the member's transport took.") { $0.handedOver },
      perMember("delivered", "Requests after which no recipient was left, and none was refused.") {
        $0.delivered
      },
      perMember("deferred", "Requests after which a recipient was to be tried again.") { $0.deferred },
      perMember("refused", "Requests after which no recipient was left, and some were refused.") {
        $0.refused
      },
      perMember("failed_over", "Choices that were the member's by weight and went to another.") {
        $0.failedOver
      },
      family(
        "gateway_state", .gauge, "1 for the state that the gateway is in.", gateways.count * states.count
      ) {
        let (status, state) = (gateways[$0 / states.count], states[$0 % states.count])
        return .init(
          gatewayLabel(status.gateway) + [(name: "state", value: state.rawValue)],
          status.state == state ? "1" : "0")
      },
      family("gateway_up", .gauge, "Whether mail can be expected to leave by the gateway.", gateways.count) {
        .init(gatewayLabel(gateways[$0].gateway), health.isInTrouble(gateways[$0].gateway) ? "0" : "1")
      },
      family("gateway_latency_seconds", .gauge, "Time to the gateway's greeting.", measured.count) {
        .init(gatewayLabel(measured[$0].gateway), String((measured[$0].latency ?? 0) / 1000))
      },
      family(
        "gateway_deliveries_total", .counter, "Requests by what their transport reported.",
        served.count * results.count
      ) {
        let (gateway, record) = served[$0 / results.count]
        let result = results[$0 % results.count]
        return .init(
          gatewayLabel(gateway) + [(name: "result", value: result.word)], String(record.total[result]))
      },
      family(
        "gateway_delivery_seconds", .histogram, "Time from the hand-over of a request to its report.",
        served.count * steps
      ) {
        let (gateway, record) = served[$0 / steps]
        return record.delays.sample($0 % steps, gatewayLabel(gateway))
      },
      single("deliveries", .gauge, "Delivery requests that are under way.", String(deliveries)),
      single(
        "requests_refused_total", .counter, "Requests deferred for want of a pool or a transport.",
        String(counters.refusedRequests)),
      single(
        "requests_unreadable_total", .counter, "Requests that could not be read.",
        String(counters.unreadableRequests)),
      single("lookups_total", .counter, "Answers of the lookup service.", String(counters.lookups)),
      single(
        "members_forgotten_total", .counter, "Members whose counts were forgotten to bound the memory.",
        String(counters.forgotten)),
      single("uptime_seconds", .gauge, "Time since the start.", String(uptime / .seconds(1))),
      single(
        "configuration_age_seconds", .gauge, "Time since the configuration in force was read.",
        String(configurationAge / .seconds(1))),
    ]
  }

  /// What probes found, with what deliveries say beside it.
  private var statuses: [GatewayStatus] {
    let now = ContinuousClock.now
    return health.known.values.sorted { $0.gateway < $1.gateway }.map { status in
      var status = status
      status.take(results.trouble(of: status.gateway, at: now), at: now)
      return status
    }
  }

  fileprivate var report: [StatusPieces.Part] {
    var report = AgentReport()
    report.uptime = uptime
    report.configurationAge = configurationAge
    report.deliveries = deliveries
    report.refused = counters.refusedRequests
    let now = ContinuousClock.now
    report.gateways = statuses.map {
      AgentReport.GatewayFinding(
        name: $0.gateway.description, state: $0.state, reason: $0.reason,
        trouble: results.trouble(of: $0.gateway, at: now)?.reason ?? "")
    }
    let start = report
    // A pool may have been asked for by texts that differ in white space only.
    var members: [AgentReport.MemberName: MemberCounts] = [:]
    for (key, counts) in counters.members {
      members[.init(pool: key.pool, member: key.member), default: MemberCounts()] += counts
    }
    let sorted = members.sorted { ($0.key.pool, $0.key.member) < ($1.key.pool, $1.key.member) }
    return [
      StatusPieces.Part(count: 1) { _ in start.text },
      StatusPieces.Part(count: sorted.count) { AgentReport.line(sorted[$0].key, sorted[$0].value) },
    ]
  }
}

extension MemberCounts {
  fileprivate static func += (left: inout MemberCounts, right: MemberCounts) { left = left + right }
}

extension DeliveryResults.Delays {
  /// One line of the histogram: the buckets, then the sum and the count.
  fileprivate func sample(_ index: Int, _ labels: [(name: String, value: String)]) -> MetricFamily.Sample {
    let bounds = Self.bounds
    if index <= bounds.count {
      let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
      let count = counts.prefix(index + 1).reduce(0, +)
      return .init(labels + [(name: "le", value: bound)], String(count), suffix: "_bucket")
    }
    return index == bounds.count + 1
      ? .init(labels, "\(seconds)", suffix: "_sum")
      : .init(labels, String(counts.reduce(0, +)), suffix: "_count")
  }
}

private func family(
  _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ count: Int,
  _ sample: @escaping @Sendable (Int) -> MetricFamily.Sample
) -> StatusPieces.Part {
  let family = MetricFamily("randmap_\(name)", kind, help, count: count, sample: sample)
  return StatusPieces.Part(count: count) { family.line($0) }
}

/// The longest value of a label. Each member has its pool's text five times.
private let longestLabel = 1_000

/// A label's value. A text that is too long is cut, with a number in place of the
/// rest that tells it from others with the same beginning.
private func label(_ text: String) -> String {
  var text = printable(text)
  if text.utf8.count > longestLabel {
    text =
      "\(startWithoutLogins(of: text.utf8, atMost: longestLabel - 100).text)... #\(hash(text.utf8, seed: 0))"
  }
  return text
}

extension Dispatcher {
  var snapshot: StatusSnapshot {
    StatusSnapshot(
      counters: counters, health: health, results: results, deliveries: deliveries,
      uptime: ContinuousClock.now - startTime,
      configurationAge: ContinuousClock.now - setupTime)
  }
}
