// What a message of smtp(8), lmtp(8) or error(8) says happened at a gateway. The fields of a delivery are read one after
// the other from its start, so neither the address of a recipient nor the words of a server are taken for them.

import PostfixFiles

/// `HOST[ADDRESS]:PORT` as a log names it; of a local socket the address is its path.
struct LogRelay {
  var host: Range<Int>
  var address: Range<Int>
  var port: Int?
}

/// What became of one recipient at one attempt.
enum DeliveryStatus: Equatable {
  case sent, deferred, bounced
}

/// The event of one line.
enum LogEvent {
  /// One recipient of one message.
  struct Attempt {
    var queueID: Range<Int>
    var recipient: Range<Int>
    /// What the recipient was before a rewrite, where it was another one.
    var original: Range<Int>?
    /// Nil where the relay is `none`: then the gateway is named by the words, if at all.
    var relay: LogRelay?
    var isReused: Bool
    /// The third and the fourth part of `delays=`, in hundredths of a second: connecting, and handing over.
    var connecting: Int
    var handingOver: Int
    /// Whether the session was encrypted; nil where the line does not say.
    var isEncrypted: Bool?
    var status: DeliveryStatus
    /// What is in the parentheses.
    var words: Range<Int>
  }

  case attempt(Attempt)
  /// `connect to H[A]:P: reason`: another gateway may have taken the mail since.
  case connectFailure(LogRelay)
  /// A gateway that turned a message away, and the next one of the list is tried.
  case passedOn(LogRelay, queueID: Range<Int>, words: Range<Int>)
  /// A session was encrypted.
  case encrypted(LogRelay)
  /// A delivery of which somebody else may have written the fields: see `LogAddresses`.
  case unclear

  /// - Parameters:
  ///   - message: the message of a `LogLine`.
  ///   - isQuoted: whether addresses have quotes where they need them.
  init?(_ bytes: Span<UInt8>, _ message: Range<Int>, isQuoted: Bool) {
    if bytes.starts(with: "connect to ", in: message) {
      guard let (relay, _) = LogRelay.read(bytes, message.lowerBound + 11..<message.upperBound) else {
        return nil
      }
      self = .connectFailure(relay)
      return
    }
    // A queue id has letters and digits only; nothing else ends its first word with a colon.
    var end = message.lowerBound
    while end < message.upperBound, bytes[end].isIdentifier { end += 1 }
    let queueID = message.lowerBound..<end
    guard end + 2 < message.upperBound, bytes[end] == .colon, bytes[end + 1] == 0x20, queueID.count >= 5
    else {
      self.init(encryption: bytes, message)
      return
    }
    let rest = end + 2..<message.upperBound
    if bytes.starts(with: "to=<", in: rest) {
      let range = rest.lowerBound + 4..<rest.upperBound
      var addresses = isQuoted ? LogAddresses(quoted: bytes, range) : nil
      if addresses == nil {
        switch LogAddresses.read(unquoted: bytes, range) {
        case .addresses(let found): addresses = found
        case .unclear:
          self = .unclear
          return
        case .none: return nil
        }
      }
      guard let addresses, let attempt = Attempt(bytes, addresses, range.upperBound, queueID: queueID) else {
        return nil
      }
      self = .attempt(attempt)
      return
    }
    for start: StaticString in ["host ", "lost connection with ", "conversation with "]
    where bytes.starts(with: start, in: rest) {
      let from = rest.lowerBound + start.utf8CodeUnitCount
      guard let (relay, _) = LogRelay.read(bytes, from..<rest.upperBound) else { return nil }
      self = .passedOn(relay, queueID: queueID, words: rest)
      return
    }
    return nil
  }

  /// `Untrusted TLS connection established to H[A]:P: TLSv1.3 ...`
  private init?(encryption bytes: Span<UInt8>, _ message: Range<Int>) {
    let start = message.lowerBound..<min(message.upperBound, message.lowerBound + 60)
    guard let word = bytes.position(of: " TLS connection established to ", in: start),
      let (relay, _) = LogRelay.read(bytes, word + 31..<message.upperBound)
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

extension LogEvent.Attempt {
  /// `to=<..>[, orig_to=<..>], relay=..[, conn_use=N], delay=D, delays=a/b/c/d[, tls=..], dsn=x.y.z, status=.. (..)`
  fileprivate init?(_ bytes: Span<UInt8>, _ addresses: LogAddresses, _ end: Int, queueID: Range<Int>) {
    let range = addresses.end..<end
    var at = range.lowerBound + 8
    var relay: LogRelay?
    if bytes.starts(with: "none,", in: at..<range.upperBound) {
      at += 4
    } else {
      guard let (named, end) = LogRelay.read(bytes, at..<range.upperBound) else { return nil }
      relay = named
      at = end
    }
    var isReused = false
    var isEncrypted: Bool?
    var parts: (connecting: Int, handingOver: Int) = (0, 0)
    // `key=value` after `key=value`, in the order of the releases and of those to come.
    while true {
      guard bytes.starts(with: ", ", in: at..<range.upperBound) else { return nil }
      at += 2
      guard
        let equals = bytes.position(of: UInt8(ascii: "="), in: at..<min(at + 24, range.upperBound))
      else { return nil }
      let key = at..<equals
      if bytes.equals("status", in: key) {
        at = equals + 1
        break
      }
      guard let end = bytes.position(of: UInt8(ascii: ","), in: equals..<range.upperBound) else { return nil }
      let value = equals + 1..<end
      if bytes.equals("conn_use", in: key) {
        isReused = true
      } else if bytes.equals("delays", in: key) {
        parts = Self.delays(bytes, value)
      } else if bytes.equals("tls", in: key) {
        isEncrypted = !bytes.equals("none", in: value)
      }
      at = end
    }
    guard let space = bytes.position(of: 0x20, in: at..<min(at + 20, range.upperBound)),
      let status = DeliveryStatus(bytes, at..<space)
    else { return nil }
    var words = space + 1..<range.upperBound
    if bytes.starts(with: "(", in: words) { words = words.lowerBound + 1..<words.upperBound }
    if !words.isEmpty, bytes[words.upperBound - 1] == UInt8(ascii: ")") {
      words = words.lowerBound..<words.upperBound - 1
    }
    self.init(
      queueID: queueID, recipient: addresses.recipient, original: addresses.original, relay: relay,
      isReused: isReused,
      connecting: parts.connecting, handingOver: parts.handingOver, isEncrypted: isEncrypted,
      status: status, words: words)
  }

  /// The last two of `a/b/c/d`.
  private static func delays(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (connecting: Int, handingOver: Int)
  {
    var parts: (Int, Int) = (0, 0)
    var start = range.lowerBound
    for index in 0..<4 {
      let end = bytes.position(of: UInt8(ascii: "/"), in: start..<range.upperBound) ?? range.upperBound
      if index == 2 { parts.0 = hundredths(bytes, start..<end) }
      if index == 3 { parts.1 = hundredths(bytes, start..<end) }
      if end == range.upperBound { break }
      start = end + 1
    }
    return parts
  }

  /// `1.25` is 125.
  private static func hundredths(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    let point = bytes.position(of: UInt8(ascii: "."), in: range) ?? range.upperBound
    var value = min(bytes.number(range.lowerBound..<point) ?? 0, 100_000_000) * 100
    if point + 1 < range.upperBound, bytes[point + 1].isDigit { value += Int(bytes[point + 1] - 0x30) * 10 }
    if point + 2 < range.upperBound, bytes[point + 2].isDigit { value += Int(bytes[point + 2] - 0x30) }
    return value
  }
}

extension DeliveryStatus {
  /// Nil for a probe of an address, and for what a later release may log.
  fileprivate init?(_ bytes: Span<UInt8>, _ word: Range<Int>) {
    if bytes.equals("sent", in: word) {
      self = .sent
    } else if bytes.equals("deferred", in: word) || bytes.equals("SOFTBOUNCE", in: word) {
      self = .deferred
    } else if bytes.equals("bounced", in: word) {
      self = .bounced
    } else {
      return nil
    }
  }
}

extension UInt8 {
  fileprivate var isIdentifier: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}
