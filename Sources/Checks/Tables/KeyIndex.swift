// The keys of a table by their line: open addressing over the bytes of the file, because a dictionary of a million
// strings takes ten times as long.

import PostfixFiles

/// Finds the logical line that has a key, letter case folded.
struct KeyIndex: Sendable {
  /// The upper half of a key's hash, and the index of its logical line plus one; 0 where free.
  private var slots: [UInt64]
  /// Keys that are not ASCII, folded.
  private var others: [String: Int] = [:]
  private(set) var count = 0

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// Puts the key that stands at `key` of `bytes` in for `line`, unless it is in already: then its line is returned.
  mutating func insert(
    _ key: Range<Int>, of bytes: borrowing Span<UInt8>, line: Int, isASCII: Bool, lines: LogicalLines
  ) -> Int? {
    guard isASCII else {
      let folded = Self.folded(key, of: bytes)
      if let first = others[folded] { return first }
      others[folded] = line
      return nil
    }
    let hash = Self.hash(key, of: bytes)
    let tag = hash & ~0xFFFF_FFFF
    var at = Int(truncatingIfNeeded: hash & UInt64(slots.count - 1))
    while slots[at] != 0 {
      if slots[at] & ~0xFFFF_FFFF == tag {
        let first = Int(slots[at] & 0xFFFF_FFFF) - 1
        if Self.equal(key, of: bytes, to: lines[first].range, of: bytes) { return first }
      }
      at = (at + 1) & (slots.count - 1)
    }
    slots[at] = tag | UInt64(line + 1)
    count += 1
    return nil
  }

  /// The logical line of `document` that a lookup of `key` finds.
  func line(of key: String, in document: Document) -> Int? {
    let wanted = Bytes(key.utf8)
    guard wanted.allSatisfy({ $0 < 0x80 }) else { return others[key.lowercased()] }
    let hash = Self.hash(0..<wanted.count, of: wanted.span)
    let tag = hash & ~0xFFFF_FFFF
    var at = Int(truncatingIfNeeded: hash & UInt64(slots.count - 1))
    let lines = document.lines
    while slots[at] != 0 {
      if slots[at] & ~0xFFFF_FFFF == tag {
        let first = Int(slots[at] & 0xFFFF_FFFF) - 1
        let text = Bytes(document[lines[first].range])
        if Self.equal(0..<wanted.count, of: wanted.span, to: 0..<text.count, of: text.span) { return first }
      }
      at = (at + 1) & (slots.count - 1)
    }
    return nil
  }

  /// FNV-1a over the folded bytes, mixed once more so that both halves are good.
  private static func hash(_ range: Range<Int>, of bytes: borrowing Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for at in range { hash = (hash ^ UInt64(fold(bytes[at]))) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    hash = hash &* 0x9E37_79B9_7F4A_7C15
    return hash ^ (hash >> 29)
  }

  /// Whether the logical line in `line` starts with the key and goes on behind it with white space.
  private static func equal(
    _ key: Range<Int>, of bytes: borrowing Span<UInt8>, to line: Range<Int>,
    of lineBytes: borrowing Span<UInt8>
  ) -> Bool {
    guard line.count > key.count else { return false }
    for step in 0..<key.count
    where fold(bytes[key.lowerBound + step]) != fold(lineBytes[line.lowerBound + step]) { return false }
    return lineBytes[line.lowerBound + key.count].isSpace
  }

  private static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  private static func folded(_ range: Range<Int>, of bytes: borrowing Span<UInt8>) -> String {
    var copy = Bytes()
    copy.reserveCapacity(range.count)
    for at in range { copy.append(bytes[at]) }
    return copy.text.lowercased()
  }
}
