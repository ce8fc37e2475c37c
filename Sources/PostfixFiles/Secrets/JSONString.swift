// The texts of JSON, with and without escapes, as far as that is needed to look for passwords in them.

enum JSONString {
  /// - Parameter raw: between its quotes.
  static func text(of raw: ArraySlice<UInt8>) -> Bytes {
    guard raw.contains(.backslash) else { return Bytes(raw) }
    var text = Bytes()
    var at = raw.startIndex
    /// The first half of a sign that UTF-16 has in two.
    var high: UInt32?
    while at < raw.endIndex {
      guard raw[at] == .backslash, at + 1 < raw.endIndex else {
        text.append(raw[at])
        at += 1
        continue
      }
      let kind = raw[at + 1]
      at += 2
      guard kind == UInt8(ascii: "u"), at + 4 <= raw.endIndex,
        let unit = UInt32(raw[at..<(at + 4)].text, radix: 16)
      else {
        text.append(controls.first { $0.letter == kind }?.byte ?? kind)
        continue
      }
      at += 4
      if (0xD800..<0xDC00).contains(unit) {
        high = unit
        continue
      }
      var value = unit
      if let half = high, (0xDC00..<0xE000).contains(unit) {
        value = 0x10000 + (half - 0xD800) << 10 + (unit - 0xDC00)
      }
      high = nil
      text += String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8
    }
    return text
  }

  static func raw(_ text: Bytes) -> Bytes {
    var raw = Bytes()
    for byte in text {
      if let control = controls.first(where: { $0.byte == byte }) {
        raw += [.backslash, control.letter]
      } else if byte == .quote || byte == .backslash {
        raw += [.backslash, byte]
      } else if byte < 0x20 {
        raw += "\\u00\(byte < 0x10 ? "0" : "1")\(String(byte & 0xF, radix: 16))".utf8
      } else {
        raw.append(byte)
      }
    }
    return raw
  }

  private static let controls: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "n"), 0x0A), (UInt8(ascii: "t"), 0x09), (UInt8(ascii: "r"), 0x0D),
    (UInt8(ascii: "b"), 0x08),
    (UInt8(ascii: "f"), 0x0C),
  ]
}

extension UInt8 {
  static var quote: UInt8 { UInt8(ascii: "\"") }
  static var backslash: UInt8 { UInt8(ascii: "\\") }
}
