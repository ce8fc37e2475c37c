// Liveness of every gateway: for people, as JSON, for Nagios.

import Editing
import Liveness
import PostfixFiles
import Routing

struct StatusReport {
  struct Row {
    let use: GatewayUse
    let status: GatewayStatus?

    var state: GatewayState { use.isDrained && !use.pools.isEmpty ? .drained : status?.state ?? .unknown }
    var reason: String { status?.reason ?? "" }
  }

  let rows: [Row]
  let pools: [Pool]
  let states: GatewayStates

  init(_ config: MailConfig, uses: [GatewayUse], statuses: [GatewayStatus]) {
    let found = Dictionary(statuses.map { ($0.gateway, $0) }, uniquingKeysWith: { first, _ in first })
    rows = uses.map { Row(use: $0, status: found[$0.gateway]) }
    pools = config.pools()
    states = found.mapValues(\.state)
  }

  /// The share of all pool mail at risk.
  var atRisk: Double { pools.atRisk(states) }

  /// Whether anything is down, refused or at risk: exit status 1.
  var isTrouble: Bool { atRisk > 0 || rows.contains { !$0.state.isAlive } }

  // MARK: - For people

  func text(color: Bool) -> [String] {
    if rows.isEmpty { return ["no gateways: no pool, route or relayhost names one"] }
    var table = TextTable([.left, .left, .right, .right, .left])
    table.add("  GATEWAY", "STATE", "MS", "SHARE", "")
    for row in rows {
      table.add(
        "\(row.state.symbol) \(row.use.gateway)", row.state.word,
        row.status?.latency.map { "\(Int($0.rounded()))" } ?? "-",
        row.use.pools.isEmpty ? "-" : percent(row.use.share), row.reason)
    }
    var lines = table.lines
    if color {
      for (index, row) in rows.enumerated() {
        lines[index + 1] = "\(row.state.escape)\(lines[index + 1])\u{1B}[0m"
      }
    }
    return lines + ["", summary]
  }

  /// One line: how many in which state, and how much mail that puts at risk.
  var summary: String {
    let counts = GatewayState.allCases.compactMap { state -> String? in
      let count = rows.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.word)"
    }
    return counts.joined(separator: ", ") + "; \(percent(atRisk)) of pool mail at risk"
  }

  // MARK: - JSON

  struct Object: Encodable {
    let gateways: [GatewayObject]
    let atRisk: Double
  }

  struct GatewayObject: Encodable {
    let gateway, state, reason: String
    let latency: Double?
    let share: Double
    let pools: [String]
    let addresses: [AddressObject]
  }

  struct AddressObject: Encodable {
    let address: String?
    let port: Int?
    let state, reason: String
    let latency: Double?
  }

  var object: Object {
    Object(
      gateways: rows.map { row in
        GatewayObject(
          gateway: row.use.gateway.description, state: row.state.rawValue, reason: row.reason,
          latency: row.status?.latency.map(JSON.milliseconds), share: JSON.share(row.use.share),
          pools: row.use.pools,
          addresses: (row.status?.addresses ?? []).map { reading in
            AddressObject(
              address: reading.address, port: reading.port, state: reading.finding.state.rawValue,
              reason: reading.finding.reason, latency: reading.latency.map(JSON.milliseconds))
          })
      }, atRisk: JSON.share(atRisk))
  }

  // MARK: - Nagios

  /// One line with performance data, and the plugin's status: CRITICAL where a pool has no live member or the
  /// share at risk reaches `critical`.
  func nagios(critical: Double) -> (line: String, status: Int32) {
    let dead = pools.filter { $0.totalWeight > 0 && !$0.hasLiveMember(states) }
    let status: Int32 = rows.isEmpty ? 3 : !dead.isEmpty || atRisk >= critical ? 2 : isTrouble ? 1 : 0
    let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][Int(status)]
    let what =
      dead.isEmpty ? summary : "no live gateway in \(dead.map(\.id).joined(separator: ", ")); \(summary)"
    let down = rows.count { !$0.state.isAlive }
    let times = rows.compactMap { row in
      row.status?.latency.map { "'\(row.use.gateway)'=\(JSON.milliseconds($0))ms" }
    }
    let data = ["at_risk=\(JSON.share(atRisk));;\(critical);0;1", "down=\(down)"] + times
    return ("RANDMAP \(word) - \(printable(what)) | \(printable(data.joined(separator: " ")))", status)
  }
}

extension GatewayState {
  /// The colour of its line on a terminal: the terminal's own palette.
  fileprivate var escape: String {
    switch self {
    case .up: "\u{1B}[32m"
    case .degraded: "\u{1B}[33m"
    case .down, .refused: "\u{1B}[31m"
    case .unknown, .drained: "\u{1B}[2m"
    }
  }
}
