// Bytes as Postfix sees them: its white space, and the few helpers that every parser here needs.

/// A file is bytes; what is shown of it goes through `printable(_:)`.
package typealias Bytes = [UInt8]

// These are asked of every byte. So they compare numbers: a debug build, which the tests run, makes a range for each call.
extension UInt8 {
  /// White space as C's `isspace()` in the C locale: blank, tab, newline, VT, FF, CR. A no-break space is
  /// not white space to Postfix.
  @inlinable package var isSpace: Bool { self == 0x20 || self >= 0x09 && self <= 0x0D }

  @inlinable package var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// Whether it is ASCII that shows something, a blank included.
  package var isPrintable: Bool { self >= 0x20 && self <= 0x7E }

  /// A letter, a digit or an underscore: what the name of a parameter may have to be referenced by `$name`.
  @inlinable package var isNameByte: Bool {
    isDigit || self == 0x5F || self >= 0x41 && self <= 0x5A || self >= 0x61 && self <= 0x7A
  }

  package static let newline = UInt8(ascii: "\n")
  package static let hash = UInt8(ascii: "#")
  package static let openBrace = UInt8(ascii: "{")
  package static let closeBrace = UInt8(ascii: "}")
  package static let colon = UInt8(ascii: ":")
}

extension Collection<UInt8> {
  /// The bytes as text, invalid UTF-8 replaced. For showing it, `printable(_:)` comes after.
  package var text: String {
    withContiguousStorageIfAvailable { String(decoding: $0, as: UTF8.self) }
      ?? String(decoding: Array(self), as: UTF8.self)
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// `range` without the white space at its ends.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high, self[low].isSpace { low += 1 }
    while high > low, self[high - 1].isSpace { high -= 1 }
    return low..<high
  }

  /// The first position in `range` whose byte satisfies `condition`, or the end of `range`.
  package func firstPosition(in range: Range<Int>, where condition: (UInt8) -> Bool) -> Int {
    var at = range.lowerBound
    while at < range.upperBound, !condition(self[at]) { at += 1 }
    return at
  }
}
