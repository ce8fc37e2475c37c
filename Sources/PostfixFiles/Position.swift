// A line and a column, and the search for one.

/// A place in a file, as people count it.
package struct Position: Hashable, Sendable, Comparable {
  /// From 1.
  package var line: Int
  /// From 1, in bytes.
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// The first index in `range` at which a condition holds that never stops holding: binary search.
package func bisect(_ range: Range<Int>, where condition: (Int) -> Bool) -> Int {
  var low = range.lowerBound
  var high = range.upperBound
  while low < high {
    let middle = low + (high - low) / 2
    if condition(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
