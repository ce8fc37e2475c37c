// `randmap route`

import ArgumentParser
import PostfixFiles
import Routing

struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Print where mail for an address goes, with which shares, and why.",
    discussion: """
      Every destination is what Postfix's resolver would answer, with its share, and the settings that decided. \
      Tables that cannot be read here are asked through postmap -q; where that cannot be done either, the answer \
      says that it is incomplete. Status 1: a lookup fails, so that mail waits. Formats: text, json.

      Examples:
        randmap route someone@example.com
        randmap route --from someone@customer-a.example someone@elsewhere.example
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
    let context = place.config.routeContext(isDemo: place.isDemo)
    if context.isCopy { sayTablesWithoutIndex(place) }
    let resolver = Resolver(place.config, context: context)
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

  /// Prints which tables of a copy are read from their texts.
  private func sayTablesWithoutIndex(_ place: Workplace) {
    var said: Set<String> = []
    for table in RoutingParameter.maps.flatMap({ place.config.openTables($0) }) {
      guard case .indexed(let type) = table.type, case .file(let named) = table.content else { continue }
      let path = place.config.absolute(named)
      guard FileReader.isReadable(path), said.insert(path).inserted,
        case .missing = TableIndex(type: type, source: path).state
      else { continue }
      Output.error.line(
        "randmap: \(printable(place.shown(path))) has no index here, so its text is read; Postfix reads the index"
      )
    }
  }
}
