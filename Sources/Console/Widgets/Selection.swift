// Lists: which item keys act on, and which part of a long list shows.

/// The chosen item of a list. It is kept within the list whenever it is asked for, so that a list that shrinks
/// leaves nothing pointing into the void.
package struct Selection: Hashable, Sendable {
  private var wanted = 0

  package init() {}

  /// The index that is chosen in a list of `count` items; nil in an empty one.
  package func index(of count: Int) -> Int? {
    count == 0 ? nil : min(max(0, wanted), count - 1)
  }

  package mutating func choose(_ index: Int) { wanted = index }

  /// Moves by `step` items and stops at the ends.
  package mutating func move(by step: Int, of count: Int) {
    guard let now = index(of: count) else { return }
    wanted = min(max(0, now + step), count - 1)
  }
}

/// The lines of a list that show in `height` rows: those around the chosen ones, so that there is always
/// something of the list on both sides of the selection.
///
/// - Parameter chosen: the lines of the chosen item.
func visibleLines(of count: Int, height: Int, around chosen: Range<Int>) -> Range<Int> {
  guard height > 0, count > height else { return 0..<max(0, min(count, height)) }
  let middle = (chosen.lowerBound + chosen.upperBound) / 2
  var start = min(max(0, middle - height / 2), count - height)
  // An item that is taller than half of the area still shows its first line.
  start = min(start, chosen.lowerBound)
  return start..<start + height
}

/// What narrows a list: each of its words has to be somewhere in an item.
package struct Filter: Hashable, Sendable {
  package var words: [String]

  package init(_ text: String = "") {
    words = text.lowercased().split(separator: " ").map(String.init)
  }

  package var isEmpty: Bool { words.isEmpty }

  package func matches(_ text: String) -> Bool {
    let text = text.lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}
