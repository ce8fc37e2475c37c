// Checkstyle's XML, which many continuous-integration servers read.

import PostfixFiles

package struct CheckstyleFormat: ReportFormat {
  package init() {}

  package func render(_ report: Report, sources: (String) -> Document?) -> String {
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n"
    var file: String?
    for diagnostic in report.diagnostics {
      if diagnostic.file != file {
        if file != nil { text += "  </file>\n" }
        file = diagnostic.file
        text += "  <file name=\"\(OutputForm.xmlAttribute.spell(diagnostic.file))\">\n"
      }
      text +=
        "    <error line=\"\(diagnostic.start.line)\" column=\"\(diagnostic.start.column)\""
        + " severity=\"\(severity(diagnostic.severity))\" message=\"\(OutputForm.xmlAttribute.spell(diagnostic.message))\""
        + " source=\"randmap.\(diagnostic.code)\"/>\n"
    }
    if file != nil { text += "  </file>\n" }
    return text + "</checkstyle>\n"
  }

  private func severity(_ severity: Severity) -> String { severity == .style ? "info" : severity.rawValue }
}
