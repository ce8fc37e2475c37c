// Why mail was deferred or refused, in the words of the gateway, with everything folded that differs from message to
// message: addresses, queue ids, numbers. So equal reasons are counted together, and nothing of a person is kept.

import PostfixFiles

/// One folded reason.
package struct Reason: Hashable, Sendable {
  package let text: String
  /// A queue id that it was seen with.
  package let queueID: String

  package init(text: String, queueID: String = "") {
    self.text = text
    self.queueID = queueID
  }

  private static let longest = 200

  /// - Parameters:
  ///   - words: what is in the parentheses of a delivery, or after `connect to H[A]:P`.
  ///   - recipient: the address that it is about: its first part is folded too.
  init(_ bytes: Span<UInt8>, words: Range<Int>, recipient: Range<Int>?, queueID: Range<Int>?) {
    var words = words.lowerBound..<min(words.upperBound, words.lowerBound + 1_000)
    if bytes.starts(with: "delivery temporarily suspended: ", in: words) {
      words = words.lowerBound + 32..<words.upperBound
    }
    var prefix = ""
    if bytes.starts(with: "connect to ", in: words),
      let (_, end) = LogRelay.read(bytes, words.lowerBound + 11..<words.upperBound)
    {
      prefix = "connect"
      words = end..<words.upperBound
    } else if bytes.starts(with: "host ", in: words),
      let said = bytes.position(of: " said: ", in: words), said < words.lowerBound + 600
    {
      words = said + 7..<words.upperBound
    } else {
      for start: StaticString in ["lost connection with ", "conversation with "]
      where bytes.starts(with: start, in: words) {
        let from = words.lowerBound + start.utf8CodeUnitCount
        if let (_, end) = LogRelay.read(bytes, from..<words.upperBound) {
          prefix = "\(start)the gateway"
          words = end..<words.upperBound
        }
      }
    }
    let local = recipient.map { range in
      bytes.array(range.lowerBound..<(lastPosition(of: UInt8(ascii: "@"), bytes, range) ?? range.upperBound))
    }
    let folded = Folding(bytes.array(words), local: local ?? []).text
    self.init(
      text: printable(String((prefix + folded).prefix(Self.longest))),
      queueID: queueID.map { printable(bytes.text($0)) } ?? "")
  }
}

private func lastPosition(of byte: UInt8, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
  var at = range.upperBound
  while at > range.lowerBound {
    at -= 1
    if bytes[at] == byte { return at }
  }
  return nil
}

/// Folds what differs from message to message.
private struct Folding {
  private let bytes: [UInt8]
  /// The part of the recipient before the `@`, in small letters.
  private let local: [UInt8]
  private(set) var text = ""

  init(_ bytes: [UInt8], local: [UInt8]) {
    self.bytes = bytes
    self.local = local.map(\.lowercase)
    var at = 0
    var words = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "<"), let end = bracketEnd(at) {
        text += "<address>"
        at = end
      } else if isDelimiter(bytes[at]) {
        text.unicodeScalars.append(UnicodeScalar(bytes[at]))
        at += 1
      } else {
        let end = wordEnd(at)
        text += folded(at..<end, number: words)
        words += 1
        at = end
      }
    }
  }

  /// The end of `<...>` around an address.
  private func bracketEnd(_ start: Int) -> Int? {
    var at = start + 1
    var hasAt = false
    var isQuoted = false
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\"") { isQuoted.toggle() }
      if bytes[at] == UInt8(ascii: "@") { hasAt = true }
      if bytes[at] == UInt8(ascii: ">"), !isQuoted { return hasAt ? at + 1 : nil }
      at += 1
    }
    // Cut off in an address.
    return hasAt ? at : nil
  }

  private func isDelimiter(_ byte: UInt8) -> Bool {
    byte.isSpace
      || [
        UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="),
      ]
      .contains(byte)
  }

  /// A part in quotes belongs to a word: it may be that of an address.
  private func wordEnd(_ start: Int) -> Int {
    var at = start
    while at < bytes.count, !isDelimiter(bytes[at]) {
      if bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") {
        if let close = bytes[(at + 1)...].firstIndex(of: bytes[at]),
          close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "@")
        {
          at = close
        }
      }
      at += 1
    }
    return at
  }

  private func folded(_ range: Range<Int>, number: Int) -> String {
    let word = bytes[range]
    if word.contains(UInt8(ascii: "@")) { return "<address>" }
    let trimmed = word.lazy.filter { $0.isNameByte || $0 >= 0x80 || $0 == UInt8(ascii: ".") || $0 == 0x2D }
      .map(\.lowercase)
    if local.count > 1, trimmed.elementsEqual(local) { return "<address>" }
    guard word.contains(where: \.isDigit) else { return isQueueID(trimmed) ? "ID" : word.text }
    // The reply code and the enhanced status come first, the second line of a reply repeats them.
    if isReplyCode(word) && number == 0 || isStatus(word) { return word.text }
    if word.allSatisfy({ $0.isDigit || !$0.isNameByte }) { return "N" }
    return word.count >= 6 ? "ID" : word.text
  }

  /// Whether a word without a digit is a long queue ID of Postfix: letters, and never a vowel. One in 25 has no digit.
  private func isQueueID(_ word: some Sequence<UInt8>) -> Bool {
    var count = 0
    for letter in word {
      guard (0x61...0x7A).contains(letter), !Self.vowels.contains(letter) else { return false }
      count += 1
    }
    return count >= 10
  }

  private static let vowels = Array("aeiou".utf8)

  private func isReplyCode(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.prefix(3)
    return digits.count == 3 && digits.allSatisfy(\.isDigit)
      && word.first.map { (0x32...0x35).contains($0) } == true
      && (word.count == 3 || word[word.startIndex + 3] == UInt8(ascii: "-"))
  }

  /// `4.7.1`, but not an address of four numbers.
  private func isStatus(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3 && [[0x32], [0x34], [0x35]].contains(Array(parts[0]))
      && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
  }
}

extension UInt8 {
  fileprivate var lowercase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

/// The reasons of one channel, the most frequent ones exactly.
package struct Reasons: Sendable {
  private var counts: [String: (count: Int, queueID: String)] = [:]
  private static let limit = 64

  package init() {}

  mutating func add(_ reason: Reason) {
    if let known = counts[reason.text] {
      counts[reason.text] = (known.count + 1, reason.queueID)
      return
    }
    if counts.count >= Self.limit, let rarest = counts.min(by: { $0.value.count < $1.value.count }) {
      counts[rarest.key] = nil
    }
    counts[reason.text] = (1, reason.queueID)
  }

  package mutating func add(_ other: Reasons) {
    for (text, value) in other.counts {
      counts[text] = ((counts[text]?.count ?? 0) + value.count, value.queueID)
    }
  }

  /// The most frequent first.
  package func top(_ count: Int) -> [(text: String, count: Int, queueID: String)] {
    counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(count)
      .map { ($0.key, $0.value.count, $0.value.queueID) }
  }
}
