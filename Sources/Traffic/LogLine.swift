// One line of a log: when, on which host, by which program, and the message. All formats that syslog daemons, postlogd,
// journald and containers write come to the same four ranges. The fields are counted from the start of the line: what a
// stranger can put into a message is never taken for them.

import PostfixFiles

/// Where the parts of a line are, in the bytes that it was read from.
struct LogLine {
  /// The stamp, as `StampReader` takes it.
  let stamp: Range<Int>
  let host: Range<Int>
  /// The syslog name and the program: `postfix/smtp`, `postfix/lane1/smtp`. Of a program that takes lines for the log, its
  /// name and what follows it. `last` of a line without one: `last message repeated 3 times`.
  let tag: Range<Int>
  let message: Range<Int>

  /// Reads the header of the line in `range` of `bytes`; nil if it is not a line of a program that delivers or
  /// that takes lines for the log.
  ///
  /// - Parameter isOurs: whether the line was written by `JournalLine`, with a stamp in seconds since 1970.
  init?(_ bytes: Span<UInt8>, _ range: Range<Int>, isOurs: Bool = false) {
    switch Self.start(bytes, range, isOurs: isOurs) {
    case .stamp(let stamp): self.init(bytes, stamp: stamp, rest: stamp.upperBound..<range.upperBound)
    case .structured(let fields): self.init(structured: bytes, fields)
    case nil: return nil
    }
  }

  /// The stamp of a line, whatever program it is of; nil where it starts with none.
  static func stamp(_ bytes: Span<UInt8>, _ range: Range<Int>, isOurs: Bool) -> Range<Int>? {
    switch start(bytes, range, isOurs: isOurs) {
    case .stamp(let stamp): return stamp
    case .structured(let fields):
      return bytes.position(of: 0x20, in: fields).map { fields.lowerBound..<$0 }
    case nil: return nil
    }
  }

  /// A line without what is no part of its text: the zeros that a writer leaves which goes on at its old place after the
  /// file was truncated, and the carriage return of a file that was edited elsewhere.
  static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    let text = withoutZeros(bytes, range)
    let hasReturn = !text.isEmpty && bytes[text.upperBound - 1] == 0x0D
    return hasReturn ? text.lowerBound..<text.upperBound - 1 : text
  }

  static func withoutZeros(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    while start < range.upperBound, bytes[start] == 0 { start += 1 }
    return start..<range.upperBound
  }

  /// How a line starts.
  private enum Start {
    /// After what syslog and containers put before it.
    case stamp(Range<Int>)
    /// RFC 5424: everything after the version.
    case structured(Range<Int>)
  }

  private static func start(_ bytes: Span<UInt8>, _ range: Range<Int>, isOurs: Bool) -> Start? {
    var at = range.lowerBound
    guard at < range.upperBound else { return nil }
    if bytes[at] == UInt8(ascii: "<"), !isOurs {
      guard let close = bytes.position(of: UInt8(ascii: ">"), in: at..<min(at + 5, range.upperBound)),
        bytes.number(at + 1..<close) != nil
      else { return nil }
      at = close + 1
      if bytes.starts(with: "1 ", in: at..<range.upperBound) {
        // The stamp that `JournalLine` writes is none of RFC 5424.
        guard at + 2 < range.upperBound, bytes[at + 2].isDigit else { return nil }
        return .structured(at + 2..<range.upperBound)
      }
    }
    if let end = stampEnd(bytes, at..<range.upperBound, isOurs: isOurs) {
      // Kubernetes puts a stamp, the stream and a mark before the line of the program.
      guard let inner = containerEnd(bytes, end..<range.upperBound) else { return .stamp(at..<end) }
      return stampEnd(bytes, inner..<range.upperBound, isOurs: false).map { .stamp(inner..<$0) }
    }
    // Docker Compose: the name of the service, spaces, a bar.
    guard let bar = bytes.position(of: UInt8(ascii: "|"), in: at..<min(at + 80, range.upperBound)),
      isServiceName(bytes, at..<bar), bar + 2 < range.upperBound, bytes[bar + 1] == 0x20,
      let end = stampEnd(bytes, bar + 2..<range.upperBound, isOurs: false)
    else { return nil }
    return .stamp(bar + 2..<end)
  }

  /// After the stamp: host, perhaps `facility.level` (busybox), and `NAME[PID]: `.
  private init?(_ bytes: Span<UInt8>, stamp: Range<Int>, rest: Range<Int>) {
    guard rest.count > 1, bytes[rest.lowerBound] == 0x20,
      let hostEnd = bytes.position(of: 0x20, in: rest.lowerBound + 1..<rest.upperBound)
    else { return nil }
    let host = rest.lowerBound + 1..<hostEnd
    var start = hostEnd + 1
    guard var end = bytes.position(of: 0x20, in: start..<rest.upperBound) else { return nil }
    if bytes[end - 1] != .colon {
      if RepeatedMessage.isNotice(bytes, start..<rest.upperBound) {
        self.init(stamp: stamp, host: host, tag: start..<end, message: start..<rest.upperBound)
        return
      }
      guard bytes.starts(with: "mail.", in: start..<end),
        let next = bytes.position(of: 0x20, in: end + 1..<rest.upperBound)
      else { return nil }
      start = end + 1
      end = next
    }
    guard
      let tag = Self.tag(bytes, start..<end)
        ?? (LostLines.isTag(bytes, start..<end) ? start..<end : nil)
    else { return nil }
    self.init(stamp: stamp, host: host, tag: tag, message: end + 1..<rest.upperBound)
  }

  /// RFC 5424, after the version: stamp, host, program, process, message id, structured data, message.
  private init?(structured bytes: Span<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    var fields: [Range<Int>] = []
    while fields.count < 5 {
      guard let end = bytes.position(of: 0x20, in: at..<range.upperBound) else { return nil }
      fields.append(at..<end)
      at = end + 1
    }
    guard Self.isDelivering(bytes, fields[2]) || LostLines.isTag(bytes, fields[2]) else { return nil }
    if bytes.starts(with: "-", in: at..<range.upperBound) {
      at += 1
    } else {
      while at < range.upperBound, bytes[at] == UInt8(ascii: "[") {
        guard let end = Self.elementEnd(bytes, at..<range.upperBound) else { return nil }
        at = end
      }
    }
    guard at < range.upperBound, bytes[at] == 0x20 else { return nil }
    at += 1
    if bytes.starts(with: "\u{FEFF}", in: at..<range.upperBound) { at += 3 }
    self.init(stamp: fields[0], host: fields[1], tag: fields[2], message: at..<range.upperBound)
  }

  private init(stamp: Range<Int>, host: Range<Int>, tag: Range<Int>, message: Range<Int>) {
    self.stamp = stamp
    self.host = host
    self.tag = tag
    self.message = message
  }

  /// The end of an element of structured data, whose values may hold brackets in quotes.
  private static func elementEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var isQuoted = false
    var at = range.lowerBound
    while at < range.upperBound {
      switch bytes[at] {
      case UInt8(ascii: "\\") where isQuoted: at += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "]") where !isQuoted: return at + 1
      default: break
      }
      at += 1
    }
    return nil
  }

  /// The tag of `NAME[PID]:`, if its program delivers mail or suspends deliveries.
  private static func tag(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    var at = range.upperBound - 2
    guard at > range.lowerBound, bytes[at] == UInt8(ascii: "]"), bytes[at + 1] == .colon else { return nil }
    at -= 1
    while at > range.lowerBound, bytes[at].isDigit { at -= 1 }
    guard bytes[at] == UInt8(ascii: "["), at < range.upperBound - 3 else { return nil }
    let tag = range.lowerBound..<at
    return isDelivering(bytes, tag) ? tag : nil
  }

  /// Whether a tag is that of smtp(8), lmtp(8) or error(8).
  private static func isDelivering(_ bytes: Span<UInt8>, _ tag: Range<Int>) -> Bool {
    // Nearly all lines are of programs that end otherwise.
    guard let last = tag.last.map({ bytes[$0] }), last == UInt8(ascii: "p") || last == UInt8(ascii: "r")
    else {
      return false
    }
    func ends(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      return tag.count > count && bytes.starts(with: text, in: tag.upperBound - count..<tag.upperBound)
    }
    return ends("/smtp") || ends("/lmtp") || ends("/error")
  }

  /// Whether `range` is a word with spaces after it.
  private static func isServiceName(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var end = range.upperBound
    while end > range.lowerBound, bytes[end - 1] == 0x20 { end -= 1 }
    guard end > range.lowerBound, end < range.upperBound else { return false }
    for index in range.lowerBound..<end {
      let byte = bytes[index]
      guard byte.isNameByte || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else { return false }
    }
    return true
  }

  /// Where the line of a program starts after ` stdout F ` or ` stderr F `; nil where there is no such mark.
  private static func containerEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard range.count > 10, bytes[range.lowerBound + 1] == UInt8(ascii: "s") else { return nil }
    let isMarked =
      bytes.starts(with: " stdout F ", in: range) || bytes.starts(with: " stderr F ", in: range)
    return isMarked ? range.lowerBound + 10 : nil
  }

  /// The end of the stamp that `range` starts with; nil where it starts with none.
  private static func stampEnd(_ bytes: Span<UInt8>, _ range: Range<Int>, isOurs: Bool) -> Int? {
    guard range.count > 15 else { return nil }
    let start = range.lowerBound
    let first = bytes[start]
    if first.isDigit || (isOurs && first == UInt8(ascii: "@")) {
      guard let end = bytes.position(of: 0x20, in: start..<min(start + 40, range.upperBound)) else {
        return nil
      }
      if isOurs { return end }
      return end - start >= 19 && bytes[start + 4] == UInt8(ascii: "-")
        && bytes[start + 10] == UInt8(ascii: "T")
        ? end : nil
    }
    // `Nov  8 18:00:00`, which may have a fraction.
    guard (0x41...0x5A).contains(first), bytes[start + 3] == 0x20, bytes[start + 6] == 0x20,
      bytes[start + 9] == .colon, bytes[start + 12] == .colon
    else { return nil }
    var end = start + 15
    if end < range.upperBound, bytes[end] == UInt8(ascii: ".") {
      end += 1
      while end < range.upperBound, bytes[end].isDigit { end += 1 }
    }
    return end
  }
}

extension UInt8 {
  static let colon = UInt8(ascii: ":")
}
