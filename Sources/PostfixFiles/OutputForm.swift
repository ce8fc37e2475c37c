// What a stranger's text becomes in each kind of output: one place, so that it can neither control what shows it nor end
// the field that it is in. JSON has its encoder; what that leaves raw is in `safeJSON`.
//
// Everything compares scalars: to Swift, a quote with an accent over it is another character than a quote.

/// Where a text is put.
package enum OutputForm: Hashable, Sendable, CaseIterable {
  /// A line for people, on a terminal or not.
  case text
  /// The value of an XML attribute, in either kind of quotes.
  case xmlAttribute
  /// The message of a GitHub workflow command, and one of the properties before it.
  case gitHubMessage, gitHubProperty
  /// What a Nagios plugin says, and the label of a figure, which comes in single quotes.
  case nagiosWords, nagiosLabel
  /// The value of a Prometheus label, without its quotes.
  case prometheusLabel
  /// A field of RFC 4180, quotes included where it needs them.
  case csvField
  /// The value of a variable for a program that is called.
  case environmentValue
  /// The title of a terminal's window.
  case terminalTitle

  /// `text`, safe in its place.
  package func spell(_ text: String) -> String {
    let text = printable(text)
    return switch self {
    case .text: text
    case .xmlAttribute:
      Self.replacing(text, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"])
    case .gitHubMessage: Self.replacing(text, ["%": "%25"])
    case .gitHubProperty: Self.replacing(text, ["%": "%25", ":": "%3A", ",": "%2C"])
    case .nagiosWords: Self.replacing(text, ["|": "?"])
    case .nagiosLabel: Self.replacing(text, ["'": "?", "=": "?", "|": "?"])
    case .prometheusLabel: Self.replacing(text, ["\\": "\\\\", "\"": "\\\""])
    case .csvField: Self.csv(text)
    case .environmentValue: excerpt(text)
    case .terminalTitle: String(text.unicodeScalars.prefix(80))
    }
  }

  private static func replacing(_ text: String, _ spellings: [Unicode.Scalar: String]) -> String {
    guard text.unicodeScalars.contains(where: { spellings[$0] != nil }) else { return text }
    return text.unicodeScalars.map { spellings[$0] ?? String($0) }.joined()
  }

  /// A spreadsheet takes a field for a formula that starts like one: an apostrophe keeps it a text.
  private static func csv(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let isFormula = scalars.first.map { "=+-@".unicodeScalars.contains($0) } ?? false
    let field = isFormula && Double(text) == nil && text != "-" ? "'" + text : text
    let needsQuotes =
      scalars.contains { "\",;".unicodeScalars.contains($0) } || scalars.first == " " || scalars.last == " "
    return needsQuotes ? "\"" + replacing(field, ["\"": "\"\""]) + "\"" : field
  }

  /// The text of a JSON value, with escapes for what an encoder leaves raw and no terminal should get.
  package static func safeJSON(_ json: Bytes) -> Bytes {
    let json = hidingLogins(inJSON: json)
    if json.allSatisfy({ $0.isPrintable || $0 == .newline }) { return json }
    var safe = Bytes()
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      let text = String(scalar)
      if scalar == "\n" || printable(text) == text {
        safe += text.utf8
      } else {
        for unit in text.utf16 {
          let digits = String(unit, radix: 16)
          safe += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
        }
      }
    }
    return safe
  }
}
