// Liveness for Nagios: one line with performance data, and the plugin's own exit status.

import Editing
import Liveness
import PostfixFiles
import Routing

struct StatusNagios: StatusFormat {
  /// The share of the mail at risk that is CRITICAL.
  let critical: Double

  func text(of report: StatusReport) -> Bytes { Bytes((report.nagios(critical: critical).line + "\n").utf8) }

  func status(of report: StatusReport) -> Int32? { report.nagios(critical: critical).status }
}

extension StatusReport {
  /// CRITICAL where a pool has no live member, no agent is there for those that need one, none of the gateways given by hand is alive, or the share at risk
  /// reaches `critical`.
  func nagios(critical: Double) -> (line: String, status: Int32) {
    let dead = pools.filter { $0.overrider == nil && !$0.hasLiveMember(states) }
    let isHopeless =
      !dead.isEmpty || desertedAgentSocket != nil || (pools.isEmpty && !rows.contains { $0.state.isAlive })
    let status: Int32 =
      isOfNothing ? 3 : isHopeless || atRisk >= critical ? 2 : isTrouble || isFailing ? 1 : 0
    let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][Int(status)]
    var parts = troubleWords.map { [$0] } ?? []
    parts.append(summary)
    if !dead.isEmpty { parts.insert("no live gateway in \(dead.map(\.id).joined(separator: ", "))", at: 0) }
    if let desertedAgentSocket { parts.insert("no agent answers at \(desertedAgentSocket)", at: 0) }
    let what = parts.joined(separator: "; ")
    let down = rows.count { !$0.state.isAlive }
    var data = ["at_risk=\(JSON.share(atRisk));;\(critical);0;1", "down=\(down);;;0;\(rows.count)"]
    if let waiting { data.append("waiting=\(waiting);;;0") }
    data += rows.compactMap { row in
      row.recent?.deferredShare.map {
        "'\(OutputForm.nagiosLabel.spell(row.use.gateway.description)) deferred'=\(JSON.share($0));;;0;1"
      }
    }
    data += rows.compactMap { row in
      row.status?.latency.map {
        "'\(OutputForm.nagiosLabel.spell(row.use.gateway.description))'=\(JSON.milliseconds($0))ms"
      }
    }
    if isOfNothing { return (Self.unknownForNagios(wordsOfNothing.first ?? MailConfig.noGateways), status) }
    return (
      "RANDMAP \(word) - \(OutputForm.nagiosWords.spell(what)) | \(data.joined(separator: " "))", status
    )
  }

  /// Whether a gateway takes no mail though it greets.
  private var isFailing: Bool { rows.contains { $0.status?.deliveries != nil && $0.state != .drained } }

  /// The worst gateways, each with what is wrong and what waits for it; nil where nothing is wrong.
  private var troubleWords: String? {
    let troubled = rows.filter { !$0.state.isAlive || ($0.status?.deliveries != nil && $0.state != .drained) }
      .enumerated().sorted { ($1.element.state.badness, $0.offset) < ($0.element.state.badness, $1.offset) }
      .map(\.element)
    if troubled.isEmpty { return nil }
    let words = troubled.prefix(3).map { row in
      let reason = row.reason.isEmpty ? "" : ": \(row.reason)"
      let waiting = row.waiting.flatMap { count in
        count == 0 ? nil : " (\(count) \(count == 1 ? "message waits" : "messages wait"))"
      }
      return "\(row.use.gateway) \(row.state.word)\(reason)\(waiting ?? "")"
    }
    let more = troubled.count - words.count
    return words.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
  }

  /// The line where nothing can be said, and why.
  static func unknownForNagios(_ reason: String) -> String {
    "RANDMAP UNKNOWN - \(OutputForm.nagiosWords.spell(reason))"
  }
}
