// Templates: files that Ansible, Puppet or a like tool makes the real ones of. What is between their marks is unknown
// text; the rest is as it will be.

/// Whose marks are looked for.
package enum TemplateLanguage: String, Hashable, Sendable, CaseIterable {
  /// `{{ ... }}`, `{% ... %}` and `{# ... #}`: Ansible, Salt.
  case jinja
  /// `<%= ... %>` and `<% ... %>`: Puppet, Chef.
  case erb
  /// Whichever of them a file has.
  case auto
}

/// A template with its marks taken out, byte for byte as long as it was.
package struct TemplateText: Sendable {
  package private(set) var bytes: Bytes
  /// What is not known.
  package private(set) var unknown: [Range<Int>] = []
  /// Whether parts of it may be left out or come several times.
  package private(set) var hasStatements = false

  private struct Mark {
    let open: Bytes
    let close: Bytes
    let isStatement: Bool
  }

  private static let jinja = [
    Mark(open: Bytes("{{".utf8), close: Bytes("}}".utf8), isStatement: false),
    Mark(open: Bytes("{%".utf8), close: Bytes("%}".utf8), isStatement: true),
    Mark(open: Bytes("{#".utf8), close: Bytes("#}".utf8), isStatement: false),
  ]
  private static let erb = [
    Mark(open: Bytes("<%=".utf8), close: Bytes("%>".utf8), isStatement: false),
    Mark(open: Bytes("<%".utf8), close: Bytes("%>".utf8), isStatement: true),
  ]

  package init(_ text: Bytes, _ language: TemplateLanguage) {
    bytes = text
    let marks =
      switch language {
      case .jinja: Self.jinja
      case .erb: Self.erb
      case .auto: Self.jinja + Self.erb
      }
    var at = 0
    while at < text.count {
      guard text[at] == .openBrace || text[at] == UInt8(ascii: "<"),
        let mark = marks.first(where: { text[at...].starts(with: $0.open) }),
        let end = Self.end(of: mark, in: text, from: at)
      else {
        at += 1
        continue
      }
      let isOwn =
        mark.open == Self.jinja[0].open && Self.isPostfixs(text, at, end, isGuess: language == .auto)
      guard !isOwn else {
        at += mark.open.count
        continue
      }
      hide(at..<end, isStatement: mark.isStatement)
      at = end
    }
  }

  private static func end(of mark: Mark, in text: Bytes, from start: Int) -> Int? {
    var at = start + mark.open.count
    while at + mark.close.count <= text.count {
      if text[at...].starts(with: mark.close) { return at + mark.close.count }
      at += 1
    }
    return nil
  }

  /// Whether two braces are Postfix's own: `inline:{{key = value}}`.
  private static func isPostfixs(_ text: Bytes, _ start: Int, _ end: Int, isGuess: Bool) -> Bool {
    let before = text[..<start].suffix(10).text
    if ["inline:", "regexp:", "pcre:", "cidr:", "randmap:", "pipemap:", "unionmap:", "static:"]
      .contains(where: before.hasSuffix)
    {
      return true
    }
    guard isGuess else { return false }
    return text[start..<end].contains(UInt8(ascii: "=")) || text[start..<end].contains(.newline)
  }

  private mutating func hide(_ range: Range<Int>, isStatement: Bool) {
    hasStatements = hasStatements || isStatement
    let lineStart = bytes[..<range.lowerBound].lastIndex(of: .newline).map { $0 + 1 } ?? 0
    let lineEnd = bytes[range.upperBound...].firstIndex(of: .newline) ?? bytes.count
    let isAlone =
      bytes[lineStart..<range.lowerBound].allSatisfy(\.isSpace)
      && bytes[range.upperBound..<lineEnd].allSatisfy(\.isSpace)
    if !isAlone { unknown.append(range) }
    var isStart = true
    for at in range where bytes[at] != .newline {
      // A line of its own is no text of the file that is made.
      bytes[at] = isAlone && isStart ? .hash : UInt8(ascii: "x")
      isStart = at + 1 < range.upperBound && bytes[at + 1] == .newline
    }
  }
}
