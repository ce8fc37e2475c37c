// `randmap report --every`: follows the log, with a report after each span of time.

import Changes
import Console
import Glibc
import PostfixFiles
import System
import Traffic

struct TrafficWatch {
  private var subject: TrafficSubject
  private let host: String?
  private let printer: TrafficPrinter
  private let span: Int
  private let signals: Signals
  private var logs: [Followed]
  private var tally: Tally
  private var since: Int
  /// What came before the first report of all began.
  private let begin: Int
  private var totals = TrafficTotals()

  /// One log that is followed, and where its position is kept.
  private struct Followed {
    let name: String
    let position: PositionFile
    /// Nil: the journal.
    let follower: LogFollower?
    /// The last entry of the journal that was read; `@` and a time before the first one.
    var cursor: String

    var places: [String] { follower.map { $0.positions.map(\.text) } ?? [cursor] }
  }

  /// What is kept of one log: what came before `begin` never counts, the last report ended at `end`, and where to go on.
  private struct Kept {
    var begin: Int
    var end: Int
    var places: [String]

    var lines: [String] { ["report \(begin) \(end)"] + places }

    init(begin: Int, end: Int, places: [String]) {
      (self.begin, self.end, self.places) = (begin, end, places)
    }

    init?(_ lines: [String]) {
      let words = lines.first?.split(separator: " ") ?? []
      guard words.count == 3, words[0] == "report", let begin = Int(words[1]), let end = Int(words[2]),
        (0...1 << 40).contains(begin), (0...1 << 40).contains(end)
      else { return nil }
      self.init(begin: begin, end: end, places: Array(lines.dropFirst()))
    }

    /// Where a file was read to; empty where nothing was read of it yet.
    var positions: [LogPosition] {
      let positions = places.compactMap { LogPosition(text: $0) }
      return positions == [LogPosition()] ? [] : positions
    }
  }

  /// How often the log is looked at, in milliseconds.
  private static let look: Int32 = 1_000

  init(
    subject: TrafficSubject, printer: TrafficPrinter, span: Int, since: Int, host: String?
  ) throws(CommandError) {
    signals = Signals()
    var subject = subject
    _ = subject.followConfiguration()
    self.subject = subject
    if let packed = subject.logs.first(where: LogInput.isPacked) {
      let reason = "is packed, so nothing is written to it any more; need another log, or no --every"
      throw CommandError(.wrongCall, "\(printable(packed)) \(reason)")
    }
    self.host = host
    self.printer = printer
    self.span = span
    self.since = since
    logs = []
    let names: [String?]
    switch subject.found {
    case .file(let path): names = [path]
    case .journal: names = [nil]
    case nil: names = subject.logs.map { absolutePath($0) }
    }
    do throws(LogError) {
      var files: [PositionFile] = []
      var kept: [Kept?] = []
      for name in names {
        let file = try PositionFile(subject.positionPath(of: name ?? "journal"))
        files.append(file)
        kept.append(Kept(file.lines))
      }
      // What came while no report went on belongs to the first one.
      begin = kept.compactMap { $0?.begin }.min() ?? since
      self.since = kept.compactMap { $0?.end }.min() ?? since
      tally = Tally(subject.channels, since: begin, host: host, latest: time(nil))
      for (index, name) in names.enumerated() {
        let positions = kept[index]?.positions ?? []
        if let name, positions.isEmpty, subject.logs.isEmpty {
          for old in LogFinder.withRotated(name, since: begin) where old != name {
            try LogInput.file(old).read(into: &tally)
          }
        }
        logs.append(
          Followed(
            name: name ?? "journal", position: files[index],
            follower: name.map { LogFollower($0, from: positions, lastRun: kept[index]?.end ?? .max) },
            cursor: kept[index]?.places.first ?? "@\(begin)"))
      }
    } catch {
      throw CommandError(.findings, error.message)
    }
    // A run that is killed before its first report counts as begun.
    do { try keep(logs[...]) {} } catch {
      throw CommandError(.findings, (error as? LogError)?.message ?? "\(error)")
    }
  }

  /// Returns when a signal asks for the end. What has not been reported by then is for the next run.
  mutating func run() throws {
    var next = ContinuousClock.now + .seconds(span)
    while true {
      var source = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
      let left = ContinuousClock.now.duration(to: next) / .milliseconds(1)
      poll(&source, 1, Int32(max(0, min(Double(Self.look), left.rounded(.up)))))
      for event in signals.read() {
        switch event {
        case .interrupted, .end: return
        case .stop: if signals.stop() != nil { return }
        case .resized, .continued: break
        }
      }
      let isDue = ContinuousClock.now >= next
      do throws(LogError) { try follow(isDue: isDue) } catch {
        throw CommandError(.findings, error.message)
      }
      if isDue {
        try report()
        next += .seconds(span)
        if next < .now { next = .now + .seconds(span) }
      }
    }
  }

  /// The journal is asked once a span, as each question starts a program.
  private mutating func follow(isDue: Bool) throws(LogError) {
    for index in logs.indices {
      if let follower = logs[index].follower {
        try follower.read(into: &tally)
      } else if isDue {
        let cursor = logs[index].cursor
        let start = cursor.hasPrefix("@") ? Int(cursor.dropFirst()) : nil
        try LogInput.journal(since: start, cursor: start == nil ? cursor : nil).read(into: &tally)
        if !tally.cursor.isEmpty { logs[index].cursor = tally.cursor }
      }
    }
  }

  private mutating func report() throws {
    let now = time(nil)
    for problem in tally.leftOut { Output.error.line("randmap: \(problem.message)") }
    tally.leftOut = []
    var summary = subject.summary(
      tally.takeCounts(now: now), TrafficPeriod(since: since, until: now), sources: logs.map(\.name),
      reach: tally.reach, now: now)
    totals.add(summary.report)
    summary.totals = totals
    since = now
    do {
      try keep(logs[...]) { try printer.print(summary, isOneOfMany: true) }
    } catch let error as LogError {
      throw CommandError(.findings, error.message)
    }
    // Between two reports nothing is counted yet, so other gateways can take the place of these.
    if subject.followConfiguration() {
      tally = Tally(subject.channels, since: begin, host: host, latest: now)
    }
  }

  /// All positions are made ready before the report is printed.
  private func keep(_ rest: ArraySlice<Followed>, after last: () throws -> Void) throws {
    guard let log = rest.first else { return try last() }
    let kept = Kept(begin: begin, end: since, places: log.places)
    try log.position.keep(kept.lines) { try keep(rest.dropFirst(), after: last) }
  }
}
