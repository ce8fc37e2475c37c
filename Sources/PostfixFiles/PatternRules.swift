// What the pattern tables (regexp, pcre, cidr) have in common: their rules, one a logical line or one a pair of
// braces, and the blocks between IF and ENDIF.

/// The rules of a pattern table as text, comments left out.
public struct PatternRules: Sendable {
  public let lines: [Bytes]

  /// A file of rules.
  public init(_ document: Document) {
    lines = document.lines.lazy.filter { $0.kind != .orphan }.map { line in
      let text = SourcedText(line, of: document).bytes
      return Bytes(text[text.trimmed(0..<text.count)])
    }
  }

  /// `{{rule}, {rule}}` in place of a file name; nil where the braces are wrong.
  public init?(inline argument: SourcedText) {
    guard argument.endOfBraces(at: 0) == argument.count else { return nil }
    var text = Bytes()
    for range in argument.itemRanges(
      in: 1..<argument.count - 1, where: \.isListSeparator, keepingBraces: true)
    {
      let item = argument[range]
      guard item.endOfBraces(at: 0) == item.count else { return nil }
      text += item.withoutBraces.bytes + [.newline]
    }
    self.init(Document(path: "", bytes: text))
  }
}

/// What a line of a pattern table is: a rule, or the begin or the end of a block that counts under a condition.
enum PatternStep<Condition, Rule> {
  case rule(Rule)
  case open(Condition)
  case close

  /// The first rule that holds, with blocks whose condition does not hold left out. A block that is never closed
  /// goes to the end.
  static func first<Result>(
    of steps: [Self], where holds: (Condition) -> Bool, _ result: (Rule) -> Result?
  ) -> Result? {
    var skipping = 0
    for step in steps {
      switch step {
      case .rule(let rule):
        if skipping == 0, let found = result(rule) { return found }
      case .open(let condition):
        if skipping > 0 || !holds(condition) { skipping += 1 }
      case .close:
        if skipping > 0 { skipping -= 1 }
      }
    }
    return nil
  }
}

extension PatternStep: Sendable where Condition: Sendable, Rule: Sendable {}

extension Bytes {
  /// The rest behind the word `IF` or `ENDIF` (any case) at its start; nil where another word or text stands there.
  func rest(behind word: String) -> ArraySlice<UInt8>? {
    let length = word.utf8.count
    guard count >= length, CaseFolding.ascii.fold(self[..<length]) == Bytes(word.utf8) else { return nil }
    if count > length, self[length].isNameByte, self[length] != UInt8(ascii: "_") { return nil }
    return self[length...]
  }
}
