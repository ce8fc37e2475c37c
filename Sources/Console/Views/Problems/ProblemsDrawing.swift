// How the Problems view looks: what is wrong, where, and by which rule.

import Checks
import PostfixFiles

extension ProblemsView {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    guard let chosen else {
      drawEmpty(in: &frame, area, facts)
      return
    }
    let width = area.width - 3
    let places = rows.map { "\(facts.shown(path: $0.file)):\($0.start.line)" }
    let placeWidth = min(28, places.map { cellWidth($0) }.max() ?? 0)
    let isWide = area.width >= 72
    frame.list(count: rows.count, chosen: chosen, in: area) { index in
      let row = rows[index]
      // The message is beside its place, or below it where the screen is narrow.
      let indent = isWide ? 2 + 9 + placeWidth + 2 + 7 : 2
      let lines = wrap(row.message, width: width + 2 - indent)
      let shownLines = index == chosen ? lines : Array(lines.prefix(2))
      let height = (isWide ? 0 : 1) + max(1, shownLines.count)
      return ListItem(height: height) { frame, y in
        frame.put(index == chosen ? frame.symbols.cursor : " ", x: 0, y: y)
        frame.row(
          [
            [Span("\(row.severity.symbol) \(row.severity.rawValue)", Role(row.severity))],
            [Span(places[index])],
            [Span(row.code, .dim)],
          ],
          in: [
            Column("", width: 9), Column("", width: isWide ? placeWidth : width - 18),
            Column("", width: 5),
          ], x: 2, y: y, gap: isWide ? 1 : 2)
        for (offset, line) in shownLines.enumerated() {
          let isCut = offset == shownLines.count - 1 && shownLines.count < lines.count
          frame.put(
            line + (isCut ? " " + frame.symbols.ellipsis : ""), x: indent, y: y + offset + (isWide ? 0 : 1),
            width: area.width - indent - 1)
        }
      }
    }
  }

  private func drawEmpty(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    if facts.diagnostics == nil {
      frame.empty("Checking", ["What the rules find shows here."], in: area)
    } else if filter != nil {
      frame.empty("No problem matches", ["Esc shows all problems again."], in: area)
    } else {
      frame.empty(
        "No problem found",
        [
          "The rules find nothing wrong with \(printable(facts.session.current.directory)). They run again after every edit."
        ] + facts.offerOfAPool,
        in: area)
    }
  }
}

extension Severity {
  /// A symbol of its own for each, so that colour never carries meaning alone.
  var symbol: Character {
    switch self {
    case .error: "!"
    case .warning: "~"
    case .info: "i"
    case .style: "."
    }
  }
}

extension Role {
  init(_ severity: Severity) {
    switch severity {
    case .error: self = .error
    case .warning: self = .warning
    case .info: self = .info
    case .style: self = .dim
    }
  }
}
