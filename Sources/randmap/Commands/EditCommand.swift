// What every command that changes something does: print the diff and the shares, and write where --write says so.

import ArgumentParser
import Changes
import Editing
import Liveness
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

/// A command that comes to a changed configuration.
protocol WritingCommand: ParsableCommand {
  var common: CommonOptions { get }
  var writing: WriteOptions { get }
}

/// A command that comes to edits.
protocol EditCommand: WritingCommand {
  /// The edits, in order; `config` is what they are made to.
  func edits(_ config: MailConfig) throws -> [Edit]
  /// Whether it is meant for every pool that there is, so that one that cannot be read is missed.
  var isForEveryPool: Bool { get }
  /// What a person should know of the outcome beside the shares.
  func remarks(_ edited: MailConfig) -> [String]
}

extension EditCommand {
  var isForEveryPool: Bool { false }

  func remarks(_ edited: MailConfig) -> [String] { [] }

  func run() throws {
    let place = try workplace()
    defer { place.close() }
    let isIncomplete = place.sayUnreadableFiles() && isForEveryPool
    let summary = try edits(place.config).map(\.summary).joined(separator: "; ")
    let edited = try making(place.config)
    for words in remarks(edited) { Output.error.line("randmap: \(words)") }
    try finish(edited, in: place, summary: summary, again: making)
    if isIncomplete {
      throw Failure(
        .findings, "the pools of files that cannot be read are as they were; need --pool for one that can be read")
    }
  }

  /// What the edits make of a configuration.
  private func making(_ config: MailConfig) throws -> MailConfig {
    var edited = config
    for edit in try edits(config) {
      edited = try refusing { () throws(EditRefusal) in try edited.applying(edit) }
    }
    return edited
  }
}

extension WritingCommand {
  func workplace() throws -> Workplace {
    if common.template != nil {
      throw Failure(
        .wrongCall, "--template is for reading; need the files that are made of the templates for an edit")
    }
    return try Workplace(
      common, command: CommandLine.arguments.dropFirst().joined(separator: " "),
      interrupted: writing.write ? .settles : .reads)
  }

  /// A refusal as the status and the message that it ends the command with.
  func refusing<Result>(_ body: () throws(EditRefusal) -> Result) throws -> Result {
    do throws(EditRefusal) { return try body() } catch {
      throw Failure(error.isWrongCall ? .wrongCall : .findings, error.message)
    }
  }

  /// Prints the diff and the shares, and writes where --write says so and no guard holds.
  ///
  /// - Parameter again: makes the change once more, of what the files hold now, where they changed after they were read.
  func finish(
    _ edited: MailConfig, in place: Workplace, summary: String,
    again: ((MailConfig) throws -> MailConfig)? = nil
  ) throws {
    let set = edited.changeSet(summary: summary)
    Output.standard.text(set.diff)
    if set.changes.isEmpty {
      Output.error.line("randmap: nothing to change")
      return
    }
    for line in ShareComparison(before: place.config, after: edited).text { Output.error.line(line) }
    let isGuarded = try checkGuards(place, place.config, edited)
    guard writing.write else {
      Output.error.line("randmap: nothing is written; \(isGuarded ? "--write --force" : "--write") writes it")
      return
    }
    let result: WriteResult
    do throws(WriteError) { result = try place.writer.write(set) } catch {
      guard case .conflict = error, let again else { throw Failure(.findings, error.outcome) }
      result = try writeAgain(place, set, summary, after: error, again)
    }
    for words in result.notes { Output.error.line("randmap: \(words)") }
    try place.bringIntoForce(edited.reloadReason, reload: writing.reload)
  }

  /// How often a change is made again: beside randmap it is right the first time, as its lock is held; an editor that
  /// does not take the lock may come in between more than once.
  private var mostAttempts: Int { 10 }

  /// Makes the change again, of what the files hold now, and writes that.
  private func writeAgain(
    _ place: Workplace, _ first: ChangeSet, _ summary: String, after conflict: WriteError,
    _ again: (MailConfig) throws -> MailConfig
  ) throws -> WriteResult {
    var last = conflict
    for _ in 0..<mostAttempts {
      var refusal: (any Error)?
      do throws(WriteError) {
        let result = try place.writer.write(place.config.directory) {
          do {
            let now = try place.reread()
            let edited = try again(now)
            _ = try checkGuards(place, now, edited)
            let set = edited.changeSet(summary: summary)
            Output.error.line("randmap: the files have changed since they were read: the edit is made again")
            if set.diff != first.diff { Output.standard.write(set.diff) }
            return set
          } catch {
            refusal = error
            return nil
          }
        }
        if let result { return result }
      } catch {
        guard case .conflict = error else { throw Failure(.findings, error.outcome) }
        last = error
      }
      if let refusal { throw refusal }
    }
    throw Failure(.findings, last.outcome)
  }

  /// Without --probe, the states are those of a running agent; unknown counts as alive.
  private func states(_ place: Workplace) throws -> GatewayStates {
    guard writing.probe else {
      return place.agentReport()?.states(of: place.config.gateways().map(\.gateway)) ?? [:]
    }
    return place.config.probingGateways(try ProbeOptions.probeSettings(place.config)).states
  }

  /// Whether a guard holds; that ends a write, unless --force is given.
  private func checkGuards(_ place: Workplace, _ before: MailConfig, _ after: MailConfig) throws -> Bool {
    let guards = before.guards(against: after, states: try states(place))
    var said: Set<String> = []
    for stop in guards where said.insert(stop.message).inserted {
      Output.error.line("randmap: \(stop.message)")
    }
    if writing.write, !writing.force, !guards.isEmpty {
      throw Failure(.findings, "nothing is written; --force writes it all the same")
    }
    return !guards.isEmpty
  }
}

extension Workplace {
  /// After a write: reloads Postfix where that is asked for, otherwise says what it is needed for.
  ///
  /// - Parameter reason: see `MailConfig.reloadReason`.
  func bringIntoForce(_ reason: String?, reload: Bool) throws {
    if reload {
      Output.error.line("randmap: postfix -c \(printable(config.directory)) reload")
      do { try writer.tools.reload(configDirectory: config.directory) } catch {
        throw Failure(.findings, "written, but the reload failed: \(error)")
      }
    } else if let reason {
      Output.error.line("randmap: in force after: postfix reload (\(printable(reason)))")
    }
  }
}
