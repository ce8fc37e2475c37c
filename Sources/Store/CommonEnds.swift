// What two states of the rows in words have in common: nearly all, where an edit is of one row of very many.

/// How many bytes of whole lines are the same at the start of two texts and at their end.
package struct CommonEnds: Hashable, Sendable {
  package private(set) var start = 0
  package private(set) var end = 0

  /// Nothing.
  package init() {}

  package init(_ one: [UInt8], _ other: [UInt8]) {
    let newline = UInt8(ascii: "\n")
    one.withUnsafeBufferPointer { one in
      other.withUnsafeBufferPointer { other in
        let shorter = min(one.count, other.count)
        while start < shorter, one[start] == other[start] { start += 1 }
        // A last line without an end is whole where it is the end of both.
        if start == one.count, start == other.count { return }
        while start > 0, one[start - 1] != newline { start -= 1 }
        while end < shorter - start, one[one.count - 1 - end] == other[other.count - 1 - end] { end += 1 }
        // Only whole lines: those after the first line break.
        while end > 0, one[one.count - end] != newline { end -= 1 }
        if end > 0 { end -= 1 }
      }
    }
  }
}
