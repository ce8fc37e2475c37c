// `randmap`: the console.

import Agent
import ArgumentParser
import Console
import System

struct ConsoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "See, edit and write pools and routes, with live gateway status (the default).",
    discussion: """
      Examples:
        randmap --demo
        randmap console -c /etc/postfix --read-only --theme dark
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var probing: ProbeOptions

  @Flag(help: "Show everything, change nothing.")
  var readOnly = false

  @Option(
    help: ArgumentHelp(
      "The theme: default, dark, light, high-contrast, colour-blind, or a path.", valueName: "name"))
  var theme = "default"

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  func run() throws {
    // Before the first thread: threads inherit which signals are blocked.
    let signals = Signals()
    let theme = try chosenTheme()
    let place = try Workplace(
      common, command: "console", readingFiles: false, interrupted: readOnly ? .reads : .settles)
    defer { place.close() }
    let probes = try probing.probeSettings(place.config)
    let terminal: Terminal
    do throws(TerminalError) {
      terminal = try Terminal(
        theme: theme, colour: common.color != .never && environmentVariable("NO_COLOR") == nil, ascii: ascii)
    } catch {
      throw Failure(.wrongCall, error.description)
    }
    let identity = Identity(
      hostName: hostName(), isDemo: place.isDemo, isReadOnly: readOnly,
      obstacle: WriteObstacle.of(place.config.directory))
    let status = runConsole(
      place.config, as: identity, on: terminal, signals: signals, writer: place.writer, probes: probes,
      agent: AgentLink(place), machine: { [isDemo = place.isDemo] in $0.machine(isDemo: isDemo) })
    terminal.close()
    if status != 0 { throw ExitCode(status) }
  }

  private func chosenTheme() throws -> Theme {
    do throws(ThemeError) { return try ThemeSearch().theme(named: theme) } catch {
      throw Failure(.wrongCall, error.description)
    }
  }
}

extension AgentLink {
  /// To the agent of the configuration; the demonstration has none.
  fileprivate init(_ place: Workplace) {
    let config = place.isDemo ? nil : place.config
    self.init(
      report: { config.flatMap(reportOfRunningAgent) },
      waitForChange: { ending in config.map { Agent.waitForChange(ofAgentOf: $0, until: ending) } ?? false })
  }
}
