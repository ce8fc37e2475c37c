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
    // What is due in a file that cannot be read is not seen.
    let isIncomplete = place.sayUnreadableFiles()
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
      try print(tick, format, written: written.number != nil)
      let reason = tick.config.reloadReason
      if written.number != nil { try place.bringIntoForce(reason, reload: reload && reason != nil) }
    }
    if isIncomplete || !tick.problems.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
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
  /// What looks at the clock for this configuration.
  var timedWork: TimedWork {
    TimedWork(
      isTicking: { isDemo || writer.isTicking(for: config.directory) },
      agentAnswers: { agentReport() != nil })
  }
}
