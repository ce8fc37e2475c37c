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

struct StatusText: StatusFormat {
  static let canWatch = true

  let color: Bool

  func text(of report: StatusReport) -> Bytes {
    Bytes(report.lines.map { $0.shown(color: color) + "\n" }.joined().utf8)
  }
}

extension StatusReport {
  private static let showingLanes = "the lanes and their shares: randmap pools"
  private static let firstPool =
    "for a first one: randmap pool outbound '[gw1.example]:587=70' '[gw2.example]:587=30'"

  /// Why there is nothing to report. Of what cannot be read nothing is said, and no pool is made beside it.
  var wordsOfNothing: [String] {
    if let unreadable { return ["no gateways are known: \(printable(unreadable))"] }
    // A pool of gateways would take the lanes away.
    if let lanes { return ["no gateways: \(lanes.words)", Output.naming(Self.showingLanes)] }
    return [MailConfig.noGateways, Output.naming(Self.firstPool)]
  }

  /// The table, without colour.
  var lines: [StatusLine] {
    if isOfNothing {
      return wordsOfNothing.map { StatusLine(text: $0, state: nil) }
    }
    let hasLiveShares = rows.contains { abs($0.liveShare - $0.use.share) > 0.0005 }
    let shown = columns.filter { column in rows.contains { column.value($0) != nil } }
    var table = TextTable([.left, .left, .right] + shown.map { _ in .right } + [.left])
    table.add(["  GATEWAY", "STATE", "MS"] + shown.map(\.title) + [""])
    for row in rows {
      let start = [
        "\(row.state.symbol) \(row.use.gateway)", row.state.word,
        row.status?.latency.map { "\(Int($0.rounded()))" } ?? "-",
      ]
      table.add(start + shown.map { $0.value(row) ?? "-" } + [row.words])
    }
    let states = [nil] + rows.map { Optional($0.state) }
    var lines = zip(table.lines, states).map { StatusLine(text: $0, state: $1) }
    lines.append(StatusLine(text: "", state: nil))
    if pools.sharesAreMeans, rows.contains(where: { $0.use.share > 0 }) {
      lines.append(
        StatusLine(
          text: "SHARE: of each pool, on average: how much mail comes to which is not known", state: nil))
    }
    lines += sharedAddresses.map { StatusLine(text: printable("\($0.pool): \($0.words)"), state: nil) }
    if hasLiveShares {
      lines.append(StatusLine(text: "LIVE: the share with the dead members left out", state: nil))
    }
    return lines + logLines + entryLines + agentLines + [StatusLine(text: summary, state: nil)]
  }

  /// A column of figures; left out where no gateway has one.
  private struct Column {
    let title: String
    let value: (Row) -> String?
  }

  private var columns: [Column] {
    let hasLiveShares = rows.contains { abs($0.liveShare - $0.use.share) > 0.0005 }
    func ofPools(_ row: Row, _ share: Double) -> String? { row.use.pools.isEmpty ? nil : percent(share) }
    return [
      Column(title: "SHARE") { ofPools($0, $0.use.share) },
      Column(title: "LIVE") { hasLiveShares ? ofPools($0, $0.liveShare) : nil },
      Column(title: "REAL") { row in
        row.recent?.observed.map { percent($0) + (row.recent?.isOutside == true ? "!" : "") }
      },
      Column(title: "DEFERRED") { $0.recent?.deferredShare.map { percent($0) } },
      Column(title: "QUEUED") { $0.waiting.map { "\($0)" } },
    ]
  }

  /// The keys of credentials and TLS policies, where tables of them are set.
  private var entryLines: [StatusLine] {
    var table = TextTable([.left, .left, .left])
    table.add("  KEYS OF", "CREDENTIALS", "TLS POLICY")
    for row in rows where !row.use.entries.isEmpty {
      table.add(
        "  \(row.use.gateway)", Output.naming(row.use.entries.words(.credentials) ?? "-"),
        Output.naming(row.use.entries.words(.tlsPolicy) ?? "-"))
    }
    return table.lines.count > 1 ? (table.lines + [""]).map { StatusLine(text: $0, state: nil) } : []
  }

  /// What REAL is, and why the log is not read.
  private var logLines: [StatusLine] {
    switch traffic {
    case .notAsked: return []
    case .unreadable(let problem):
      return [StatusLine(text: "the mail log is not read: \(printable(problem))", state: nil)]
    case .recent:
      if !rows.contains(where: { $0.recent?.observed != nil }) { return [] }
      let outside = rows.contains { $0.recent?.isOutside == true }
      let mark =
        outside
        ? "; !: not what was meant, and no known cause explains it (\(Output.naming("randmap report")))" : ""
      return [
        StatusLine(text: "REAL: the share of the last 15 minutes, from the mail log\(mark)", state: nil)
      ]
    }
  }

  /// The agent's report, and the counts of each member that it chose.
  private var agentLines: [StatusLine] {
    if let desertedAgentSocket {
      let words = "agent: DOWN: no answer at \(desertedAgentSocket), so the mail of its pools waits"
      return [StatusLine(text: printable(words), state: .down), StatusLine(text: "", state: nil)]
    }
    guard let agent else { return [] }
    var table = TextTable([.left, .right, .right, .right, .right, .right, .right])
    table.add("  MEMBER", "CHOSEN", "HANDED OVER", "SENT", "DEFERRED", "REFUSED", "SKIPPED")
    for pool in pools.eachTextOnce {
      let members = pool.members.compactMap { member in
        agent.counts(of: member, in: pool).map { (member.result, $0) }
      }
      if members.isEmpty { continue }
      table.add(pool.id)
      for (result, counts) in members {
        table.add(
          "  \(result)", "\(counts.chosen)", "\(counts.handedOver)", "\(counts.delivered)",
          "\(counts.deferred)", "\(counts.refused)", "\(counts.failedOver)")
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
