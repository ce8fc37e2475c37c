// `randmap --status`: probe every gateway once and say what was found.

import ArgumentParser
import Dispatch
import Liveness
import PostfixFiles
import Routing
import Synchronization

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Probe every gateway once and print its state.",
    discussion: """
      Each address of each gateway is connected to; the greeting is read to its end, then EHLO and QUIT are sent. \
      Never a credential, never a message. Formats: text, json, nagios.
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    help: ArgumentHelp("For nagios: the share of the mail at risk that is CRITICAL.", valueName: "fraction"))
  var critical = 0.5

  private enum Format: String, CaseIterable { case text, json, nagios }

  func validate() throws {
    guard (0...1).contains(critical) else { throw ValidationError("--critical: need a fraction from 0 to 1") }
  }

  func run() throws {
    let format = try common.format(or: Format.text)
    let place = try Workplace(common, command: "status")
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles()
    let uses = place.config.gateways()
    let round = probeOnce(uses.flatMap(\.targets), settings: ProbeSettings(place.config))
    let report = StatusReport(place.config, uses: uses, statuses: GatewayStatus.of(round))
    switch format {
    case .text: for line in report.text(color: common.usesColor) { Output.standard.line(line) }
    case .json: Output.standard.write(try JSON.text(report.object))
    case .nagios:
      let (line, status) = report.nagios(critical: critical)
      Output.standard.line(line)
      throw ExitCode(status)
    }
    if report.isTrouble || isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}

/// Probes `targets` and waits for the end of the round; a terminal on standard error is told when it takes longer.
func probeOnce(_ targets: [Target], settings: ProbeSettings) -> [Target: [Reading]] {
  let prober = Prober(settings: settings)
  defer { prober.shutdown() }
  let found = Mutex<[Target: [Reading]]>([:])
  let isDone = DispatchSemaphore(value: 0)
  prober.probe(targets) { round in
    found.withLock { $0 = round }
    isDone.signal()
  }
  if isDone.wait(timeout: .now() + 1) == .timedOut {
    let isWatched = Output.error.isTerminal
    if isWatched { Output.error.write(Bytes("probing \(Set(targets).count) gateways ...".utf8)) }
    isDone.wait()
    if isWatched { Output.error.write(Bytes("\r\u{1B}[K".utf8)) }
  }
  return found.withLock { $0 }
}

extension ProbeSettings {
  /// The defaults, with the address families of main.cf.
  init(_ config: MailConfig) {
    self.init()
    let protocols = Set(config.parameters.text("inet_protocols").split { $0 == "," || $0 == " " })
    if protocols == ["ipv4"] { families = .ipv4 }
    if protocols == ["ipv6"] { families = .ipv6 }
  }
}
