// A line of a shell, up to the cursor, as words: quotes and backslashes resolved.

struct ShellLine {
  /// All words; the last one is being typed, and may be empty.
  private(set) var words: [String] = []
  /// The quotes that the cursor is in.
  private(set) var openQuote: Character?

  init(_ line: String) {
    var word = ""
    var isWord = false
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        (isEscaped, isWord) = (true, true)
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        (quote, isWord) = (character, true)
      } else if character.isWhitespace {
        if isWord { words.append(word) }
        (word, isWord) = ("", false)
      } else {
        word.append(character)
        isWord = true
      }
    }
    words.append(word)
    openQuote = quote
  }

  /// The rest of a word as it is typed here; nil where it would end the quotes, or bash would expand something in it: in double
  /// quotes `!` too.
  func typed(_ rest: some StringProtocol) -> String? {
    guard let openQuote else { return Self.escaped(rest) }
    let special = openQuote == "'" ? "'\"$`\\" : "'\"$`\\!"
    return rest.unicodeScalars.contains { special.unicodeScalars.contains($0) } ? nil : String(rest)
  }

  /// Text as it is typed outside of quotes. To Swift a sign and a mark on it are one character; to a shell they are not.
  static func escaped(_ text: some StringProtocol) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if " \t'\"\\$`&|;<>()[]{}*?!~#^".unicodeScalars.contains(scalar) { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}
