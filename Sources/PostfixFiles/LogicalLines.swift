// The logical lines of a document as it is now: those of the original where nothing was edited (moved by what was
// edited before them), fresh ones where something was.

/// The logical lines of a document, in order.
package struct LogicalLines: RandomAccessCollection, Sendable {
  private let base: [PackedLine]
  private var segments: [Segment]

  private struct Segment: Sendable {
    /// The index of its first line here.
    var start: Int
    var content: Content
    enum Content: Sendable {
      case original(Range<Int>, bytes: Int, lines: Int)
      case fresh([LogicalLine])
    }
    var count: Int {
      switch content {
      case .original(let range, _, _): range.count
      case .fresh(let lines): lines.count
      }
    }
  }

  init(base: [PackedLine]) {
    self.base = base
    segments = [Segment(start: 0, content: .original(0..<base.count, bytes: 0, lines: 0))]
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { segments.last.map { $0.start + $0.count } ?? 0 }

  package subscript(index: Int) -> LogicalLine {
    let segment = segments[bisect(0..<segments.count) { segments[$0].start > index } - 1]
    switch segment.content {
    case .original(let range, let bytes, let lines):
      return base[range.lowerBound + index - segment.start].unpacked(bytes: bytes, lines: lines)
    case .fresh(let lines): return lines[index - segment.start]
    }
  }

  /// Puts `fresh` in the place of the original lines `touched`, which lie in the last segment, and moves the rest.
  mutating func replaceRest(
    after touched: Range<Int>, with fresh: [LogicalLine], thenMovedBy move: (bytes: Int, lines: Int)
  ) {
    guard let last = segments.last, case .original(let range, let bytes, let lines) = last.content else {
      return
    }
    segments.removeLast()
    append(.original(range.lowerBound..<touched.lowerBound, bytes: bytes, lines: lines))
    append(.fresh(fresh))
    append(.original(touched.upperBound..<base.count, bytes: move.bytes, lines: move.lines))
  }

  /// Empty segments stay: the last one must be of the original, and an empty one is never asked for a line.
  private mutating func append(_ content: Segment.Content) {
    segments.append(Segment(start: endIndex, content: content))
  }
}
