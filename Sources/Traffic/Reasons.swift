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
  ///   - people: whom it may be about: their names are folded too.
  init(_ bytes: Span<UInt8>, words: Range<Int>, people: People, queueID: Range<Int>?) {
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
    } else if let name = Self.nameEnd(bytes, words) {
      // The gateway's own name: it is no other one for each message.
      prefix = bytes.text(words.lowerBound..<name)
      words = name..<words.upperBound
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
    let folded = Folding(bytes.array(words), people).text
    self.init(
      text: String(printable(prefix + folded).prefix(Self.longest)),
      queueID: queueID.map { printable(bytes.text($0)) } ?? "")
  }

  /// Where the name ends in `Host or domain name not found. Name service error for name=gw12.example type=A: ...`
  private static func nameEnd(_ bytes: Span<UInt8>, _ words: Range<Int>) -> Int? {
    let start: StaticString = "Host or domain name not found. Name service error for name="
    guard bytes.starts(with: start, in: words) else { return nil }
    return bytes.position(of: 0x20, in: words.lowerBound + start.utf8CodeUnitCount..<words.upperBound)
  }
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
