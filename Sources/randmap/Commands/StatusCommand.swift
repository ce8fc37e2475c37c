// `randmap --status`: probe every gateway, once or until a person ends it, and print the results.

import ArgumentParser
import Console
import Liveness
import PostfixFiles
import Routing
import System
import Threads

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Probe every gateway and print its state.",
    discussion: """
      Each address of each gateway is connected to; the greeting is read to its end, then EHLO and QUIT are sent. \
      Never a credential, never a message. Where Postfix runs, the mail log of the last 15 minutes and the queue are \
      read too: a gateway that greets, and defers or refuses most of the mail, is degraded. Formats: text, json, nagios, prometheus; with --watch text or json.

      Settings of the probing, for -o and for the file; a time without a unit is in seconds:
      \(ProbeOptions.listing)

      Examples:
        randmap --status --watch
        randmap --status --format nagios --critical 0.3
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var probing: ProbeOptions

  @Argument(
    help: ArgumentHelp(
      "Gateways to probe instead of those of the configuration: smtp:[gw.example]:25, [gw.example]:587.",
      valueName: "gateway"))
  var gateways: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Go on probing until interrupted.",
      discussion: "Redraws in place on a terminal, otherwise prints a line for each change."))
  var watch = false

  @Option(
    help: ArgumentHelp(
      "Write Prometheus text to this file too, in one step, as a node exporter needs it.", valueName: "file"),
    completion: .file())
  var textfile: String?

  @Option(
    help: ArgumentHelp(
      "With --watch: run this command line at each change of a gateway's state.",
      discussion:
        "What changed is in its environment: RANDMAP_GATEWAY, RANDMAP_STATE, RANDMAP_REASON and others.",
      valueName: "command"))
  var notify: String?

  @Option(
    help: ArgumentHelp("For nagios: the share of the mail at risk that is CRITICAL.", valueName: "fraction"))
  var critical = 0.5

  func validate() throws {
    if notify != nil, !watch {
      throw ValidationError("--notify tells of changes: need --watch with it")
    }
    guard (0...1).contains(critical) else { throw ValidationError("--critical: need a fraction from 0 to 1") }
  }

  func run() throws {
    let name = try common.format(or: StatusFormatName.text)
    guard !watch || StatusFormatName.watched.contains(name) else {
      let names = StatusFormatName.watched.map(\.rawValue).joined(separator: " or ")
      throw CommandError(
        .wrongCall, "--watch --format \(name.rawValue): need \(names); --textfile FILE writes Prometheus text"
      )
    }
    // Before the first thread: threads inherit which signals are blocked.
    let signals = watch ? Signals() : nil
    let subject = try StatusSubject(common, gateways: gateways, probing: probing)
    defer { subject.close() }
    let isIncomplete = subject.sayUnreadableFiles()
    if let signals {
      let display: StatusWatch.Display =
        name == .json ? .objects : Output.standard.isTerminal ? .screen : .lines
      var watch = StatusWatch(
        subject: subject, display: display, color: common.usesColor, textfile: textfile, signals: signals,
        commands: notify.map { command in CommandQueue(command) { Output.error.line("randmap: \($0)") } })
      defer { watch.commands?.shutdown() }
      return try watch.run()
    }
    let report = subject.reportOfOneRound()
    if let textfile { try TextFile(textfile).replace(with: report.prometheus()) }
    let format = name.format(color: common.usesColor, critical: critical)
    Output.standard.write(try format.text(of: report))
    if let status = format.status(of: report) { throw ExitCode(status) }
    if report.isTrouble || isIncomplete { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
