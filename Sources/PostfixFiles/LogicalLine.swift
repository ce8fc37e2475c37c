// Postfix's logical lines: one reader for main.cf, master.cf and every text table (readllines.c's rules,
// measured in postmap and postconf).

import System

/// One logical line: it starts with text that is not white space and goes on over the following lines that
/// start with white space. Blank lines and comment lines are skipped everywhere, also between those.
package struct LogicalLine: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// One physical line.
    case single
    /// Continues over further physical lines; comments may be between them.
    case continued
    /// Starts with white space and has nothing to continue: Postfix warns and skips it.
    case orphan
  }

  /// From the first byte of the first physical line to the end of the last one, its newline excluded.
  package let range: Range<Int>
  /// The number of its first physical line, from 1.
  package let number: Int
  package let kind: Kind
}

/// A `LogicalLine` in 12 bytes: a table of a million entries keeps a million of them.
struct PackedLine: Sendable {
  var start: UInt32
  var end: UInt32
  var numberAndKind: UInt32

  init(start: Int, end: Int, number: Int, kind: LogicalLine.Kind) {
    let tag: UInt32 =
      switch kind {
      case .single: 0
      case .continued: 1
      case .orphan: 2
      }
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
    numberAndKind = UInt32(truncatingIfNeeded: number) << 2 | tag
  }

  var kind: LogicalLine.Kind {
    switch numberAndKind & 3 {
    case 0: .single
    case 1: .continued
    default: .orphan
    }
  }

  /// The line, moved by `bytes` and `lines`.
  func unpacked(bytes: Int = 0, lines: Int = 0) -> LogicalLine {
    LogicalLine(
      range: Int(start) + bytes..<Int(end) + bytes, number: Int(numberAndKind >> 2) + lines, kind: kind)
  }
}

extension Bytes {
  /// Whether Postfix reads the same in both: its blank lines and comments may differ.
  package func isSameWithoutComments(_ other: Bytes) -> Bool {
    var (here, there) = (0, 0)
    while true {
      let (line, counterpart) = (lineThatIsRead(from: &here), other.lineThatIsRead(from: &there))
      guard let line, let counterpart else { return line == nil && counterpart == nil }
      guard self[line] == other[counterpart] else { return false }
    }
  }

  /// The next physical line that is neither blank nor a comment.
  private func lineThatIsRead(from start: inout Int) -> Range<Int>? {
    while start < count {
      let first = start
      let end = self[first...].firstIndex(of: .newline) ?? count
      start = end + 1
      if let text = self[first..<end].first(where: { !$0.isSpace }), text != .hash { return first..<end }
    }
    return nil
  }
}

/// Finds the logical lines of a text.
func scanLogicalLines(_ bytes: borrowing Span<UInt8>) -> [PackedLine] {
  var found: [PackedLine] = []
  var at = 0
  var number = 1
  let count = bytes.count
  // Space for a large file is reserved once: unused space costs nothing, growing does.
  let sample = 65_536
  if count > sample {
    var newlines = 1
    for position in 0..<sample where bytes[position] == .newline { newlines += 1 }
    found.reserveCapacity(min(count / sample * newlines / 16 * 17, count))
    found.preferLargePages()
  }
  while at < count {
    let start = at
    var first = at
    while first < count, bytes[first] != .newline, bytes[first].isSpace { first += 1 }
    var end = first
    while end < count, bytes[end] != .newline { end += 1 }
    at = end + 1
    defer { number += 1 }
    if first == end || bytes[first] == .hash { continue }
    if first == start {
      found.append(PackedLine(start: start, end: end, number: number, kind: .single))
    } else if let last = found.last, last.kind != .orphan {
      found[found.count - 1] = PackedLine(
        start: Int(last.start), end: end, number: Int(last.numberAndKind >> 2), kind: .continued)
    } else {
      found.append(PackedLine(start: start, end: end, number: number, kind: .orphan))
    }
  }
  return found
}
