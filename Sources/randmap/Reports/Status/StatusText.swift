// Liveness for people: a table, and what it comes to.

import Console
import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing
import System

/// One line of the report, and the state that colours it.
struct StatusLine {
  let text: String
  let state: GatewayState?

  /// Cut to `width` columns, so that it stays one line of the screen.
  func shown(color: Bool, width: Int? = nil) -> String {
    let cut = width.map { String(text.prefix($0)) } ?? text
    guard color, let state else { return cut }
    return "\(state.escape)\(cut)\u{1B}[0m"
  }
}

extension StatusReport {
  static let noGateways = "no gateways: no pool, route or relayhost names one"

  /// The table, without colour.
  var lines: [StatusLine] {
    if isOfNothing { return [StatusLine(text: Self.noGateways, state: nil)] }
    let hasShares = rows.contains { !$0.use.pools.isEmpty }
    let hasLiveShares = rows.contains { abs($0.liveShare - $0.use.share) > 0.0005 }
    let hasQueue = rows.contains { $0.waiting != nil }
    var table = TextTable(
      [.left, .left, .right]
        + [.right, .right, .right].prefix(
          [hasShares, hasLiveShares, hasQueue].count { $0 }) + [.left])
    func add(_ fixed: [String], _ share: String, _ live: String, _ queue: String, _ words: String) {
      table.add(
        fixed + (hasShares ? [share] : []) + (hasLiveShares ? [live] : []) + (hasQueue ? [queue] : [])
          + [words])
    }
    add(["  GATEWAY", "STATE", "MS"], "SHARE", "LIVE", "QUEUED", "")
    for row in rows {
      add(
        [
          "\(row.state.symbol) \(row.use.gateway)", row.state.word,
          row.status?.latency.map { "\(Int($0.rounded()))" } ?? "-",
        ],
        row.use.pools.isEmpty ? "-" : percent(row.use.share),
        row.use.pools.isEmpty ? "-" : percent(row.liveShare), row.waiting.map { "\($0)" } ?? "-", row.words)
    }
    let states = [nil] + rows.map { Optional($0.state) }
    var lines = zip(table.lines, states).map { StatusLine(text: $0, state: $1) }
    lines.append(StatusLine(text: "", state: nil))
    lines += sharedAddresses.map { StatusLine(text: printable("\($0.pool): \($0.words)"), state: nil) }
    if hasLiveShares {
      lines.append(StatusLine(text: "LIVE: the share with the dead members left out", state: nil))
    }
    return lines + agentLines + [StatusLine(text: summary, state: nil)]
  }

  /// The agent's report, and the counts of each member that it chose.
  private var agentLines: [StatusLine] {
    if let desertedAgentSocket {
      let words = "agent: DOWN: no answer at \(desertedAgentSocket), so the mail of its pools waits"
      return [StatusLine(text: printable(words), state: .down), StatusLine(text: "", state: nil)]
    }
    guard let agent else { return [] }
    var table = TextTable([.left, .right, .right, .right, .right, .right])
    table.add("  MEMBER", "CHOSEN", "HANDED OVER", "DELIVERED", "DEFERRED", "SKIPPED")
    for pool in pools.eachTextOnce {
      let members = pool.members.compactMap { member in
        agent.counts(of: member, in: pool).map { (member.result, $0) }
      }
      if members.isEmpty { continue }
      table.add(pool.id)
      for (result, counts) in members {
        table.add(
          "  \(result)", "\(counts.chosen)", "\(counts.handedOver)", "\(counts.delivered)",
          "\(counts.deferred)", "\(counts.failedOver)")
      }
    }
    let counts = table.lines.count > 1 ? table.lines : []
    return ([agent.summary] + counts + [""]).map { StatusLine(text: $0, state: nil) }
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
