// Postfix's attribute lists, as its programs send them to one another: null-terminated names and values by turns, and
// an empty name at the end. Read piece by piece, with bounds: whatever comes, memory stays small.

import PostfixFiles

/// Why what came is no attribute list of the protocol.
package enum ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
  case nameTooLong
  case valueTooLong
  case tooManyAttributes
  case tooLong(limit: Int)
  case missing(String)
  case notANumber(String)
  case tooManyRecipients
  case emptyRecipient
  case trailingBytes
  case notADeliveryAgent
  case cutShort

  package var description: String { message }

  package var message: String {
    switch self {
    case .nameTooLong: "the name of an attribute is longer than \(ProtocolLimits.name) bytes"
    case .valueTooLong: "the value of an attribute is longer than \(ProtocolLimits.value) bytes"
    case .tooManyAttributes: "more than \(ProtocolLimits.attributes) attributes in a list"
    case .tooLong(let limit): "longer than \(limit) bytes"
    case .missing(let name): "no attribute \"\(printable(name))\""
    case .notANumber(let name): "attribute \"\(printable(name))\" is not a valid number"
    case .tooManyRecipients: "more than \(ProtocolLimits.recipients) recipients"
    case .emptyRecipient: "a recipient without an address"
    case .trailingBytes: "bytes after its end"
    case .notADeliveryAgent: "it does not greet as a delivery agent"
    case .cutShort: "it ends in the middle"
    }
  }
}

/// The bounds. Postfix keeps none of its own here; a queue manager's requests stay far below them.
enum ProtocolLimits {
  static let name = 1_000
  /// An in-line pool is a value.
  static let value = 1 << 20
  static let attributes = 1_000
  static let recipients = 1_000_000
  /// Of one request: 20,000 recipients, as many as the queue manager holds of a message, are 4 MiB.
  static let request = 8 << 20
  /// Of all requests together that are under way.
  static let allRequests = 32 << 20
  /// What a transport says in the end; Postfix's own say some hundred bytes.
  static let report = 256 << 10
}

/// One attribute, by the places of its parts in the bytes that were read.
struct Attribute: Equatable {
  var name: Range<Int>
  var value: Range<Int>
}

/// Splits a stream of bytes into attributes and ends of lists.
struct AttributeScanner {
  enum Element: Equatable {
    case attribute(Attribute)
    case endOfList
  }

  /// Everything that came, as it came.
  private(set) var bytes: Bytes = []
  private var tokenStart = 0
  private var scanned = 0
  private var name: Range<Int>?
  /// The most bytes that may come.
  private let limit: Int

  init(limit: Int = ProtocolLimits.request) { self.limit = limit }

  /// Where the next name or value begins.
  var position: Int { tokenStart }

  /// Whether it is between two lists, with nothing left over.
  var isAtBoundary: Bool { name == nil && tokenStart == bytes.count }

  mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// The next attribute or end of a list; nil when more bytes are needed.
  mutating func next() throws(ProtocolError) -> Element? {
    while let end = token() {
      let token = tokenStart..<end
      tokenStart = end + 1
      scanned = tokenStart
      if let name {
        guard token.count <= ProtocolLimits.value else { throw .valueTooLong }
        self.name = nil
        return .attribute(Attribute(name: name, value: token))
      }
      if token.isEmpty { return .endOfList }
      guard token.count <= ProtocolLimits.name else { throw .nameTooLong }
      name = token
    }
    let longest = name == nil ? ProtocolLimits.name : ProtocolLimits.value
    guard bytes.count - tokenStart <= longest else { throw name == nil ? .nameTooLong : .valueTooLong }
    guard bytes.count <= limit else { throw .tooLong(limit: limit) }
    return nil
  }

  /// The position of the null byte that ends the token under way.
  private mutating func token() -> Int? {
    let end = bytes.firstPosition(in: scanned..<bytes.count) { $0 == 0 }
    scanned = end
    return end < bytes.count ? end : nil
  }

  func text(_ range: Range<Int>) -> String { bytes[range].text }

  /// Whether the bytes of `range` are these; no text is made of them.
  func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    return bytes[range].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: range.count))
  }
}

extension Bytes {
  /// Adds `name` and `value` as an attribute.
  mutating func append(attribute name: String, _ value: some Sequence<UInt8>) {
    append(contentsOf: name.utf8)
    append(0)
    append(contentsOf: value)
    append(0)
  }

  mutating func append(attribute name: String, _ value: String) { append(attribute: name, value.utf8) }

  /// Ends the list.
  mutating func appendEndOfList() { append(0) }
}
