// One delivery of a log. Its fields are read one after the other from its start, so neither the address of a recipient nor the
// words of a server are taken for them. Nearly all lines that count are of this kind: so it is a type of its own, which is
// not copied into a case of an enumeration and out of it again.

import PostfixFiles

/// What became of one recipient at one attempt.
enum DeliveryStatus: Equatable {
  case sent, deferred, bounced
}

/// One attempt to deliver a message to one recipient: what most lines tell of that count.
struct LogAttempt {
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

extension LogAttempt {
  /// Nil where a message is about something else.
  ///
  /// - Parameters:
  ///   - message: the message of a `LogLine`.
  ///   - isQuoted: whether addresses have quotes where they need them.
  ///   - isUnclear: becomes true where somebody else may have written the fields: see `LogAddresses`.
  init?(_ bytes: Span<UInt8>, _ message: Range<Int>, isQuoted: Bool, isUnclear: inout Bool) {
    guard let queueID = LogEvent.queueID(bytes, message),
      bytes.starts(with: "to=<", in: queueID.upperBound + 2..<message.upperBound)
    else { return nil }
    let range = queueID.upperBound + 6..<message.upperBound
    if isQuoted, let addresses = LogAddresses(quoted: bytes, range) {
      self.init(bytes, addresses, range.upperBound, queueID: queueID)
      return
    }
    switch LogAddresses.read(unquoted: bytes, range) {
    case .addresses(let addresses): self.init(bytes, addresses, range.upperBound, queueID: queueID)
    case .unclear:
      isUnclear = true
      return nil
    case .none: return nil
    }
  }

  /// `to=<..>[, orig_to=<..>], relay=..[, conn_use=N], delay=D, delays=a/b/c/d[, tls=..], dsn=x.y.z, status=.. (..)`
  private init?(_ bytes: Span<UInt8>, _ addresses: LogAddresses, _ end: Int, queueID: Range<Int>) {
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
