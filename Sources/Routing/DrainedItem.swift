// A drained member as it is written: a comment that keeps its result and its weight.

import PostfixFiles

/// A member that is kept as a comment: `# randmap: drained MEMBER xWEIGHT`, `#2` after it for the second pool of
/// its place.
package struct DrainedItem: Sendable {
  package let result: String
  package let weight: Int
  /// Which pool of its place it belongs to, from 1.
  package let pool: Int
  /// The whole line, its newline excluded.
  package let line: FileRange

  package static let mark = "# randmap: drained "

  /// A comment with a greater weight is a comment and no more: a member that was listed so often was never there.
  private static let largestWeight = 100_000

  /// The comment line for a drained member.
  package static func comment(result: String, weight: Int, pool: Int) -> String {
    "\(mark)\(result) x\(weight)" + (pool == 1 ? "" : " #\(pool)")
  }

  /// Reads such a comment; nil for any other line.
  init?(line text: some Collection<UInt8>, at place: FileRange) {
    var words = Substring(text.text).drop(while: { $0 == " " || $0 == "\t" })
    guard words.hasPrefix(Self.mark) else { return nil }
    words = words.dropFirst(Self.mark.count)
    while let last = words.last, last.isWhitespace { words.removeLast() }
    var pool = 1
    if let hash = words.ranges(of: " #").last, let number = Int(words[hash.upperBound...]), number > 0 {
      pool = number
      words = words[..<hash.lowerBound]
    }
    guard let cross = words.lastIndex(of: " "), words[cross...].hasPrefix(" x"),
      let weight = Int(words[cross...].dropFirst(2)), 1...Self.largestWeight ~= weight
    else { return nil }
    result = String(words[..<cross])
    self.weight = weight
    self.pool = pool
    line = place
  }
}

extension MailConfig {
  /// The members that are kept as comments in `range`.
  package func drainedItems(in range: FileRange) -> [DrainedItem] {
    guard let document = document(range.file) else { return [] }
    return document.physicalLines(in: range.range).compactMap { line in
      DrainedItem(line: document[line], at: FileRange(file: range.file, range: line))
    }
  }
}
