// From the lines and columns of a report back to the bytes that it is about.

import PostfixFiles

/// Finds physical lines in one document. Cheap where they are asked for in order: a value may have thousands of lines,
/// and a finding in each.
struct LineFinder {
  private let document: Document
  /// A line and where it begins.
  private var last = (number: 1, start: 0)

  init(_ document: Document) { self.document = document }

  /// Where the physical line `number`, from 1, begins; nil where there are fewer.
  mutating func start(of number: Int) -> Int? {
    // A logical line that starts at or before it, as near as there is one.
    let next = bisect(0..<document.lines.count) { document.lines[$0].number > number }
    if next > 0, last.number > number || document.lines[next - 1].number > last.number {
      last = (document.lines[next - 1].number, document.lines[next - 1].range.lowerBound)
    } else if last.number > number {
      last = (1, 0)
    }
    let text = document[last.start..<document.count]
    var start = text.startIndex
    while last.number < number {
      guard let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      last = (last.number + 1, last.start + end + 1 - start)
      start = end + 1
    }
    return last.start
  }

  /// Of the physical line `number`, `width` bytes behind the first `from` ones, without its newline.
  mutating func line(_ number: Int, from: Int, width: Int) -> ArraySlice<UInt8>? {
    guard let start = start(of: number) else { return nil }
    return document[start..<document.count].dropFirst(from).prefix(width).prefix { $0 != UInt8(ascii: "\n") }
  }
}

/// Columns in characters (Unicode scalars) instead of bytes, both from 1.
struct CharacterColumns {
  private var lines: LineFinder
  /// The place that was asked for last, and its column in characters.
  private var last: (place: Position, column: Int)?

  init(_ document: Document) { lines = LineFinder(document) }

  mutating func column(of place: Position) -> Int {
    var known = (column: 1, characters: 1)
    if let last, last.place.line == place.line, last.place.column <= place.column {
      known = (last.place.column, last.column)
    }
    guard
      let between = lines.line(place.line, from: known.column - 1, width: place.column - known.column)
    else { return place.column }
    let column = known.characters + between.text.unicodeScalars.count
    last = (place, column)
    return column
  }
}
