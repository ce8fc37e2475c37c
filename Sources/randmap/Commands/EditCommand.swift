// What every edit as a command does: print the diff and the shares, and write where --write says so.

import ArgumentParser
import Changes
import Editing
import PostfixFiles
import Routing

/// What every edit takes.
struct WriteOptions: ParsableArguments {
  @Flag(help: "Write the change; without it the diff is only printed.")
  var write = false

  @Flag(help: "After writing, make Postfix read its configuration again.")
  var reload = false

  @Flag(help: "Write also where a guard asks for a second look.")
  var force = false

  @Flag(help: "Probe the gateways first, so that the guards know which are alive.")
  var probe = false

  func validate() throws {
    if reload, !write { throw ValidationError("--reload comes after a write: need --write") }
  }
}

/// A command that comes to edits.
protocol EditCommand: ParsableCommand {
  var common: CommonOptions { get }
  var writing: WriteOptions { get }
  /// The edits, in order; `config` is what they are made to.
  func edits(_ config: MailConfig) throws -> [Edit]
}

extension EditCommand {
  func run() throws {
    let place = try Workplace(common, command: CommandLine.arguments.dropFirst().joined(separator: " "))
    defer { place.close() }
    _ = place.sayUnreadableFiles()
    let edits = try edits(place.config)
    var edited = place.config
    for edit in edits {
      do throws(EditRefusal) { edited = try edited.applying(edit) } catch {
        throw Failure(error.isWrongCall ? .wrongCall : .findings, error.message)
      }
    }
    let set = edited.changeSet(summary: edits.map(\.summary).joined(separator: "; "))
    Output.standard.write(set.diff)
    if set.changes.isEmpty {
      Output.error.line("randmap: nothing to change")
      return
    }
    for line in ShareComparison(before: place.config, after: edited).text { Output.error.line(line) }
    try checkGuards(place.config, edited)
    guard writing.write else {
      Output.error.line("randmap: nothing is written; --write writes it")
      return
    }
    do throws(WriteError) {
      let result = try place.writer.write(set)
      for words in result.notes { Output.error.line("randmap: \(words)") }
    } catch {
      throw Failure(.findings, "nothing is written: \(error.description)")
    }
    try reload(edited, with: place.writer)
  }

  private func checkGuards(_ before: MailConfig, _ after: MailConfig) throws {
    var states: GatewayStates = [:]
    if writing.probe {
      let settings = try ProbeOptions.probeSettings(before)
      let round = probeOnce(before.gateways().flatMap(\.targets), settings: settings)
      for (target, readings) in round { states[target.gateway] = .of(readings) }
    }
    let guards = before.guards(against: after, states: states)
    for stop in guards { Output.error.line("randmap: \(stop.message)") }
    if writing.write, !writing.force, !guards.isEmpty {
      throw Failure(.findings, "nothing is written; --force writes it all the same")
    }
  }

  private func reload(_ edited: MailConfig, with writer: Writer) throws {
    if writing.reload {
      Output.error.line("randmap: postfix -c \(printable(edited.directory)) reload")
      do { try writer.tools.reload(configDirectory: edited.directory) } catch {
        throw Failure(.findings, "written, but the reload failed: \(error)")
      }
    } else if let reason = edited.reloadReason {
      Output.error.line("randmap: in force after: postfix reload (\(printable(reason)))")
    }
  }
}

extension WriteResult {
  /// What a person should know beside that it is written.
  var notes: [String] {
    unbuilt.map(\.description) + losses.map(\.description) + (leftBehind.map { [$0.description] } ?? [])
  }
}
