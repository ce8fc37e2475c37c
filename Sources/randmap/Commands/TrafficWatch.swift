// `randmap report --every`: follows the log, with a report after each span of time.

import Console
import Glibc
import PostfixFiles
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

  /// One log that is followed, and where its position is kept.
  private struct Followed {
    let name: String
    let position: PositionFile
    /// Nil: the journal.
    let follower: LogFollower?
    /// The last entry of the journal that was read; `@` and a time before the first one.
    var cursor: String

    var lines: [String] { follower.map { $0.positions.map(\.text) } ?? [cursor] }
  }

  /// How often the log is looked at, in milliseconds.
  private static let look: Int32 = 1_000

  init(
    subject: TrafficSubject, printer: TrafficPrinter, span: Int, since: Int, host: String?
  ) throws(Failure) {
    signals = Signals()
    var subject = subject
    _ = subject.followConfiguration()
    self.subject = subject
    self.host = host
    self.printer = printer
    self.span = span
    self.since = since
    tally = Tally(subject.channels, since: since, host: host, latest: time(nil))
    logs = []
    let names: [String?]
    switch subject.found {
    case .file(let path): names = [path]
    case .journal: names = [nil]
    case nil: names = subject.logs.map { absolutePath($0) }
    }
    do throws(LogError) {
      for name in names {
        let position = try PositionFile(subject.positionPath(of: name ?? "journal"))
        let lines = position.lines
        let isNew = lines.isEmpty
        if !isNew {
          // What came while no report went on belongs to the first one.
          tally = Tally(subject.channels, host: host, latest: time(nil))
        }
        if let name {
          if isNew, subject.logs.isEmpty {
            for old in LogFinder.withRotated(name, since: since) where old != name {
              try LogInput.file(old).read(into: &tally)
            }
          }
          logs.append(
            Followed(
              name: name, position: position,
              follower: LogFollower(name, from: lines.compactMap { LogPosition(text: $0) }), cursor: ""))
        } else {
          logs.append(
            Followed(name: "journal", position: position, follower: nil, cursor: lines.first ?? "@\(since)"))
        }
      }
    } catch {
      throw Failure(.findings, error.message)
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
        throw Failure(.findings, error.message)
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
    let summary = subject.summary(
      tally.takeCounts(), TrafficPeriod(since: since, until: now), sources: logs.map(\.name),
      reach: tally.reach, now: now)
    since = now
    do {
      try keep(logs[...]) { try printer.print(summary, isOneOfMany: true) }
    } catch let error as LogError {
      throw Failure(.findings, error.message)
    }
    // Between two reports nothing is counted yet, so other gateways can take the place of these.
    if subject.followConfiguration() {
      tally = Tally(subject.channels, host: host, latest: now)
    }
  }

  /// All positions are made ready before the report is printed.
  private func keep(_ rest: ArraySlice<Followed>, after last: () throws -> Void) throws {
    guard let log = rest.first else { return try last() }
    try log.position.keep(log.lines) { try keep(rest.dropFirst(), after: last) }
  }
}
