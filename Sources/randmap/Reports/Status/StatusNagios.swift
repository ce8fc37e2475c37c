// Liveness for Nagios: one line with performance data, and the plugin's own exit status.

import Liveness
import PostfixFiles
import Routing

extension StatusReport {
  /// CRITICAL where a pool has no live member, no agent is there for those that need one, none of the gateways given by hand is alive, or the share at risk
  /// reaches `critical`.
  func nagios(critical: Double) -> (line: String, status: Int32) {
    let dead = pools.filter { !$0.hasLiveMember(states) }
    let isHopeless =
      !dead.isEmpty || desertedAgentSocket != nil || (pools.isEmpty && !rows.contains { $0.state.isAlive })
    let status: Int32 = isOfNothing ? 3 : isHopeless || atRisk >= critical ? 2 : isTrouble ? 1 : 0
    let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][Int(status)]
    var parts = [summary]
    if !dead.isEmpty { parts.insert("no live gateway in \(dead.map(\.id).joined(separator: ", "))", at: 0) }
    if let desertedAgentSocket { parts.insert("no agent answers at \(desertedAgentSocket)", at: 0) }
    let what = parts.joined(separator: "; ")
    let down = rows.count { !$0.state.isAlive }
    var data = ["at_risk=\(JSON.share(atRisk));;\(critical);0;1", "down=\(down);;;0;\(rows.count)"]
    if let waiting { data.append("waiting=\(waiting);;;0") }
    data += rows.compactMap { row in
      row.status?.latency.map { "\(Self.label(row.use.gateway))=\(JSON.milliseconds($0))ms" }
    }
    if isOfNothing { return (Self.unknownForNagios(Self.noGateways), status) }
    return ("RANDMAP \(word) - \(Self.words(what)) | \(data.joined(separator: " "))", status)
  }

  /// The line if the status cannot be determined, and why.
  static func unknownForNagios(_ reason: String) -> String { "RANDMAP UNKNOWN - \(words(reason))" }

  /// What follows the first bar is data.
  private static func words(_ text: String) -> String {
    String(printable(text).map { $0 == "|" ? "?" : $0 })
  }

  /// In quotes; a label may hold neither a quote nor an equals sign.
  private static func label(_ gateway: Gateway) -> String {
    let name = printable(gateway.description).map { "'=|".contains($0) ? "?" : $0 }
    return "'\(String(name))'"
  }
}
