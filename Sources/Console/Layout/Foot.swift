// The two lines at the bottom: what is asked or told, and the keys.

import PostfixFiles

extension Model {
  /// What a confirmation asks and warns of, in as many lines as it needs: it must not be cut. What else there is
  /// to know may be left out.
  func questionLines(_ size: Size) -> [Span] {
    guard case .confirm(let confirmation) = dialog else { return [] }
    let width = size.columns - 2
    // Where space is short, the warning goes before the rest.
    let lines =
      warningLines(confirmation.warnings.map(facts.naming), size).map { Span($0, .error, .bold) }
      + wrap(confirmation.question, width: width).map { Span($0, .warning, .bold) }
    let note = size.rows < 16 ? [] : wrap(confirmation.note, width: width).map { Span($0, .dim) }
    return Array((lines + note).prefix(max(2, size.rows - 5)))
  }

  /// The warnings, each whole, as many as leave room for the changes that they are about; the first always.
  private func warningLines(_ warnings: [String], _ size: Size) -> [String] {
    func lines(_ count: Int) -> [String] {
      let left = warnings.count - count
      return warnings.prefix(count).enumerated().flatMap { index, text in
        let text = left > 0 && index == count - 1 ? "\(text) (and \(left) more)" : text
        if warnings.count == 1 { return wrap(text, width: size.columns - 2) }
        return wrap(text, width: size.columns - 4).enumerated().map { ($0 == 0 ? "! " : "  ") + $1 }
      }
    }
    let most = (1...max(1, warnings.count)).last { lines($0).count <= size.rows / 3 }
    return warnings.isEmpty ? [] : lines(most ?? 1)
  }

  /// What was done, or why it was not: that is at the end, and nowhere else.
  private func noticeLines(_ size: Size) -> [String] {
    guard let notice else { return [] }
    return Array(wrap(facts.naming(notice.text), width: size.columns - 2).prefix(size.rows < 16 ? 4 : 5))
  }

  /// Why what is typed cannot be taken, where that takes more than a line. What is typed comes first in it, and is seen.
  private func verdictLines(_ verdict: Verdict, _ size: Size) -> [String] {
    guard case .bad(let text) = verdict else { return [] }
    let lines = wrap(facts.naming(text), width: size.columns - 2)
    return lines.count > 1 ? Array(lines.suffix(size.rows < 16 ? 4 : 5)) : []
  }

  /// The lines above the two at the bottom that the view leaves to notices.
  func extraLines(_ size: Size) -> Int {
    switch dialog {
    case .prompt(let prompt): verdictLines(prompt.verdict, size).count
    case .sharing(let dialogue):
      dialogue.verdict.map { max(1, verdictLines($0, size).count) } ?? 0
    case nil: max(0, noticeLines(size).count - 1)
    case .confirm, .help, .detail, .answer, .address: 0
    }
  }

  func drawFoot(_ question: [Span], in frame: inout Frame) {
    let rows = frame.size.rows
    switch dialog {
    case .prompt(let prompt): drawPrompt(prompt, in: &frame)
    case .sharing(let dialogue): drawFoot(of: dialogue, in: &frame)
    case .address(let line):
      let used = frame.put(" Mail for: ", x: 0, y: rows - 2, Style(.title))
      line.line.draw(in: &frame, x: used, y: rows - 2, width: frame.size.columns - used - 1)
      let sender = frame.size.columns < 72 ? "" : " A sender: x@y.example from a@b.example  "
      frame.put("\(sender) Up and Down scroll, Esc leaves", x: 0, y: rows - 1, Style(.dim))
    case .confirm(let confirmation):
      let top = rows - 1 - question.count
      frame.rule(y: top - 1)
      for (row, line) in question.enumerated() { frame.put([line], x: 1, y: top + row) }
      var spans: [Span] = [Span(" ")]
      for choice in confirmation.choices {
        spans += [Span(choice.key.label, .key), Span(" \(choice.label)   ")]
      }
      spans += [Span("Esc", .key), Span(" no")]
      let scrolling = [Span("   "), Span("\(Key.up.label)/\(Key.down.label)", .key), Span(" the changes")]
      if confirmation.writesFiles, cells(of: spans + scrolling) < frame.size.columns { spans += scrolling }
      frame.put(spans, x: 0, y: rows - 1)
    case .detail, .answer:
      frame.rule(y: rows - 2)
      let scrolling = [
        Span(" "), Span("\(Key.up.label)/\(Key.down.label)", .key), Span(" scroll  "),
      ]
      let used = frame.put(scrolling, x: 0, y: rows - 1)
      let leaving = frame.put([Span("Esc", .key), Span(" the list")], x: used, y: rows - 1)
      frame.mark(Rect(x: used, y: rows - 1, width: leaving, height: 1), as: .key(.escape))
    case .help, nil:
      if let notice {
        let lines = noticeLines(frame.size)
        for (row, line) in lines.enumerated() {
          frame.put(" " + line, x: 0, y: rows - 1 - lines.count + row, Style(notice.role))
        }
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
    var used = 2
    if let filter = views[shown].filter {
      used += frame.put(
        shownType.isNarrowed
          ? [Span(" only: \(printable(filter)) ", .changed), Span("Esc shows all ", .dim)]
          : [Span(" search: \(printable(filter)) ", .changed), Span("Esc ends it ", .dim)], x: used, y: y)
    }
    if let remark = views[shown].remark {
      used += frame.put(" \(remark) ", x: used, y: y, Style(.changed))
    }
    drawTour(in: &frame, x: used, y: y)
    let count = views[shown].count
    if views[shown].showsPosition, let chosen = views[shown].chosen, frame.shownRows < count {
      frame.put(
        " \(chosen + 1) of \(count) ", x: 0, y: y, width: frame.size.columns - 2, align: .right, Style(.dim))
    }
  }

  private func drawPrompt(_ prompt: Prompt, in frame: inout Frame) {
    let (columns, rows) = (frame.size.columns, frame.size.rows)
    let isCommand = prompt.purpose == .command
    let words = isCommand ? "" : prompt.label(facts, width: columns / 2 - 1, frame.symbols)
    let label = frame.put(" " + words, x: 0, y: rows - 2, width: columns / 2, Style(.title))
    let used = label + frame.put(isCommand ? ":" : ": ", x: label, y: rows - 2, Style(.title))
    prompt.line.draw(in: &frame, x: used, y: rows - 2, width: columns - used - 1)
    switch prompt.verdict {
    case .need(let text): frame.put(" " + facts.naming(text), x: 0, y: rows - 1, Style(.dim))
    case .good(let text): frame.put(" " + facts.naming(text), x: 0, y: rows - 1, Style(.up))
    case .bad(let text):
      let lines = verdictLines(prompt.verdict, frame.size)
      if lines.isEmpty { frame.put(" " + facts.naming(text), x: 0, y: rows - 1, Style(.error)) }
      let top = rows - 2 - lines.count
      for (row, line) in lines.enumerated() { frame.put(" " + line, x: 0, y: top + row, Style(.error)) }
    }
  }

  /// What there is to say of what is typed, above the keys of the step.
  private func drawFoot(of dialogue: SharingDialogue, in frame: inout Frame) {
    let rows = frame.size.rows
    frame.rule(y: rows - 2)
    if let verdict = dialogue.verdict {
      let (text, role): (String, Role) =
        switch verdict {
        case .need(let text): (text, .dim)
        case .good(let text): (text, .up)
        case .bad(let text): (text, .error)
        }
      let many = verdictLines(verdict, frame.size)
      let lines = many.isEmpty ? [facts.naming(text)] : many
      for (row, line) in lines.enumerated() {
        frame.put(" " + line, x: 0, y: rows - 2 - lines.count + row, Style(role))
      }
    }
    // The way back is always shown.
    let groups = dialogue.hints.map { hint in
      [Span(hint.keys.map(\.label).joined(separator: "/"), .key), Span(" \(hint.words)  ")]
    }
    var space = frame.size.columns - 2 - (groups.last.map { cells(of: $0) } ?? 0)
    let shown = groups.dropLast().filter { spans in
      let fits = cells(of: spans) <= space
      if fits { space -= cells(of: spans) }
      return fits
    }
    frame.put((shown + groups.suffix(1)).flatMap { $0 }, x: 1, y: rows - 1)
  }

  /// The keys that do something here, as many as fit; help and quit always.
  private func drawHints(in frame: inout Frame) {
    let groups = hints
    let last = groups.filter { ["help", "quit"].contains($0.label) }
    let width = frame.size.columns - 1
    var space = width - last.reduce(0) { $0 + $1.width + 2 }
    // What works now comes in first, and of that what belongs to this view; all keep one order.
    let others = groups.filter { !["help", "quit"].contains($0.label) }
    var kept: Set<String> = []
    let working = others.filter { !$0.isOff }
    for group in working.filter(\.isOwn) + working.filter({ !$0.isOwn }) + others.filter(\.isOff)
    where group.width + 2 <= space {
      kept.insert(group.label)
      space -= group.width + 2
    }
    var x = 1
    let y = frame.size.rows - 1
    for hint in others.filter({ kept.contains($0.label) }) + last {
      frame.put(hint.spans, x: x, y: y)
      frame.mark(hint, x: x, y: y)
      x += hint.width + 2
    }
  }

  /// The hinted bindings of this view; neighbours with one label share it.
  private var hints: [Hint] {
    var hints: [Hint] = []
    for binding in bindings where binding.isHinted && binding.isOffered(self) {
      guard let key = binding.keys.first else { continue }
      let isOff = binding.disabled(self) != nil
      if let last = hints.last, last.label == binding.hint {
        hints[hints.count - 1].keys.append(key)
        hints[hints.count - 1].isOff = last.isOff && isOff
      } else {
        hints.append(
          Hint(
            keys: [key], label: binding.hint, isOff: isOff,
            isOwn: !binding.worksEverywhere || binding.isForEdits))
      }
    }
    return hints
  }
}

/// A key of the bottom line, or neighbours that share a word.
private struct Hint {
  var keys: [Key]
  var label: String
  var isOff: Bool
  /// Whether it is one of the view in front, or what edits wait for, and not what works at any time.
  var isOwn: Bool

  private var keyText: String { keys.map(\.label).joined(separator: "/") }
  var width: Int { cellWidth(keyText) + 1 + cellWidth(label) }
  var spans: [Span] { [Span(keyText, isOff ? .dim : .key), Span(" \(label)  ", isOff ? .dim : .text)] }
}

extension Frame {
  /// A click on a hint is its key; where there are several, each key is one.
  fileprivate mutating func mark(_ hint: Hint, x: Int, y: Int) {
    if hint.keys.count == 1, let key = hint.keys.first {
      mark(Rect(x: x, y: y, width: hint.width, height: 1), as: .key(key))
      return
    }
    var x = x
    for key in hint.keys {
      let width = cellWidth(key.label)
      mark(Rect(x: x, y: y, width: width, height: 1), as: .key(key))
      x += width + 1
    }
  }
}
