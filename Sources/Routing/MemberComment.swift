// A comment of randmap's that belongs to a member of a pool: `# randmap: WORD MEMBER #2 name=value name="text"`. What is
// different about each of these comments is in DrainedItem.swift and RampItem.swift.

import PostfixFiles

/// The parts of such a comment. What it says is a stranger's text: nothing in it is believed or shown raw.
struct MemberComment {
  /// What is between the word and the fields: the member, with its weight where it is drained.
  let words: Substring
  /// Which pool of its place it belongs to, from 1.
  let pool: Int
  /// In the order in which they are written; each name once.
  let fields: [(name: String, value: String)]

  /// The whole line without white space at its ends; nil where it is no comment of this kind.
  static func text(of line: some Collection<UInt8>, mark: String) -> Substring? {
    // Most lines are not comments of ours, and a pool may have very many lines.
    guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == .hash else { return nil }
    var words = Substring(line.text).drop(while: { $0 == " " || $0 == "\t" })
    guard words.hasPrefix(mark) else { return nil }
    words = words.dropFirst(mark.count)
    while let last = words.last, last.isWhitespace { words.removeLast() }
    return words
  }

  /// Splits `text` where words end that `isWhole` takes, and all after them are fields. The first such place counts: a
  /// text in quotes cannot move it, as its own quotes are escaped.
  ///
  /// - Parameter needsFields: whether some have to be there.
  init?(_ text: Substring, isWhole: (Substring) -> Bool, needsFields: Bool = false) {
    var end = text.startIndex
    while end < text.endIndex {
      let space = text[end...].firstIndex(of: " ") ?? text.endIndex
      let words = text[..<space]
      if isWhole(words), let rest = Fields(text[space...]), !needsFields || !rest.fields.isEmpty {
        self.words = words
        pool = rest.pool ?? 1
        fields = rest.fields
        return
      }
      end = space < text.endIndex ? text.index(after: space) : text.endIndex
    }
    return nil
  }

  /// ` #2` and the fields, as they are written.
  static func text(pool: Int, _ fields: [(name: String, value: String?)]) -> String {
    let parts = fields.compactMap { field in field.value.map { " \(field.name)=\($0)" } }
    return (pool == 1 ? "" : " #\(pool)") + parts.joined()
  }

  /// A text in quotes, on one line, with nothing in it that a terminal or a reader of the file would obey.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default:
        let shown = printable(String(scalar))
        quoted += shown == String(scalar) ? shown : "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return quoted + "\""
  }
}

/// The comments of the members of one pool.
struct MemberComments {
  var drained: [DrainedItem] = []
  /// By the result; of two plans for one the first counts.
  var plans: [String: Ramp] = [:]
}

extension Document {
  /// The comments of members in `range`, by the number of their pool.
  func memberComments(in range: Range<Int>) -> [Int: MemberComments] {
    var found: [Int: MemberComments] = [:]
    for line in physicalLines(in: range) {
      let (text, place) = (self[line], FileRange(file: path, range: line))
      if let item = DrainedItem(line: text, at: place) {
        found[item.pool, default: MemberComments()].drained.append(item)
      } else if let item = RampItem(line: text, at: place) {
        if found[item.pool]?.plans[item.result] == nil {
          found[item.pool, default: MemberComments()].plans[item.result] = item.ramp
        }
      }
    }
    return found
  }
}

/// ` #2 name=value name="text"`, to the end of the line.
private struct Fields {
  var pool: Int?
  var fields: [(name: String, value: String)] = []

  private static let mostFields = 16

  /// Nil where anything else is in it.
  init?(_ text: Substring) {
    var rest = text
    while !rest.isEmpty {
      guard rest.first == " " else { return nil }
      rest = rest.drop { $0 == " " }
      if rest.first == "#" {
        let digits = rest.dropFirst().prefix { $0 != " " }
        guard pool == nil, let number = Int(digits), number > 0 else { return nil }
        pool = number
        rest = rest[digits.endIndex...]
        continue
      }
      let name = rest.prefix { $0.isASCII && ($0.isLowercase || $0 == "-") }
      guard !name.isEmpty, fields.count < Self.mostFields, rest[name.endIndex...].first == "=",
        !fields.contains(where: { $0.name == name })
      else { return nil }
      rest = rest[name.endIndex...].dropFirst()
      guard let value = rest.first == "\"" ? Self.takeQuoted(&rest) : Self.takeWord(&rest) else { return nil }
      fields.append((String(name), value))
    }
  }

  private static func takeWord(_ rest: inout Substring) -> String? {
    let word = rest.prefix { $0 != " " }
    rest = rest[word.endIndex...]
    return word.isEmpty || word.contains("\"") ? nil : String(word)
  }

  /// The text in quotes at the beginning of `rest`, its escapes undone.
  private static func takeQuoted(_ rest: inout Substring) -> String? {
    var text = String.UnicodeScalarView()
    var scalars = rest.unicodeScalars.dropFirst()
    while let scalar = scalars.popFirst() {
      if scalar == "\"" {
        rest = Substring(scalars)
        return String(text)
      }
      guard scalar == "\\" else {
        text.append(scalar)
        continue
      }
      guard let escaped = takeEscape(&scalars) else { return nil }
      text.append(escaped)
    }
    return nil
  }

  private static func takeEscape(_ scalars: inout Substring.UnicodeScalarView.SubSequence) -> Unicode.Scalar?
  {
    switch scalars.popFirst() {
    case "\"": return "\""
    case "\\": return "\\"
    case "n": return "\n"
    case "t": return "\t"
    case "u":
      guard scalars.popFirst() == "{" else { return nil }
      let digits = scalars.prefix { $0 != "}" }
      scalars = scalars[digits.endIndex...].dropFirst()
      return digits.count <= 6 ? UInt32(String(digits), radix: 16).flatMap { Unicode.Scalar($0) } : nil
    default: return nil
    }
  }
}
