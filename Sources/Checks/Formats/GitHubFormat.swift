// The workflow commands with which a GitHub Actions job annotates a change.

import PostfixFiles

package struct GitHubFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { diagnostic in
      let place =
        "file=\(OutputForm.gitHubProperty.spell(diagnostic.file)),line=\(diagnostic.start.line)"
        + ",col=\(diagnostic.start.column),endLine=\(diagnostic.end.line)"
        + ",endColumn=\(diagnostic.end.column),title=\(diagnostic.code)"
      return
        "::\(command(diagnostic.severity)) \(place)::\(OutputForm.gitHubMessage.spell(diagnostic.message))\n"
    }.joined()
  }

  private func command(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .info, .style: "notice"
    }
  }
}
