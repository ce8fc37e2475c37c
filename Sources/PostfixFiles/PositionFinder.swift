// Lines and columns of many places in one document.

/// Finds positions in one document. Cheap where they are asked for in order: a value of thousands of lines is one logical
/// line, and would be counted from its start for each.
package struct PositionFinder {
  private let document: Document
  private var last: (offset: Int, position: Position)?

  package init(_ document: Document) { self.document = document }

  /// Line and column of `offset`, both from 1, columns in bytes.
  package mutating func position(at offset: Int) -> Position {
    let position = document.position(at: offset, from: last)
    last = (offset, position)
    return position
  }
}

extension Document {
  /// Line and column of `offset`, both from 1, columns in bytes.
  package func position(at offset: Int) -> Position { position(at: offset, from: nil) }

  /// - Parameter known: a place before it, if there is one whose position is known.
  fileprivate func position(at offset: Int, from known: (offset: Int, position: Position)?) -> Position {
    let line = lineIndex(around: offset).map { lines[$0] }
    var from = line?.range.lowerBound ?? 0
    var position = Position(line: line?.number ?? 1, column: 1)
    if let known, known.offset >= from, known.offset <= offset { (from, position) = known }
    for byte in self[min(from, count)..<min(max(from, offset), count)] {
      position.column += 1
      if byte == .newline { position = Position(line: position.line + 1, column: 1) }
    }
    return position
  }
}
