// Netstrings (`LENGTH:BYTES,`), in which socketmap requests and replies travel.

import PostfixFiles

/// Splits a stream of bytes into netstrings.
struct NetstringReader {
  struct NetstringError: Error, Equatable {}

  /// Postfix sends keys of at most 10,000 bytes.
  static let longest = 20_000

  private var bytes: Bytes = []
  private var start = 0

  /// How many bytes are here that are no netstring taken yet.
  var count: Int { bytes.count - start }

  mutating func append(_ more: some Sequence<UInt8>) {
    bytes.removeFirst(start)
    start = 0
    bytes.append(contentsOf: more)
  }

  /// The next whole netstring; nil when more bytes are needed.
  mutating func next() throws(NetstringError) -> ArraySlice<UInt8>? {
    var at = start
    var length = 0
    while at < bytes.count, bytes[at].isDigit {
      length = length * 10 + Int(bytes[at] - 0x30)
      // So many digits make no length, whether or not more bytes are there already.
      guard length <= Self.longest, at - start < 10 else { throw NetstringError() }
      at += 1
    }
    guard at < bytes.count else { return nil }
    guard bytes[at] == UInt8(ascii: ":"), at > start else { throw NetstringError() }
    let end = at + 1 + length
    guard end < bytes.count else { return nil }
    guard bytes[end] == UInt8(ascii: ",") else { throw NetstringError() }
    start = end + 1
    return bytes[at + 1..<end]
  }
}

extension Bytes {
  /// `payload` as a netstring.
  init(netstring payload: some Collection<UInt8>) {
    self = Bytes("\(payload.count):".utf8)
    append(contentsOf: payload)
    append(UInt8(ascii: ","))
  }
}
