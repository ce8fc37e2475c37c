// For a terminal: each finding with its source line and a caret under the offending part.

import PostfixFiles

public struct FramedFormat: ReportFormat {
  /// How much of a long line is shown.
  private static let width = 100

  public init() {}

  public func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { diagnostic in
      var text = oneLine(diagnostic, severity: diagnostic.severity.rawValue) + "\n"
      if let document = sources(diagnostic.file) { text += frame(diagnostic, document) }
      return text
    }.joined()
  }

  private func frame(_ diagnostic: Diagnostic, _ document: Document) -> String {
    let column = diagnostic.start.column - 1
    // A long line is shown from a little before the offending part.
    let from = column > Self.width - 20 ? column - 20 : 0
    guard let line = document.physicalLine(diagnostic.start.line, from: from, width: Self.width) else {
      return ""
    }
    let end = diagnostic.end.line == diagnostic.start.line ? diagnostic.end.column - 1 : .max
    let number = "\(diagnostic.start.line)"
    let margin = String(repeating: " ", count: number.count)
    let part = line.dropFirst(column - from)
    let before = printable(untabbed(line.prefix(column - from))).count
    let marked = printable(untabbed(part.prefix(max(0, end - column)))).count
    return """
       \(number) | \(printable(untabbed(line)))
       \(margin) | \(String(repeating: " ", count: before))\(String(repeating: "^", count: max(1, marked)))

      """
  }

  /// Tabs as one blank, so that the caret stands under its part.
  private func untabbed(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.map { $0 == 0x09 ? 0x20 : $0 } }
}

extension Document {
  /// Of the physical line `number`, from 1, `width` bytes behind the first `from` ones, without its newline: the line
  /// itself may have millions, and a finding in each of them.
  func physicalLine(_ number: Int, from: Int, width: Int) -> ArraySlice<UInt8>? {
    let newline = UInt8(ascii: "\n")
    let known = bisectLines(before: number)
    var line = known.number
    let text = self[known.offset..<count]
    var start = text.startIndex
    while line < number {
      guard let end = text[start...].firstIndex(of: newline) else { return nil }
      start = end + 1
      line += 1
    }
    return text[start...].dropFirst(from).prefix(width).prefix { $0 != newline }
  }

  /// A logical line that starts at or before physical line `number`, as near as there is one.
  private func bisectLines(before number: Int) -> (offset: Int, number: Int) {
    let next = bisect(0..<lines.count) { lines[$0].number > number }
    return next > 0 ? (lines[next - 1].range.lowerBound, lines[next - 1].number) : (0, 1)
  }
}
