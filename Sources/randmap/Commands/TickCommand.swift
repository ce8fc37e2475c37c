// `randmap tick`: what is due by the clock. A timer calls it, so it says nothing where nothing is due.

import ArgumentParser
import Changes
import Editing
import Glibc
import PostfixFiles
import Routing

struct TickCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tick", abstract: "Do what is due: end drains, move the shares of ramps.",
    discussion: """
      Members whose drain has ended are restored; shares that a plan moves get what it says for now, and a plan is paused \
      where its gateway defers too much (see ramp). One write for all files, all or nothing, which undo takes back. Where \
      nothing is due it prints nothing. The timer randmap-tick.timer calls it every minute. Formats: text, json.

      Examples:
        randmap tick --dry-run
        randmap tick --reload
      """)

  @OptionGroup var common: CommonOptions
  @Flag(help: "Only print what it would do.") var dryRun = false
  @Flag(help: "After a write that needs it, make Postfix read its configuration again.") var reload = false

  private enum Format: String, CaseIterable { case text, json }

  func run() throws {
    let format = try common.format(or: Format.text)
    if common.template != nil {
      throw Failure(.wrongCall, "tick writes: need the files that are made of the templates")
    }
    let place = try Workplace(common, command: "tick", interrupted: dryRun ? .reads : .settles)
    defer { place.close() }
    if !dryRun, !place.isDemo { place.writer.remember(.tick, of: place.config.directory) }
    let judge = RampJudge(place, common, isOnlyLooking: dryRun)
    var tick = Tick(place.config, judge)
    if dryRun || tick.set.changes.isEmpty {
      try print(tick, format, written: false)
    } else {
      let written: WriteResult?
      do throws(WriteError) {
        // The files may have changed after they were read: what is due is what they hold under the lock.
        written = try place.writer.write(place.config.directory) {
          guard let now = try? place.reread() else { return nil }
          tick = Tick(now, judge)
          return tick.set
        }
      } catch { throw Failure(.findings, "tick: \(error.outcome)") }
      guard let written else {
        throw Failure(.findings, "tick: nothing is written: a file cannot be read any more")
      }
      for words in written.notes { Output.error.line("randmap: \(words)") }
      try print(tick, format, written: true)
      let reason = tick.config.reloadReason
      try place.bringIntoForce(reason, reload: reload && reason != nil)
    }
    if !tick.problems.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private struct Object: Encodable {
    let written: Bool
    let done, problems: [String]
    let diff: String
  }

  private func print(_ tick: Tick, _ format: Format, written: Bool) throws {
    switch format {
    case .text: Output.standard.diff(tick.set, of: tick.before)
    case .json:
      let diff = tick.before.maskedDiff(of: tick.set)
      Output.standard.write(
        try JSON.text(
          Object(
            written: written, done: tick.done, problems: tick.problems,
            diff: String(decoding: diff, as: UTF8.self))))
    }
    for words in tick.done + tick.problems { Output.error.line("randmap: \(words)") }
    if dryRun, !tick.done.isEmpty {
      Output.error.line("randmap: nothing is written; without --dry-run it is")
    }
  }
}

extension Workplace {
  /// Why nothing would end the drains, or move the shares, of these pools by itself; nil where something does.
  ///
  /// - Parameter what: what it should do: "restore it".
  func whyNothingWill(_ what: String, _ pools: [Pool]) -> String? {
    // In a database the view that Postfix asks looks at the clock.
    let pools = pools.filter { pool in
      if case .database = pool.place { false } else { true }
    }
    if pools.isEmpty { return nil }
    let isAgentsAlone = pools.allSatisfy { pool in
      if case .file = pool.place { pool.isAgents } else { false }
    }
    if isAgentsAlone, agentReport() != nil { return nil }
    if isDemo || isTicking { return nil }
    return "nothing will \(what) by itself: enable randmap-tick.timer, or run `randmap tick`"
  }

  /// Why nothing would pause the plans of these pools or hold them back by itself: in a database shares move without `tick`,
  /// but only that reads the mail log. Nil where something does, and where ``whyNothingWill(_:_:)`` speaks of it.
  ///
  /// - Parameter isBound: whether a plan has a limit of messages a day.
  func whyNothingCounts(_ pools: [Pool], isBound: Bool) -> String? {
    let areStored = pools.allSatisfy { pool in
      if case .database = pool.place { true } else { false }
    }
    if pools.isEmpty || !areStored || isDemo || isTicking { return nil }
    return "its share moves by itself, but nothing "
      + (isBound ? "holds it to --max, or pauses it at --stop-at" : "pauses it at --stop-at")
      + ": enable randmap-tick.timer, or run `randmap tick`"
  }

  /// Whether a timer calls `tick` for this directory: one did so lately, or the unit for it is enabled.
  private var isTicking: Bool {
    if let last = writer.last(.tick, of: config.directory), abs(Int64(time(nil)) - last) < 900 { return true }
    guard isSameFile(config.directory, "/etc/postfix"), access("/run/systemd/system", F_OK) == 0 else {
      return false
    }
    return ["/etc", "/run"].contains {
      access("\($0)/systemd/system/timers.target.wants/randmap-tick.timer", F_OK) == 0
    }
  }
}
