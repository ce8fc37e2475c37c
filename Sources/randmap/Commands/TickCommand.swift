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
  @Flag(name: [.customShort("n"), .long], help: "Only print what it would do.") var dryRun = false
  @Flag(help: "After a write that needs it, make Postfix read its configuration again.") var reload = false

  private enum Format: String, CaseIterable { case text, json }

  func run() throws {
    let format = try common.format(or: Format.text)
    if common.template != nil {
      throw CommandError(.wrongCall, "tick writes: need the files that are made of the templates")
    }
    let place = try Workplace(common, command: "tick", interrupted: dryRun ? .reads : .settles)
    defer { place.close() }
    if !dryRun, !place.isDemo { place.writer.remember(.tick, of: place.config.directory) }
    // What is due in a file that cannot be read is not seen.
    let isIncomplete = place.sayUnreadableFiles()
    let judge = RampJudge(place, common, isOnlyLooking: dryRun)
    let tick = Tick(place.config, judge)
    var ticks = [tick]
    var failures: [String] = []
    var isWritten = false
    var reloadReason: String?
    if !dryRun, !tick.set.changes.isEmpty {
      let written = try write(tick, judge, place)
      (ticks, failures) = (written.ticks, written.failures)
      let results = written.results
      for words in results.flatMap(\.notes) { Output.error.line("randmap: \(words)") }
      isWritten = results.contains { $0.number != nil }
      reloadReason = ticks.compactMap(\.config.reloadReason).first
    }
    if isWritten { Output.filesAreWritten() }
    try print(ticks, format, written: isWritten)
    if isWritten { try place.bringIntoForce(reloadReason, reload: reload && reloadReason != nil) }
    for failure in failures { Output.error.line("randmap: tick: \(failure)") }
    if isIncomplete || !failures.isEmpty || ticks.contains(where: { !$0.problems.isEmpty }) {
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }

  /// What has come of the writes.
  private struct Written {
    var ticks: [Tick] = []
    var results: [WriteResult] = []
    var failures: [String] = []
  }

  /// Each write reads the whole configuration: where many files cannot be written, the rest of them waits for the next call.
  private static let mostWrites = 100

  /// Writes what is due: all of it at once, or where that cannot be, each half of the files by itself, down to those that cannot
  /// be written. One pool in a place that cannot be written keeps no other from what is due.
  private func write(_ tick: Tick, _ judge: RampJudge, _ place: Workplace) throws(CommandError) -> Written {
    func write(in files: Set<String>?) throws(WriteError) -> (Tick, WriteResult)? {
      var done = tick
      // The files may have changed after they were read: what is due is what they hold under the lock.
      let result = try place.writer.write(place.config.directory) {
        guard let now = try? place.reread() else { return nil }
        done = Tick(now, judge, in: files)
        return done.set
      }
      return result.map { (done, $0) }
    }
    var written = Written()
    // In another order each time: those that cannot be written must not always come first.
    let all = tick.set.changes.map(\.path).shuffled()
    var waiting = [all]
    var count = 0
    writes: while let files = waiting.popLast() {
      if count == Self.mostWrites {
        let left = ([files] + waiting).reduce(0) { $0 + $1.count }
        written.failures.append("\(left) more files wait for the next \"randmap tick\"")
        break
      }
      count += 1
      let result: (tick: Tick, result: WriteResult)?
      do throws(WriteError) { result = try write(in: count == 1 ? nil : Set(files)) } catch {
        // Another program that holds the lock keeps out every file: halves do not help.
        let isLocked = if case .busy = error { true } else { false }
        guard let path = files.first, all.count > 1, !isLocked || count > 1 else {
          throw CommandError(.findings, "tick: \(error.outcome)")
        }
        if isLocked {
          written.failures.append(error.outcome)
          break writes
        }
        if files.count == 1 {
          written.failures.append("\(printable(place.shown(path))): \(error.outcome)")
        } else {
          let middle = files.count / 2
          waiting += [Array(files[middle...]), Array(files[..<middle])]
        }
        continue
      }
      if let result {
        written.ticks.append(result.tick)
        written.results.append(result.result)
      } else if count == 1 {
        throw CommandError(.findings, "tick: nothing is written: a file cannot be read any more")
      }
    }
    return written
  }

  private struct Object: Encodable {
    let written: Bool
    let done, problems: [String]
    let diff: String
  }

  private func print(_ ticks: [Tick], _ format: Format, written: Bool) throws {
    let done = ticks.flatMap(\.done)
    let problems = ticks.flatMap(\.problems)
    switch format {
    case .text: for tick in ticks { Output.standard.diff(tick.set, of: tick.before) }
    case .json:
      let diff = ticks.flatMap { $0.before.maskedDiff(of: $0.set) }
      Output.standard.write(
        try JSON.text(
          Object(
            written: written, done: done, problems: problems, diff: String(decoding: diff, as: UTF8.self))))
    }
    for words in done + problems { Output.error.line("randmap: \(words)") }
    if dryRun, !done.isEmpty {
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
