// `$name`, `${name?{a}:{b}}` and their kin, expanded as Postfix's mac_expand() does (postconf(5), measured),
// each byte keeping the place that it came from.

/// Why a value cannot be expanded; fatal for every Postfix program that reads it.
package enum ExpansionError: Error, Hashable, Sendable {
  case truncated(String)
  case emptyName(String)
  case nesting(String)
  case badExpression(String)
  /// A text of digits that no number can hold, or what is no release level.
  case badOperand(String)
  /// More bytes than it makes sense to look at; Postfix itself has no such limit.
  case tooLong(String)

  /// In Postfix's words.
  package var message: String {
    switch self {
    case .truncated(let text): "truncated macro reference: \"\(excerpt(text))\""
    case .emptyName(let text): "empty macro name: \"\(excerpt(text))\"; need \"$$\" for a literal $"
    case .nesting(let name): "unreasonable macro call nesting: \"\(excerpt(name))\""
    case .badExpression(let text): "bad conditional expression: \"\(excerpt(text))\""
    case .badOperand(let text): "bad number or level in a comparison: \"\(excerpt(text))\""
    case .tooLong(let name):
      "the value becomes too long with \"\(excerpt(name))\"; need values that name each other less often"
    }
  }
}

/// What a name comes to, before expansion.
enum MacroValue {
  /// What main.cf, a service or the start of the program sets.
  case set(SourcedText)
  /// A built-in default: it was expanded when it was read.
  case standard(SourcedText, at: ReadingMoment)
  /// What follows the first dot of another parameter's value, or this text.
  case domain(of: String, at: ReadingMoment, otherwise: String)
}

/// Expands the macros of a text; `lookup` gives the unexpanded value of a name, as it is at a moment. Good for one text.
struct MacroExpansion {
  let lookup: (String, ReadingMoment) -> MacroValue?
  private let budget: Budget
  /// The text that is expanded has depth 0, a value in it 1, and so on (measured on 3.7).
  private static let maximumDepth = 100

  /// - Parameter size: The size of the file that the values are in. What they expand to may be several times as long.
  init(size: Int, lookup: @escaping (String, ReadingMoment) -> MacroValue?) {
    self.lookup = lookup
    budget = Budget(bytes: 1_000_000 + 4 * size)
  }

  /// How many values, and bytes of them, may still be put in: names that each name the next one twice come to any number.
  private final class Budget {
    var values = 10_000
    var bytes: Int
    /// The deepest nesting since it was last set.
    var deepest = 0
    var known: [Name: Known] = [:]

    init(bytes: Int) { self.bytes = bytes }
  }

  private struct Name: Hashable {
    let name: String
    let moment: ReadingMoment
  }

  /// What a name came to, and what that took. Named again, it takes the same of the budget and no work.
  private struct Known {
    let text: SourcedText
    let values: Int
    let bytes: Int
    let depth: Int
    /// Longer ones are expanded again: a chain of names would keep the text of the last one for each of them.
    static let longest = 10_000
  }

  func expand(
    _ text: SourcedText, at moment: ReadingMoment, depth: Int = 0
  ) throws(ExpansionError) -> SourcedText {
    guard depth <= Self.maximumDepth else { throw .nesting(text.text) }
    budget.deepest = max(budget.deepest, depth)
    var result = SourcedText()
    var at = 0
    while at < text.count {
      let dollar = text.bytes.firstPosition(in: at..<text.count) { $0 == UInt8(ascii: "$") }
      result.append(text[at..<dollar])
      guard dollar < text.count else { break }
      let next = dollar + 1
      let byte = next < text.count ? text.bytes[next] : 0
      switch byte {
      case UInt8(ascii: "$"):
        result.append(text[next..<next + 1])
        at = next + 1
      case UInt8(ascii: "{"), UInt8(ascii: "("):
        guard let end = end(of: text, from: next) else { throw .truncated(text[dollar..<text.count].text) }
        result.append(try reference(text[next + 1..<end - 1], at: moment, depth: depth))
        at = end
      default:
        let end = text.bytes.firstPosition(in: next..<text.count) { !$0.isNameByte }
        guard end > next else { throw .emptyName(text[dollar..<text.count].text) }
        result.append(try value(of: text[next..<end].text, at: moment, depth: depth))
        at = end
      }
    }
    return result
  }

  /// The end of the bracketed text that starts at `start`, nested ones of its kind counted.
  private func end(of text: SourcedText, from start: Int) -> Int? {
    text.bytes.endOfBrackets(
      at: start, close: text.bytes[start] == .openBrace ? UInt8.closeBrace : UInt8(ascii: ")"))
  }

  /// The expanded value of a name, as it is read by a program.
  func value(of name: String, at moment: ReadingMoment) throws(ExpansionError) -> SourcedText {
    // No text names it.
    try value(of: name, at: moment, depth: -1)
  }

  /// The expanded value of a name in a text of this depth.
  private func value(
    of name: String, at moment: ReadingMoment, depth: Int
  ) throws(ExpansionError) -> SourcedText {
    let key = Name(name: name, moment: moment)
    // Where a limit is near, the value is expanded again: then the error names the place.
    if let known = budget.known[key], known.values < budget.values, known.bytes <= budget.bytes,
      depth + known.depth <= Self.maximumDepth
    {
      budget.values -= known.values
      budget.bytes -= known.bytes
      budget.deepest = max(budget.deepest, depth + known.depth)
      return known.text
    }
    let before = (values: budget.values, bytes: budget.bytes, deepest: budget.deepest)
    budget.deepest = depth
    let text = try newValue(of: name, at: moment, depth: depth)
    if text.count <= Known.longest {
      budget.known[key] = Known(
        text: text, values: before.values - budget.values, bytes: before.bytes - budget.bytes,
        depth: budget.deepest - depth)
    }
    budget.deepest = max(before.deepest, budget.deepest)
    return text
  }

  private func newValue(
    of name: String, at moment: ReadingMoment, depth: Int
  ) throws(ExpansionError) -> SourcedText {
    guard let found = lookup(name, moment) else { return SourcedText() }
    budget.values -= 1
    guard depth + 1 <= Self.maximumDepth, budget.values > 0 else { throw .nesting(name) }
    budget.deepest = max(budget.deepest, depth + 1)
    let raw: SourcedText
    var when = moment
    switch found {
    case .set(let text): raw = text
    case .standard(let text, let then):
      raw = text
      when = then
    case .domain(let other, let then, let otherwise):
      let whole = try value(of: other, at: then, depth: depth + 1)
      let dot = whole.bytes.firstPosition(in: 0..<whole.count) { $0 == UInt8(ascii: ".") }
      return dot < whole.count ? whole[dot + 1..<whole.count] : SourcedText(builtIn: otherwise)
    }
    budget.bytes -= raw.count
    guard budget.bytes >= 0 else { throw .tooLong(name) }
    return try expand(raw, at: when, depth: depth + 1)
  }

  /// Whether `${name?...}` holds: a value that is set counts before it is expanded, a default after that.
  private func isFilled(
    _ name: String, at moment: ReadingMoment, depth: Int
  ) throws(ExpansionError) -> Bool {
    switch lookup(name, moment) {
    case nil: false
    case .set(let text): !text.isEmpty
    case .standard, .domain: try !value(of: name, at: moment, depth: depth).isEmpty
    }
  }

  /// What is between the braces: a name, or a condition with its results. White space counts, but for that around a
  /// name, an operator and a part in braces.
  private func reference(
    _ body: SourcedText, at moment: ReadingMoment, depth: Int
  ) throws(ExpansionError) -> SourcedText {
    let start = skipSpace(in: body, 0)
    let holds: Bool
    var at: Int
    if start < body.count, body.bytes[start] == .openBrace {
      (holds, at) = try comparison(body, from: start, now: moment, depth: depth)
      if at == body.count { return SourcedText(builtIn: holds ? "true" : "") }
    } else {
      at = body.bytes.firstPosition(in: start..<body.count) { !$0.isNameByte }
      let name = body[start..<at].text
      guard !body.isEmpty else { throw .emptyName("${\(body.text)}") }
      at = skipSpace(in: body, at)
      if at == body.count { return try value(of: name, at: moment, depth: depth) }
      holds = try isFilled(name, at: moment, depth: depth)
    }
    var result = SourcedText()
    switch body.bytes[at] {
    case UInt8(ascii: "?"):
      let branch = try branch(of: body, from: at + 1)
      at = branch.end
      if holds { result = try expand(branch.text, at: moment, depth: depth + 1) }
      if at == body.count { return result }
      guard body.bytes[at] == .colon else { throw .badExpression(body.text) }
    case .colon: break
    default: throw .badExpression(body.text)
    }
    let other = try branch(of: body, from: at + 1)
    guard other.end == body.count else { throw .badExpression(body.text) }
    return holds ? result : try expand(other.text, at: moment, depth: depth + 1)
  }

  private func skipSpace(in body: SourcedText, _ start: Int) -> Int {
    body.bytes.firstPosition(in: start..<body.count) { !$0.isSpace }
  }

  /// What is in braces at `start`, and where the next part begins; without braces all the rest.
  private func branch(
    of body: SourcedText, from start: Int
  ) throws(ExpansionError) -> (text: SourcedText, end: Int) {
    let brace = skipSpace(in: body, start)
    guard brace < body.count, body.bytes[brace] == .openBrace else {
      return (body[start..<body.count], body.count)
    }
    guard let end = body.endOfBraces(at: brace) else { throw .badExpression(body.text) }
    return (body[brace + 1..<end - 1], skipSpace(in: body, end))
  }

  /// `{left} operator {right}` at `start`, and where the next part begins.
  private func comparison(
    _ body: SourcedText, from start: Int, now moment: ReadingMoment, depth: Int
  ) throws(ExpansionError) -> (Bool, Int) {
    let left = try branch(of: body, from: start)
    let operatorEnd = body.bytes.firstPosition(in: left.end..<body.count) {
      $0.isSpace || $0 == .openBrace
    }
    let name = body[left.end..<operatorEnd].text
    let brace = skipSpace(in: body, operatorEnd)
    guard brace < body.count, body.bytes[brace] == .openBrace else { throw .badExpression(body.text) }
    let right = try branch(of: body, from: brace)
    let operands = (
      try expand(left.text, at: moment, depth: depth + 1).text,
      try expand(right.text, at: moment, depth: depth + 1).text
    )
    guard let comparison = Comparison(name) else { throw .badExpression(body.text) }
    guard let holds = comparison.holds(operands.0, operands.1) else { throw .badOperand(body.text) }
    return (holds, right.end)
  }
}
