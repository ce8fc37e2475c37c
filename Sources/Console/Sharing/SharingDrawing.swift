// How the dialogue that shares mail looks: in place of the view, with its keys at the bottom.

import Editing
import Gateways
import PostfixFiles
import Routing
import System

extension SharingDialogue {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    drawSteps(in: &frame, area)
    let isAiry = area.height >= 12
    let inside = area.inset(top: isAiry ? 2 : 1)
    switch step {
    case .mail(let mail): mail.draw(in: &frame, inside, isWaiting: isWaiting)
    case .gateways(let gateways, _): gateways.draw(in: &frame, inside, facts)
    case .preview(let preview, let gateways, _):
      let lines = lines(of: preview, gateways, facts, width: area.width - 2)
      for (row, spans) in lines.dropFirst(preview.top).prefix(inside.height).enumerated() {
        frame.put(spans, x: 1, y: inside.y + row, width: area.width - 2)
      }
      let below = lines.count - preview.top - inside.height
      if below > 0 {
        frame.put(
          " \(below) more \(frame.symbols.moreBelow) ", x: 0, y: area.y, width: area.width - 1, align: .right,
          Style(.info))
      }
    }
  }

  private func drawSteps(in frame: inout Frame, _ area: Rect) {
    let names = ["Which mail", "Gateways", "Preview"]
    let now =
      switch step {
      case .mail: 0
      case .gateways: 1
      case .preview: 2
      }
    var spans = [Span(" Share mail", .title)]
    if area.width < 60 {
      spans.append(Span("  \(now + 1) of \(names.count): \(names[now])"))
    } else {
      for (index, name) in names.enumerated() {
        spans += [Span("   "), Span("\(index + 1) \(name)", index == now ? .title : .dim)]
      }
    }
    frame.put(spans, x: area.x, y: area.y, width: area.width)
  }

  /// The keys of the step, for the line at the bottom.
  var hints: [(keys: [Key], words: String)] {
    switch step {
    case .mail: [([.enter], "its gateways"), ([.up, .down], "choose"), ([.escape], "leave")]
    case .gateways(let gateways, _):
      [([.enter], "preview"), ([.tab], "weight")]
        + (gateways.removesLine ? [([.control("u")], "remove the line")] : [])
        + [([.up, .down], "line"), ([.escape], "back")]
    case .preview(let preview, _, _):
      [
        ([.character("w")], preview.guards?.isEmpty == false ? "write anyway" : "write"),
        ([.character("k")], "keep as an edit"), ([.up, .down], "scroll"), ([.escape], "back"),
      ]
    }
  }

  /// What there is to say about what is typed.
  var verdict: Verdict? {
    switch step {
    case .mail(let mail): mail.problem.map { .bad($0) }
    case .gateways(let gateways, _): gateways.verdict
    case .preview: nil
    }
  }

  /// Nothing is scrolled past the end on a screen with this area.
  mutating func settle(on area: Rect, _ facts: Facts) {
    let copy = self
    settle(area.height - (area.height >= 12 ? 2 : 1)) { preview, gateways in
      copy.lines(of: preview, gateways, facts, width: area.width - 2).count
    }
  }

  private func lines(
    of preview: PreviewStep, _ gateways: GatewaysStep, _ facts: Facts, width: Int
  ) -> [[Span]] {
    let pool = preview.pool
    var lines: [[Span]] = [[Span(printable(pool.wish.scope.words), .title)]]
    lines += gateways.shareLines(of: pool.wish, facts)
    for stop in (preview.guards ?? pool.plan.guards) + failing(facts) {
      lines += marked("!", facts.naming(stop.message), .error, width)
    }
    if preview.guards == nil { lines.append([Span("  checking for new errors", .dim)]) }
    for note in gateways.weightNotes + pool.plan.notes {
      lines += marked("~", facts.naming(note), .warning, width)
    }
    return lines + preview.lines(width: width, arrow: facts.symbols.arrow)
  }

  private func marked(_ sign: String, _ text: String, _ role: Role, _ width: Int) -> [[Span]] {
    wrap(text, width: width - 2).enumerated().map { row, text in
      [Span(row == 0 ? sign + " " : "  ", role), Span(text, role)]
    }
  }
}

extension MailStep {
  func draw(in frame: inout Frame, _ area: Rect, isWaiting: Bool) {
    let width = area.width - 3
    let isWide = width >= 70
    let today = isWide ? min(48, width * 2 / 5) : 0
    let decided = isWide ? min(24, width / 4) : 0
    let words = width - (isWide ? today + decided + 4 : 0)
    let columns = [
      Column("MAIL", width: words), Column("GOES TO", width: today), Column("DECIDED BY", width: decided),
    ]
    let listed = rows
    if isWide { frame.header(columns, x: 2, y: area.y) }
    let list = area.inset(top: isWide ? 1 : 0, bottom: 1)
    let names = DistinctNames(
      around: chosen, of: listed.count, rows: list.height, width: words, frame.symbols
    ) { listed[$0].words }
    frame.list(count: listed.count, chosen: chosen, in: list) { index in
      ListItem(height: 1) { frame, y in
        let row = listed[index]
        frame.put(index == chosen ? frame.symbols.cursor : " ", x: 0, y: y)
        frame.row(
          [[Span(names[index])], [Span(row.today, .dim)], [Span(row.decidedBy, .dim)]], in: columns, x: 2,
          y: y)
      }
    }
    let y = area.maxY - 1
    let label = width < 50 ? " Other: " : " Other mail (a domain or an address): "
    let used = frame.put(label, x: 0, y: y, Style(.title))
    line.draw(in: &frame, x: used, y: y, width: area.width - used - 1)
    if isWaiting, listed.count < 2 {
      frame.put("looking which mail there is", x: 2, y: min(y - 1, list.y + 2), width: width, Style(.dim))
    }
  }
}

extension GatewaysStep {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    let isWide = area.width >= 64
    let gap = isWide ? 2 : 1
    let (weight, share, state) = (isWide ? 8 : 6, 6, isWide ? min(30, area.width / 3) : 1)
    let name = min(44, area.width - 3 - weight - share - state - 3 * gap)
    // Why a gateway is down is the longest text here.
    let rest = area.width - 3 - name - weight - share - 3 * gap
    let columns = [
      Column("GATEWAY", width: name), Column(isWide ? "WEIGHT" : "WT", width: weight),
      Column("SHARE", width: share, align: .right),
      Column(isWide ? "STATE" : "", width: isWide ? rest : state),
    ]
    var list = area
    if area.height >= 6 {
      frame.put(" \(printable(scope.words))", x: 0, y: area.y, width: area.width - 1, Style(.title))
      list = list.inset(top: area.height >= 9 ? 2 : 1)
    }
    frame.header(columns, x: 2, y: list.y, gap: gap)
    let (shares, wrong) = (shares, wrong)
    let names = DistinctNames(
      around: at, of: rows.count, rows: list.height, width: name, frame.symbols
    ) { [rows] in printable(rows[$0].gateway.text) }
    frame.list(count: rows.count, chosen: at, in: list.inset(top: 1)) { index in
      ListItem(height: 1) { frame, y in
        let row = rows[index]
        frame.put(index == at ? frame.symbols.cursor : " ", x: 0, y: y)
        if wrong.contains(index) { frame.put("!", x: 1, y: y, Style(.error)) }
        frame.row(
          [
            [Span(names[index], wrong.contains(index) ? .error : .text)], [Span(printable(row.weight.text))],
            [Span(shares[index].map { percent($0) } ?? "", .changed)],
            stateSpans(of: row.gateway.text, isWide, facts),
          ], in: columns, x: 2, y: y, gap: gap)
        guard index == at else { return }
        switch field {
        case .gateway: row.gateway.draw(in: &frame, x: 2, y: y, width: name)
        case .weight: row.weight.draw(in: &frame, x: 2 + name + gap, y: y, width: weight)
        }
      }
    }
  }

  /// The worst state of the gateways that a line names, with the reason.
  func stateSpans(of text: String, _ isWide: Bool, _ facts: Facts) -> [Span] {
    let named = gateways(of: text)
    if named.isEmpty { return [] }
    let known = named.compactMap { facts.statuses[$0] }
    guard let worst = known.max(by: { $0.state.badness < $1.state.badness }) else {
      return [Span(isWide ? "not probed yet" : "?", .dim)]
    }
    if !isWide { return [Span(String(worst.state.symbol), Role(worst.state))] }
    let latency = worst.latency.map { "\(words(forMilliseconds: $0)) ms" } ?? ""
    return [
      Span(facts.marked(worst.state), Role(worst.state)),
      Span("  " + (worst.state == .up ? latency : printable(worst.reason)), .dim),
    ]
  }

  fileprivate func shareLines(of wish: PoolWish, _ facts: Facts) -> [[Span]] {
    guard let choice = WeightChoice(ofAnyPool: wish.members.map(\.weight)) else { return [] }
    return wish.members.enumerated().map { index, member in
      let share = percent(wish.members.count == 1 ? 1 : choice.share(index))
      return [
        Span("  " + String(repeating: " ", count: max(0, 6 - share.count)) + share, .changed),
        Span("  \(printable(member.description))   "),
      ] + stateSpans(of: member.description, true, facts)
    }
  }
}

extension PreviewStep {
  /// Where mail goes, and the diff.
  fileprivate func lines(width: Int, arrow: String) -> [[Span]] {
    var lines = routeLines(width, arrow: arrow)
    if pool.diff.isEmpty { return lines + [[], [Span("Nothing would change in the files.", .dim)]] }
    lines += [[], [Span("What changes in the files", .header)]]
    return lines + pool.diff.map { [Span($0, Style(ofDiffLine: $0))] }
  }

  private func routeLines(_ width: Int, arrow: String) -> [[Span]] {
    var lines: [[Span]] = [[], [Span("Where mail goes", .header)]]
    for route in routes(arrow: arrow) {
      lines.append([Span("  " + route.mail, route.isChanged ? .text : .dim)])
      lines += wrap(route.words, width: width - 6).map {
        [Span("      " + $0, route.isChanged ? .changed : .dim)]
      }
    }
    return lines
  }

  /// Where the mail of each sample goes before and after; what changes comes first.
  func routes(arrow: String) -> [(mail: String, words: String, isChanged: Bool)] {
    pool.plan.routes.sorted { $0.isChanged && !$1.isChanged }.map { route in
      let sample = route.sample
      let address = sample.sender.isEmpty ? sample.recipient : "from \(sample.sender)"
      return (
        "\(printable(sample.what)) (\(printable(address)))",
        route.words.replacing("  ->  ", with: " \(arrow) "), route.isChanged
      )
    }
  }

}

extension Style {
  /// A line of a diff.
  init(ofDiffLine line: String) {
    if line.hasPrefix("---") || line.hasPrefix("+++") {
      self.init(.title)
    } else if line.hasPrefix("@@") {
      self.init(.info)
    } else if line.hasPrefix("+") {
      self.init(.added)
    } else if line.hasPrefix("-") {
      self.init(.removed)
    } else {
      self.init(.dim)
    }
  }
}
