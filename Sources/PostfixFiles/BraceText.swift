// Splitting text as Postfix's mystrtokq() does: at separators, but not inside braces. Tables, lists of tables,
// master.cf and randmap pools are all split so.

extension UInt8 {
  /// What separates the items of most Postfix lists: CHARS_COMMA_SP.
  package var isListSeparator: Bool {
    self == UInt8(ascii: ",") || self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A
  }
}

extension SourcedText {
  /// The items between separators, empty ones left out. With `keepingBraces` a separator inside `{...}` does
  /// not separate; the braces stay in the item. An unbalanced brace runs to the end of the text.
  package func split(where isSeparator: (UInt8) -> Bool, keepingBraces: Bool) -> [SourcedText] {
    itemRanges(in: 0..<count, where: isSeparator, keepingBraces: keepingBraces).map { self[$0] }
  }

  /// The ranges of those items.
  package func itemRanges(
    in range: Range<Int>, where isSeparator: (UInt8) -> Bool, keepingBraces: Bool
  ) -> [Range<Int>] {
    var items: [Range<Int>] = []
    let bytes = bytes
    var start: Int?
    var depth = 0
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      if depth == 0, isSeparator(byte) {
        if let first = start { items.append(first..<at) }
        start = nil
      } else {
        if start == nil { start = at }
        if keepingBraces {
          if byte == .openBrace { depth += 1 } else if byte == .closeBrace, depth > 0 { depth -= 1 }
        }
      }
      at += 1
    }
    if let first = start { items.append(first..<range.upperBound) }
    return items
  }

  /// The items of a Postfix list: at commas and white space, braces respected.
  package var listItems: [SourcedText] { split(where: { $0.isListSeparator }, keepingBraces: true) }

  /// The end (exclusive) of the brace expression that starts at `start`; nil if it is not closed or if there
  /// is no brace.
  package func endOfBraces(at start: Int) -> Int? {
    guard start < count, bytes[start] == .openBrace else { return nil }
    return bytes.endOfBrackets(at: start, close: .closeBrace)
  }

  /// Whether it does not start with a brace, or ends with the one that closes that.
  var isClosed: Bool { bytes.first != .openBrace || endOfBraces(at: 0) == count }

  /// Without one pair of braces around the whole, and without the white space inside them; as it is if there
  /// is no such pair.
  package var withoutBraces: SourcedText {
    guard endOfBraces(at: 0) == count else { return self }
    return trimmed(1..<count - 1)
  }
}

extension Bytes {
  /// The end (exclusive) of what the bracket at `start` begins, those of its kind inside counted; nil if it is not closed.
  func endOfBrackets(at start: Int, close: UInt8) -> Int? {
    withUnsafeBufferPointer { bytes in
      let open = bytes[start]
      var depth = 0
      for at in start..<bytes.count {
        if bytes[at] == open { depth += 1 } else if bytes[at] == close { depth -= 1 }
        if depth == 0 { return at + 1 }
      }
      return nil
    }
  }
}
