// The whole screen: header, tabs, the chosen view, questions and notices, and the keys.

/// Nothing is legible on less.
private let smallest = Size(40, 10)

/// From so many rows on there is space for a rule below the tabs.
private let tall = 16

extension Model {
  /// Rows are up to date, and nothing is scrolled past its end.
  mutating func settle(on size: Size) {
    settleViews()
    screen = size
    isBlind = size.columns < smallest.columns || size.rows < smallest.rows
    if case .help(var list) = dialog {
      list.top = HelpPage(self, list, size).top(of: list)
      dialog = .help(list)
    }
    if !isBlind, case .sharing(var dialogue) = dialog {
      dialogue.settle(on: body(size), facts)
      dialog = .sharing(dialogue)
    }
    if !isBlind, case .address(var line) = dialog {
      line.settle(on: body(size), facts)
      dialog = .address(line)
    }
  }

  func view(_ size: Size) -> Frame {
    var frame = Frame(size, symbols: facts.symbols)
    frame.title = facts.settings.title ? facts.windowTitle : nil
    guard size.columns >= smallest.columns, size.rows >= smallest.rows else {
      let text = "randmap needs \(smallest.columns)x\(smallest.rows), this is \(size.columns)x\(size.rows)"
      for (row, line) in wrap(text, width: size.columns).enumerated() { frame.put(line, x: 0, y: row) }
      return frame
    }
    facts.drawHeader(in: &frame)
    drawTabs(in: &frame)
    if size.rows >= tall { frame.rule(y: 2) }
    let question = questionLines(size)
    let body = body(size)
    if case .sharing(let dialogue) = dialog {
      dialogue.draw(in: &frame, body, facts)
    } else if case .address(let line) = dialog {
      line.draw(in: &frame, body, facts)
    } else if case .detail(let top) = dialog, let detail = views[shown].detail(facts) {
      frame.whole(detail, from: top, in: body)
    } else if case .answer(let detail, let top) = dialog {
      frame.whole(detail, from: top, in: body)
    } else {
      views[shown].draw(in: &frame, body, facts)
    }
    drawFoot(question, in: &frame)
    if case .help(let list) = dialog { drawHelp(list, in: &frame) }
    return frame
  }

  /// What is between the tabs and the lines at the bottom.
  private func body(_ size: Size) -> Rect {
    Rect(size).inset(
      top: size.rows >= tall ? 3 : 2, bottom: 2 + questionLines(size).count + extraLines(size))
  }

  // MARK: Tabs

  private func drawTabs(in frame: inout Frame) {
    let full = tabs { _ in true }
    let shortened = full.reduce(0) { $0 + cells(of: $1) } <= frame.size.columns ? full : tabs { $0 == shown }
    var x = 0
    for (index, spans) in shortened.enumerated() {
      let width = cells(of: spans)
      frame.put(spans, x: x, y: 1)
      frame.mark(Rect(x: x, y: 1, width: width, height: 1), as: .view(index))
      x += width
    }
  }

  private func tabs(named: (Int) -> Bool) -> [[Span]] {
    views.enumerated().map { index, view in
      var spans: [Span] = []
      let isShown = index == shown
      let style = isShown ? Style(.title, on: .selection) : Style(.text)
      spans.append(Span(" \(index + 1)", isShown ? style : Style(.key)))
      if named(index) { spans.append(Span(" \(ViewList.all[index].title)", style)) }
      if let badge = view.badge(facts) {
        spans.append(Span(" \(badge.text)", isShown ? style : Style(badge.role)))
      }
      spans.append(Span(" ", style))
      return spans
    }
  }
}

/// How many cells a line takes.
func cells(of spans: [Span]) -> Int { spans.reduce(0) { $0 + cellWidth($1.text) } }
