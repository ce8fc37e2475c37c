// The same hostile texts through every kind of output: each stays whole, and nothing comes out raw.

import PostfixFiles
import Testing

/// What a banner, a key, a file name or a record of the DNS may hold.
private let hostile: [String] = [
  "\u{1B}[2J\u{1B}]0;owned\u{07}", "\u{9B}31m\u{9D}0;x\u{9C}", "\u{202E}txt.exe\u{2066}",
  "\u{61C}\u{200E}\u{200F}",
  "a\u{200B}b\u{200C}c\u{200D}d\u{2060}e\u{FEFF}", "soft\u{AD}hyphen", "\u{E0041}\u{E007F}tags\u{FE0F}",
  "\u{7F}\u{85}",
  "line\nline\r\nline\u{2028}line\u{2029}\u{0B}\u{0C}", "\0", "%0A::error::injected", "::error file=x::y",
  "%25%3A,:",
  "a|b=1;2;3", "'quoted' \"double\" `back` $(sh) ${x} \\", "<b>&amp;</b>]]>", "-->", "=cmd|' /C calc'!A0",
  "@SUM(1)",
  "+1+1", "-1", "a,b;c", " blank ", "", String(repeating: "x", count: 5_000), "é ü 漢字 🙂",
  // To Swift each of these is one character, and not the one that ends the field.
  "\"\u{301}", "'\u{301}", "<\u{301}", "|\u{301}", "=\u{301}", ",\u{301}", "%\u{301}", ":\u{301}",
  "\\\u{301}", "&\u{301}",
]

/// Whether nothing in it controls a terminal or hides.
private func isPlain(_ text: String) -> Bool {
  text.unicodeScalars.allSatisfy { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

@Suite struct OutputFormTests {
  @Test(arguments: OutputForm.allCases)
  func nothingIsRawAndTheFieldStaysWhole(form: OutputForm) {
    for text in hostile {
      let spelt = form.spell(text)
      #expect(isPlain(spelt), "\(form) \(spelt.debugDescription)")
      #expect(isWhole(spelt, as: form), "\(form) \(spelt.debugDescription)")
    }
  }

  private func isWhole(_ spelt: String, as form: OutputForm) -> Bool {
    let bytes = Array(spelt.utf8)
    func lacks(_ signs: String) -> Bool { !bytes.contains { signs.utf8.contains($0) } }
    switch form {
    case .text: return true
    case .xmlAttribute:
      return lacks("<>\"'")
        && spelt.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).dropFirst()
          .allSatisfy { rest in
            ["amp;", "lt;", "gt;", "quot;", "apos;"].contains { rest.starts(with: $0.utf8) }
          }
    case .gitHubMessage, .gitHubProperty:
      // Each per cent sign begins one of our own escapes.
      let escapes = spelt.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        .dropFirst()
      let known = form == .gitHubMessage ? ["25"] : ["25", "3A", "2C"]
      return escapes.allSatisfy { rest in known.contains { rest.starts(with: $0.utf8) } }
        && (form == .gitHubMessage || lacks(",:"))
    case .nagiosWords: return lacks("|")
    case .nagiosLabel: return lacks("|='")
    case .prometheusLabel:
      var isEscaped = false
      for byte in bytes {
        if isEscaped {
          guard byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") else { return false }
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          return false
        }
      }
      return !isEscaped
    case .csvField:
      let start = bytes.first == UInt8(ascii: "\"") ? bytes.dropFirst().first : bytes.first
      if let start, "=+@".utf8.contains(start) { return Double(spelt) != nil }
      guard bytes.first == UInt8(ascii: "\"") else { return lacks("\",;") }
      let inside = bytes.dropFirst().dropLast()
      return bytes.count > 1 && bytes.last == UInt8(ascii: "\"")
        && inside.filter { $0 == UInt8(ascii: "\"") }.count % 2 == 0
    case .environmentValue: return bytes.count < 2_000
    case .terminalTitle: return spelt.unicodeScalars.count <= 80
    }
  }

  @Test func jsonKeepsTheValueAndShowsNothingRaw() {
    for text in hostile {
      // As an encoder leaves it: only quotes, backslashes and the controls of ASCII are escaped.
      let quoted = text.unicodeScalars.map { scalar in
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case _ where scalar.value < 0x20:
          "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: String(scalar)
        }
      }.joined()
      let safe = OutputForm.safeJSON(Array("\"\(quoted)\"".utf8))
      #expect(isPlain(String(decoding: safe, as: UTF8.self)))
      #expect(value(ofJSON: safe) == text)
    }
  }

  /// The string that a JSON text stands for.
  private func value(ofJSON json: [UInt8]) -> String {
    let units = Array(String(decoding: json, as: UTF8.self).dropFirst().dropLast().utf16)
    var value: [UInt16] = []
    var at = 0
    while at < units.count {
      guard units[at] == 0x5C else {
        value.append(units[at])
        at += 1
        continue
      }
      if units[at + 1] == 0x75 {
        value.append(UInt16(String(decoding: units[at + 2..<at + 6], as: UTF16.self), radix: 16) ?? 0)
        at += 6
      } else {
        value.append(units[at + 1])
        at += 2
      }
    }
    return String(decoding: value, as: UTF16.self)
  }

  @Test func terminalTextKeepsLinesAndTabs() {
    #expect(terminalText(Array("a\tb\n\u{1B}[2J\n\n".utf8)) == Array("a\tb\n?[2J\n\n".utf8))
    for text in hostile {
      let shown = String(decoding: terminalText(Array("x\t\(text)\n".utf8)), as: UTF8.self)
      #expect(isPlain(String(shown.filter { $0 != "\n" && $0 != "\t" })), "\(shown.debugDescription)")
      #expect(shown.hasPrefix("x\t") && shown.hasSuffix("\n"))
    }
  }

  @Test func bytesThatAreNoTextAreShownInEightySigns() {
    let binary = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37 | 0x80) }
    #expect(spoken(binary, atMost: 300).unicodeScalars.count <= 80)
    #expect(!spoken(binary, atMost: 300).contains("??"))
    #expect(spoken([UInt8](repeating: 0, count: 300), atMost: 300) == "?")
    // An odd byte among words is shown in its place.
    let words =
      "the gateway says no, and it says so in a line that is quite long \u{1B} indeed, and then it goes on"
    #expect(spoken(Array(words.utf8), atMost: 300) == printable(words))
  }
}
