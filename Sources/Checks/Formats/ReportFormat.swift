// The forms in which a report is written. Each is a small file; all text from files comes in printable.

import PostfixFiles

/// One way to write a report.
package protocol ReportFormat: Sendable {
  /// The whole report, ending with a newline unless it is empty. `sources` gives the documents that diagnostics
  /// point into.
  func render(_ report: Report, sources: (String) -> Document?) -> String
}

/// The names that `--format` takes.
package enum ReportFormatName: String, CaseIterable, Sendable {
  case text, gcc, json, sarif, github, gitlab, checkstyle

  /// `framed` is for a terminal: the text format then shows the source line.
  package func format(framed: Bool, toolVersion: String) -> any ReportFormat {
    switch self {
    case .text: if framed { FramedFormat() } else { TextFormat() }
    case .gcc: GCCFormat()
    case .json: JSONFormat()
    case .sarif: SARIFFormat(toolVersion: toolVersion)
    case .github: GitHubFormat()
    case .gitlab: GitLabFormat()
    case .checkstyle: CheckstyleFormat()
    }
  }
}
