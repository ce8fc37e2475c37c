// What a line of a log adds to the counts: one recipient of a message, the host that wrote it, lines that were lost.

import PostfixFiles

extension Tally {
  /// - Parameter line: of the host that was noted last.
  mutating func count(
    _ attempt: LogAttempt, _ bytes: Span<UInt8>, _ line: LogLine, channel named: Int, at time: Int
  ) {
    var channel = named
    let isLane = channel >= channels.all.count
    let key = bytes.hash(attempt.queueID, seed: lastHostNumber ^ gatewayNumbers[channel])
    /// Few messages have several recipients of which some wait.
    func recipient() -> UInt64 { bytes.hash(attempt.recipient, seed: key) }
    var isNewRecipient = true
    var isNewResult = true
    var isNewAttempt = true
    var isMoved = false
    var isRepeated = false
    /// The result of a message that is not counted yet.
    var added: KnownMessage.Result?
    if let place = window.find(key) {
      // Where a suspended delivery leaves the transport open, an earlier attempt has named it.
      let isOpen = channels.isOpen(channel)
      let ((oldResult, oldChannel, oldTime, hadSent), result) = window.change(place) { message, hasPlace in
        let before = (message.result, message.channel, message.time, message.hasSent)
        if isOpen { channel = message.channel }
        if !message.waiting.isEmpty, message.waiting.remove(recipient()) != nil { isNewRecipient = false }
        if attempt.status == .deferred, hasPlace { message.waiting.insert(recipient()) }
        if attempt.status == .sent { message.hasSent = true }
        message.result = !message.waiting.isEmpty ? .deferred : message.hasSent ? .sent : .refused
        message.channel = channel
        message.time = time
        return (before, message.result)
      }
      isNewResult = attempt.status == .sent && !hadSent
      // The lines of one attempt are written together.
      isNewAttempt = time - oldTime > 5
      if oldResult != result || oldChannel != channel || oldTime / kept.width != time / kept.width {
        kept.change(channel: oldChannel, at: oldTime) { $0.add(oldResult, -1) }
        added = result
      }
    } else {
      let result: KnownMessage.Result =
        attempt.status == .sent ? .sent : attempt.status == .deferred ? .deferred : .refused
      var message = KnownMessage(channel: channel, time: time, result: result, hasSent: result == .sent)
      if result == .deferred { message.waiting = [recipient()] }
      window.add(key, message)
      added = result
      func isKnown(to deferred: DeferredMessages) -> Bool {
        !deferred.isEmpty && deferred.contains(self.message(bytes, attempt.queueID, line))
      }
      let recipient = bytes.hash(attempt.recipient, seed: 0)
      isMoved = isKnown(to: isLane ? laneDeferred : deferred)
      isRepeated =
        isLane ? laneRecipients.seen(recipient, at: time) : recipients.seen(recipient, at: time)
    }
    if attempt.status == .deferred {
      let message = message(bytes, attempt.queueID, line)
      if isLane { laneDeferred.insert(message) } else { deferred.insert(message) }
    }
    // Which host a connection fails to has nothing to do with the lane.
    let isConnectFailure =
      !isLane && attempt.relay == nil && attempt.status == .deferred
      && !bytes.starts(with: "delivery", in: attempt.words)
    kept.change(channel: channel, at: time) { cell in
      if let added { cell.add(added, 1) }
      if isMoved { cell.moved += 1 }
      if isRepeated { cell.repeats += 1 }
      cell.attempts += 1
      if isNewRecipient { cell.recipients += 1 }
      if isConnectFailure, isNewAttempt { cell.unhiddenFailures += 1 }
      if attempt.status == .sent, isNewResult {
        cell.handingOver.add(attempt.handingOver)
        cell.connecting.add(attempt.connecting)
        if attempt.isReused { cell.reused += 1 }
        if let isEncrypted = attempt.isEncrypted {
          if isEncrypted { cell.encrypted += 1 } else { cell.plain += 1 }
        }
      }
    }
    if attempt.status == .sent {
      kept.noteSent(channel: channel, at: time)
    } else {
      let reason = Reason(
        bytes, words: attempt.words, people: People(bytes, attempt.recipient, attempt.original),
        queueID: attempt.queueID)
      kept.note(reason, channel: channel, at: time)
    }
  }

  /// What a syslog daemon or journald says of lines that it lost.
  mutating func noteLost(_ bytes: Span<UInt8>, _ line: LogLine) {
    if let host, host.count != line.host.count || !bytes.equals(host, in: line.host) { return }
    guard let count = LostLines.count(bytes, line.message), let time = time(bytes, line), time >= since,
      time < until
    else { return }
    kept.lost += min(count, 1_000_000_000)
  }

  mutating func noteOtherHost(_ bytes: Span<UInt8>, _ host: Range<Int>) {
    if lastOtherHost.count == host.count, bytes.equals(lastOtherHost, in: host) { return }
    lastOtherHost = bytes.array(host)
    kept.noteOtherHost(printable(lastOtherHost))
  }

  mutating func noteHost(_ bytes: Span<UInt8>, _ host: Range<Int>) {
    if lastHost.count == host.count, bytes.equals(lastHost, in: host) { return }
    lastHost = bytes.array(host)
    lastHostNumber = bytes.hash(host, seed: 0)
    kept.noteHost(printable(lastHost))
  }

  /// A number for a message, whatever gateway it goes to.
  func message(_ bytes: Span<UInt8>, _ queueID: Range<Int>, _ line: LogLine) -> UInt64 {
    bytes.hash(queueID, seed: bytes.hash(line.host, seed: 0))
  }
}

extension CountCell {
  fileprivate mutating func add(_ result: KnownMessage.Result, _ number: Int) {
    switch result {
    case .sent: sent += number
    case .deferred: deferred += number
    case .refused: refused += number
    }
  }
}
