// A report of the mail log, in the format that was asked for.

import PostfixFiles
import Traffic

struct TrafficPrinter {
  let format: ReportCommand.Format
  let isVerbose: Bool
  /// A file that gets the same for Prometheus; nil: none.
  let textfile: String?

  /// - Parameter isOneOfMany: whether further ones follow: then an object takes one line.
  func print(_ summary: TrafficSummary, isOneOfMany: Bool) throws {
    if let textfile { try TextFile(textfile).replace(with: summary.prometheus) }
    switch format {
    case .text:
      let lines = summary.lines(isVerbose: isVerbose) + (isOneOfMany ? [""] : [])
      Output.standard.write(Bytes(lines.map { $0 + "\n" }.joined().utf8))
    case .json:
      let object = summary.object(isVerbose: isVerbose)
      Output.standard.write(isOneOfMany ? try JSON.line(object) : try JSON.text(object))
    case .csv: Output.standard.write(Bytes(summary.csv.map { $0 + "\n" }.joined().utf8))
    case .prometheus: Output.standard.write(Bytes(summary.prometheus.map { $0 + "\n" }.joined().utf8))
    }
  }
}
