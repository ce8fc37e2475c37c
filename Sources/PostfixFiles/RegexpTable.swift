// regexp_table(5): `/pattern/flags result`, with `!` before a pattern and `if`/`endif` around rules.

#if canImport(Glibc)
  import Glibc
#endif

/// A `regexp:` table, the rules that Postfix skips left out.
package struct RegexpTable {
  private var steps: [PatternStep<Pattern, Rule>] = []

  /// - Parameters:
  ///   - allowsSubstitution: in transport_maps and the sender-dependent tables Postfix refuses results with `$1` in them,
  ///     and skips the rule.
  ///   - memory: What this table shares with others.
  package init(
    _ rules: PatternRules, allowsSubstitution: Bool, memory: ExpressionMemory = ExpressionMemory()
  ) throws(RegularExpression.MatchError) {
    var depth = 0
    // Whoever asks postmap(1) for its answers needs to know of rules that would take too much memory there.
    var isUnbounded = false
    for line in rules.lines {
      do throws(RegularExpression.MatchError) {
        try add(line, &depth, allowsSubstitution, memory)
      } catch {
        guard error == .unbounded else { throw error }
        isUnbounded = true
      }
    }
    if isUnbounded { throw .unbounded }
  }

  private mutating func add(
    _ line: Bytes, _ depth: inout Int, _ allowsSubstitution: Bool, _ memory: ExpressionMemory
  ) throws(RegularExpression.MatchError) {
    guard let first = line.first else { return }
    var at = 0
    if !first.isNameByte || first == UInt8(ascii: "_") {
      guard let rule = try Rule(line, allowsSubstitution, memory) else { return }
      steps.append(.rule(rule))
    } else if let rest = line.rest(after: "if") {
      at = line.firstPosition(in: rest.startIndex..<line.count) { !$0.isSpace }
      guard let pattern = try Pattern(line, &at, memory) else { return }
      steps.append(.open(pattern))
      depth += 1
    } else if line.rest(after: "endif") != nil, depth > 0 {
      steps.append(.close)
      depth -= 1
    }
  }

  /// The result of the first rule that `key` matches.
  package func value(for key: Bytes) throws(RegularExpression.MatchError) -> Bytes? {
    try PatternStep.first(of: steps) { pattern throws(RegularExpression.MatchError) in
      try pattern.holds(key)
    } _: { rule throws(RegularExpression.MatchError) in
      for pattern in rule.patterns where try !pattern.holds(key) { return nil }
      let needsGroups = rule.result.contains { $0.group > 0 }
      let groups = needsGroups ? try rule.patterns.first?.expression.match(key) ?? [] : []
      return rule.result.reduce(into: Bytes()) { $0 += $1.text(of: key, groups: groups) }
    }
  }
}

/// A pattern with the `!`s before it.
private struct Pattern {
  let expression: RegularExpression
  let isNegated: Bool

  func holds(_ key: Bytes) throws(RegularExpression.MatchError) -> Bool {
    try expression.matches(key) != isNegated
  }

  /// Reads `!/pattern/flags` at `at` and moves it to the end of that; nil if Postfix skips the rule.
  init?(_ line: Bytes, _ at: inout Int, _ memory: ExpressionMemory) throws(RegularExpression.MatchError) {
    guard let span = PatternSpan(line, &at) else { return nil }
    var options = REG_EXTENDED | REG_ICASE
    for flag in line[span.flags] {
      switch flag {
      case UInt8(ascii: "i"): options ^= REG_ICASE
      case UInt8(ascii: "m"): options ^= REG_NEWLINE
      case UInt8(ascii: "x"): options ^= REG_EXTENDED
      default: return nil
      }
    }
    do throws(RegularExpression.MatchError) {
      expression = try RegularExpression(Bytes(line[span.pattern]), options: options, memory: memory)
    } catch {
      if error == .malformed { return nil }
      throw error
    }
    isNegated = span.negations % 2 == 1
  }
}

/// One or two patterns that must hold, and what is answered then.
private struct Rule {
  let patterns: [Pattern]
  let result: [PatternResult]

  init?(
    _ line: Bytes, _ allowsSubstitution: Bool, _ memory: ExpressionMemory
  ) throws(RegularExpression.MatchError) {
    var at = 0
    guard let first = try Pattern(line, &at, memory) else { return nil }
    var patterns = [first]
    if at < line.count, line[at] == UInt8(ascii: "!") {
      guard let second = try Pattern(line, &at, memory) else { return nil }
      patterns.append(second)
    }
    guard let result = PatternResult.parse(line[line.trimmed(at..<line.count)]) else { return nil }
    let highest = result.map(\.group).max() ?? 0
    if highest > 0, !allowsSubstitution || first.isNegated || highest > first.expression.groups { return nil }
    self.patterns = patterns
    self.result = result
  }
}

/// A part of a result: text, or the text that a group matched.
package enum PatternResult: Hashable, Sendable {
  case text(Bytes)
  case group(Int)

  fileprivate var group: Int { if case .group(let number) = self { number } else { 0 } }

  fileprivate func text(of key: Bytes, groups: [Range<Int>?]) -> Bytes {
    switch self {
    case .text(let text): text
    case .group(let number): groups[number].map { Bytes(key[$0]) } ?? []
    }
  }

  /// Splits a result at `$1`, `${1}` and `$(1)`; `$$` is a dollar sign. Nil where Postfix skips the rule: another
  /// name, or none.
  package static func parse(_ text: ArraySlice<UInt8>) -> [PatternResult]? {
    var parts: [PatternResult] = []
    var plain = Bytes()
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "$") else {
        plain.append(byte)
        continue
      }
      var name: ArraySlice<UInt8>
      switch rest.first {
      case UInt8(ascii: "$"):
        plain.append(UInt8(ascii: "$"))
        rest.removeFirst()
        continue
      case .openBrace, UInt8(ascii: "("):
        let close = rest.first == .openBrace ? UInt8.closeBrace : UInt8(ascii: ")")
        guard let end = rest.firstIndex(of: close) else { return nil }
        name = rest[rest.startIndex + 1..<end]
        rest = rest[(end + 1)...]
      default:
        name = rest.prefix(while: \.isNameByte)
        rest = rest.dropFirst(name.count)
      }
      guard name.allSatisfy(\.isDigit), let number = Int(name.text), number > 0 else { return nil }
      if !plain.isEmpty { parts.append(.text(plain)) }
      plain = []
      parts.append(.group(number))
    }
    return plain.isEmpty && !parts.isEmpty ? parts : parts + [.text(plain)]
  }
}
