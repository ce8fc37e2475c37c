// The keys of a table by their line: sorted by their hashes, because a dictionary of a million strings takes ten times
// as long, and a hash table of ten million slots more than ten times as long as one of a million: it waits for memory
// at each key, where a sort by radix reads it in order.

import PostfixFiles
import System

/// Finds the logical line that has a key, letter case folded. Keys are added first, then it is sorted, then asked.
struct KeyIndex: Sendable {
  /// The upper half of a key's hash, then the index of its logical line.
  private var entries: [UInt64] = []
  /// Where the entries with the same first bits begin.
  private var starts: [Int] = []
  /// Keys that are not ASCII, folded.
  private var others: [String: Int] = [:]
  private var repeats: [Repeat] = []

  /// A key that is in an earlier line too.
  struct Repeat: Hashable, Sendable {
    let line: Int
    let first: Int
  }

  private static let digitBits = 8
  private static let digits = 1 << digitBits
  private static let digitMask = UInt64(digits - 1)
  /// The bits that the last pass sorts by and ``starts`` uses.
  private static let lastShift = 64 - digitBits

  init(capacity: Int) {
    entries.reserveCapacity(capacity)
    entries.preferLargePages()
  }

  /// How many keys there are, repeats included.
  var count: Int { entries.count + others.count }

  /// Adds the key at `key` of `bytes` for `line`.
  mutating func add(_ key: Range<Int>, of bytes: borrowing Span<UInt8>, line: Int, isASCII: Bool) {
    if isASCII {
      entries.append(Self.tag(key, of: bytes) | UInt64(line))
      return
    }
    let folded = Self.folded(key, of: bytes)
    if let first = others[folded] {
      repeats.append(Repeat(line: line, first: first))
    } else {
      others[folded] = line
    }
  }

  /// Sorts it, and returns the keys that are in an earlier line too, in the order of their lines.
  ///
  /// - Parameter key: where the key of a line is.
  mutating func sort(of bytes: borrowing Span<UInt8>, key: (Int) -> Range<Int>) -> [Repeat] {
    sortEntries()
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, entries[end] >> 32 == entries[start] >> 32 { end += 1 }
      if end > start + 1 { compare(start..<end, of: bytes, key: key) }
      start = end
    }
    repeats.sort { $0.line < $1.line }
    return repeats
  }

  /// Finds the repeats among keys that share the half of a hash: usually all of them, rarely none.
  private mutating func compare(
    _ run: Range<Int>, of bytes: borrowing Span<UInt8>, key: (Int) -> Range<Int>
  ) {
    var distinct: [(line: Int, key: Range<Int>)] = []
    for index in run {
      let line = Self.line(entries[index])
      let range = key(line)
      var first: Int?
      for other in distinct where Self.equal(range, of: bytes, to: other.key, of: bytes) {
        first = other.line
      }
      if let first {
        repeats.append(Repeat(line: line, first: first))
      } else {
        distinct.append((line, range))
      }
    }
  }

  /// By radix, from the last digit to the first: each pass keeps the order of the one before, so lines stay in order.
  private mutating func sortEntries() {
    var sorted: [UInt64] = []
    sorted.reserveCapacity(entries.count)
    sorted.preferLargePages()
    sorted.append(contentsOf: repeatElement(0, count: entries.count))
    for shift in stride(from: 32, through: Self.lastShift, by: Self.digitBits) {
      starts = [Int](repeating: 0, count: Self.digits + 1)
      for entry in entries { starts[Int(entry >> UInt64(shift) & Self.digitMask) + 1] += 1 }
      for digit in 0..<Self.digits { starts[digit + 1] += starts[digit] }
      var next = starts
      var target = sorted.mutableSpan
      for entry in entries {
        let digit = Int(entry >> UInt64(shift) & Self.digitMask)
        target[next[digit]] = entry
        next[digit] += 1
      }
      swap(&entries, &sorted)
    }
  }

  /// The logical line of `document` that a lookup of `key` finds.
  func line(of key: String, in document: Document) -> Int? {
    let wanted = Bytes(key.utf8)
    guard wanted.allSatisfy({ $0 < 0x80 }) else { return others[key.lowercased()] }
    let tag = Self.tag(0..<wanted.count, of: wanted.span)
    let digit = Int(tag >> UInt64(Self.lastShift))
    guard starts.count > digit + 1 else { return nil }
    let bucket = starts[digit]..<starts[digit + 1]
    let lines = document.lines
    for index in bisect(bucket, where: { entries[$0] >= tag })..<bucket.upperBound {
      guard entries[index] >> 32 == tag >> 32 else { return nil }
      let line = Self.line(entries[index])
      let text = Bytes(document[lines[line].range])
      if text.count > wanted.count, text[wanted.count].isSpace,
        Self.equal(0..<wanted.count, of: wanted.span, to: 0..<wanted.count, of: text.span)
      {
        return line
      }
    }
    return nil
  }

  private static func line(_ entry: UInt64) -> Int { Int(entry & 0xFFFF_FFFF) }

  /// The upper half of FNV-1a over the folded bytes, mixed once more so that it is good.
  private static func tag(_ range: Range<Int>, of bytes: borrowing Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for at in range { hash = (hash ^ UInt64(fold(bytes[at]))) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    return hash &* 0x9E37_79B9_7F4A_7C15 & ~0xFFFF_FFFF
  }

  private static func equal(
    _ key: Range<Int>, of bytes: borrowing Span<UInt8>, to other: Range<Int>,
    of otherBytes: borrowing Span<UInt8>
  ) -> Bool {
    guard key.count == other.count else { return false }
    for step in 0..<key.count
    where fold(bytes[key.lowerBound + step]) != fold(otherBytes[other.lowerBound + step]) { return false }
    return true
  }

  private static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  private static func folded(_ range: Range<Int>, of bytes: borrowing Span<UInt8>) -> String {
    var copy = Bytes()
    copy.reserveCapacity(range.count)
    for at in range { copy.append(bytes[at]) }
    return copy.text.lowercased()
  }
}
