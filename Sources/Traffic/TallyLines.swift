// From a line of a log to what it adds to the counts: which program wrote it, which gateway it names, when.

import PostfixFiles

/// Clocks that differ by more are not told from an old log.
private let mostBehind = 86_400
/// A difference of clocks that is not worth a word, in seconds.
private let usualSkew = 60

/// What lines that are alike add to.
enum RepeatedCount { case connectFailure, encryptedSession, attempt }

extension Tally {
  mutating func count(_ bytes: Span<UInt8>, _ range: Range<Int>, isOurs: Bool) {
    if reach == nil {
      reach = LogLine.stamp(bytes, range, isOurs: isOurs).flatMap { stamps.seconds(bytes, $0) }
    }
    let before = counted
    counted = nil
    guard let line = LogLine(bytes, range, isOurs: isOurs) else { return }
    let last = bytes[line.tag.upperBound - 1]
    guard last == UInt8(ascii: "p") || last == UInt8(ascii: "r") else {
      if let times = RepeatedMessage.times(bytes, line.message) {
        count(before, again: times, bytes, line)
      } else {
        noteLost(bytes, line)
      }
      return
    }
    let repeated = RepeatedMessage(bytes, line.message)
    let times = repeated?.times ?? 1
    let isSuspended = last == UInt8(ascii: "r")
    let message = repeated?.message ?? line.message
    var isUnclear = false
    if let attempt = LogAttempt(bytes, message, isQuoted: channels.isQuoted, isUnclear: &isUnclear) {
      guard isOfHost(bytes, line) else { return }
      count(attempt, bytes, line, isSuspended: isSuspended, times: times)
    } else if isUnclear {
      let tag = bytes.text(line.tag)
      guard isOfHost(bytes, line), isSuspended ? channels.areSuspended(by: tag) : isTagOfOurs(tag),
        meantTime(bytes, line) != nil
      else { return }
      kept.unclear += 1
    } else if let event = LogEvent(bytes, message), isOfHost(bytes, line), !isSuspended {
      count(event, bytes, line, times: times)
    }
  }

  private mutating func count(
    _ attempt: LogAttempt, _ bytes: Span<UInt8>, _ line: LogLine, isSuspended: Bool, times: Int
  ) {
    var relay = attempt.relay
    if relay == nil { relay = LogRelay.inWords(bytes, attempt.words) }
    if isSuspended {
      let isOurs = bytes.starts(with: "delivery temporarily suspended: ", in: attempt.words)
      guard isOurs, attempt.status == .deferred, channels.areSuspended(by: bytes.text(line.tag)) else {
        return
      }
    }
    let found = relay.flatMap {
      channel(bytes, line, $0, isSuspended: isSuspended, isReused: attempt.isReused)
    }
    if !turnedAway.isEmpty, let time = time(bytes, line) {
      turnedAway.name(
        People(bytes, attempt.recipient, attempt.original), of: message(bytes, attempt.queueID, line),
        channel: found, at: time)
    }
    let lane =
      isSuspended || channels.lanes.tags.isEmpty ? nil : channels.lane(bytes.text(line.tag), beside: found)
    guard let channel = found ?? lane else {
      if !isSuspended, isTagOfOurs(bytes.text(line.tag)), meantTime(bytes, line) != nil {
        kept.noteElsewhere(relay.map { printable(bytes.array($0.host)) })
      }
      return
    }
    guard let time = meantTime(bytes, line) else { return }
    noteHost(bytes, line.host)
    for number in [lane, found].compactMap(\.self) {
      count(attempt, bytes, line, channel: number, at: time)
      if times > 1 { kept.change(channel: number, at: time) { $0.attempts += times - 1 } }
    }
    counted = (channel, .attempt, lastHostNumber)
  }

  private mutating func count(_ event: LogEvent, _ bytes: Span<UInt8>, _ line: LogLine, times: Int) {
    guard let channel = channel(bytes, line, event.relay, isSuspended: false),
      let time = meantTime(bytes, line)
    else { return }
    let host = bytes.hash(line.host, seed: 0)
    switch event {
    case .connectFailure: add(times, channel: channel, .connectFailure, at: time, host: host)
    case .encrypted: add(times, channel: channel, .encryptedSession, at: time, host: host)
    case .passedOn(_, let queueID, let words):
      let isNew = turnedAway.add(
        words, queueID: queueID, of: message(bytes, queueID, line), in: bytes, channel: channel, at: time
      ) { kept.note($0, channel: $1.channel, at: $1.time) }
      kept.change(channel: channel, at: time) { if isNew { $0.passedOn += 1 } }
    }
  }

  /// A notice that the line before came again. Each delivery has the id of its message, so a repeated one is the same recipient
  /// of the same message: a further attempt, and no further message.
  private mutating func count(
    _ before: (channel: Int, kind: RepeatedCount, host: UInt64)?, again times: Int, _ bytes: Span<UInt8>,
    _ line: LogLine
  ) {
    // In a log of several hosts the notice of one may come after a line of another one.
    guard let before, before.host == bytes.hash(line.host, seed: 0), isOfHost(bytes, line),
      let time = meantTime(bytes, line)
    else { return }
    add(times, channel: before.channel, before.kind, at: time, host: before.host)
  }

  private mutating func add(_ times: Int, channel: Int, _ kind: RepeatedCount, at time: Int, host: UInt64) {
    kept.change(channel: channel, at: time) {
      switch kind {
      case .connectFailure: $0.connectFailures += times
      case .encryptedSession: $0.encryptedSessions += times
      case .attempt: $0.attempts += times
      }
    }
    counted = (channel, kind, host)
  }

  /// Whether a line is of the host that is asked for.
  private mutating func isOfHost(_ bytes: Span<UInt8>, _ line: LogLine) -> Bool {
    guard let host else { return true }
    guard host.count == line.host.count, bytes.equals(host, in: line.host) else {
      noteOtherHost(bytes, line.host)
      return false
    }
    hasHost = true
    return true
  }

  /// The time of a line, if it counts.
  private mutating func meantTime(_ bytes: Span<UInt8>, _ line: LogLine) -> Int? {
    guard let written = stamps.seconds(bytes, line.stamp), written > countedUntil else { return nil }
    let time = ourTime(written)
    if abs(written - time) > usualSkew { kept.skewed += 1 }
    if time >= future { kept.future += 1 }
    return time >= since && time < until ? time : nil
  }

  mutating func time(_ bytes: Span<UInt8>, _ line: LogLine) -> Int? {
    stamps.seconds(bytes, line.stamp).map { ourTime($0) }
  }

  private func ourTime(_ time: Int) -> Int {
    guard let present, time > presentAfter else { return time }
    let isBehind = time < since && since - time <= mostBehind
    return time > present || isBehind ? present : time
  }

  private func isTagOfOurs(_ tag: String) -> Bool { channels.tags.contains(tag) }

  private mutating func channel(
    _ bytes: Span<UInt8>, _ line: LogLine, _ relay: LogRelay, isSuspended: Bool, isReused: Bool = false
  ) -> Int? {
    // `HOST[ADDRESS` is one piece of the line.
    let name = relay.host.lowerBound..<max(relay.host.upperBound, relay.address.upperBound)
    let kind: UInt64 = (isReused ? 1 : 0) + (relay.address.isEmpty ? 2 : 0)
    let key = bytes.hash(line.tag, seed: bytes.hash(name, seed: UInt64(relay.port ?? 70_000) * 4 + kind))
    if let found = known[key] { return found < 0 ? nil : found }
    let found = channels.find(
      tag: isSuspended ? nil : bytes.text(line.tag), host: bytes.text(relay.host),
      address: bytes.text(relay.address), port: relay.port, isReused: isReused)
    known[key] = found ?? -1
    return found
  }
}
