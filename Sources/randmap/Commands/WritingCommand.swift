// What every command that changes something does: print the diff and the shares, and write where --write says so.

import ArgumentParser
import Changes
import Checks
import Editing
import Gateways
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import System

/// A command that comes to a changed configuration.
protocol WritingCommand: ParsableCommand {
  var common: CommonOptions { get }
  var writing: WriteOptions { get }
}

/// A changed configuration, with what a person should know of it before it is written.
struct Proposal {
  var config: MailConfig
  /// For the history.
  var summary: String
  var notes: [String] = []
  /// What a person has to say yes to, beside the guards of every edit.
  var guards: [EditGuard] = []
  /// Where mail goes before and after; nil: it is not shown to people.
  var routes: [RouteChange]?
  /// Lines for people below the shares.
  var details: [String] = []
}

extension WritingCommand {
  func workplace() throws -> Workplace {
    if common.template != nil {
      throw CommandError(
        .wrongCall, "--template is for reading; need the files that are made of the templates for an edit")
    }
    return try Workplace(
      common, command: CallArguments.texts.joined(separator: " "),
      interrupted: writing.write ? .settles : .reads)
  }

  /// A refusal as the status and the message that it ends the command with.
  func refusing<Result>(_ body: () throws(EditError) -> Result) throws -> Result {
    do throws(EditError) { return try body() } catch {
      throw CommandError(error.isWrongCall ? .wrongCall : .findings, error.message)
    }
  }

  /// What `wish` makes of a configuration.
  func planning(_ wish: PoolWish, in config: MailConfig) throws -> Proposal {
    let machine = config.machine(asksForNames: writing.probe)
    let plan = try refusing { () throws(EditError) in try config.planning(wish, on: machine) }
    return Proposal(
      config: plan.config, summary: wish.summary, notes: plan.notes, guards: plan.guards, routes: plan.routes)
  }

  /// Prints the diff and the shares, and writes where --write says so and no guard holds.
  ///
  /// - Parameter again: makes the change once more, of what the files hold now, where they changed after they were read.
  func finish(
    _ proposal: Proposal, in place: Workplace, again: ((MailConfig) throws -> Proposal)? = nil
  ) throws {
    let format = try common.format(or: EditFormat.text)
    var proposal = withReason(proposal)
    proposal.notes += place.notes(onAgentOf: proposal.config)
    // A probe asks for them too, and a copy is of a host whose name servers may know others.
    if !writing.probe, !common.demo, MailConfig.isInUse(absolutePath(place.config.directory)) {
      let names = place.config.namesNew(
        in: proposal.config, try ProbeOptions.probeSettings(proposal.config))
      proposal.guards += names.guards
      proposal.notes += names.notes
    }
    let set = proposal.config.changeSet(summary: proposal.summary)
    // What --check would warn of after the edit and not before it is no reason to ask, but to be known before the write.
    let findings = place.config.newFindings(in: proposal.config, from: .warning)
    let guards = try guards(place, place.config, proposal, findings)
    proposal.notes += findings.filter { $0.severity == .warning }.map {
      "warning: \($0.file):\($0.start.line): \($0.message) [\($0.code)]"
    }
    let report = EditReport(proposal, set: set, guards: guards, place: place)
    switch format {
    case .text:
      for line in report.text(
        before: place.config, folded: Output.standard.isTerminal, diff: { Output.standard.text($0) })
      { Output.error.line(line) }
    case .json: break
    }
    func finishing(written: Bool) throws {
      if format == .json { Output.standard.write(try JSON.text(report.object(written: written))) }
    }
    if set.changes.isEmpty {
      try finishing(written: false)
      Output.error.line("randmap: nothing to change")
      return
    }
    if let directory = writing.outputDirectory {
      try finishing(written: false)
      return try export(proposal.config, to: directory, with: place.writer, summary: proposal.summary)
    }
    guard writing.write else {
      try finishing(written: false)
      Output.error.line(
        "randmap: nothing is written; \(guards.isEmpty ? "--write" : "--write --force") writes it")
      return
    }
    let result: WriteResult
    do {
      try hold(guards)
      do throws(WriteError) { result = try place.writer.write(set) } catch {
        guard case .conflict = error, let again else { throw CommandError(.findings, error.outcome) }
        result = try writeAgain(place, set, after: error, again)
      }
    } catch {
      try finishing(written: false)
      throw error
    }
    if result.number != nil { Output.filesAreWritten() }
    // Under the lock there may have been nothing left to do.
    try finishing(written: result.number != nil)
    for words in result.notes { Output.error.line("randmap: \(words)") }
    guard result.number != nil else { return Output.error.line("randmap: nothing to change") }
    try place.bringIntoForce(proposal.config.reloadReason, reload: writing.reload)
  }

  /// How often a change is made again: beside randmap it is right the first time, as its lock is held; an editor that
  /// does not take the lock may come in between more than once.
  private var mostAttempts: Int { 10 }

  /// Makes the change again, of what the files hold now, and writes that.
  private func writeAgain(
    _ place: Workplace, _ first: ChangeSet, after conflict: WriteError,
    _ again: (MailConfig) throws -> Proposal
  ) throws -> WriteResult {
    var last = conflict
    for _ in 0..<mostAttempts {
      var refusal: (any Error)?
      do throws(WriteError) {
        let result = try place.writer.write(place.config.directory) {
          do {
            let now = try place.reread()
            let proposal = withReason(try again(now))
            let guards = try guards(place, now, proposal)
            for stop in guards { Output.error.line("randmap: \(stop.messageOfCall)") }
            try hold(guards)
            let set = proposal.config.changeSet(summary: proposal.summary)
            Output.error.line("randmap: the files have changed since they were read: the edit is made again")
            if set.diff != first.diff, common.format == nil { Output.standard.diff(set, of: now) }
            return set
          } catch {
            refusal = error
            return nil
          }
        }
        if let result { return result }
      } catch {
        guard case .conflict = error else { throw CommandError(.findings, error.outcome) }
        last = error
      }
      if let refusal { throw refusal }
    }
    throw CommandError(.findings, last.outcome)
  }

  /// With what --why says.
  private func withReason(_ proposal: Proposal) -> Proposal {
    guard let command = self as? any CommandWithReason else { return proposal }
    var proposal = proposal
    proposal.summary = command.history.summary(proposal.summary)
    return proposal
  }

  private func probing(_ config: MailConfig) throws -> KnownGateways {
    config.probingGateways(try ProbeOptions.probeSettings(config))
  }

  /// What prevents a change, each once. Without --probe, the states are those of a running agent; unknown
  /// counts as alive.
  /// - Parameter findings: those that the proposal adds, where they are known.
  private func guards(
    _ place: Workplace, _ before: MailConfig, _ proposal: Proposal, _ findings: [Diagnostic]? = nil
  ) throws -> [EditGuard] {
    var said: Set<String> = []
    let known = writing.probe ? try probing(proposal.config) : [:]
    let states =
      writing.probe
      ? known.states : place.agentReport()?.states(of: place.config.gateways().map(\.gateway)) ?? [:]
    let old = known.isEmpty ? [] : Set(before.gateways().map(\.gateway))
    let failing = known.filter { !old.contains($0.key) && [.down, .refused].contains($0.value.state) }
      .sorted { $0.key < $1.key }
      .map { EditGuard.newGatewayFails($0.key, $0.value.state, reason: $0.value.reason) }
    let all =
      proposal.guards + failing
      + before.guards(
        against: proposal.config, states: states, context: before.routeContext(isDemo: place.isDemo),
        findings: findings)
    return all.withMailboxesOnce.filter { said.insert($0.message).inserted }
  }

  /// A guard ends a write, unless --force is given.
  private func hold(_ guards: [EditGuard]) throws {
    if !writing.force, !guards.isEmpty {
      throw CommandError(.findings, "nothing is written; --force writes it all the same")
    }
  }
}

extension Workplace {
  /// After a write: reloads Postfix where that is asked for, otherwise says what it is needed for.
  ///
  /// - Parameters:
  ///   - reason: see `MailConfig.reloadReason`.
  ///   - done: what the write has done, in a word.
  func bringIntoForce(_ reason: String?, reload: Bool, done: String = "written") throws {
    if reload {
      do { try writer.tools.reload(configDirectory: config.directory) } catch {
        // postfix(1) says that to the log alone where its standard error is no terminal.
        if case .failed = error, RunningMaster(ofQueue: config.parameters.text("queue_directory")) == nil {
          throw CommandError(
            .findings,
            "\(done), but no Postfix runs here, so nothing is reloaded; \"postfix start\" starts it with these files"
          )
        }
        throw CommandError(.findings, "\(done), but the reload failed: \(error)")
      }
      Output.error.line("randmap: \(done); postfix -c \(printable(config.directory)) reload")
    } else if let reason {
      Output.error.line("randmap: \(done); in force after: postfix reload (\(printable(reason)))")
    } else {
      Output.error.line("randmap: \(done)")
    }
  }
}

extension Workplace {
  /// Where an edit makes a pool that needs the agent, or is the first to need it. Of a Postfix that runs, a guard says so (RM123).
  fileprivate func notes(onAgentOf edited: MailConfig) -> [String] {
    func count(_ config: MailConfig) -> Int { config.pools().count { $0.notation.needsAgent } }
    guard edited.usesAgent, !isDemo, !config.hasRunningPostfix,
      !config.usesAgent || count(edited) > count(config), agentReport() == nil
    else { return [] }
    let start =
      config.directory == "/etc/postfix"
      ? "systemctl enable --now randmap-agent" : "randmap agent -c \(shown(config.directory))"
    return [
      "no agent answers for this directory, and mail of its pools waits until one runs; start it before the reload: \(start)"
    ]
  }
}
