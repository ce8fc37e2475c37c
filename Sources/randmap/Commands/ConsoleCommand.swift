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
      "The theme: default, dark, light, high-contrast, colour-blind, or a path.",
      discussion: "By default what the settings say (randmap config).", valueName: "name"))
  var theme: String?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(
    help: ArgumentHelp(
      "Work line by line, without a screen.",
      discussion: "For screen readers, dumb terminals, serial lines and scripts."))
  var plain = false

  func run() throws {
    // Before the first thread: threads inherit which signals are blocked.
    let signals = Signals()
    var settings = try personalSettings()
    if let theme { settings.theme = theme }
    let theme = try chosenTheme(settings)
    let place = try Workplace(
      common, command: "console", readingFiles: false, interrupted: readOnly ? .reads : .settles)
    defer { place.close() }
    let probes = try probing.probeSettings(place.config)
    let identity = Identity(
      hostName: hostName(), isDemo: place.isDemo, isReadOnly: readOnly,
      obstacle: WriteObstacle.of(place.config.directory),
      isTicking: { [writer = place.writer, directory = place.config.directory] in
        writer.isTicking(for: directory)
      })
    if plain {
      let status = runPlainConsole(
        place.config, as: identity, signals: signals, writer: place.writer, probes: probes,
        agent: AgentLink(place),
        machine: { [isDemo = place.isDemo] in $0.machine(isDemo: isDemo) }, settings: settings)
      if status != 0 { throw ExitCode(status) }
      return
    }
    let terminal: Terminal
    do throws(TerminalError) {
      terminal = try Terminal(
        theme: theme, colour: common.color != .never && environmentVariable("NO_COLOR") == nil,
        ascii: ascii || settings.ascii, slowLine: settings.slowLine)
    } catch {
      throw CommandError(.wrongCall, error.description)
    }
    let status = runConsole(
      place.config, as: identity, on: terminal, signals: signals, writer: place.writer, probes: probes,
      agent: AgentLink(place), machine: { [isDemo = place.isDemo] in $0.machine(isDemo: isDemo) },
      settings: settings)
    terminal.close()
    if status != 0 { throw ExitCode(status) }
  }

  private func chosenTheme(_ settings: Settings) throws -> Theme {
    do throws(ThemeError) { return try ThemeSearch().theme(named: settings.theme) } catch {
      throw CommandError(.wrongCall, error.description)
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
