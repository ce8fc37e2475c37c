// Lines that a rate limit lost, and lines that are alike and were put together: the syslog daemon or journald says how many,
// where it says it into the same log.

import PostfixFiles

enum LostLines {
  /// Whether a word is the start of a line of a program that takes lines for the log: `rsyslogd:`, `syslogd:`,
  /// `systemd-journald[1]:`.
  static func isTag(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard let first = word.first.map({ bytes[$0] }), first == UInt8(ascii: "r") || first == UInt8(ascii: "s")
    else { return false }
    return bytes.starts(with: "rsyslogd", in: word) || bytes.starts(with: "syslogd", in: word)
      || bytes.starts(with: "systemd-journald", in: word)
  }

  /// How many lines were lost: `imuxsock lost 275 messages from pid 7 due to rate-limiting`, `imjournal: 275 messages lost
  /// due to rate-limiting`, `Suppressed 275 messages from postfix@-.service`. Nil where the message says something else.
  static func count(_ bytes: Span<UInt8>, _ message: Range<Int>) -> Int? {
    guard let word = bytes.position(of: " messages ", in: message) else { return nil }
    var start = word
    while start > message.lowerBound, bytes[start - 1].isDigit { start -= 1 }
    guard let count = bytes.number(start..<word) else { return nil }
    if bytes.starts(with: "Suppressed ", in: message) {
      // Of other services nothing is missing here.
      return bytes.position(of: "postfix", in: word..<message.upperBound).map { _ in count }
    }
    let isLimit =
      bytes.position(of: "rate-limiting", in: word..<message.upperBound) != nil
      && bytes.position(of: "lost ", in: message) != nil
    return isLimit ? count : nil
  }
}

/// `message repeated 4 times: [ connect to ...]`: what rsyslog makes of lines that are alike.
struct RepeatedMessage {
  let message: Range<Int>
  let times: Int

  /// Nil where it is a message as it was written.
  init?(_ bytes: Span<UInt8>, _ message: Range<Int>) {
    guard bytes.starts(with: "message repeated ", in: message),
      bytes[message.upperBound - 1] == UInt8(ascii: "]")
    else { return nil }
    let start = message.lowerBound + 17
    guard let space = bytes.position(of: 0x20, in: start..<min(start + 10, message.upperBound)),
      let times = bytes.number(start..<space), times > 0,
      bytes.starts(with: " times: [", in: space..<message.upperBound)
    else { return nil }
    var begin = space + 9
    if begin < message.upperBound - 1, bytes[begin] == 0x20 { begin += 1 }
    guard begin < message.upperBound - 1 else { return nil }
    self.message = begin..<message.upperBound - 1
    self.times = times
  }
  /// Whether it is what syslogd writes for lines that are alike, and what it writes them after: `last message repeated 3 times`.
  /// Such a line has no tag, and it is about the line before it, of whatever program.
  static func isNotice(_ bytes: Span<UInt8>, _ message: Range<Int>) -> Bool {
    bytes.starts(with: "last message repeated ", in: message)
  }

  /// How often that line came once more; nil where it is no such notice.
  static func times(_ bytes: Span<UInt8>, _ message: Range<Int>) -> Int? {
    guard isNotice(bytes, message) else { return nil }
    let start = message.lowerBound + 22
    // Words behind it are of somebody who makes a line that looks like one.
    guard let end = bytes.position(of: 0x20, in: start..<min(start + 10, message.upperBound)),
      bytes.equals(" times", in: end..<message.upperBound)
        || bytes.equals(" time", in: end..<message.upperBound)
    else { return nil }
    return bytes.number(start..<end)
  }
}
