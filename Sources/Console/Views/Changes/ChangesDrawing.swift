// How the Changes view looks: the edits in words, and the diff.

import PostfixFiles

extension ChangesView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let chosen else {
      frame.empty(
        "Nothing to write",
        facts.identity.isReadOnly
          ? ["This console is read-only."]
          : [
            "Edit a pool in 2 Pools or a value in 3 Routes: what would change in the files shows here first, and w writes it."
          ] + (hasWrite ? ["W takes the last write back."] : []) + facts.offerOfAPool,
        in: area)
      return
    }
    var top = area.y
    let summaries = facts.session.summaries
    if area.height >= 12 {
      for summary in summaries.suffix(3) {
        frame.put(
          [Span(" \(frame.symbols.bullet) ", .dim), Span(summary, .changed)], x: 0, y: top,
          width: area.width - 1)
        top += 1
      }
      if summaries.count > 3 {
        frame.put("   and \(summaries.count - 3) before", x: 0, y: top, Style(.dim))
        top += 1
      }
      top += 1
    }
    let list = area.inset(top: top - area.y)
    let visible = visibleLines(of: lines.count, height: list.height, around: chosen..<chosen + 1)
    // Where lines go on below, those from the chosen one on come first: they are what one wants to read.
    let all = visible.flatMap { index in folded(lines[index], width: area.width - 2).map { (index, $0) } }
    let before = all.prefix { $0.0 < chosen }.count
    let first = max(0, min(before, all.count - list.height))
    for (row, (index, text)) in all[first...].prefix(list.height).enumerated() {
      frame.put(text, x: 1, y: list.y + row, width: area.width - 2, Style(ofDiffLine: lines[index]))
      if index == chosen, filter != nil {
        frame.lay(Rect(x: area.x, y: list.y + row, width: area.width, height: 1), on: .selection)
      }
    }
    if visible.upperBound < lines.count {
      let rest = " \(lines.count - visible.upperBound) more \(frame.symbols.moreBelow) "
      frame.put(rest, x: 0, y: list.maxY - 1, width: area.width - 2, align: .right, Style(.info))
    }
  }

  /// A changed line as several where it is too long: the part that differs may be anywhere in it. What would fill a screen is cut.
  private func folded(_ line: String, width: Int) -> [String] {
    guard let sign = line.first, "+-".contains(sign) else { return [line] }
    var rows: [String] = []
    var rest = Substring(line)
    let indent = "  "
    while !rest.isEmpty, rows.count < 20 {
      let space = rows.isEmpty ? width : width - indent.count
      var used = 0
      let part = rest.prefix { character in
        used += max(1, cellWidth(String(character)))
        return used <= space
      }
      if part.isEmpty { break }
      rest = rest[part.endIndex...]
      rows.append((rows.isEmpty ? "" : indent) + part)
    }
    if !rest.isEmpty, let last = rows.popLast() { rows.append(last.dropLast(2) + " …") }
    return rows.isEmpty ? [line] : rows
  }
}
