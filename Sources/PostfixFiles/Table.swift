// transport(5) and every other text table: `key whitespace value`, read from its source text.

/// One entry of a table.
public struct TableEntry: Sendable {
  /// As it is written, quotes included; Postfix folds it to lower case.
  public let key: SourcedText
  /// White space at its ends left out.
  public let value: SourcedText
  public let line: LogicalLine
}

/// A line that postmap(1) warns of and skips, or stores as something that nobody meant. Its exit status is 0 all
/// the same.
public enum TableLineProblem: Error, Hashable, Sendable {
  case startsWithSpace
  case missingValue
  case unbalancedQuote

  /// In Postfix's words.
  public var message: String {
    switch self {
    case .startsWithSpace: "logical line must not start with whitespace"
    case .missingValue: "expected format: key whitespace value"
    case .unbalancedQuote: "unbalanced '\"' in the key"
    }
  }
}

/// A table as a view of its source text: nothing is kept but the document, so that a million entries cost only
/// their lines.
public struct Table: Sendable {
  public let document: Document

  public init(_ document: Document) {
    self.document = document
  }

  /// The entry of a logical line.
  public func entry(_ line: LogicalLine) throws(TableLineProblem) -> TableEntry {
    guard line.kind != .orphan else { throw .startsWithSpace }
    let text = SourcedText(line, of: document)
    var isQuoted = false
    var at = 0
    while at < text.count, isQuoted || !text.bytes[at].isSpace {
      let byte = text.bytes[at]
      if byte == UInt8(ascii: "\\"), at + 1 < text.count {
        at += 1
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
      at += 1
    }
    guard !isQuoted else { throw .unbalancedQuote }
    let value = text.trimmed(at..<text.count)
    guard !value.isEmpty else { throw .missingValue }
    return TableEntry(key: text[0..<at], value: value, line: line)
  }

  /// The entries that Postfix reads, in order; what it skips is left out.
  public var entries: some Sequence<TableEntry> {
    document.lines.lazy.compactMap { try? entry($0) }
  }

  /// The entry that a lookup of `key` finds: the first one, letter case folded.
  public func first(_ key: String) -> TableEntry? {
    let folded = key.lowercased()
    return entries.first { $0.key.text.lowercased() == folded }
  }
}
