// A drained member as it is written: a comment that keeps its result and its weight, and says until when and why.

import PostfixFiles

/// How long a member is drained, and why.
package struct Drain: Hashable, Sendable, Codable {
  /// Seconds since 1970; nil: until it is restored by hand.
  package var until: Int?
  package var why: String?
  /// Who drained it, where a row says so; of a comment, the history of writes knows it. Two drains that differ in nothing else
  /// are the same.
  package var author: String?

  /// The most bytes of a reason: more is no reason but a letter.
  package static let longestReason = 500

  package init(until: Int? = nil, why: String? = nil, author: String? = nil) {
    self.until = until
    self.why = why
    self.author = author
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.until == right.until && left.why == right.why
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(until)
    hasher.combine(why)
  }

  /// Whether its time is over.
  package func hasEnded(at now: Int) -> Bool { until.map { $0 <= now } ?? false }

  /// Whether it ends after `other`, which may have no end.
  func lasts(longerThan other: Drain) -> Bool { until ?? .max > other.until ?? .max }

  /// For people: `until 18:00, 1 h 40 min left: #4711 disk`; empty where nothing is known. Safe to show.
  package func words(at now: Int) -> String {
    let end = until.map { end in
      end > now
        ? "until \(WrittenTime.local(end, now: now)), \(WrittenTime.length(end - now)) left"
        : "ended \(WrittenTime.local(end, now: now))"
    }
    let reason = why.map { excerpt($0) } ?? ""
    return [end ?? "", reason].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

/// A member that is kept as a comment: `# randmap: drained MEMBER xWEIGHT until=TIME why="TEXT"`; `#2` after the weight for
/// the second pool of its place.
package struct DrainedItem: Sendable {
  package let result: String
  package let weight: Int
  package let drain: Drain
  /// Which pool of its place it belongs to, from 1.
  package let pool: Int
  /// The whole line, its newline excluded.
  package let line: FileRange

  package static let mark = "# randmap: drained "

  /// A comment with a greater weight is a comment and no more: a member that was listed so often was never there.
  private static let largestWeight = 100_000

  /// The comment line for a drained member.
  package static func comment(
    result: String, weight: Int, drain: Drain = Drain(), pool: Int
  ) -> String {
    "\(mark)\(result) x\(weight)"
      + MemberComment.text(
        pool: pool,
        [
          ("until", drain.until.map(WrittenTime.shortUTC)), ("why", drain.why.map(MemberComment.quoted)),
        ])
  }

  /// Reads such a comment; nil for any other line, and for one that cannot be read.
  init?(line text: some Collection<UInt8>, at place: FileRange) {
    guard let words = MemberComment.text(of: text, mark: Self.mark),
      let comment = MemberComment(words, isWhole: { Self.weight(of: $0) != nil }),
      let (result, weight) = Self.weight(of: comment.words)
    else { return nil }
    var drain = Drain()
    for (name, value) in comment.fields {
      switch name {
      case "until":
        guard let time = WrittenTime.instant(value) else { return nil }
        drain.until = time
      case "why": drain.why = value
      default: return nil
      }
    }
    self.result = String(result)
    self.weight = weight
    self.drain = drain
    pool = comment.pool
    line = place
  }

  /// `MEMBER xWEIGHT`
  private static func weight(of words: Substring) -> (result: Substring, weight: Int)? {
    guard let cross = words.lastIndex(of: " "), cross > words.startIndex, words[cross...].hasPrefix(" x"),
      let weight = Int(words[cross...].dropFirst(2)), 1...largestWeight ~= weight
    else { return nil }
    return (words[..<cross], weight)
  }
}

extension MailConfig {
  /// The members that are kept as comments in `range`.
  package func drainedItems(in range: FileRange) -> [DrainedItem] {
    document(range.file)?.drainedItems(in: range.range) ?? []
  }
}

extension Document {
  /// Every line that begins as the comment of a drained member does, and what it says; nil where that cannot be read.
  package var drainComments: [(line: FileRange, item: DrainedItem?)] {
    commentLines(DrainedItem.mark).map { ($0, DrainedItem(line: self[$0.range], at: $0)) }
  }

  /// The members that are kept as comments in `range`.
  func drainedItems(in range: Range<Int>) -> [DrainedItem] {
    physicalLines(in: range).compactMap { line in
      DrainedItem(line: self[line], at: FileRange(file: path, range: line))
    }
  }
}
