// How the Pools view looks: a heading for each pool, its members below, with the shares before and after the edits.

import Editing
import Gateways
import PostfixFiles
import Routing
import System

/// The columns of the list, for one width of the screen; a width of 0 leaves a column out.
private struct PoolColumns {
  var name: Int
  var weight = 6
  var was = 0
  let share = 6
  /// What happened; 0 where no log is read.
  var real = 0
  var deferred = 0
  var delay = 0
  /// What waits; 0 where the queue is not known.
  var queued = 0
  var bar = 0
  var state = 17
  var gap = 2
  /// The first column, after the mark of the selection.
  var left = 2
  /// Whether only this fits: the gateway's name and the symbol of its state.
  let isNarrow: Bool

  init(width: Int, longestName: Int, isEdited: Bool, hasLog: Bool, hasQueue: Bool) {
    if hasLog, width >= 56 { real = 7 }
    if hasQueue, width >= 100 { queued = 6 }
    if hasLog, width >= 110 { (deferred, delay) = (8, 6) }
    let width =
      width - [real, deferred, delay, queued].filter { $0 > 0 }.reduce(0) { $0 + $1 + (width < 64 ? 1 : 2) }
    isNarrow = width < 64
    // "50.0% →": what it was, and the way to what it is.
    was = isEdited ? 8 : 0
    if isNarrow {
      (gap, left, state) = (1, 1, 1)
      // The shares before and after say what the weight would.
      if isEdited && width < 50 { weight = 0 } else { weight = 3 }
      let gaps = 2 + (weight > 0 ? 1 : 0) + (was > 0 ? 1 : 0)
      name = width - left - weight - was - share - state - gaps
      return
    }
    name = min(max(longestName, 20), width < 100 ? 28 : 48)
    let gaps = isEdited ? 10 : 8
    bar = min(30, width - 3 - name - weight - was - share - state - gaps)
    if bar < 6 {
      state = 10
      bar = max(0, width - 3 - name - weight - was - share - state - gaps)
    }
  }

  /// Before a member's name.
  var indent: String { isNarrow ? " " : "  " }

  var columns: [Column] {
    [
      Column("MEMBER", width: name, order: "member"),
      Column(isNarrow ? "WT" : "WEIGHT", width: weight, align: .right, order: "weight"),
      Column("WAS  ", width: was, align: .right, order: "was"),
      Column("SHARE", width: share, align: .right, order: "share"),
      Column("REAL", width: real, align: .right, order: "real"),
      Column("DEFERRED", width: deferred, align: .right, order: "deferred"),
      Column("DELAY", width: delay, align: .right, order: "delay"),
      Column("QUEUED", width: queued, align: .right, order: "queued"),
      Column("", width: bar), Column(isNarrow ? "" : "STATE", width: state, order: "state"),
    ]
  }
}

extension PoolsView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let chosen else {
      drawEmpty(in: &frame, area, facts)
      return
    }
    let isEdited = rows.contains { isChanged($0) }
    let names = rows.compactMap { $0.member.map { cellWidth(printable($0.result)) + 2 } }
    let widths = PoolColumns(
      width: area.width, longestName: names.max() ?? 0, isEdited: isEdited,
      hasLog: facts.mail.recent != nil, hasQueue: facts.mail.waiting != nil)
    frame.header(widths.columns, x: widths.left, y: area.y, gap: widths.gap, sorting: sorting)
    let shown = self.names(widths, rows: area.height, frame.symbols)
    // A blank line parts the pools, where it fits.
    let isAiry = rows.count + poolCount <= area.height - 1
    frame.list(count: rows.count, chosen: chosen, in: area.inset(top: 1)) { index in
      let row = rows[index]
      var isLastOfPool = false
      if index + 1 < rows.count, case .pool = rows[index + 1] { isLastOfPool = true }
      let agentWords = index == chosen ? facts.drainWords(of: row) ?? facts.agentWords(of: row) : nil
      return ListItem(height: agentWords == nil ? 1 : 2) { frame, y in
        frame.put(index == chosen ? frame.symbols.cursor : " ", x: 0, y: y)
        if let agentWords { frame.put(agentWords, x: 4, y: y + 1, width: area.width - 5, Style(.dim)) }
        switch row {
        case .pool(let pool): drawHeading(of: pool, widths, in: &frame, y: y, facts)
        case .member(let member, let pool, let was):
          draw(member, pool, was, shown[index], widths, in: &frame, y: y, facts)
        case .removed(let member, let pool):
          drawRemoved(member, pool, shown[index], widths, in: &frame, y: y, facts)
        }
      }.padded(isAiry && isLastOfPool)
    }
  }

  /// The members' names near the chosen row.
  private func names(_ widths: PoolColumns, rows height: Int, _ symbols: Symbols) -> DistinctNames {
    let near = max(0, (chosen ?? 0) - height)..<min(rows.count, (chosen ?? 0) + height + 1)
    // Lanes to one gateway differ in what is before its name.
    var results: [String: Set<String>] = [:]
    func gateway(_ member: Member) -> String? { member.gateways.first.map { printable($0.description) } }
    for case .member(let member, let pool, _) in rows[near] {
      if let gateway = gateway(member) { results["\(pool.id) \(gateway)", default: []].insert(member.result) }
    }
    return DistinctNames(
      around: chosen, of: rows.count, rows: height, width: widths.name - widths.indent.count, symbols
    ) { [rows] index in
      switch rows[index] {
      case .pool: return ""
      case .removed(let member, _): return printable(member.result)
      case .member(let member, let pool, _):
        guard widths.isNarrow, let gateway = gateway(member), results["\(pool.id) \(gateway)"]?.count ?? 1 < 2
        else { return printable(member.result) }
        return gateway
      }
    }
  }

  private func isChanged(_ row: PoolRow) -> Bool {
    switch row {
    case .pool: false
    case .removed: true
    case .member(let member, _, let was):
      was.map { $0.weight != member.weight || $0.isDrained != member.isDrained } ?? true
    }
  }

  private func drawHeading(
    of pool: Pool, _ widths: PoolColumns, in frame: inout Frame, y: Int, _ facts: Facts
  ) {
    let width = frame.size.columns - 3
    let id = Span(facts.shown(path: pool.id), .title)
    let aliases = pool.aliases.map { Span("  \($0)") }
    var origin: [Span] = []
    if let start = pool.start, let document = facts.session.current.document(start.file) {
      let line = document.position(at: start.range.lowerBound).line
      origin.append(Span("  \(pool.notation.words), \(facts.shown(path: start.file)):\(line)", .dim))
    }
    var alarm: [Span] = []
    let risk = pool.atRisk(facts.states)
    if pool.overrider != nil {
      alarm = [Span("  no mail comes here", .warning)]
    } else if pool.totalWeight > 0, !pool.hasLiveMember(facts.states) {
      alarm = [Span("  NO LIVE MEMBER", .down)]
    } else if risk > 0 {
      alarm = [Span("  \(percent(risk)) at risk", .down)]
    }
    let mail = facts.session.current.mail(of: pool)
    let words = mail.map { [Span("  \(printable($0.words))")] } ?? []
    let scope = printable(mail?.scope ?? "")
    // The file and the line give way first. The mail stays longest where the id is only a place in a table.
    var layouts = [[id] + aliases + words + origin, [id] + aliases + words, [id] + words]
    if let mail, !scope.isEmpty {
      layouts.append([id, Span("  \(scope)")])
      layouts += mail.namesPool ? [[Span(scope, .title)]] : [[id], [Span(scope, .title)]]
    }
    let shown = layouts.first { cells(of: $0 + alarm) <= width } ?? layouts.last ?? [id]
    frame.put(shown + alarm, x: widths.left, y: y, width: width)
  }

  private func draw(
    _ member: Member, _ pool: Pool, _ was: Member?, _ name: String, _ widths: PoolColumns,
    in frame: inout Frame, y: Int, _ facts: Facts
  ) {
    let saved = facts.session.saved(pool.id)
    let state: GatewayState =
      member.isDrained ? .drained : member.gateways.first.map(facts.state) ?? .unknown
    let share = pool.share(member)
    let oldShare = was.flatMap { old in saved.map { $0.share(old) } }
    let isChanged = oldShare.map { abs($0 - share) > 0.0001 } ?? (was == nil)
    let role: Role = was == nil ? .added : member.isDrained ? .drained : .text
    let weight = was.map { $0.weight != member.weight } ?? true
    let shareText = member.isDrained ? "-" : percent(share)
    let old = oldShare.map { was?.isDrained == true ? "-" : percent($0) } ?? "new"
    let oldText = isChanged ? "\(old) \(frame.symbols.arrow)" : ""
    let sign =
      state == .unknown && member.gateways.isEmpty ? Span(pool.wordsOfNoGateway(for: member), .dim) : nil
    let stateSpan =
      widths.isNarrow
      ? Span(String(state.symbol), Role(state))
      : sign ?? facts.stateSpan(state, of: member.gateways.first, short: widths.state < 17)
    frame.row(
      [
        [Span(widths.indent + name, role)],
        [Span("\(member.weight)", weight ? .changed : role == .drained ? .drained : .text)],
        [Span(oldText, .dim)], [Span(shareText, isChanged ? .changed : role == .drained ? .drained : .text)],
        [facts.realSpan(of: member, in: pool)],
        [member.gateways.first.map(facts.deferredSpan) ?? Span("-", .dim)],
        [member.gateways.first.map(facts.delaySpan) ?? Span("-", .dim)],
        [member.gateways.first.map(facts.queuedSpan) ?? Span("-", .dim)],
        [Span(frame.symbols.bar(share, width: widths.bar), state.isAlive ? .bar : Role(state), .block)],
        [stateSpan],
      ], in: widths.columns, x: widths.left, y: y, gap: widths.gap)
  }

  private func drawRemoved(
    _ member: Member, _ pool: Pool, _ name: String, _ widths: PoolColumns, in frame: inout Frame, y: Int,
    _ facts: Facts
  ) {
    let saved = facts.session.saved(pool.id)
    let old =
      saved.map { (member.isDrained ? "-" : percent($0.share(member))) + " \(frame.symbols.arrow)" } ?? ""
    frame.row(
      [
        [Span(widths.indent + name, .removed)], [Span("-", .removed)], [Span(old, .dim)],
        [Span("-", .removed)], [], [], [], [], [], [Span(widths.isNarrow ? "" : "removed", .removed)],
      ], in: widths.columns, x: widths.left, y: y, gap: widths.gap)
  }

  private func drawEmpty(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    if filter != nil, !facts.session.pools.isEmpty {
      frame.empty("No pool matches", ["Esc shows all pools again."], in: area)
    } else if !facts.hasFiles {
      frame.empty("Reading the tables", ["Pools show as soon as they are in."], in: area)
    } else {
      frame.empty(
        "No pool yet. n makes one",
        ["A pool shares mail between gateways. n asks which mail, and then who gets how much."], in: area)
    }
  }
}

extension Pool {
  /// Ten cells at most.
  fileprivate func wordsOfNoGateway(for member: Member) -> String {
    guard member.isLane else { return "no gateway" }
    return switch onward {
    case .relays: "to relays"
    case .domains: "to each MX"
    case nil: "no gateway"
    }
  }
}

extension ListItem {
  /// With a blank line after it.
  fileprivate func padded(_ isPadded: Bool) -> ListItem {
    isPadded ? ListItem(height: height + 1, draw: draw) : self
  }
}
