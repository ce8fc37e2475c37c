// The code quality report of GitLab: a merge request shows what it adds and what it repairs.

import PostfixFiles

package struct GitLabFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    var seen: [String: Int] = [:]
    return json(
      report.diagnostics.map { diagnostic in
        let message = printable(diagnostic.message)
        let file = printable(diagnostic.file)
        // Without the line: a finding that moves is still the same one, and so is one of another directory. Of equal ones, each has its number.
        let identity = "\(diagnostic.code) \(file) \(printable(diagnostic.messageAnywhere))"
        seen[identity, default: 0] += 1
        return Item(
          description: message, check_name: diagnostic.code,
          fingerprint: "\(identity) \(seen[identity, default: 1])", severity: severity(diagnostic.severity),
          location: Item.Location(path: file, lines: Item.Lines(begin: diagnostic.start.line)))
      })
  }

  private func severity(_ severity: Severity) -> String {
    switch severity {
    case .error: "critical"
    case .warning: "major"
    case .info: "minor"
    case .style: "info"
    }
  }

  private struct Item: Encodable {
    var description, check_name, fingerprint, severity: String
    var location: Location

    struct Location: Encodable {
      var path: String
      var lines: Lines
    }

    struct Lines: Encodable { var begin: Int }
  }
}
