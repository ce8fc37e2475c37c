// The whole screen: header, tabs, the view, what is asked or told, and the keys.

import Editing
import PostfixFiles
import Routing

/// Nothing is legible on less.
private let smallest = Size(40, 10)

extension Console {
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
    let body = Rect(size).inset(top: isTall ? 3 : 2, bottom: 2 + question.count)
    switch view {
    case .gateways: drawGateways(in: &frame, body)
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

  private func cellsOf(_ spans: [Span]) -> Int { spans.reduce(0) { $0 + cellWidth($1.text) } }

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
    let order: [GatewayState] = [.drained, .unknown, .up, .degraded, .refused, .down]
    return order.compactMap { state in counts[state].map { (state, $0) } }
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

  // MARK: Foot

  /// What a confirmation asks and warns of, in as many lines as it needs: it must not be cut. What else there is
  /// to know may be left out.
  private func questionLines(_ size: Size) -> [Span] {
    guard case .confirm(let confirmation) = dialog else { return [] }
    let width = size.columns - 2
    let lines =
      wrap(confirmation.question, width: width).map { Span($0, .warning, .bold) }
      + wrap(confirmation.warning, width: width).map { Span($0, .error, .bold) }
    let note = size.rows < 16 ? [] : wrap(confirmation.note, width: width).map { Span($0, .dim) }
    return Array((lines + note).prefix(max(2, size.rows - 6)))
  }

  private func drawFoot(_ question: [Span], in frame: inout Frame) {
    let rows = frame.size.rows
    switch dialog {
    case .prompt(let prompt): drawPrompt(prompt, in: &frame)
    case .confirm(let confirmation):
      let top = rows - 1 - question.count
      frame.rule(y: top - 1)
      for (row, line) in question.enumerated() { frame.put([line], x: 1, y: top + row) }
      var spans: [Span] = [Span(" ")]
      for choice in confirmation.choices {
        spans += [Span(choice.key.label, .key), Span(" \(choice.label)   ")]
      }
      frame.put(spans + [Span("Esc", .key), Span(" no")], x: 0, y: rows - 1)
    default:
      if let notice {
        frame.put(" " + notice.text, x: 0, y: rows - 2, Style(notice.role))
      } else {
        frame.rule(y: rows - 2)
        drawPosition(in: &frame)
      }
      drawHints(in: &frame)
    }
  }

  /// The filter in force, and where in the list one is, on the rule above the keys.
  private func drawPosition(in frame: inout Frame) {
    let y = frame.size.rows - 2
    if let filter = filters[view] {
      frame.put([Span(" only: \(printable(filter)) ", .changed), Span("Esc shows all ", .dim)], x: 2, y: y)
    }
    let count = count(of: view)
    if view != .changes, let chosen = chosen(in: view), count > frame.size.rows - 6 {
      frame.put(
        " \(chosen + 1) of \(count) ", x: 0, y: y, width: frame.size.columns - 2, align: .right, Style(.dim))
    }
  }

  private func drawPrompt(_ prompt: Prompt, in frame: inout Frame) {
    let (columns, rows) = (frame.size.columns, frame.size.rows)
    let isCommand = prompt.purpose == .command
    let label = frame.put(
      " " + (isCommand ? "" : prompt.label), x: 0, y: rows - 2, width: columns / 2, Style(.title))
    let used = label + frame.put(isCommand ? ":" : ": ", x: label, y: rows - 2, Style(.title))
    prompt.line.draw(in: &frame, x: used, y: rows - 2, width: columns - used - 1)
    switch prompt.verdict {
    case .need(let text): frame.put(" " + text, x: 0, y: rows - 1, Style(.dim))
    case .good(let text): frame.put(" " + text, x: 0, y: rows - 1, Style(.up))
    case .bad(let text):
      // What is wrong may take a second line, above the typed one.
      let lines = wrap(text, width: columns - 2)
      if lines.count > 1, let first = lines.first {
        frame.fill(Rect(x: 0, y: rows - 3, width: columns, height: 1))
        frame.put(" " + first, x: 0, y: rows - 3, Style(.error))
        frame.put(" " + lines.dropFirst().joined(separator: " "), x: 0, y: rows - 1, Style(.error))
      } else {
        frame.put(" " + text, x: 0, y: rows - 1, Style(.error))
      }
    }
  }

  /// The keys that do something here, as many as there is room for; help and quit always.
  private func drawHints(in frame: inout Frame) {
    let groups = hints
    let last = groups.filter { ["help", "quit"].contains($0.label) }
    let width = frame.size.columns - 1
    var room = width - last.reduce(0) { $0 + $1.width + 2 }
    // What works now comes in first; all stand in one order.
    let others = groups.filter { !["help", "quit"].contains($0.label) }
    var kept: Set<String> = []
    for group in others.filter({ !$0.isOff }) + others.filter(\.isOff) where group.width + 2 <= room {
      kept.insert(group.label)
      room -= group.width + 2
    }
    let spans = (others.filter { kept.contains($0.label) } + last).flatMap(\.spans)
    frame.put(spans, x: 1, y: frame.size.rows - 1)
  }

  private struct Hint {
    var keys: [String]
    var label: String
    var isOff: Bool

    var width: Int { cellWidth(keys.joined(separator: "/")) + 1 + cellWidth(label) }
    var spans: [Span] {
      [Span(keys.joined(separator: "/"), isOff ? .dim : .key), Span(" \(label)  ", isOff ? .dim : .text)]
    }
  }

  /// The hinted bindings of this view; neighbours with one label share it.
  private var hints: [Hint] {
    var hints: [Hint] = []
    for binding in Binding.all where binding.isHinted && binding.works(in: view) {
      let key = binding.keys.first?.label ?? ""
      let isOff = binding.disabled(self) != nil
      if let last = hints.last, last.label == binding.hint {
        hints[hints.count - 1].keys.append(key)
        hints[hints.count - 1].isOff = last.isOff && isOff
      } else {
        hints.append(Hint(keys: [key], label: binding.hint, isOff: isOff))
      }
    }
    return hints
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
