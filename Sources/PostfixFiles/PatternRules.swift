// What the pattern tables (regexp, pcre, cidr) have in common: their rules, one a logical line or one a pair of
// braces, and the blocks between IF and ENDIF.

/// The rules of a pattern table as text, comments left out.
package struct PatternRules: Sendable {
  package let rules: [SourcedText]

  package var lines: [Bytes] { rules.map(\.bytes) }

  /// A file of rules.
  package init(_ document: Document) {
    rules = document.lines.lazy.filter { $0.kind != .orphan }.map { SourcedText($0, of: document).trimmed() }
  }

  /// `{{rule}, {rule}}` in place of a file name; nil where the braces are wrong.
  package init?(inline argument: SourcedText) {
    guard argument.endOfBraces(at: 0) == argument.count else { return nil }
    var rules: [SourcedText] = []
    for range in argument.itemRanges(
      in: 1..<argument.count - 1, where: { $0.isListSeparator }, keepingBraces: true)
    {
      let item = argument[range]
      guard item.endOfBraces(at: 0) == item.count else { return nil }
      let rule = item.withoutBraces.trimmed()
      if let first = rule.bytes.first, first != .hash { rules.append(rule) }
    }
    self.rules = rules
  }

  /// The first rules alone.
  package func first(_ count: Int) -> PatternRules { PatternRules(rules: Array(rules.prefix(count))) }

  private init(rules: [SourcedText]) { self.rules = rules }

  /// The result of each pattern of a `regexp:` or `pcre:` table, as it is written; without rules that have no result.
  package var patternResults: [SourcedText] {
    results { line in
      guard let first = line.first, !first.isNameByte || first == UInt8(ascii: "_") else { return nil }
      var at = 0
      guard PatternSpan(line, &at) != nil else { return nil }
      if at < line.count, line[at] == UInt8(ascii: "!"), PatternSpan(line, &at) == nil { return nil }
      return at
    }
  }

  /// The result of each network of a `cidr:` table, as it is written; without rules that have no result.
  package var networkResults: [SourcedText] {
    results { line in
      let isBlock = line.rest(after: "if") != nil || line.rest(after: "endif") != nil
      return isBlock ? nil : Self.endOfNetwork(line)
    }
  }

  private func results(after end: (Bytes) -> Int?) -> [SourcedText] {
    rules.compactMap { rule in
      guard let end = end(rule.bytes) else { return nil }
      let result = rule.trimmed(end..<rule.count)
      return result.isEmpty ? nil : result
    }
  }

  /// Where the network of a rule ends, the `!`s before it included.
  static func endOfNetwork(_ line: Bytes) -> Int {
    let start = line.firstPosition(in: 0..<line.count) { !$0.isSpace && $0 != UInt8(ascii: "!") }
    return line.firstPosition(in: start..<line.count, where: \.isSpace)
  }
}

extension PatternRules {
  /// The one domain that a rule such as `/^example\.com$/ x` matches; nil for any other.
  package static func onlyName(matchedBy rule: Bytes) -> String? {
    var at = 0
    guard let span = PatternSpan(rule, &at), span.negations == 0 else { return nil }
    var pattern = rule[span.pattern]
    guard pattern.first == UInt8(ascii: "^"), pattern.last == UInt8(ascii: "$") else { return nil }
    pattern = pattern.dropFirst().dropLast()
    var name: Bytes = []
    while let byte = pattern.popFirst() {
      if byte == UInt8(ascii: "\\") {
        guard pattern.popFirst() == UInt8(ascii: ".") else { return nil }
        name.append(UInt8(ascii: "."))
      } else {
        guard byte.isNameByte || byte == UInt8(ascii: "-") else { return nil }
        name.append(byte)
      }
    }
    return name.isEmpty ? nil : name.text
  }
}

extension PatternRules {
  /// The first rule of a `regexp:` or `pcre:` table that matches every mail address, and how many come before it; nil where none
  /// surely does. In a block a condition decides.
  package var catchAll: (index: Int, result: SourcedText)? {
    var depth = 0
    for (index, rule) in rules.enumerated() {
      let line = rule.bytes
      if line.rest(after: "endif") != nil {
        depth = max(0, depth - 1)
      } else if line.rest(after: "if") != nil {
        depth += 1
      } else if depth == 0, let end = Self.endOfPatternForAll(line) {
        let result = rule.trimmed(end..<rule.count)
        // Postfix skips a rule without a result, and in tables of routes one with `$1` in it.
        if !result.isEmpty, !result.bytes.contains(UInt8(ascii: "$")) { return (index, result) }
      }
    }
    return nil
  }

  /// Without `(`, `)` and `^`, `$` around them.
  private static let patternsForAll: Set = [
    "", ".", ".*", ".+", ".*?", ".+?", ".*@.*", ".+@.+", ".+@.*", "@",
  ]

  /// Where the pattern of a rule ends that matches every address; nil for any other.
  private static func endOfPatternForAll(_ line: Bytes) -> Int? {
    guard let first = line.first, !first.isNameByte || first == UInt8(ascii: "_") else { return nil }
    var at = 0
    guard let span = PatternSpan(line, &at), at >= line.count || line[at] != UInt8(ascii: "!"),
      line[span.flags].allSatisfy({ "ims".utf8.contains($0) })
    else { return nil }
    var pattern = line[span.pattern]
    // What is not empty.
    if span.negations == 1 { return pattern.text == "^$" ? at : nil }
    guard span.negations == 0 else { return nil }
    let (hasStart, hasEnd) = (pattern.first == UInt8(ascii: "^"), pattern.last == UInt8(ascii: "$"))
    if hasStart { pattern.removeFirst() }
    if hasEnd, !pattern.isEmpty { pattern.removeLast() }
    if pattern.first == UInt8(ascii: "("), pattern.last == UInt8(ascii: ")") {
      pattern = pattern.dropFirst().dropLast()
    }
    let text = pattern.text
    guard patternsForAll.contains(text) else { return nil }
    // `^.` and `.$` match, `^@`, `^.$` and `^$` do not.
    if hasStart, hasEnd { return text.contains("*") || text.contains("+") ? at : nil }
    return text == "@" && (hasStart || hasEnd) ? nil : at
  }
}

/// What a line of a pattern table is: a rule, or the begin or the end of a block that counts under a condition.
enum PatternStep<Condition, Rule> {
  case rule(Rule)
  case open(Condition)
  case close

  /// The first rule that holds, with blocks whose condition does not hold left out. A block that is never closed
  /// goes to the end.
  static func first<Result, Problem>(
    of steps: [Self], where holds: (Condition) throws(Problem) -> Bool,
    _ result: (Rule) throws(Problem) -> Result?
  ) throws(Problem) -> Result? {
    var skipping = 0
    for step in steps {
      switch step {
      case .rule(let rule):
        if skipping == 0, let found = try result(rule) { return found }
      case .open(let condition):
        if skipping > 0 {
          skipping += 1
        } else if try !holds(condition) {
          skipping = 1
        }
      case .close:
        if skipping > 0 { skipping -= 1 }
      }
    }
    return nil
  }
}

/// Where the parts of `!/pattern/flags` are in a line.
struct PatternSpan {
  let negations: Int
  let pattern: Range<Int>
  let flags: Range<Int>

  /// Reads from `at`, and moves it after the pattern; nil if no delimiter ends the pattern.
  init?(_ line: Bytes, _ at: inout Int) {
    var negations = 0
    while at < line.count, line[at] == UInt8(ascii: "!") || line[at].isSpace {
      if line[at] == UInt8(ascii: "!") { negations += 1 }
      at += 1
    }
    guard at < line.count else { return nil }
    let delimiter = line[at]
    let start = at + 1
    at = start
    while at < line.count, line[at] != delimiter {
      at += line[at] == UInt8(ascii: "\\") && at + 1 < line.count ? 2 : 1
    }
    guard at < line.count else { return nil }
    pattern = start..<at
    let end = line.firstPosition(in: at + 1..<line.count) { $0.isSpace || $0 == UInt8(ascii: "!") }
    flags = at + 1..<end
    at = end
    self.negations = negations
  }
}

extension PatternStep: Sendable where Condition: Sendable, Rule: Sendable {}

extension Bytes {
  /// The rest after the word `IF` or `ENDIF` (any case) at its start; nil if another word or text is there.
  func rest(after word: String) -> ArraySlice<UInt8>? {
    let length = word.utf8.count
    guard count >= length, CaseFolding.ascii.fold(self[..<length]) == Bytes(word.utf8) else { return nil }
    if count > length, self[length].isNameByte, self[length] != UInt8(ascii: "_") { return nil }
    return self[length...]
  }
}
