// A document is its original bytes, shared and never changed, plus a sorted list of splices. What an edit does not
// touch stays byte for byte, and only the logical lines that were touched are parsed again.

import Synchronization

/// What a document is on disk.
package enum Storage: Hashable, Sendable {
  case file
  /// A pool database: the text says its rows in words.
  case database
}

/// The text of one file, with the edits made to it. Offsets are those of the text as it is now.
package struct Document: Sendable {
  /// The path that it was read from, or is to be written to.
  package let path: String
  /// Whether there is no such file yet.
  package let isNew: Bool
  package let storage: Storage
  private let base: Base
  private var splices: [Insertion] = []
  /// The text as it is now, cut where splices begin and end.
  private var pieces: [Piece]
  /// The logical lines of the text as it is now.
  package private(set) var lines: LogicalLines

  /// What was read: shared by every value that comes from it by edits.
  private final class Base: Sendable {
    let bytes: Bytes
    let lines: [PackedLine]
    /// Where a word is, for the words that were searched for last: it is asked again after each edit.
    private let known = Mutex<[(word: Bytes, starts: [Int])]>([])
    private static let mostKnown = 4

    init(_ bytes: Bytes) {
      self.bytes = bytes
      lines = scanLogicalLines(bytes.span)
    }

    func positions(of word: Bytes) -> [Int] {
      if let found = known.withLock({ list in list.first { $0.word == word }?.starts }) { return found }
      let found = wordStarts(in: bytes, of: word)
      known.withLock { list in
        if list.count >= Self.mostKnown { list.removeFirst() }
        list.append((word, found))
      }
      return found
    }
  }

  /// Where a word begins in the text as it was read.
  func originalPositions(of word: Bytes) -> [Int] { base.positions(of: word) }

  /// Whether anything of the text as it was read was replaced.
  var isSpliced: Bool { !splices.isEmpty }

  /// The parts of the text that are as they were read: where they begin now, and what they were.
  var unchangedPieces: [(start: Int, source: Range<Int>)] {
    pieces.compactMap { piece in
      if case .original(let source) = piece.content { (piece.start, source) } else { nil }
    }
  }

  private struct Insertion: Sendable {
    /// What is replaced, in the original.
    var range: Range<Int>
    var replacement: Bytes
    /// How many lines more than before.
    var lineDelta: Int
    var byteDelta: Int { replacement.count - range.count }
  }

  private struct Piece: Sendable {
    var start: Int
    var content: Content
    enum Content: Sendable {
      case original(Range<Int>)
      case replacement(Bytes)
    }
    var count: Int {
      switch content {
      case .original(let range): range.count
      case .replacement(let bytes): bytes.count
      }
    }
    var end: Int { start + count }
  }

  package init(path: String, bytes: Bytes, storage: Storage = .file) {
    self.path = path
    self.storage = storage
    isNew = false
    base = Base(bytes)
    pieces = [Piece(start: 0, content: .original(0..<bytes.count))]
    lines = LogicalLines(base: base.lines)
  }

  /// A file that is to be made.
  package init(newAt path: String, bytes: Bytes, storage: Storage = .file) {
    self.path = path
    self.storage = storage
    isNew = true
    base = Base(bytes)
    pieces = [Piece(start: 0, content: .original(0..<bytes.count))]
    lines = LogicalLines(base: base.lines)
  }

  /// Whether it differs from what is on disk.
  package var isEdited: Bool { isNew || !splices.isEmpty }

  /// The logical lines that have a part which was not read from the file.
  package var editedLines: [LogicalLine] {
    if isNew { return Array(lines) }
    var found: [LogicalLine] = []
    var end = 0
    for piece in unchangedPieces.map({ ($0.start, $0.start + $0.source.count) }) + [(count, count)] {
      if piece.0 > end, let first = lineIndex(around: end) ?? lines.indices.first {
        for line in lines[first...].prefix(while: { $0.range.lowerBound < piece.0 })
        where line.range.upperBound > end && found.last?.range != line.range { found.append(line) }
      }
      end = piece.1
    }
    return found
  }

  /// The bytes as they were read.
  package var original: Bytes { base.bytes }

  package var count: Int { pieces.last?.end ?? 0 }

  /// The bytes as they are now.
  package var bytes: Bytes { splices.isEmpty ? base.bytes : Array(self[0..<count]) }

  /// The bytes of `range`, copied only where an edit falls into it.
  package subscript(range: Range<Int>) -> ArraySlice<UInt8> {
    if splices.isEmpty { return base.bytes[range] }
    var result = Bytes()
    // An edit of many pools leaves two pieces for each: they are searched for.
    let first = bisect(0..<pieces.count) { pieces[$0].end > range.lowerBound }
    for piece in pieces[first...] {
      guard piece.start < range.upperBound else { break }
      let low = max(range.lowerBound, piece.start) - piece.start
      let high = min(range.upperBound, piece.end) - piece.start
      switch piece.content {
      case .original(let source):
        let slice = base.bytes[source.lowerBound + low..<source.lowerBound + high]
        if slice.count == range.count { return slice }
        result += slice
      case .replacement(let bytes): result += bytes[low..<high]
      }
    }
    return result[...]
  }

  /// Puts `bytes` in the place of `range` (offsets in the text as it is now). Bytes equal to what is there
  /// are no edit.
  package mutating func replace(_ range: Range<Int>, with bytes: Bytes) {
    guard !self[range].elementsEqual(bytes) else { return }
    // The new splice swallows every splice that it touches: it keeps their parts outside its range.
    var delta = 0
    var low = range.lowerBound
    var high = range.upperBound
    var kept: [Insertion] = []
    var swallowed: [Insertion] = []
    var deltaBefore = 0
    for splice in splices {
      let start = splice.range.lowerBound + delta
      let end = start + splice.replacement.count
      if end < range.lowerBound {
        kept.append(splice)
        deltaBefore += splice.byteDelta
      } else if start > range.upperBound {
        kept.append(splice)
      } else {
        low = min(low, start)
        high = max(high, end)
        swallowed.append(splice)
      }
      delta += splice.byteDelta
    }
    let replacement = Array(self[low..<range.lowerBound]) + bytes + Array(self[range.upperBound..<high])
    let lowOriginal = low - deltaBefore
    let highOriginal = high - deltaBefore - swallowed.reduce(0) { $0 + $1.byteDelta }
    splices = kept
    let original = base.bytes[lowOriginal..<highOriginal]
    if !original.elementsEqual(replacement) {
      let place = splices.firstIndex { $0.range.lowerBound >= highOriginal } ?? splices.count
      splices.insert(
        Insertion(
          range: lowOriginal..<highOriginal, replacement: replacement,
          lineDelta: newlines(in: replacement) - newlines(in: original)),
        at: place)
    }
    settle()
  }

  /// Computes the pieces and the lines again from the splices.
  private mutating func settle() {
    pieces = []
    var at = 0
    var length = 0
    func piece(_ content: Piece.Content) {
      let new = Piece(start: length, content: content)
      length += new.count
      if new.count > 0 { pieces.append(new) }
    }
    for splice in splices {
      piece(.original(at..<splice.range.lowerBound))
      piece(.replacement(splice.replacement))
      at = splice.range.upperBound
    }
    piece(.original(at..<base.bytes.count))
    lines = LogicalLines(base: base.lines)
    for region in touchedRegions() {
      let start = region.lines.lowerBound == 0 ? 0 : Int(base.lines[region.lines.lowerBound].start)
      let end =
        region.lines.upperBound == base.lines.count
        ? base.bytes.count : Int(base.lines[region.lines.upperBound].start)
      let before = deltas(before: start)
      let current =
        start
        + before.bytes..<(region.lines.upperBound == base.lines.count
        ? count : end + deltas(before: end).bytes)
      let number =
        region.lines.lowerBound == 0
        ? 1 : Int(base.lines[region.lines.lowerBound].numberAndKind >> 2) + before.lines
      let text = Array(self[current])
      let fresh = scanLogicalLines(text.span).map {
        $0.unpacked(bytes: current.lowerBound, lines: number - 1)
      }
      let after = deltas(before: end)
      lines.replaceRest(
        after: region.lines, with: fresh, thenMovedBy: (bytes: after.bytes, lines: after.lines))
    }
  }

  private struct Region { var lines: Range<Int> }

  /// The logical lines of the original that each splice touches, the one before and the one that follows
  /// at once included: those may be joined or cut by it. Regions that meet are one.
  private func touchedRegions() -> [Region] {
    var regions: [Region] = []
    for splice in splices {
      let first = partition { Int($0.start) < splice.range.lowerBound }
      let beyond = partition { Int($0.start) <= splice.range.upperBound }
      let touched = max(0, first - 1)..<beyond
      if let last = regions.last, last.lines.upperBound >= touched.lowerBound {
        regions[regions.count - 1].lines =
          last.lines.lowerBound..<max(last.lines.upperBound, touched.upperBound)
      } else {
        regions.append(Region(lines: touched))
      }
    }
    return regions
  }

  /// The index of the first line of the original that does not satisfy `condition`.
  private func partition(_ condition: (PackedLine) -> Bool) -> Int {
    bisect(0..<base.lines.count) { !condition(base.lines[$0]) }
  }

  /// By how much the splices that begin before `offset` of the original move what is there.
  private func deltas(before offset: Int) -> (bytes: Int, lines: Int) {
    var bytes = 0
    var lines = 0
    for splice in splices {
      guard splice.range.lowerBound < offset else { break }
      bytes += splice.byteDelta
      lines += splice.lineDelta
    }
    return (bytes, lines)
  }
}

private func newlines(in bytes: some Sequence<UInt8>) -> Int {
  bytes.reduce(0) { $0 + ($1 == .newline ? 1 : 0) }
}
