// The whole screen: header, tabs, the view, what is asked or told, and the keys.

import Editing
import PostfixFiles
import Routing

/// Nothing is legible on less.
private let smallest = Size(40, 10)

extension Console {
  /// Lists are in order, and nobody is scrolled past an end.
  public mutating func settle(on size: Size) {
    if listsAreOld { renewLists() }
    isBlind = size.columns < smallest.columns || size.rows < smallest.rows
    if case .help(let line, let top) = dialog {
      dialog = .help(line, from: min(top, HelpPage(self, line, size).lastTop))
    }
  }

  public func view(_ size: Size) -> Frame {
    var frame = Frame(size, symbols: symbols)
    guard size.columns >= smallest.columns, size.rows >= smallest.rows else {
      let text = "randmap needs \(smallest.columns)x\(smallest.rows), this is \(size.columns)x\(size.rows)"
      for (row, line) in wrap(text, width: size.columns).enumerated() { frame.put(line, x: 0, y: row) }
      return frame
    }
    drawHeader(in: &frame)
    drawTabs(in: &frame)
    let isTall = size.rows >= 16
    if isTall { frame.rule(y: 2) }
    let question = questionLines(size)
    let body = Rect(size).inset(top: isTall ? 3 : 2, bottom: 2 + question.count + extraLines(size))
    switch view {
    case .gateways:
      if case .detail(let top) = dialog {
        drawWholeDetail(from: top, in: &frame, body)
      } else {
        drawGateways(in: &frame, body)
      }
    case .pools: drawPools(in: &frame, body)
    case .routes: drawRoutes(in: &frame, body)
    case .problems: drawProblems(in: &frame, body)
    case .changes: drawChanges(in: &frame, body)
    }
    drawFoot(question, in: &frame)
    if case .help(let line, let top) = dialog { drawHelp(line, from: top, in: &frame) }
    return frame
  }

  // MARK: Header

  private func drawHeader(in frame: inout Frame) {
    let place = Style(identity.isDemo ? .demo : .live)
    let name = Span(" randmap", .title)
    let host = Span("  \(printable(identity.hostName))")
    let directory = Span("  " + printable(session.current.directory), place)
    let kind = identity.isDemo ? [Span("  sample", place)] : []
    let mode =
      (identity.isReadOnly ? [Span("  read-only", .warning)] : [])
      + (session.isEdited ? [Span("  edited", .changed)] : [])
    // Where one is matters more than the host's name, what is wrong more than that all is well: so they give way
    // in this order.
    let layouts = [
      ([name, host, directory] + kind + mode, counts + [Span("    ")] + risk),
      ([name, directory] + kind + mode, counts + [Span("    ")] + risk),
      ([name, directory] + kind + mode, counts + shortRisk),
      ([name, directory] + mode, counts + shortRisk), ([name, directory] + mode, compactCounts + shortRisk),
      ([name] + kind + mode, counts + shortRisk), ([name] + kind + mode, compactCounts + shortRisk),
      ([name] + kind, compactCounts + shortRisk), ([name], compactCounts + shortRisk),
    ]
    let width = frame.size.columns - 1
    let (left, right) =
      layouts.first { cellsOf($0) + 2 + cellsOf($1) <= width } ?? ([], compactCounts + shortRisk)
    frame.put(left, x: 0, y: 0)
    frame.put(right, x: 0, y: 0, width: width, align: .right)
  }

  func cellsOf(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + cellWidth($1.text) } }

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
    return GatewayState.byBadness.compactMap { state in counts[state].map { (state, $0) } }
  }

  private var risk: [Span] {
    // Before the first probe nobody can say.
    if statuses.isEmpty { return [] }
    let share = session.pools.atRisk(states)
    return share > 0 ? [Span("\(percent(share)) of mail at risk", .down)] : [Span("no mail at risk", .dim)]
  }

  private var shortRisk: [Span] {
    let share = session.pools.atRisk(states)
    return share > 0 ? [Span("  \(percent(share)) at risk", .down)] : []
  }

  // MARK: Tabs

  private func drawTabs(in frame: inout Frame) {
    let full = tabs { _ in true }
    let spans = cellsOf(full) <= frame.size.columns ? full : tabs { $0 == view }
    frame.put(spans, x: 0, y: 1)
  }

  private func tabs(named: (ViewName) -> Bool) -> [Span] {
    var spans: [Span] = []
    for name in ViewName.allCases {
      let isShown = name == view
      let style = isShown ? Style(.title, on: .selection) : Style(.text)
      let count = badge(of: name)
      spans.append(Span(" \(name.rawValue)", isShown ? style : Style(.key)))
      if named(name) { spans.append(Span(" \(name.title)", style)) }
      if let count { spans.append(Span(" \(count.text)", isShown ? style : Style(count.role))) }
      spans.append(Span(" ", style))
    }
    return spans
  }

  /// How much there is to look at in a view that is not shown.
  private func badge(of name: ViewName) -> (text: String, role: Role)? {
    switch name {
    case .problems:
      let grave = (diagnostics ?? []).filter { $0.severity >= .warning }
      return grave.isEmpty
        ? nil : ("\(grave.count)", grave.contains { $0.severity == .error } ? .error : .warning)
    case .changes:
      let lines = session.diffs.flatMap(\.hunks).flatMap(\.lines).count { $0.kind != .context }
      return lines == 0 ? nil : ("\(lines)", .changed)
    default: return nil
    }
  }
}

extension Role {
  /// The role of a gateway's state.
  init(_ state: GatewayState) {
    switch state {
    case .unknown: self = .unknown
    case .up: self = .up
    case .degraded: self = .degraded
    case .down: self = .down
    case .refused: self = .refused
    case .drained: self = .drained
    }
  }
}
