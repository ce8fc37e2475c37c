// Bytes of a log in, counts out. Pure: where the bytes come from, and what is shown of the counts, is for others.

import PostfixFiles

package struct Tally: Sendable {
  /// Without the words of gateways that may be about somebody who is not known yet.
  var kept: Counts
  let channels: Channels
  /// A number for each gateway, by channel: a message is one, whichever line names its gateway.
  let gatewayNumbers: [UInt64]
  let since: Int
  let until: Int
  /// Later lines are of a clock that is wrong, or of a year that was guessed wrongly.
  let future: Int
  /// The time here, while lines come that have just been written. The clock of their host may differ from ours: they are of now
  /// all the same.
  private(set) var present: Int?
  /// What was written up to then has been read already, or is of another time: it comes again where a log is rewritten.
  var presentAfter = Int.min
  /// Lines up to then were counted.
  private(set) var countedUntil = Int.min
  /// Only lines of this host, where one is given.
  let host: [UInt8]?
  var stamps: StampReader
  var window = MessageWindow()
  var turnedAway = TurnedAway()
  private var rest = LineRest()
  private var journal = JournalLine()
  var known = KnownRelays()
  var recipients = RecentRecipients()
  /// What the line before added to, for a notice that it came again.
  var counted: (channel: Int, kind: RepeatedCount, host: UInt64)?
  var deferred = DeferredMessages()
  /// The same of lanes: a delivery by one counts for its gateway too.
  var laneRecipients = RecentRecipients()
  var laneDeferred = DeferredMessages()
  /// The host of the last line that counted, and a number for it.
  var lastHost: [UInt8] = []
  var lastHostNumber: UInt64 = 0
  var lastOtherHost: [UInt8] = []
  /// Whether a line was of the host that is asked for.
  package internal(set) var hasHost = false
  /// The time of the last line, of any program, as far as it was read.
  package private(set) var end: Int?
  /// The time of the first line, of any program: how far back the log reaches.
  package internal(set) var reach: Int?
  /// The logs of which a part was left out, and why.
  package var leftOut: [LogError] = []

  /// - Parameters:
  ///   - since: lines before it do not count; seconds since 1970.
  ///   - future: lines from then on do not count, and their number is known.
  ///   - latest: for years that stamps do not have: see `StampReader`.
  package init(
    _ channels: Channels, since: Int = .min, until: Int = .max, future: Int = .max, host: String? = nil,
    latest: Int
  ) {
    self.channels = channels
    self.since = since
    self.until = min(until, future)
    self.future = future
    self.host = host.map { Array($0.utf8) }
    kept = Counts(channelCount: channels.count)
    stamps = StampReader(latest: latest)
    var numbers: [String: UInt64] = [:]
    gatewayNumbers =
      channels.all.map { channel in
        let name = channel.gateway.description
        numbers[name] = numbers[name] ?? UInt64(numbers.count + 1)
        return numbers[name] ?? 0
      } + (channels.all.count..<channels.count).map { UInt64($0 + channels.all.count + 1) }
  }

  /// Another file begins: what is left of the last one was its last line.
  package mutating func begin(latest: Int) { begin(latest: latest, turns: YearTurns()) }

  mutating func begin(latest: Int, turns: YearTurns) {
    finish()
    stamps = StampReader(latest: latest, turns: turns)
  }

  /// A log that is followed has lines up to now.
  mutating func goOn(to latest: Int) { stamps.latest = latest }

  /// The lines to come have just been written: one with a time to come, or with a time before `since`, counts as of `now`.
  ///
  /// - Parameters:
  ///   - after: those that were written until then keep their time.
  ///   - isOldRead: whether these have been counted.
  mutating func beginPresent(_ now: Int, after: Int = .min, isOldRead: Bool = false) {
    (present, presentAfter, countedUntil) = (now, after, isOldRead ? after : .min)
  }

  mutating func endPresent() { (present, presentAfter, countedUntil) = (nil, .min, .min) }

  /// The time of the latest line that `read` reads, as far as it was read.
  mutating func end<Problem>(of read: (inout Tally) throws(Problem) -> Void) throws(Problem) -> Int? {
    let before = end
    end = nil
    defer { end = [before, end].compactMap(\.self).max() }
    try read(&self)
    return end
  }

  /// Returns the counts and starts from zero: a message that is tried again later counts there once more.
  ///
  /// - Parameter now: what gateways said of mail that is under way now belongs to the next counts.
  package mutating func takeCounts(now: Int) -> Counts {
    defer {
      kept = Counts(channelCount: channels.count)
      window = MessageWindow()
      (lastHost, lastOtherHost) = ([], [])
    }
    return counts(now: now)
  }

  /// Where no more of the log comes.
  package var counts: Counts {
    var last = self
    last.say(at: nil)
    return last.kept
  }

  /// While more of the log comes.
  mutating func counts(now: Int) -> Counts {
    say(at: now)
    return kept
  }

  private mutating func say(at now: Int?) {
    for (reason, entry) in turnedAway.say(at: now) {
      kept.note(reason, channel: entry.channel, at: entry.time)
    }
  }

  /// Keeps what is older than an hour by quarters of an hour, and what is older than a day not at all.
  mutating func foldOld(now: Int) { kept.fold(before: now - 3_600, forgetBefore: now - 86_400) }

  /// The place in the journal of the last entry that was read; empty where none was.
  package var cursor: String { journal.cursor }

  /// The bytes of a line whose end has not come yet.
  package var pending: Int { rest.length }

  /// Messages of which too many waited to know them again.
  package var forgotten: Int { window.forgotten }

  /// How many messages are kept to know them again.
  var windowCount: Int { window.count }

  /// A line whose end has not come yet is read again when it has.
  package mutating func dropPending() { _ = rest.take() }

  /// The last line has no newline.
  package mutating func finish() {
    if !rest.isEmpty { readRest() }
  }

  /// A line that came in pieces; of one that was too long nothing is left.
  private mutating func readRest() {
    let line = rest.take()
    guard !line.isEmpty else { return counted = nil }
    read(line.span, 0..<line.count)
    noteEnd(line.span, 0..<line.count)
  }

  /// A part of a file, cut anywhere.
  package mutating func feed(_ chunk: Span<UInt8>) {
    var start = 0
    if !rest.isEmpty {
      let end = chunk.position(of: .newline, in: 0..<chunk.count)
      rest.append(chunk, 0..<(end ?? chunk.count))
      guard let end else { return }
      readRest()
      start = end + 1
    }
    var last: Range<Int>?
    while let end = chunk.position(of: .newline, in: start..<chunk.count) {
      read(chunk, start..<end)
      last = start..<end
      start = end + 1
    }
    if let last { noteEnd(chunk, last) }
    if start < chunk.count { rest.append(chunk, start..<chunk.count) }
  }

  package mutating func feed(_ bytes: [UInt8]) { feed(bytes.span) }

  private mutating func read(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    // A notice that the last line came again is about any kind of line.
    guard let line = Self.usable(bytes, line) else { return counted = nil }
    if bytes[line.lowerBound] == .openBrace {
      guard let (plain, isOurs) = journal.plain(bytes, line) else { return counted = nil }
      count(plain.span, 0..<plain.count, isOurs: isOurs)
    } else {
      count(bytes, line, isOurs: false)
    }
  }

  private static func usable(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    let line = LogLine.text(bytes, line)
    return line.count > 20 && line.count <= LineRest.longest ? line : nil
  }

  /// Takes the time of a line that was read last.
  private mutating func noteEnd(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    guard let line = Self.usable(bytes, line) else { return }
    func note(_ bytes: Span<UInt8>, _ line: Range<Int>, isOurs: Bool) {
      guard let stamp = LogLine.stamp(bytes, line, isOurs: isOurs), let time = stamps.seconds(bytes, stamp)
      else {
        return
      }
      end = max(end ?? time, time)
    }
    if bytes[line.lowerBound] == .openBrace {
      guard let (plain, isOurs) = journal.plain(bytes, line) else { return }
      note(plain.span, 0..<plain.count, isOurs: isOurs)
    } else {
      note(bytes, line, isOurs: false)
    }
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let openBrace = UInt8(ascii: "{")
}
