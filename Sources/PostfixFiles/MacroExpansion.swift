// `$name`, `${name?{a}:{b}}` and their kin, expanded as Postfix's mac_expand() does (postconf(5), measured),
// each byte keeping the place that it came from.

/// Why a value cannot be expanded; fatal for every Postfix program that reads it.
public enum ExpansionError: Error, Hashable, Sendable {
  case truncated(String)
  case emptyName(String)
  case nesting(String)
  case badExpression(String)

  /// In Postfix's words.
  public var message: String {
    switch self {
    case .truncated(let text): "truncated macro reference: \"\(printable(text))\""
    case .emptyName(let text): "empty macro name: \"\(printable(text))\"; need \"$$\" for a literal $"
    case .nesting(let name): "unreasonable macro call nesting: \"\(printable(name))\""
    case .badExpression(let text): "bad conditional expression: \"\(printable(text))\""
    }
  }
}

/// Expands the macros of a text; `lookup` gives the unexpanded value of a name. Good for one text.
struct MacroExpansion {
  let lookup: (String) -> SourcedText?
  private let budget = Budget()
  private static let maximumDepth = 100

  init(lookup: @escaping (String) -> SourcedText?) { self.lookup = lookup }

  /// How many values may still be put in: names that each name the next one twice come to any number.
  private final class Budget {
    var values = 10_000
  }

  func expand(_ text: SourcedText, depth: Int = 0) throws(ExpansionError) -> SourcedText {
    guard depth < Self.maximumDepth else { throw .nesting(text.text) }
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
        result.append(try reference(text.trimmed(next + 1..<end - 1), depth: depth))
        at = end
      default:
        let end = text.bytes.firstPosition(in: next..<text.count) { !$0.isNameByte }
        guard end > next else { throw .emptyName(text[dollar..<text.count].text) }
        result.append(try value(of: text[next..<end].text, depth: depth))
        at = end
      }
    }
    return result
  }

  /// The end of the bracketed text that starts at `start`, nested ones of its kind counted.
  private func end(of text: SourcedText, from start: Int) -> Int? {
    let open = text.bytes[start]
    let close = open == .openBrace ? UInt8.closeBrace : UInt8(ascii: ")")
    var depth = 0
    for at in start..<text.count {
      if text.bytes[at] == open { depth += 1 }
      if text.bytes[at] == close { depth -= 1 }
      if depth == 0 { return at + 1 }
    }
    return nil
  }

  private func value(of name: String, depth: Int) throws(ExpansionError) -> SourcedText {
    guard let raw = lookup(name) else { return SourcedText() }
    budget.values -= 1
    guard depth + 1 < Self.maximumDepth, budget.values > 0 else { throw .nesting(name) }
    return try expand(raw, depth: depth + 1)
  }

  /// What stands between the braces: a name, or a condition with its results.
  private func reference(_ body: SourcedText, depth: Int) throws(ExpansionError) -> SourcedText {
    let holds: Bool
    let name: String
    var at: Int
    if body.bytes.first == .openBrace {
      (holds, at) = try comparison(body, depth: depth)
      name = ""
      if at == body.count { return SourcedText(builtIn: holds ? "bool:true" : "") }
    } else {
      at = body.bytes.firstPosition(in: 0..<body.count) { !$0.isNameByte }
      name = body[0..<at].text
      guard !name.isEmpty else { throw .emptyName("${\(body.text)}") }
      at = body.bytes.firstPosition(in: at..<body.count) { !$0.isSpace }
      if at == body.count { return try value(of: name, depth: depth) }
      holds = !(lookup(name)?.isEmpty ?? true)
    }
    let operation = body.bytes[at]
    let rest = body.trimmed(at + 1..<body.count)
    switch operation {
    case UInt8(ascii: "?"):
      guard let end = rest.endOfBraces(at: 0) else {
        return holds ? try expand(rest, depth: depth + 1) : SourcedText()
      }
      if holds { return try expand(rest.trimmed(1..<end - 1), depth: depth + 1) }
      let colon = rest.bytes.firstPosition(in: end..<rest.count) { !$0.isSpace }
      if colon == rest.count { return SourcedText() }
      guard rest.bytes[colon] == .colon else { throw .badExpression(body.text) }
      return try expand(rest.trimmed(colon + 1..<rest.count).withoutBraces, depth: depth + 1)
    case .colon:
      return holds
        ? (name.isEmpty ? SourcedText() : try value(of: name, depth: depth))
        : try expand(rest.withoutBraces, depth: depth + 1)
    default: throw .badExpression(body.text)
    }
  }

  /// `{left} operator {right}` at the start of `body`, and where it ends.
  private func comparison(_ body: SourcedText, depth: Int) throws(ExpansionError) -> (Bool, Int) {
    func operand(_ start: Int) throws(ExpansionError) -> (text: String, end: Int) {
      guard let end = body.endOfBraces(at: start) else { throw .badExpression(body.text) }
      return (try expand(body.trimmed(start + 1..<end - 1), depth: depth + 1).text, end)
    }
    func skipSpace(_ start: Int) -> Int { body.bytes.firstPosition(in: start..<body.count) { !$0.isSpace } }
    let left = try operand(0)
    let operatorStart = skipSpace(left.end)
    let operatorEnd = body.bytes.firstPosition(in: operatorStart..<body.count) {
      $0.isSpace || $0 == .openBrace
    }
    let name = body[operatorStart..<operatorEnd].text
    let right = try operand(skipSpace(operatorEnd))
    guard let holds = Comparison(name)?.holds(left.text, right.text) else { throw .badExpression(body.text) }
    return (holds, skipSpace(right.end))
  }
}

/// A comparison of two texts: as numbers if both are, otherwise by their bytes; with `level` as dotted release
/// levels (`compatibility_level`, Postfix 3.6 and later).
struct Comparison {
  private let symbol: String
  private let byLevel: Bool

  init?(_ name: String) {
    byLevel = name.hasSuffix("level")
    symbol = byLevel ? String(name.dropLast("level".count)) : name
    guard ["==", "!=", "<", "<=", ">", ">="].contains(symbol) else { return nil }
  }

  func holds(_ left: String, _ right: String) -> Bool? {
    let order: Int
    if byLevel {
      guard let left = Self.level(left), let right = Self.level(right) else { return nil }
      order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    } else if let left = UInt(left), let right = UInt(right) {
      order = left == right ? 0 : left < right ? -1 : 1
    } else {
      order = left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
    return switch symbol {
    case "==": order == 0
    case "!=": order != 0
    case "<": order < 0
    case "<=": order <= 0
    case ">": order > 0
    default: order >= 0
    }
  }

  /// `3.6` as `[3, 6, 0]`; nil for anything else.
  private static func level(_ text: String) -> [Int]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...3).contains(parts.count) else { return nil }
    let numbers = parts.compactMap { $0 }
    return numbers.count == parts.count ? numbers + Array(repeating: 0, count: 3 - numbers.count) : nil
  }
}
