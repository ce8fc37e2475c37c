// The workflow commands with which a GitHub Actions job annotates a change.

import PostfixFiles

public struct GitHubFormat: ReportFormat {
  public init() {}

  public func render(_ report: Report, sources: (String) -> Document?) -> String {
    report.diagnostics.map { diagnostic in
      let place =
        "file=\(property(printable(diagnostic.file))),line=\(diagnostic.start.line)"
        + ",col=\(diagnostic.start.column),endLine=\(diagnostic.end.line)"
        + ",endColumn=\(diagnostic.end.column),title=\(diagnostic.code)"
      return "::\(command(diagnostic.severity)) \(place)::\(data(diagnostic.message))\n"
    }.joined()
  }

  private func command(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .info, .style: "notice"
    }
  }

  private func data(_ text: String) -> String { text.map { $0 == "%" ? "%25" : String($0) }.joined() }

  private func property(_ text: String) -> String {
    text.map { $0 == "%" ? "%25" : $0 == ":" ? "%3A" : $0 == "," ? "%2C" : String($0) }.joined()
  }
}
