// What the rules for files look for in the bytes of a document.

import PostfixFiles

extension Document {
  var startsWithByteOrderMark: Bool { self[0..<min(3, count)].elementsEqual([0xEF, 0xBB, 0xBF]) }

  /// The first NUL byte.
  var firstNUL: Int? {
    let bytes = bytes
    let span = bytes.span
    for at in 0..<span.count where span[at] == 0 { return at }
    return nil
  }

  /// The first logical line that is not UTF-8, and how many there are.
  var linesNotUTF8: (first: Range<Int>, count: Int)? {
    let bytes = bytes
    let span = bytes.span
    if (try? UTF8Span(validating: span)) != nil { return nil }
    var first: Range<Int>?
    var count = 0
    for line in lines where (try? UTF8Span(validating: span.extracting(line.range))) == nil {
      if first == nil { first = line.range }
      count += 1
    }
    return first.map { ($0, count) }
  }
}
