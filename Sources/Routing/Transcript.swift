// What was said between a probe and a gateway, for people who want to know why.

import PostfixFiles

/// A conversation, line by line and bounded. A gateway's lines are a stranger's text: they are made printable when they
/// are put in.
public struct Transcript: Hashable, Sendable {
  public enum Side: String, Hashable, Sendable, CaseIterable {
    case gateway = "<"
    case probe = ">"
    /// Nothing that was said: TLS, an end that nobody asked for.
    case event = "*"
  }

  /// One text, as thousands of gateways have one.
  private var text = ""
  private var count = 0

  private static let lineLimit = 60
  private static let widthLimit = 200

  public init() {}

  public mutating func add(_ side: Side, _ line: some Sequence<UInt8>) {
    guard count <= Self.lineLimit else { return }
    let isLast = count == Self.lineLimit
    let shown = isLast ? "..." : printable(Bytes(line.prefix(Self.widthLimit)))
    text += "\(isLast ? Side.event.rawValue : side.rawValue) \(shown)\n"
    count += 1
  }

  public var isEmpty: Bool { text.isEmpty }

  /// In order; after the sixtieth an ellipsis.
  public var lines: [(side: Side, text: String)] {
    text.split(separator: "\n").map { line in
      (Side(rawValue: String(line.prefix(1))) ?? .event, String(line.dropFirst(2)))
    }
  }
}
