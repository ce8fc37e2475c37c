// transport(5) and every other text table: `key whitespace value`, read from its source text.

/// One entry of a table.
package struct TableEntry: Sendable {
  /// As it is written, quotes included; Postfix folds it to lower case.
  package let key: SourcedText
  /// White space at its ends left out.
  package let value: SourcedText
  package let line: LogicalLine
}

/// A line that postmap(1) warns of and skips, or stores as something unintended. Its exit status is
/// still 0.
package enum TableLineError: Error, Hashable, Sendable {
  case startsWithSpace
  case missingValue
  case unbalancedQuote

  /// In Postfix's words.
  package var message: String {
    switch self {
    case .startsWithSpace: "logical line must not start with whitespace"
    case .missingValue: "expected format: key whitespace value"
    case .unbalancedQuote: "unbalanced '\"' in the key"
    }
  }
}

/// A table as a view of its source text: nothing is kept but the document, so that a million entries cost only
/// their lines.
package struct Table: Sendable {
  package let document: Document

  package init(_ document: Document) {
    self.document = document
  }

  /// The entry of a logical line.
  package func entry(_ line: LogicalLine) throws(TableLineError) -> TableEntry {
    guard line.kind != .orphan else { throw .startsWithSpace }
    let text = SourcedText(line, of: document)
    let (key, value) = try Self.split(text.bytes.span, 0..<text.count)
    return TableEntry(key: text[key], value: text[value], line: line)
  }

  /// Where key and value are in the text of an entry. The walk over a large table calls it on the bytes of the
  /// file itself, which is right for every line of kind `single`: what follows a NUL does not count.
  package static func split(
    _ bytes: borrowing Span<UInt8>, _ range: Range<Int>
  ) throws(TableLineError) -> (key: Range<Int>, value: Range<Int>) {
    var isQuoted = false
    var at = range.lowerBound
    while at < range.upperBound, isQuoted || !bytes[at].isSpace, bytes[at] != 0 {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\"), at + 1 < range.upperBound, bytes[at + 1] != 0 {
        at += 1
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
      at += 1
    }
    guard !isQuoted else { throw .unbalancedQuote }
    var low = at
    while low < range.upperBound, bytes[low].isSpace { low += 1 }
    var high = low
    while high < range.upperBound, bytes[high] != 0 { high += 1 }
    while high > low, bytes[high - 1].isSpace { high -= 1 }
    guard low < high else { throw .missingValue }
    return (range.lowerBound..<at, low..<high)
  }

  /// The entries that Postfix reads, in order; what it skips is left out.
  package var entries: some Sequence<TableEntry> {
    document.lines.lazy.compactMap { try? entry($0) }
  }

  /// The entry that a lookup of `key` finds: the first one, letter case folded.
  package func first(_ key: String) -> TableEntry? {
    let folded = key.lowercased()
    let wanted = Bytes(folded.utf8)
    let bytes = document.bytes
    for line in document.lines where Self.mayHave(wanted, line, in: bytes.span) {
      if let entry = try? entry(line), entry.key.text.lowercased() == folded { return entry }
    }
    return nil
  }

  /// Whether `key`, in lower case, can be the key of a line. It looks at a few bytes and makes no string: a million
  /// entries are searched at each key that a person types.
  private static func mayHave(_ key: Bytes, _ line: LogicalLine, in bytes: borrowing Span<UInt8>) -> Bool {
    guard line.kind == .single else { return true }
    let start = line.range.lowerBound
    let count = min(line.range.count, key.count)
    for offset in 0..<count {
      let byte = bytes[start + offset]
      // Beyond ASCII one letter has several forms: the strings decide.
      if byte >= 0x80 || key[offset] >= 0x80 { return true }
      if ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) != key[offset] { return false }
    }
    return count == key.count
  }
}
