// From a line of a diff to the line of the file: for an editor.

/// Which of its two texts a diff is read for.
enum DiffSide { case before, after }

extension [String] {
  /// The first line of this diff that was added or removed.
  var firstChange: Int? {
    firstIndex { line in
      (line.hasPrefix("+") || line.hasPrefix("-")) && !line.hasPrefix("+++") && !line.hasPrefix("---")
    }
  }

  /// The line of a file that line `index` of this diff is about; nil where it is about none.
  func place(ofDiffLine index: Int, on side: DiffSide) -> FilePlace? {
    var path: String?
    var (next, left) = ((before: 0, after: 0), (before: 0, after: 0))
    for (number, line) in enumerated() where number <= index {
      let isWanted = number == index
      // A line that was removed may begin with two dashes too, so the heads count outside of hunks only.
      guard left.before > 0 || left.after > 0 else {
        if line.hasPrefix("--- ") || line.hasPrefix("+++ ") {
          path = Self.path(of: line) ?? (line.hasPrefix("--- ") ? nil : path)
          next = (1, 1)
        } else if line.hasPrefix("@@ "), let spans = Self.spans(of: line) {
          next = (Swift.max(1, spans.before.start), Swift.max(1, spans.after.start))
          left = (spans.before.count, spans.after.count)
        }
        if isWanted { break }
        continue
      }
      if isWanted { break }
      let count = Self.repetitions(of: line)
      if !line.hasPrefix("+"), !line.hasPrefix("\\") {
        (next.before, left.before) = (next.before + count, left.before - count)
      }
      if !line.hasPrefix("-"), !line.hasPrefix("\\") {
        (next.after, left.after) = (next.after + count, left.after - count)
      }
    }
    guard indices.contains(index), let path else { return nil }
    return FilePlace(path: path, line: side == .before ? next.before : next.after)
  }

  /// `/etc/postfix/main.cf` of `--- a/etc/postfix/main.cf`; nil for `/dev/null`, and for a name in quotes.
  private static func path(of head: String) -> String? {
    let name = head.dropFirst(4)
    guard name.hasPrefix("a/") || name.hasPrefix("b/") else { return nil }
    return String(name.hasSuffix("\t") ? name.dropFirst().dropLast() : name.dropFirst())
  }

  private typealias Span = (start: Int, count: Int)

  /// `@@ -1,3 +1,4 @@`
  private static func spans(of header: String) -> (before: Span, after: Span)? {
    let words = header.split(separator: " ")
    guard words.count >= 3, let before = span(words[1].dropFirst()), let after = span(words[2].dropFirst())
    else { return nil }
    return (before, after)
  }

  private static func span(_ text: Substring) -> Span? {
    let numbers = text.split(separator: ",").compactMap { Int($0) }
    return numbers.first.map { ($0, numbers.count > 1 ? numbers[1] : 1) }
  }

  /// How often a line is there that is shown once: `line   (3 times)`.
  private static func repetitions(of line: String) -> Int {
    guard line.hasSuffix(" times)"), let start = line.ranges(of: "   (").last else { return 1 }
    // A line of the file may end like that too, with any number.
    return Int(line[start.upperBound...].dropLast(7)).flatMap { (1...1_000_000_000).contains($0) ? $0 : nil }
      ?? 1
  }
}
