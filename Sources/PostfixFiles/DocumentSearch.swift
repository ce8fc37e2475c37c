// Finding things in a document: lines by a word in them, and the comments that belong to a logical line.

import CLinux
import Glibc

extension Document {
  /// The logical lines that contain `word`. A table has a million entries and few of them are pools: this
  /// way only those are parsed.
  package func lines(containing word: String) -> [LogicalLine] {
    var found: [LogicalLine] = []
    for start in positions(of: word) {
      guard let index = lineIndex(around: start) else { continue }
      let line = lines[index]
      if line.range.upperBound >= start + word.utf8.count, found.last != line { found.append(line) }
    }
    return found
  }

  /// Where `word` begins, in order. The text as it was read is searched once; after an edit only what the edit touched.
  package func positions(of word: String) -> [Int] {
    let word = Bytes(word.utf8)
    if word.isEmpty { return [] }
    let original = originalPositions(of: word)
    if !isSpliced { return original }
    let around = word.count - 1
    var found: [Int] = []
    /// The end of what was searched, as a place for the beginning of the word.
    var searched = 0
    for piece in unchangedPieces {
      // What begins before the piece may end in it.
      let seam = searched..<min(count, piece.start + around)
      found += wordStarts(in: Array(self[seam]), of: word).map { seam.lowerBound + $0 }
      // What begins in it and ends in it is where it was.
      let inside = piece.source.lowerBound..<max(piece.source.lowerBound, piece.source.upperBound - around)
      let first = bisect(0..<original.count) { original[$0] >= inside.lowerBound }
      let end = bisect(first..<original.count) { original[$0] >= inside.upperBound }
      found += original[first..<end].map { $0 - piece.source.lowerBound + piece.start }
      searched = max(piece.start, piece.start + inside.count)
    }
    found += wordStarts(in: Array(self[searched..<count]), of: word).map { searched + $0 }
    return found
  }

  /// The index of the logical line that holds `offset`, or of the last one before it.
  package func lineIndex(around offset: Int) -> Int? {
    let next = bisect(0..<lines.count) { lines[$0].range.lowerBound > offset }
    return next > 0 ? next - 1 : nil
  }

  /// The logical line around `offset` with the comments and blank lines after it, up to the next logical line.
  package func logicalLineWithComments(around offset: Int) -> Range<Int>? {
    guard let index = lineIndex(around: offset) else { return nil }
    let end = index + 1 < lines.count ? lines[index + 1].range.lowerBound : count
    return lines[index].range.lowerBound..<end
  }

  /// The physical line around `offset`, its newline excluded.
  package func physicalLine(around offset: Int) -> Range<Int> {
    // A line may be very long: it is looked at in pieces, each twice as long as the one before.
    var (start, size) = (offset, 128)
    while start > 0 {
      let piece = self[max(0, start - size)..<start]
      if let newline = piece.lastIndex(of: .newline) {
        start -= piece.endIndex - newline - 1
        break
      }
      (start, size) = (start - piece.count, size * 2)
    }
    var end = offset
    size = 128
    while end < count {
      let piece = self[end..<min(count, end + size)]
      if let newline = piece.firstIndex(of: .newline) {
        end += newline - piece.startIndex
        break
      }
      (end, size) = (end + piece.count, size * 2)
    }
    return start..<end
  }

  /// The physical lines of `range`, newlines excluded.
  package func physicalLines(in range: Range<Int>) -> [Range<Int>] {
    let text = self[range]
    var found: [Range<Int>] = []
    var start = text.startIndex
    while start < text.endIndex {
      let end = text[start...].firstIndex(of: .newline) ?? text.endIndex
      let low = range.lowerBound + start - text.startIndex
      found.append(low..<low + end - start)
      start = end + 1
    }
    return found
  }
}

/// Where `word` begins in `bytes`, in order: by memmem(3), whose time grows with the bytes, whatever they are.
func wordStarts(in bytes: Bytes, of word: Bytes) -> [Int] {
  var found: [Int] = []
  bytes.withUnsafeBytes { text in
    word.withUnsafeBytes { word in
      guard let start = text.baseAddress, let first = word.baseAddress else { return }
      var at = 0
      while at < text.count, let place = memmem(start + at, text.count - at, first, word.count) {
        found.append(UnsafeRawPointer(place) - start)
        at = UnsafeRawPointer(place) - start + 1
      }
    }
  }
  return found
}
