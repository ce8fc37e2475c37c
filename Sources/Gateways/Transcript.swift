// The dialogue of a probe with a gateway, for people who want to know why.

import PostfixFiles

/// A conversation, line by line and bounded. A gateway's lines are remote text: they are made printable when they
/// are put in.
package struct Transcript: Hashable, Sendable {
  package enum Side: String, Hashable, Sendable, CaseIterable {
    case gateway = "<"
    case probe = ">"
    /// Not a line of the dialogue: TLS, an unexpected end.
    case event = "*"
  }

  /// Lines of one text, as thousands of gateways have one.
  private var text: Bytes = []
  private var count = 0

  private static let lineLimit = 60
  private static let widthLimit = 200

  package init() {}

  package mutating func add(_ side: Side, _ line: some Sequence<UInt8>) {
    guard count <= Self.lineLimit else { return }
    let isLast = count == Self.lineLimit
    text += (isLast ? Side.event : side).rawValue.utf8
    text.append(UInt8(ascii: " "))
    let start = text.count
    text += isLast ? Bytes("...".utf8) : startWithoutLogins(of: Bytes(line), atMost: Self.widthLimit)
    if !text[start...].allSatisfy({ (0x20...0x7E).contains($0) }) {
      text.replaceSubrange(start..., with: spoken(text[start...], atMost: Self.widthLimit).utf8)
    }
    text.append(UInt8(ascii: "\n"))
    count += 1
  }

  package var isEmpty: Bool { text.isEmpty }

  /// In order; after the sixtieth an ellipsis.
  package var lines: [(side: Side, text: String)] {
    text.split(separator: UInt8(ascii: "\n")).map { line in
      (Side(rawValue: line.prefix(1).text) ?? .event, line.dropFirst(2).text)
    }
  }
}
