// What happened, by minute and channel: what the report, the console, --status and the agent can all read. It grows with
// channels and minutes, never with messages; where the minutes become too many, each two of them are one from then on.

/// What one channel got in one span of time.
package struct CountCell: Hashable, Sendable {
  /// Messages by the last result that each of them had at this gateway.
  package var sent = 0
  package var deferred = 0
  package var refused = 0
  /// Recipients of these messages.
  package var recipients = 0
  /// Lines of the log: a recipient that is tried three times has three.
  package var attempts = 0
  /// Messages that went over a session that was open already.
  package var reused = 0
  /// Messages of which the log says whether the session was encrypted.
  package var encrypted = 0
  package var plain = 0
  /// Sessions that the log says were encrypted, from lines of their own.
  package var encryptedSessions = 0
  /// Connections that failed, also those of messages that another gateway then took.
  package var connectFailures = 0
  /// Those of messages that no other gateway took: their deferral says so.
  package var unhiddenFailures = 0
  /// Messages that the gateway turned away, and the next one of a list was tried.
  package var passedOn = 0
  /// Messages to a recipient that had another one within 30 seconds.
  package var repeats = 0
  /// Messages that another gateway had deferred before.
  package var moved = 0
  /// What it took to get a connection, those to gateways of the list that failed before included.
  package var connecting = DelayHistogram()
  package var handingOver = DelayHistogram()

  package init() {}

  package var messages: Int { sent + deferred + refused }

  /// Whether nothing happened.
  package var isEmpty: Bool { self == CountCell() }

  /// Failed connections whose mail another gateway took.
  package var hiddenFailures: Int { max(0, connectFailures - unhiddenFailures) + passedOn }

  /// What failed beside the results of messages; empty where nothing did.
  package var failureWords: String {
    var parts: [String] = []
    if connectFailures > 0 {
      parts.append("\(connectFailures) \(connectFailures == 1 ? "connection" : "connections") failed")
    }
    if passedOn > 0 {
      parts.append("\(passedOn) \(passedOn == 1 ? "message was" : "messages were") turned away")
    }
    return parts.joined(separator: ", ")
  }

  package static func += (left: inout CountCell, right: CountCell) {
    left.sent += right.sent
    left.deferred += right.deferred
    left.refused += right.refused
    left.recipients += right.recipients
    left.attempts += right.attempts
    left.reused += right.reused
    left.encrypted += right.encrypted
    left.plain += right.plain
    left.encryptedSessions += right.encryptedSessions
    left.connectFailures += right.connectFailures
    left.unhiddenFailures += right.unhiddenFailures
    left.passedOn += right.passedOn
    left.repeats += right.repeats
    left.moved += right.moved
    left.connecting.add(right.connecting)
    left.handingOver.add(right.handingOver)
  }
}

package struct Counts: Sendable {
  /// The seconds that a cell covers.
  package private(set) var width = 60
  /// By channel: cells in the order of time.
  private var series: [[Entry]]
  /// By channel: why messages were deferred or refused.
  package private(set) var reasons: [Reasons]
  /// By channel: when a message was last delivered.
  package private(set) var lastSent: [Int?]
  /// When the first and the last line were written that counted.
  package private(set) var first: Int?
  package private(set) var last: Int?
  /// Deliveries by transports of the pools to hosts that are no gateway of theirs.
  package private(set) var elsewhere = 0
  /// How many of them each host got, as the log names it and as long as these are few.
  package private(set) var elsewhereByHost: [String: Int] = [:]
  /// Deliveries of which somebody else may have written the fields.
  package var unclear = 0
  /// Lines of deliveries with a time that had not come yet.
  package var future = 0
  /// Lines of deliveries that count as of the moment when they came, as the clock of their host is wrong.
  package var skewed = 0
  /// Lines that a rate limit lost, as the log says.
  package var lost = 0
  /// The hosts that wrote the lines, as long as they are few.
  package private(set) var hosts: [String] = []
  /// The same of those that were not asked for.
  package private(set) var otherHosts: [String] = []

  /// By channel: why messages were deferred or refused in each of the last minutes.
  private var recentReasons: [[(start: Int, reasons: Reasons)]]
  private static let recentCount = 16

  private struct Entry {
    var start: Int
    var cell: CountCell
  }

  /// More cells than this are not kept. Each channel has one at least, or two where times before 1970 are in a log.
  private let limit: Int
  private static let limitOfOneChannel = 20_000
  /// No two times of a log are further apart, and twice as much is still a number.
  private static let widest = 1 << 61
  private static let hostLimit = 20
  private var cellCount = 0

  package init(channelCount: Int) {
    limit = Self.limitOfOneChannel + 2 * channelCount
    series = Array(repeating: [], count: channelCount)
    reasons = Array(repeating: Reasons(), count: channelCount)
    lastSent = Array(repeating: nil, count: channelCount)
    recentReasons = Array(repeating: [], count: channelCount)
  }

  /// What a channel got in `[since, until)`, by whole cells.
  package func sum(channel: Int, since: Int = .min, until: Int = .max) -> CountCell {
    var sum = CountCell()
    for entry in series[channel] where entry.start >= since && entry.start < until { sum += entry.cell }
    return sum
  }

  /// The cells of a channel, each with when it starts: for a strip of the last hours.
  package func cells(channel: Int) -> [(start: Int, cell: CountCell)] {
    series[channel].map { ($0.start, $0.cell) }
  }

  mutating func change(channel: Int, at time: Int, _ change: (inout CountCell) -> Void) {
    first = min(first ?? time, time)
    last = max(last ?? time, time)
    let start = time - time % width
    if let index = series[channel].indices.last, series[channel][index].start == start {
      change(&series[channel][index].cell)
      return
    }
    // Lines of several hosts or files are not in order.
    var index = series[channel].count
    while index > 0, series[channel][index - 1].start > start { index -= 1 }
    if index > 0, series[channel][index - 1].start == start {
      change(&series[channel][index - 1].cell)
      return
    }
    var entry = Entry(start: start, cell: CountCell())
    change(&entry.cell)
    series[channel].insert(entry, at: index)
    cellCount += 1
    if cellCount > limit, width < Self.widest { coarsen() }
  }

  mutating func noteSent(channel: Int, at time: Int) {
    lastSent[channel] = max(lastSent[channel] ?? time, time)
  }

  mutating func note(_ reason: Reason, channel: Int, at time: Int) {
    reasons[channel].add(reason)
    let start = time - time % 60
    // What a gateway said may be known some time after that.
    let before = recentReasons[channel].lastIndex { $0.start <= start }
    if let before, recentReasons[channel][before].start == start {
      return recentReasons[channel][before].reasons.add(reason)
    }
    var reasons = Reasons()
    reasons.add(reason)
    recentReasons[channel].insert((start, reasons), at: before.map { $0 + 1 } ?? 0)
    if recentReasons[channel].count > Self.recentCount { recentReasons[channel].removeFirst() }
  }

  /// Why messages of a channel were deferred or refused since then: exact for the last quarter of an hour, for longer
  /// times all that is known.
  package func reasons(channel: Int, since: Int) -> Reasons {
    let recent = recentReasons[channel]
    guard let newest = recent.last?.start, since > newest - 900 else { return reasons[channel] }
    var sum = Reasons()
    for minute in recent where minute.start >= since { sum.add(minute.reasons) }
    return sum
  }

  /// What came before `time` is kept by quarters of an hour from now on, and what came before `end` not at all.
  package mutating func fold(before time: Int, forgetBefore end: Int) {
    let wide = max(width, 900)
    merge { start in
      if start < end { return nil }
      return start < time ? start - start % wide : start
    }
  }

  mutating func noteHost(_ name: String) {
    if hosts.count < Self.hostLimit, !hosts.contains(name) { hosts.append(name) }
  }

  /// - Parameter host: nil: the log names none.
  mutating func noteElsewhere(_ host: String?) {
    elsewhere += 1
    guard let host, elsewhereByHost[host] != nil || elsewhereByHost.count < Self.hostLimit else { return }
    elsewhereByHost[host, default: 0] += 1
  }

  mutating func noteOtherHost(_ name: String) {
    if otherHosts.count < Self.hostLimit, !otherHosts.contains(name) { otherHosts.append(name) }
  }

  private mutating func coarsen() {
    width *= 2
    merge { [width] in $0 - $0 % width }
  }

  /// Adds up the cells that come to have one start. A cell whose start becomes nil goes.
  private mutating func merge(_ newStart: (Int) -> Int?) {
    cellCount = 0
    for channel in series.indices {
      var merged: [Entry] = []
      for entry in series[channel] {
        guard let start = newStart(entry.start) else { continue }
        if let index = merged.indices.last, merged[index].start == start {
          merged[index].cell += entry.cell
        } else {
          merged.append(Entry(start: start, cell: entry.cell))
        }
      }
      series[channel] = merged
      cellCount += merged.count
    }
  }
}
