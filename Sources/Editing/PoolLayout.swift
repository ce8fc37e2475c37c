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
  ///
  /// - Parameter known: a physical line of the document that may have them: many pools may share one that is long.
  init?(_ pool: Pool, in config: MailConfig, line known: Range<Int>? = nil) {
    guard let anchor = pool.anchor, let document = config.document(anchor.file) else { return nil }
    self.pool = pool
    self.document = document
    let layout = pool.notation.form.layout
    self.layout = layout
    var units: [PoolUnit] = []
    // A row is found by its own place.
    for item in pool.text.rows.isEmpty ? pool.text.items : [] {
      var start = item.lowerBound
      if let lead = layout.lead.last {
        while start > 0, pool.text.text.bytes[start - 1] != lead { start -= 1 }
        start -= 1
      }
      guard start >= 0, pool.text.text.fileRange(item) != nil,
        let place = pool.text.text.span(start..<item.upperBound), place.file == anchor.file
      else { return nil }
      // Many items may share a line: it is looked for once.
      let last = (units.last?.line ?? known).flatMap { $0.contains(place.range.lowerBound) ? $0 : nil }
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

  func indent(_ unit: PoolUnit) -> Bytes {
    Array(document[unit.line].prefix { $0.isSpace })
  }

  private func areOnOneLine(_ first: PoolUnit, _ second: PoolUnit) -> Bool {
    first.range.upperBound <= second.line.upperBound && first.range.upperBound >= second.line.lowerBound
  }

  /// Whether no other item is on the line of this one, and nothing before it; after it, the pool may end there.
  private func hasLine(_ index: Int) -> Bool {
    let unit = units[index]
    if unit.isAlone { return true }
    let before = document[unit.line.lowerBound..<unit.range.lowerBound]
    guard !before.isEmpty, before.allSatisfy(\.isSpace) else { return false }
    return index + 1 == units.count || !areOnOneLine(unit, units[index + 1])
  }

  // MARK: - Splices; offsets of the document as it is now

  /// What puts `copies` of `result` after the item at `index`.
  func insertion(
    of result: String, copies: Int, after index: Int, breaksLines: Bool = false
  ) -> Splice {
    let unit = units[index]
    let space =
      layout.isByLine || hasLine(index)
      ? [.newline] + indent(unit)
      : breaksLines && wouldBeLong(with: copies, of: result, unit)
        ? [.newline] + indent(unit) + Bytes("    ".utf8) : gap(before: index)
    let one = layout.comma + space + layout.lead + Bytes(result.utf8)
    let at = layout.isByLine ? unit.line.upperBound : unit.range.upperBound
    return Splice(range: at..<at, bytes: Array(repeatElement(one, count: copies).joined()))
  }

  /// Whether copies on one line would make it so long that nobody reads it: then each gets a line, as in a pool that is made.
  private func wouldBeLong(with copies: Int, of result: String, _ unit: PoolUnit) -> Bool {
    guard copies >= Self.manyCopies, pool.place.isInMainCf || pool.place.isInTable else { return false }
    return unit.line.count + copies * (result.utf8.count + 2) > SpecText.width
  }

  /// Fewer copies stay on the line that a person chose.
  private static let manyCopies = 5

  /// The white space before the item at `index` on its own line, after the item before it.
  private func gap(before index: Int) -> Bytes {
    let unit = units[index]
    guard index > 0, areOnOneLine(units[index - 1], unit) else {
      return layout.gap
    }
    return document[units[index - 1].range.upperBound..<unit.range.lowerBound].filter(\.isSpace)
  }

  /// Which of a member's items go where `count` of them have to: rather those that are alone on their lines than one
  /// that the end of the pool follows.
  func spare(_ items: [Int], _ count: Int) -> [Int] {
    let alone = items.filter { units[$0].isAlone }
    return Array((alone.count >= count ? alone : items).suffix(count))
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
    return Splice(range: unit.range.lowerBound..<endOfSeparators(after: unit), bytes: [])
  }

  /// Where the white space and the commas that follow an item on its line end.
  private func endOfSeparators(after unit: PoolUnit) -> Int {
    var end = unit.range.upperBound
    while end < unit.line.upperBound,
      document[end..<end + 1].allSatisfy({ $0.isSpace || $0 == UInt8(ascii: ",") })
    {
      end += 1
    }
    return end
  }

  /// A physical line with the newline that ends it, or, on the last line, the one before it.
  func wholeLine(_ line: Range<Int>) -> Range<Int> {
    if line.upperBound < document.count { return line.lowerBound..<line.upperBound + 1 }
    return max(0, line.lowerBound - 1)..<line.upperBound
  }

  /// What takes several items out: neighbours on one line are taken out in one piece, so that no two splices
  /// overlap.
  func removals(of items: [Int]) -> [Splice] {
    var splices: [Splice] = []
    var rest = items[...]
    if let end = ending(of: items) {
      splices.append(Splice(range: end.range, bytes: []))
      rest = items.dropLast(end.count)
    }
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

  /// The last of `items`, where the pool ends on their line: with the line break before them, so that what closes the
  /// pool comes after the item before them. Nil where that leaves no line to what closes it, or something is between.
  func ending(of items: [Int]) -> (range: Range<Int>, count: Int)? {
    guard let last = items.last, last == units.count - 1, !units[last].isAlone, hasLine(last) else {
      return nil
    }
    var first = last
    for item in items.dropLast().reversed() where item == first - 1 { first = item }
    guard first > 0, !layout.comma.isEmpty else { return nil }
    let isPlain = (first...last).allSatisfy { index in
      document[units[index - 1].range.upperBound..<units[index].range.lowerBound]
        .allSatisfy { $0.isSpace || layout.comma.contains($0) }
    }
    guard isPlain, !areOnOneLine(units[first - 1], units[first]) else { return nil }
    return (units[first - 1].range.upperBound..<units[last].range.upperBound, last - first + 1)
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
    return first.range.lowerBound..<endOfSeparators(after: last)
  }

  /// The end of the logical line of the pool, its newline excluded.
  var endOfLine: Int {
    guard let start = pool.anchor?.range.lowerBound, let index = document.lineIndex(around: start) else {
      return document.count
    }
    return document.lines[index].range.upperBound
  }
}
