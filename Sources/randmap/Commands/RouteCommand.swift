// `randmap route`

import ArgumentParser
import PostfixFiles
import Routing

struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Print where mail for an address goes, with which probability, and why.",
    discussion: """
      Every destination is what Postfix's resolver would answer, with its share, and the settings that decided. \
      Tables that cannot be read here are asked through postmap -q; where that cannot be done either, the answer \
      says that it is incomplete. Status 1: a lookup fails, so that mail waits. Formats: text, json.
      """)

  @OptionGroup var common: CommonOptions
  @Option(
    help: ArgumentHelp(
      "The sender, for sender-dependent tables.", discussion: "By default the null sender.",
      valueName: "sender"))
  var from = ""
  @Argument(help: ArgumentHelp("The recipient's address.", valueName: "address")) var addresses: [String]

  private enum Format: String, CaseIterable { case text, json }

  func run() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "route", readingFiles: false)
    defer { place.close() }
    let resolver = Resolver(place.config, context: place.config.routeContext)
    let sender = internalForm(from)
    let report = RouteReport(
      addresses.map { (written: $0, answer: resolver.route(internalForm($0), from: sender)) },
      shown: place.shown)
    switch format {
    case .text: for line in report.text { Output.standard.line(line) }
    case .json: Output.standard.write(try JSON.text(report.object))
    }
    if report.isTrouble { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
