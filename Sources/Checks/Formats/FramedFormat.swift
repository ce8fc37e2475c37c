// For a terminal: each finding with its source line and a caret under the offending part.

import PostfixFiles

package struct FramedFormat: ReportFormat {
  /// The length of the shown part of a long line.
  private static let width = 100

  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { diagnostic in
      oneLine(diagnostic, severity: diagnostic.severity.rawValue) + "\n"
        + (sources(diagnostic.file).map { frame(diagnostic, in: $0) } ?? "")
    }.joined()
  }

  private func frame(_ diagnostic: Diagnostic, in document: Document) -> String {
    let column = diagnostic.start.column - 1
    // A long line is shown from a little before the offending part.
    let from = column > Self.width - 20 ? column - 20 : 0
    let start = diagnostic.place.range.lowerBound - column + from
    let line = document[start..<min(start + Self.width, document.count)].prefix { $0 != .newline }
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

  /// Tabs as one blank, so that the caret is under its part.
  private func untabbed(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.map { $0 == 0x09 ? 0x20 : $0 } }
}
