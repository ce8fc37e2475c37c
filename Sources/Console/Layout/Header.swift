// The first line: where one is, what is wrong there, and how the gateways are.

import Editing
import Gateways
import PostfixFiles
import Routing
import System

extension Facts {
  func drawHeader(in frame: inout Frame) {
    let place = Style(identity.isDemo ? .demo : .live)
    let name = Span(isProduction ? " PRODUCTION" : " randmap", .title)
    let host = Span("  \(printable(identity.hostName))")
    let directory = Span("  " + printable(session.current.directory), place)
    let kind = identity.isDemo ? [Span("  sample", place)] : []
    let alarm = alarms.map { Span("  \($0)", .down) }
    let edited = session.isEdited ? [Span("  edited", .changed)] : []
    let mode = readOnlyMark(isShort: true) + edited
    let longMode = readOnlyMark(isShort: false) + edited
    // Each is asked for by most of the layouts, and looks at all gateways or all pools.
    let (counts, compactCounts, risk, shortRisk) = (counts, compactCounts, risk, shortRisk)
    // The call with which one may write has the directory in it.
    let namesDirectory = longMode.contains { $0.text.contains(" -c ") }
    // What is wrong matters most, then where one is: so the rest gives way in this order.
    let withCall: [(left: [Span], right: [Span])] =
      namesDirectory ? [([name] + kind + alarm + longMode, counts + shortRisk)] : []
    let wide: [(left: [Span], right: [Span])] = [
      ([name, host, directory] + kind + alarm + longMode, counts + [Span("    ")] + risk),
      ([name, directory] + kind + alarm + longMode, counts + [Span("    ")] + risk),
      ([name, directory] + kind + alarm + longMode, counts + shortRisk),
    ]
    let narrow: [(left: [Span], right: [Span])] = [
      ([name, directory] + kind + alarm + mode, counts + shortRisk),
      ([name, directory] + alarm + mode, counts + shortRisk),
      ([name, directory] + alarm + mode, compactCounts + shortRisk),
      ([name] + kind + alarm + mode, counts + shortRisk),
      ([name] + kind + alarm + mode, compactCounts + shortRisk),
      ([name] + kind + alarm, compactCounts + shortRisk), ([name] + alarm, compactCounts + shortRisk),
      (alarm, compactCounts + shortRisk), (alarm, compactCounts),
    ]
    let width = frame.size.columns - 1
    let (left, right) =
      (wide + withCall + narrow).first { cells(of: $0) + 2 + cells(of: $1) <= width } ?? (
        [], compactCounts + shortRisk
      )
    frame.put(left, x: 0, y: 0)
    frame.put(right, x: 0, y: 0, width: width, align: .right)
    if isProduction { frame.lay(Rect(x: 0, y: 0, width: frame.size.columns, height: 1), on: .production) }
  }

  /// Whether a write here asks for the name of the host.
  var isProduction: Bool { !identity.isDemo && settings.production.includes(identity.hostName) }

  /// For the title of the terminal's window: what one wants to know of a window that is not in front.
  var windowTitle: String {
    let troubles = stateCounts.filter { !$0.0.isAlive && $0.0 != .unknown && $0.0 != .drained }
    let words =
      alarms + troubles.map { "\($0.1) \($0.0.word)" }
      + (session.isEdited ? ["edited"] : [])
    let place = printable("\(identity.hostName):\(session.current.directory)")
    return "randmap \(place)" + (words.isEmpty ? "" : " - " + words.joined(separator: ", "))
  }

  /// That nothing can be written; where it fits, with what to do about it.
  private func readOnlyMark(isShort: Bool) -> [Span] {
    if identity.isReadOnly { return [Span("  read-only", .warning)] }
    return identity.obstacle.map {
      [Span("  " + (isShort ? "read-only" : $0.mark(session.current.directory)), .warning)]
    } ?? []
  }

  /// How many gateways are in each state; those that need attention last, next to the risk.
  private var counts: [Span] {
    if gateways.isEmpty { return [Span(foundGateways == nil ? "reading" : "no gateways", .dim)] }
    return stateCounts.flatMap { [Span("  "), Span("\($1) \($0.word)", Role($0))] }.dropFirst().map(\.self)
  }

  /// The same in symbols: `3+ 1!`.
  private var compactCounts: [Span] {
    stateCounts.flatMap { [Span(" "), Span("\($1)\($0.symbol)", Role($0))] }.dropFirst().map(\.self)
  }

  private var stateCounts: [(GatewayState, Int)] {
    let counts = Dictionary(grouping: gateways, by: { state(of: $0) }).mapValues(\.count)
    return GatewayState.fromBestToWorst.compactMap { state in counts[state].map { (state, $0) } }
  }

  private var risk: [Span] {
    // Nothing is known before the first probe.
    if statuses.isEmpty { return [] }
    let share = session.pools.atRisk(states, isAgentGone: isAgentGone)
    if share == 0 { return [Span(noRisk, .dim)] }
    // A mean, where it is not known how much mail comes to which pool.
    let isMean = share < 1 && session.pools.sharesAreMeans
    let words = isMean ? "on average \(percent(share)) of each pool" : "\(percent(share)) of mail"
    return [Span("\(words) at risk", .down)]
  }

  /// Mail of a table's entry is in no pool, and not counted: beside a gateway that is down, that is said.
  private var noRisk: String {
    stateCounts.contains { $0.0 == .down } ? "no pool mail at risk" : "no mail at risk"
  }

  private var shortRisk: [Span] {
    let share = session.pools.atRisk(states, isAgentGone: isAgentGone)
    return share > 0 ? [Span("  \(percent(share)) at risk", .down)] : []
  }

  /// The same in one sentence.
  var summary: String {
    let share = session.pools.atRisk(states, isAgentGone: isAgentGone)
    let all = stateCounts.map { "\($0.1) \($0.0.word.lowercased())" }
    let mail = share > 0 ? "\(percent(share)) of mail at risk" : noRisk
    let gateways = all.isEmpty ? "no gateways" : "gateways: \(all.joined(separator: ", "))"
    return (alarms + [gateways, mail]).joined(separator: "; ")
  }
}
