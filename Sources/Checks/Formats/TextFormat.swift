// One line for each finding: the form for output that is not a terminal, and the form that editors and readers of
// gcc's output understand.

import PostfixFiles

/// `file:line:column: severity: message [RM203]`
package struct TextFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { oneLine($0, severity: $0.severity.rawValue) + "\n" }.joined()
  }
}

/// The same with gcc's own severities, which are error, warning and note.
package struct GCCFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { gccLine($0) + "\n" }.joined()
  }
}

func gccLine(_ diagnostic: Diagnostic) -> String {
  switch diagnostic.severity {
  case .error, .warning: oneLine(diagnostic, severity: diagnostic.severity.rawValue)
  case .info, .style: oneLine(diagnostic, severity: "note")
  }
}

func oneLine(_ diagnostic: Diagnostic, severity: String) -> String {
  let place = "\(printable(diagnostic.file)):\(diagnostic.start.line):\(diagnostic.start.column)"
  return "\(place): \(severity): \(diagnostic.message) [\(diagnostic.code)]"
}
