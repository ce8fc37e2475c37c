// The JSON that docs/scripts.md promises, and the encoder that the JSON formats share.

import FoundationEssentials
import PostfixFiles

package struct JSONFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    json(
      Body(
        diagnostics: report.diagnostics.map {
          Body.Item(
            file: printable($0.file), line: $0.start.line, column: $0.start.column, endLine: $0.end.line,
            endColumn: $0.end.column, severity: $0.severity.rawValue, code: $0.code, message: $0.message,
            fixable: $0.fix != nil)
        }, skippedRules: report.skippedRules))
  }

  private struct Body: Encodable {
    var diagnostics: [Item]
    var skippedRules: Int

    struct Item: Encodable {
      var file: String
      var line, column, endLine, endColumn: Int
      var severity, code, message: String
      var fixable: Bool
    }
  }
}

/// `value` as JSON, keys sorted, with a newline at the end.
func json(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // Strings, numbers and booleans always encode.
  guard let data = try? encoder.encode(value) else { return "" }
  return String(decoding: OutputForm.safeJSON(Bytes(data)), as: UTF8.self) + "\n"
}
