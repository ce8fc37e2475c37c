// `# randmap: disable=RM110,RM2` in a comment of its own: on the line before, or for the whole file where it is in
// the first comment block.

import PostfixFiles

/// What the comments of one file switch off. Prefixes of codes are allowed.
struct Suppressions: Sendable {
  private var everywhere: [String] = []
  private var lines: [Int: [String]] = [:]

  var isEmpty: Bool { everywhere.isEmpty && lines.isEmpty }

  func hides(_ code: String, at line: Int) -> Bool {
    everywhere.contains { code.hasPrefix($0) } || (lines[line] ?? []).contains { code.hasPrefix($0) }
  }

  init(_ document: Document) {
    let marks = Self.marks(in: document)
    guard !marks.isEmpty else { return }
    let blockEnd = Self.endOfFirstComments(document)
    for (offset, codes) in marks {
      if offset < blockEnd {
        everywhere += codes
        continue
      }
      for line in Self.linesBehind(offset, in: document) { lines[line, default: []] += codes }
    }
  }

  /// The place of the mark in comment lines, with its codes.
  private static func marks(in document: Document) -> [(offset: Int, codes: [String])] {
    let bytes = document.bytes
    return document.positions(of: "randmap: disable=").compactMap { start in
      let lineStart = bytes[..<start].lastIndex(of: newline).map { $0 + 1 } ?? 0
      let lead = bytes[lineStart..<start].text
      guard lead.split(whereSeparator: \.isWhitespace) == ["#"] else { return nil }
      let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
      let list = bytes[start..<end].text.dropFirst("randmap: disable=".count)
      let codes = list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
      return (lineStart, codes.filter { $0.hasPrefix("RM") })
    }
  }

  /// The first byte that belongs neither to the comment lines at the top nor to blank lines before them.
  private static func endOfFirstComments(_ document: Document) -> Int {
    var inside = false
    for line in document.physicalLines(in: 0..<document.count) {
      let first = document[line].first { !$0.isSpace }
      guard first == UInt8(ascii: "#") || (first == nil && !inside) else { return line.lowerBound }
      inside = inside || first != nil
    }
    return document.count
  }

  /// The lines that a comment at `offset` applies to: the next physical line with text, or the whole logical line
  /// that starts there.
  private static func linesBehind(_ offset: Int, in document: Document) -> ClosedRange<Int> {
    let text = document[offset..<document.count]
    var start = text.startIndex
    while start < text.endIndex {
      let end = text[start...].firstIndex(of: newline) ?? text.endIndex
      if let first = text[start..<end].first(where: { !$0.isSpace }), first != UInt8(ascii: "#") {
        let at = offset + start - text.startIndex
        let line = document.position(at: at).line
        guard let index = document.lineIndex(around: at), document.lines[index].range.lowerBound == at else {
          return line...line
        }
        return line...document.position(at: document.lines[index].range.upperBound).line
      }
      start = end + 1
    }
    return 0...0
  }

  private static let newline = UInt8(ascii: "\n")
}
