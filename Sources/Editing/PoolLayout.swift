// Where the items of a pool are in their file, and how text is added and removed there so that the layout that
// a person chose (one line, a line each, the commas, the indentation) stays.

import PostfixFiles
import Routing

/// One item of a pool in its document, its separator included.
struct PoolUnit {
  /// With the separator in front, in the separator notation.
  var range: Range<Int>
  /// Its physical line, newline excluded.
  var line: Range<Int>
  /// Whether nothing else is on that line, except perhaps a comma.
  var isAlone: Bool
}

struct PoolLayout {
  let pool: Pool
  let document: Document
  /// What its notation writes around the items.
  let layout: ItemLayout
  let units: [PoolUnit]

  /// Nil if the items are not all in one file, each in one piece.
  init?(_ pool: Pool, in config: MailConfig) {
    guard let anchor = pool.anchor, let document = config.document(anchor.file) else { return nil }
    self.pool = pool
    self.document = document
    let layout = pool.notation.form.layout
    self.layout = layout
    var units: [PoolUnit] = []
    for item in pool.text.items {
      var start = item.lowerBound
      if let lead = layout.lead.last {
        while start > 0, pool.text.text.bytes[start - 1] != lead { start -= 1 }
        start -= 1
      }
      guard start >= 0, pool.text.text.fileRange(item) != nil,
        let place = pool.text.text.span(start..<item.upperBound), place.file == anchor.file
      else { return nil }
      // Many items may share a line: it is looked for once.
      let last = units.last.map(\.line).flatMap { $0.contains(place.range.lowerBound) ? $0 : nil }
      let line = last ?? document.physicalLine(around: place.range.lowerBound)
      let isAlone = Self.isAlone(place.range, on: line, layout, in: document)
      units.append(PoolUnit(range: place.range, line: line, isAlone: isAlone))
    }
    self.units = units
  }

  private static func isAlone(
    _ range: Range<Int>, on line: Range<Int>, _ layout: ItemLayout, in document: Document
  ) -> Bool {
    let before = document[line.lowerBound..<range.lowerBound]
    guard before.allSatisfy(\.isSpace), range.upperBound <= line.upperBound,
      layout.isByLine || !before.isEmpty
    else { return false }
    let after = document[range.upperBound..<line.upperBound]
    return after.allSatisfy { $0.isSpace || layout.comma.contains($0) }
      && after.count(where: layout.comma.contains) <= 1
  }

  private func indent(_ unit: PoolUnit) -> Bytes {
    Array(document[unit.line].prefix { $0.isSpace })
  }

  private func areOnOneLine(_ first: PoolUnit, _ second: PoolUnit) -> Bool {
    first.range.upperBound <= second.line.upperBound && first.range.upperBound >= second.line.lowerBound
  }

  // MARK: - Splices; offsets of the document as it is now

  /// What puts `copies` of `result` after the item at `index`.
  func insertion(of result: String, copies: Int, after index: Int) -> Splice {
    let unit = units[index]
    let space =
      unit.isAlone || layout.isByLine ? [.newline] + indent(unit) : gap(before: index)
    let one = layout.comma + space + layout.lead + Bytes(result.utf8)
    let at = layout.isByLine ? unit.line.upperBound : unit.range.upperBound
    return Splice(range: at..<at, bytes: Array(repeatElement(one, count: copies).joined()))
  }

  /// The white space before the item at `index` on its own line, after the item before it.
  private func gap(before index: Int) -> Bytes {
    let unit = units[index]
    guard index > 0, areOnOneLine(units[index - 1], unit) else {
      return layout.gap
    }
    return document[units[index - 1].range.upperBound..<unit.range.lowerBound].filter(\.isSpace)
  }

  /// What takes the item at `index` out.
  func removal(of index: Int) -> Splice {
    let unit = units[index]
    if unit.isAlone { return Splice(range: wholeLine(unit.line), bytes: []) }
    if index + 1 < units.count, areOnOneLine(unit, units[index + 1]) {
      return Splice(range: unit.range.lowerBound..<units[index + 1].range.lowerBound, bytes: [])
    }
    if index > 0, areOnOneLine(units[index - 1], unit) {
      return Splice(range: units[index - 1].range.upperBound..<unit.range.upperBound, bytes: [])
    }
    var end = unit.range.upperBound
    while end < unit.line.upperBound,
      document[end..<end + 1].allSatisfy({ $0.isSpace || $0 == UInt8(ascii: ",") })
    {
      end += 1
    }
    return Splice(range: unit.range.lowerBound..<end, bytes: [])
  }

  /// A physical line with the newline that ends it, or, on the last line, the one before it.
  func wholeLine(_ line: Range<Int>) -> Range<Int> {
    if line.upperBound < document.count { return line.lowerBound..<line.upperBound + 1 }
    return max(0, line.lowerBound - 1)..<line.upperBound
  }

  /// What keeps a member, whose items are `items`, as a comment in its place.
  func draining(_ member: Member, _ drain: Drain) -> [Splice] {
    let comment = Bytes(
      DrainedItem.comment(
        result: member.result, weight: member.weight, drain: drain, pool: pool.ordinal
      ).utf8)
    guard let first = member.items.first else { return [] }
    if units[first].isAlone {
      let line = units[first].line
      return [Splice(range: line, bytes: indent(units[first]) + comment)]
        + member.items.dropFirst().map(removal)
    }
    return removals(of: member.items) + [
      Splice(range: endOfLine..<endOfLine, bytes: [.newline] + comment)
    ]
  }

  /// What takes several items out: neighbours on one line are taken out in one piece, so that no two splices
  /// overlap.
  func removals(of items: [Int]) -> [Splice] {
    var splices: [Splice] = []
    var rest = items[...]
    while let first = rest.first {
      var last = first
      rest = rest.dropFirst()
      while let next = rest.first, next == last + 1, !units[next].isAlone,
        areOnOneLine(units[last], units[next])
      {
        last = next
        rest = rest.dropFirst()
      }
      splices.append(Splice(range: removal(ofRun: first...last), bytes: []))
    }
    return splices
  }

  private func removal(ofRun run: ClosedRange<Int>) -> Range<Int> {
    if run.count == 1 { return removal(of: run.lowerBound).range }
    let first = units[run.lowerBound]
    let last = units[run.upperBound]
    if run.upperBound + 1 < units.count, areOnOneLine(last, units[run.upperBound + 1]) {
      return first.range.lowerBound..<units[run.upperBound + 1].range.lowerBound
    }
    if run.lowerBound > 0, areOnOneLine(units[run.lowerBound - 1], first) {
      return units[run.lowerBound - 1].range.upperBound..<last.range.upperBound
    }
    return first.range.lowerBound..<last.range.upperBound
  }

  /// The end of the logical line of the pool, its newline excluded.
  var endOfLine: Int {
    guard let start = pool.anchor?.range.lowerBound, let index = document.lineIndex(around: start) else {
      return document.count
    }
    return document.lines[index].range.upperBound
  }

  /// What puts a drained member back: in the place of its comment if items have lines of their own, otherwise
  /// after the last item.
  func restoring(_ item: DrainedItem) -> [Splice] {
    let comment = item.line.range
    let model = units.first { $0.isAlone }
    let isInside =
      layout.comma.isEmpty || comment.lowerBound < (pool.text.text.span()?.range.upperBound ?? 0)
    if layout.isByLine || (model != nil && isInside) {
      let ownIndent = Array(document[comment].prefix { $0.isSpace })
      let indent =
        layout.isByLine || !ownIndent.isEmpty ? ownIndent : model.map { self.indent($0) } ?? []
      let isLast = !units.contains { $0.range.lowerBound > comment.upperBound }
      let one = indent + layout.lead + Bytes(item.result.utf8)
      var text = Array(repeatElement(one, count: item.weight).joined(separator: layout.comma + [.newline]))
      if !isLast { text += layout.comma }
      return [Splice(range: comment, bytes: text)]
    }
    guard !units.isEmpty else { return [] }
    return [
      insertion(of: item.result, copies: item.weight, after: units.count - 1),
      Splice(range: wholeLine(comment), bytes: []),
    ]
  }
}
