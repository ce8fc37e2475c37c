// What is known of the chosen row beyond the row: below the list as far as there is space, or in place of the list.

/// The width of the first column of a detail.
private let labelWidth = 14

extension Span {
  /// The first column of a line of a detail.
  static func label(_ text: String) -> Span {
    var span = Span(text + String(repeating: " ", count: max(1, labelWidth - text.count)), .dim)
    span.isLabel = true
    return span
  }
}

extension Frame {
  /// Below the list: what comes first, and how to see the rest.
  mutating func part(of detail: Detail, in area: Rect) {
    let inside = area.inset(left: 2, top: 1, right: 1)
    let isCut = detail.lines.count > inside.height
    title(detail, area, beside: isCut ? Span(" i shows all \(detail.lines.count) lines ", .dim) : nil)
    for (row, spans) in detail.lines.prefix(inside.height).enumerated() {
      put(spans, x: inside.x, y: inside.y + row, width: inside.width)
    }
  }

  /// In place of the list, from line `top` on.
  mutating func whole(_ detail: Detail, from top: Int, in area: Rect) {
    let inside = area.inset(left: 1, top: 1)
    let all = detail.lines
    let lines = all.dropFirst(min(top, all.count - 1)).flatMap { folded($0, width: inside.width) }
    for (row, spans) in lines.prefix(inside.height).enumerated() {
      put(spans, x: inside.x, y: inside.y + row, width: inside.width)
    }
    let below = lines.count - inside.height
    title(detail, area, beside: below > 0 ? Span(" \(below) more \(symbols.moreBelow) ", .info) : nil)
  }

  /// The title on a rule, cut where the remark at its end begins.
  private mutating func title(_ detail: Detail, _ area: Rect, beside remark: Span?) {
    rule(y: area.y, x: area.x, width: area.width)
    let used = remark.map { put([$0], x: area.x, y: area.y, width: area.width - 2, align: .right) } ?? 0
    put(" \(detail.title) ", x: 2, y: area.y, width: area.width - 4 - used, Style(.title))
  }
}

/// A line as several where it is too long: what does not fit goes on below, beside the first column.
private func folded(_ spans: [Span], width: Int) -> [[Span]] {
  guard let first = spans.first else { return [[]] }
  if spans.count == 1, cellWidth(first.text) > width {
    // One text, such as a sentence: below its own first column.
    let indent = String(first.text.prefix { $0 == " " })
    return wrap(first.text, width: max(1, width - indent.count)).map { [Span(indent + $0, first.style)] }
  }
  var lines = [[first]]
  var used = cellWidth(first.text)
  for span in spans.dropFirst() {
    if used + cellWidth(span.text) <= width {
      lines[lines.count - 1].append(span)
      used += cellWidth(span.text)
      continue
    }
    for part in wrap(span.text, width: width - labelWidth) {
      if used > labelWidth {
        lines.append([.label("")])
        used = labelWidth
      }
      lines[lines.count - 1].append(Span(part, span.style))
      used += cellWidth(part)
    }
    // What separates it from the next one was lost.
    if span.text.hasSuffix(" "), used + 2 < width {
      lines[lines.count - 1].append(Span("  "))
      used += 2
    }
  }
  return lines
}
