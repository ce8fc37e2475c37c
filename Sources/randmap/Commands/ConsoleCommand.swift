// `randmap`: the console, with the doors to the other rooms opened for it.

import ArgumentParser
import Changes
import Checks
import Console
import Editing
import Liveness
import PostfixFiles
import Routing
import Threads

struct ConsoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "See, edit and write pools and routes, with live gateway status (the default).")

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
    let mailbox = Mailbox<Message>()
    let services = Services(place: place, settings: try probing.probeSettings(place.config), mailbox: mailbox)
    defer { services.end() }
    let terminal: Terminal
    do throws(TerminalError) {
      terminal = try Terminal(
        theme: theme, colour: common.color != .never && environmentValue("NO_COLOR") == nil, ascii: ascii)
    } catch {
      throw Failure(.wrongCall, error.description)
    }
    let identity = Identity(hostName: hostName(), isDemo: place.isDemo, isReadOnly: readOnly)
    let console = Console(place.config, identity: identity, symbols: terminal.symbols)
    let status = runConsole(console, on: terminal, signals: signals, mailbox: mailbox, services: services)
    terminal.close()
    if status != 0 { throw ExitCode(status) }
  }

  private func chosenTheme() throws -> Theme {
    do throws(ThemeError) { return try ThemeSearch().theme(named: theme) } catch {
      throw Failure(.wrongCall, error.description)
    }
  }
}

/// Probing, checking and writing for the console, each on threads of its own.
private struct Services: ConsoleServices {
  let place: Workplace
  let mailbox: Mailbox<Message>
  let watcher: Watch

  init(place: Workplace, settings: ProbeSettings, mailbox: Mailbox<Message>) {
    self.place = place
    self.mailbox = mailbox
    watcher = Watch(settings: settings) { mailbox.post(.status($0)) }
  }

  func watch(_ targets: [Target]) { watcher.setTargets(targets) }

  func probe(_ gateway: Gateway?) { watcher.probeNow(gateway) }

  func askAgent() {
    inBackground { [place, mailbox] in mailbox.post(.agent(place.agentReport())) }
  }

  func check() -> @Sendable (MailConfig, KnownGateways) -> [Diagnostic] {
    { config, known in Linter().lint(config, known: known).diagnostics }
  }

  func write(_ request: WriteRequest) {
    inBackground { [place, mailbox] in
      let outcome = place.outcome(reload: request.reload) { () throws(WriteError) in
        try place.writer.write(request.set)
      }
      mailbox.post(.written(outcome))
    }
  }

  func previewUndo() {
    inBackground { [place, mailbox] in mailbox.post(place.undoPreview()) }
  }

  func undoWrite(_ set: ChangeSet, reload: Bool) {
    inBackground { [place, mailbox] in
      let outcome = place.outcome(reload: reload) { () throws(WriteError) in
        try place.writer.undo(place.config.directory, expecting: set).result
      }
      mailbox.post(.written(outcome))
    }
  }

  func end() { watcher.shutdown() }
}

extension Workplace {
  fileprivate func undoPreview() -> Message {
    do throws(WriteError) {
      let set = try writer.undoing(config.directory)
      return .undoing(UndoPreview(set, reloadReason: config.reloadReason(changing: set.changes.map(\.path))))
    } catch {
      return .nothingToUndo(error.whyNotUndone)
    }
  }

  /// Writes, reloads where that is asked for, and reads again what stands on disk now.
  fileprivate func outcome(
    reload: Bool, of write: () throws(WriteError) -> WriteResult
  ) -> WriteOutcome {
    var notes: [String]
    do throws(WriteError) { notes = try write().notes } catch {
      if case .conflict(let files) = error, let now = try? reread() { return .conflict(now, files: files) }
      if case .interrupted = error { return .interrupted(error.description) }
      return .failed(error.description)
    }
    if reload {
      do {
        try writer.tools.reload(configDirectory: config.directory)
        notes.append("reloaded")
      } catch {
        notes.append("the reload failed: \(error)")
      }
    }
    let note = notes.joined(separator: "; ")
    do throws(FileProblem) { return .written(try reread(), note: note) } catch {
      return .writtenUnread(error.message, note: note)
    }
  }
}
