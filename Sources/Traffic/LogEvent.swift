// What a message of smtp(8), lmtp(8) or error(8) says happened at a gateway, where it is no delivery: `LogAttempt` has these.

import PostfixFiles

/// `HOST[ADDRESS]:PORT` as a log names it; of a local socket the address is its path.
struct LogRelay {
  var host: Range<Int>
  var address: Range<Int>
  var port: Int?
}

/// What a line says that is no attempt to deliver.
enum LogEvent {
  /// `connect to H[A]:P: reason`: another gateway may have taken the mail since.
  case connectFailure(LogRelay)
  /// A gateway that turned a message away, and the next one of the list is tried.
  case passedOn(LogRelay, queueID: Range<Int>, words: Range<Int>)
  /// A session was encrypted.
  case encrypted(LogRelay)

  /// The gateway that it is about.
  var relay: LogRelay {
    switch self {
    case .connectFailure(let relay), .passedOn(let relay, _, _), .encrypted(let relay): relay
    }
  }

  /// - Parameter message: the message of a `LogLine`.
  init?(_ bytes: Span<UInt8>, _ message: Range<Int>) {
    if bytes.starts(with: "connect to ", in: message) {
      guard let (relay, _) = LogRelay.read(bytes, message.lowerBound + 11..<message.upperBound) else {
        return nil
      }
      self = .connectFailure(relay)
      return
    }
    guard let queueID = Self.queueID(bytes, message) else {
      self.init(encryption: bytes, message)
      return
    }
    let rest = queueID.upperBound + 2..<message.upperBound
    for start: StaticString in ["host ", "lost connection with ", "conversation with "]
    where bytes.starts(with: start, in: rest) {
      let from = rest.lowerBound + start.utf8CodeUnitCount
      guard let (relay, _) = LogRelay.read(bytes, from..<rest.upperBound) else { return nil }
      self = .passedOn(relay, queueID: queueID, words: rest)
      return
    }
    return nil
  }

  /// The queue id that a message is about. A level (`warning: `, `error: `, `fatal: `, `panic: `) is none: it has letters that
  /// no queue id has.
  static func queueID(_ bytes: Span<UInt8>, _ message: Range<Int>) -> Range<Int>? {
    var end = message.lowerBound
    while end < message.upperBound, bytes[end].isOfQueueID { end += 1 }
    guard end + 2 < message.upperBound, bytes[end] == .colon, bytes[end + 1] == 0x20,
      end - message.lowerBound >= 5
    else { return nil }
    return message.lowerBound..<end
  }

  /// `Untrusted TLS connection established to H[A]:P: TLSv1.3 ...`: only the first word differs. What comes later in a line may
  /// be of a certificate.
  private init?(encryption bytes: Span<UInt8>, _ message: Range<Int>) {
    let words: StaticString = " TLS connection established to "
    guard let word = bytes.position(of: 0x20, in: message), word > message.lowerBound,
      bytes.starts(with: words, in: word..<message.upperBound),
      let (relay, _) = LogRelay.read(bytes, word + words.utf8CodeUnitCount..<message.upperBound)
    else { return nil }
    self = .encrypted(relay)
  }
}

extension LogRelay {
  /// Reads `HOST[ADDRESS]:PORT` at the start of `range`, and says where it ends.
  static func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (relay: LogRelay, end: Int)? {
    // A host name has 255 bytes at most.
    let near = range.lowerBound..<min(range.upperBound, range.lowerBound + 300)
    guard let open = bytes.position(of: UInt8(ascii: "["), in: near), open > near.lowerBound,
      bytes.position(of: 0x20, in: near.lowerBound..<open) == nil,
      let close = bytes.position(
        of: UInt8(ascii: "]"), in: open..<min(range.upperBound, open + 300))
    else { return nil }
    var end = close + 1
    var port: Int?
    if end < range.upperBound, bytes[end] == .colon {
      var last = end + 1
      while last < range.upperBound, bytes[last].isDigit { last += 1 }
      if let number = bytes.number(end + 1..<last), number < 65_536 {
        port = number
        end = last
      }
    }
    return (LogRelay(host: range.lowerBound..<open, address: open + 1..<close, port: port), end)
  }

  /// The first gateway that the words of a deferred delivery name.
  static func inWords(_ bytes: Span<UInt8>, _ words: Range<Int>) -> LogRelay? {
    var rest = words
    if bytes.starts(with: "delivery temporarily suspended: ", in: rest) {
      rest = rest.lowerBound + 32..<rest.upperBound
    }
    for start: StaticString in ["connect to ", "host ", "lost connection with ", "conversation with "]
    where bytes.starts(with: start, in: rest) {
      return read(bytes, rest.lowerBound + start.utf8CodeUnitCount..<rest.upperBound)?.relay
    }
    // `Host or domain name not found. Name service error for name=H type=A: ...`
    guard bytes.starts(with: "Host or domain name not found", in: rest),
      let name = bytes.position(of: " name=", in: rest)
    else { return nil }
    let start = name + 6
    let end = bytes.position(of: 0x20, in: start..<rest.upperBound) ?? rest.upperBound
    return LogRelay(host: start..<end, address: end..<end, port: nil)
  }
}

extension UInt8 {
  /// Whether a queue id may have it: of both forms, so digits, the consonants, and `A` and `E` of hexadecimal numbers. A table
  /// of bits: each line has many such bytes, and nothing tells beforehand which of them are digits.
  fileprivate var isOfQueueID: Bool {
    let known = self & 0x40 == 0 ? Self.digits : Self.letters
    return self < 0x80 && (known &>> UInt64(self & 0x3F)) & 1 != 0
  }

  private static var digits: UInt64 { 0x03FF_0000_0000_0000 }
  /// From `@` on; the other vowels are missing.
  private static var letters: UInt64 { 0x07DF_7DDC_07DF_7DFE }
}
