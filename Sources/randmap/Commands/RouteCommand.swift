// `randmap route`

import ArgumentParser
import Glibc
import PostfixFiles
import Routing
import System

struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Print where mail for an address goes, with which shares, and why.",
    discussion: """
      Every destination is what Postfix's resolver would answer, with its share, and the settings that decided. \
      Tables that cannot be read here are asked through postmap -q; where that cannot be done either, the answer \
      says that it is incomplete. Where a database or another server answers at random, it is asked up to 2000 times, \
      and the shares are how often each answer came. What becomes of the mail is said where it is no delivery. Status 1: mail waits, or comes \
      back for want of a host. Formats: text, json.

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
    showTyped(addresses + [from])
    let safe = SafeConfig(place.config)
    let context = safe.config.routeContext(isDemo: place.isDemo)
    if context.isCopy { sayTablesWithoutIndex(place) }
    let resolver = Resolver(safe.config, context: context)
    let sender = resolver.completed(internalForm(givenBytes(from)))
    let report = RouteReport(
      addresses.map {
        (written: $0, answer: resolver.route(resolver.completed(internalForm(givenBytes($0))), from: sender))
      },
      in: safe.config, folded: Output.standard.isTerminal, shown: place.shown,
      lookUp: { context.isCopy || place.isDemo ? nil : hostAnswer($0) })
    switch format {
    case .text: for line in report.text { Output.standard.line(safe.shown(line)) }
    case .json: Output.standard.write(safe.shown(try JSON.text(report.object)))
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

/// Whether a host has an address, as the system's own lookup says.
private func hostAnswer(_ name: String) -> HostAnswer {
  switch addresses(of: name) {
  case .success: .found
  case .failure(.missing): .missing
  case .failure(.failed): .failed
  }
}

/// An argument as it was given: the parser has replaced what is not UTF-8.
private func givenBytes(_ argument: String) -> Bytes {
  guard argument.unicodeScalars.contains("\u{FFFD}") else { return Bytes(argument.utf8) }
  for bytes in CallArguments.bytes.dropFirst() {
    if bytes.text == argument { return bytes }
    let option = Bytes("--from=".utf8)
    if bytes.starts(with: option), bytes.dropFirst(option.count).text == argument {
      return Bytes(bytes.dropFirst(option.count))
    }
  }
  return Bytes(argument.utf8)
}
