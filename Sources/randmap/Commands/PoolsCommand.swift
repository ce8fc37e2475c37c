// `randmap pools`

import ArgumentParser

struct PoolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pools", abstract: "Print every pool with its members, weights and shares.",
    discussion: """
      Formats: text, json.

      Examples:
        randmap pools
        randmap pools --format json -c /etc/postfix
      """)

  @OptionGroup var common: CommonOptions

  private enum Format: String, CaseIterable { case text, json }

  func run() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "pools")
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles()
    let safe = SafeConfig(place.config)
    let report = PoolsReport(safe.config, shown: place.shown, writer: place.writer)
    switch format {
    case .text: for line in report.text { Output.standard.line(safe.shown(line)) }
    case .json: Output.standard.write(safe.shown(try JSON.text(report.object)))
    }
    if isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
