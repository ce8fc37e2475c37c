// How the Gateways view looks: a row for each gateway, what is wrong below it, and the detail of the chosen one.

import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing
import System

/// The columns of the list, for one width of the screen; a width of 0 leaves a column out.
private struct GatewayColumns {
  var name = 0
  var state = 17
  var latency = 6
  var history = 0
  var bar = 0
  let share = 6
  /// What happened; without a log and a queue these are not shown.
  var real = 0
  var deferred = 0
  var delay = 0
  var queued = 0
  var gap = 2
  /// The first column, after the mark of the selection.
  var left = 2

  init(width: Int, longestName: Int, hasLog: Bool, hasQueue: Bool) {
    // What says most stays longest.
    if hasLog, width >= 56 { real = 7 }
    if hasQueue, width >= 72 { queued = 6 }
    if hasLog, width >= 96 { deferred = 8 }
    if hasLog, width >= 112 { delay = 6 }
    let gaps = [real, deferred, delay, queued].reduce(0) { $0 + ($1 > 0 ? $1 + (width < 64 ? 1 : 2) : 0) }
    let (all, width) = (width, width - gaps)
    // The left edge has the mark of the selection, the right edge a blank.
    let space = width - 3
    if all < 64 {
      state = 10
      latency = width < 50 ? 0 : 5
      (gap, left) = (1, 1)
      name = width - left - 1 - state - share - 2 - (latency > 0 ? latency + 1 : 0)
      return
    }
    name = min(max(longestName, 18), width < 100 ? 26 : 40)
    var left = space - name - state - latency - share - 8
    // What happened is worth more than a picture of what is meant.
    if gaps > 0, left < 12 {
      name = max(12, name + left)
      return
    }
    bar = min(24, left / 2)
    left -= bar + 2
    history = left >= 8 ? min(30, left) : 0
    if history == 0 { bar += max(0, left) }
  }

  /// What shares are where they are a mean of the pools.
  private var ofEachPool: String { bar + 1 + share < 18 ? "SHARE OF POOL" : "SHARE OF EACH POOL" }

  /// - Parameter isMean: whether shares are a mean of the pools.
  func columns(_ symbols: Symbols, isMean: Bool) -> [Column] {
    [
      Column("GATEWAY", width: name, order: "name"), Column("STATE", width: state, order: "state"),
      Column("MS", width: latency, align: .right, order: "latency"),
      Column(history < 11 ? "30 MIN" : "LAST 30 MIN", width: history, order: "history"),
      Column(isMean ? ofEachPool : "SHARE OF MAIL", width: bar > 0 ? bar + 1 + share : 0, order: "share"),
      Column("SHARE", width: bar > 0 ? 0 : share, align: .right, order: "share"),
      Column("REAL", width: real, align: .right, order: "real"),
      Column("DEFERRED", width: deferred, align: .right, order: "deferred"),
      Column("DELAY", width: delay, align: .right, order: "delay"),
      Column("QUEUED", width: queued, align: .right, order: "queued"),
    ]
  }
}

extension GatewaysView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let chosen else {
      drawEmpty(in: &frame, area, facts)
      return
    }
    let widths = GatewayColumns(
      width: area.width, longestName: rows.map { cellWidth(printable($0.gateway.description)) }.max() ?? 0,
      hasLog: facts.mail.recent != nil, hasQueue: facts.mail.waiting != nil)
    let columns = widths.columns(frame.symbols, isMean: facts.session.pools.sharesAreMeans)
    frame.header(columns, x: widths.left, y: area.y, gap: widths.gap, sorting: sorting)
    var list = area.inset(top: 1)
    let needed = rows.reduce(0) { $0 + (trouble(of: $1, facts).isEmpty ? 1 : 2) }
    let detail = detail(of: rows[chosen], facts)
    // What the list leaves, and it leaves something even where it is long.
    let detailHeight = min(max(8, detail.lines.count + 1), list.height - min(needed, 12))
    if detailHeight >= 8, area.width >= 64, !facts.isLineSlow {
      list.height -= detailHeight
      frame.part(
        of: detail, in: Rect(x: area.x, y: list.maxY, width: area.width, height: detailHeight))
    }
    let isCramped = needed > list.height
    let names = DistinctNames(
      around: chosen, of: rows.count, rows: list.height, width: widths.name, frame.symbols
    ) { [rows] in printable(rows[$0].gateway.description) }
    frame.list(count: rows.count, chosen: chosen, in: list) { index in
      let use = rows[index]
      // Where space is short, seeing every gateway matters more than every reason.
      let trouble = isCramped && index != chosen ? "" : trouble(of: use, facts)
      return ListItem(height: trouble.isEmpty ? 1 : 2) { frame, y in
        draw(use, names[index], columns, widths, isChosen: index == chosen, in: &frame, y: y, facts)
        if !trouble.isEmpty {
          let x = widths.bar > 0 ? 2 + widths.name + 2 : 4
          frame.put(trouble, x: x, y: y + 1, width: area.width - x - 1, Style(Role(facts.state(of: use))))
        }
      }
    }
  }

  /// What is wrong with a gateway, in one line; empty where nothing is.
  func trouble(of use: GatewayUse, _ facts: Facts) -> String {
    var parts = [facts.drainWords(of: use)].compactMap(\.self)
    let reason = facts.reason(of: use.gateway)
    if !reason.isEmpty { parts.append(reason) }
    guard let status = facts.statuses[use.gateway] else { return parts.joined(separator: "; ") }
    if let pending = status.pending { parts.append(pending.description) }
    if status.isFlapping { parts.append("keeps changing") }
    return parts.joined(separator: "; ")
  }

  private func draw(
    _ use: GatewayUse, _ shown: String, _ columns: [Column], _ widths: GatewayColumns, isChosen: Bool,
    in frame: inout Frame, y: Int, _ facts: Facts
  ) {
    let symbols = frame.symbols
    let status = facts.statuses[use.gateway]
    let state = facts.state(of: use)
    let name = Span(shown, state == .drained ? .drained : .text)
    let latency = facts.latencies[use.gateway].map { Span(words(forMilliseconds: $0)) } ?? Span("-", .dim)
    let share = Span(use.share > 0 ? percent(use.share) : "-", use.share > 0 ? .text : .dim)
    let percentText = String(repeating: " ", count: max(0, widths.share - cellWidth(share.text))) + share.text
    frame.put(isChosen ? symbols.cursor : " ", x: 0, y: y)
    let barText = symbols.bar(use.share, width: widths.bar)
    let pad = String(repeating: " ", count: max(0, widths.bar - cellWidth(barText)) + 1)
    frame.row(
      [
        [name], [facts.stateSpan(state, of: use.gateway, short: widths.state < 17)], [latency],
        historySpans(status, columns: widths.history, facts),
        [
          Span(barText, state.isAlive ? .bar : Role(state), .block), Span(pad),
          Span(percentText, share.style.role),
        ],
        [share], [facts.realSpan(of: use.gateway)], [facts.deferredSpan(of: use.gateway)],
        [facts.delaySpan(of: use.gateway)], [facts.queuedSpan(of: use.gateway)],
      ], in: columns, x: widths.left, y: y, gap: widths.gap)
  }

  /// The last half hour: how high the latency was, a cross where the probe failed.
  private func historySpans(_ status: GatewayStatus?, columns: Int, _ facts: Facts) -> [Span] {
    let symbols = facts.symbols
    guard let status, columns > 0 else { return [] }
    let strip = status.history.strip(columns: columns, until: facts.now)
    var shown: Double?
    // A logarithmic scale, from 1 ms to 10 s: ten times as long is two steps higher.
    return strip.map { point in
      guard let point else { return Span(symbols.nothing, .dim) }
      guard point.found.isAlive else { return Span(String(point.found.symbol), Role(point.found)) }
      shown = steady(shown, point.latency)
      let height = (shown.map { decades($0) } ?? 0) / 4
      return Span(symbols.level(height), Role(point.found))
    }
  }

  /// log10 by counting: precise enough for a strip of seven heights.
  private func decades(_ milliseconds: Double) -> Double {
    var rest = max(1, milliseconds)
    var count = 0.0
    while rest >= 10 {
      rest /= 10
      count += 1
    }
    return count + (rest - 1) / 9
  }

  private func drawEmpty(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    if facts.foundGateways == nil {
      frame.empty("Reading the tables", ["The gateways show as soon as they are in."], in: area)
    } else if filter != nil, !facts.gateways.isEmpty {
      frame.empty(
        "No gateway matches", ["Esc shows all \(facts.gateways.count) of them again."], in: area)
    } else if let lanes = facts.session.current.laneMail {
      // A pool of gateways would take the lanes away: none is offered.
      frame.empty(
        "No gateway: the mail goes by lanes",
        [
          lanes.words.prefix(1).uppercased() + lanes.words.dropFirst() + ".",
          "The lanes and their shares: view 2 Pools, or \(facts.naming("randmap pools"))",
        ], in: area)
    } else {
      frame.empty(
        "No gateway is named in \(printable(facts.session.current.directory))",
        [
          "Mail goes straight to each domain's own mail exchangers. n shares it between gateways of your own."
        ], in: area)
    }
  }
}
