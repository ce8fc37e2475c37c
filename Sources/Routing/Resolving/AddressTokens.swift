// An address as a list of tokens, as trivial-rewrite(8) takes it apart (RFC 822; measured). It starts from the quoted form
// of the address, so that quotes keep what is in them together.

import PostfixFiles

enum AddressToken: Hashable {
  case atom(Bytes)
  /// Without its quotes.
  case quoted(Bytes)
  /// Without its brackets.
  case literal(Bytes)
  /// With its parentheses.
  case comment(Bytes)
  /// `@`, `.`, `%`, `!` and others.
  case sign(UInt8)

  static let at = AddressToken.sign(UInt8(ascii: "@"))
  static let dot = AddressToken.sign(UInt8(ascii: "."))
  static let percent = AddressToken.sign(UInt8(ascii: "%"))
  static let bang = AddressToken.sign(UInt8(ascii: "!"))
  static let colon = AddressToken.sign(.colon)

  fileprivate var isSign: Bool { if case .sign = self { true } else { false } }
}

struct AddressTokens: Hashable {
  var tokens: [AddressToken]

  init(_ tokens: [AddressToken]) { self.tokens = tokens }

  private static let signs = Set("|%!()<>@,;:\\\".[]".utf8)

  /// The tokens of a text in external form.
  init(scanning text: Bytes) {
    var tokens: [AddressToken] = []
    var at = 0
    /// Collects until `isEnd`; a backslash takes the next byte as it is.
    func collect(until isEnd: (UInt8) -> Bool) -> Bytes {
      var found = Bytes()
      while at < text.count {
        var byte = text[at]
        if byte == UInt8(ascii: "\\") {
          guard at + 1 < text.count else {
            at = text.count
            break
          }
          at += 1
          byte = text[at]
        } else if isEnd(byte) {
          break
        }
        found.append(Self.isBlank(byte) ? 0x20 : byte)
        at += 1
      }
      return found
    }
    while at < text.count {
      let byte = text[at]
      switch byte {
      case _ where Self.isBlank(byte): at += 1
      case UInt8(ascii: "("): tokens.append(.comment(Self.comment(in: text, &at)))
      case UInt8(ascii: "["), UInt8(ascii: "\""):
        at += 1
        let end = byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : byte
        let inside = collect { $0 == end }
        if at < text.count { at += 1 }
        tokens.append(byte == UInt8(ascii: "[") ? .literal(inside) : .quoted(inside))
      case _ where byte != UInt8(ascii: "\\") && Self.signs.contains(byte):
        tokens.append(.sign(byte))
        at += 1
      default:
        let word = collect { Self.isBlank($0) || Self.signs.contains($0) }
        let needsQuotes = word.contains { $0 <= 0x20 || $0 == 0x7F || Self.signs.contains($0) }
        tokens.append(needsQuotes ? .quoted(word) : .atom(word))
      }
    }
    self.init(tokens)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  /// Comments may have comments in them.
  private static func comment(in text: Bytes, _ at: inout Int) -> Bytes {
    let start = at
    var level = 0
    repeat {
      switch text[at] {
      case UInt8(ascii: "("): level += 1
      case UInt8(ascii: ")"): level -= 1
      case UInt8(ascii: "\\"): at += 1
      default: break
      }
      at += 1
    } while level > 0 && at < text.count
    at = min(at, text.count)
    return Bytes(text[start..<at])
  }

  /// As text without quotes; nil where two words have no sign between them: it depends on their history whether Postfix
  /// puts a blank there.
  var text: Bytes? {
    for (left, right) in zip(tokens, tokens.dropFirst()) where !left.isSign && !right.isSign { return nil }
    return tokens.flatMap { token -> Bytes in
      switch token {
      case .atom(let text), .quoted(let text), .comment(let text): text
      case .literal(let text): [UInt8(ascii: "[")] + text + [UInt8(ascii: "]")]
      case .sign(let byte): [byte]
      }
    }
  }

  /// The tokens after the last `@`; nil without one.
  var domain: ArraySlice<AddressToken>? { tokens.lastIndex(of: .at).map { tokens[($0 + 1)...] } }

  /// Takes a dot at the end away, but not one after a dot or after the `@`.
  mutating func removeFinalDot() {
    guard tokens.count > 1, tokens.last == .dot, ![.dot, .at].contains(tokens[tokens.count - 2]) else {
      return
    }
    tokens.removeLast()
  }
}

/// What the rewriting of an address depends on.
struct AddressRewriting {
  let swapsBangs: Bool
  let promotesPercent: Bool
  /// What is appended to an address without a domain; empty: nothing.
  let origin: Bytes
  /// What is appended to a domain without a dot; empty: nothing.
  let domain: Bytes
}

extension AddressTokens {
  /// The form that trivial-rewrite(8) gives an address that it has taken something from (rewrite.c).
  mutating func rewrite(_ rules: AddressRewriting) {
    if tokens == [.quoted([])] || tokens.isEmpty { return }
    if tokens == [.at] {
      tokens = [.quoted([])]
      return
    }
    if tokens.first == .at, let colon = tokens.firstIndex(of: .colon), colon < tokens.count - 1 {
      tokens.removeSubrange(...colon)
    }
    if !tokens.contains(.at) {
      if rules.swapsBangs, let bang = tokens.firstIndex(of: .bang) {
        tokens = tokens[(bang + 1)...] + [.at] + tokens[..<bang]
      } else if rules.promotesPercent, let percent = tokens.lastIndex(of: .percent) {
        tokens[percent] = .at
      } else if !rules.origin.isEmpty {
        tokens += [.at] + AddressTokens(scanning: rules.origin).tokens
      }
    }
    if !rules.domain.isEmpty, let domain, !domain.isEmpty,
      !domain.contains(where: { $0 == .dot || $0.isLiteral })
    {
      tokens += [.dot] + AddressTokens(scanning: rules.domain).tokens
    }
    removeFinalDot()
  }
}

extension AddressToken {
  fileprivate var isLiteral: Bool { if case .literal = self { true } else { false } }
}
