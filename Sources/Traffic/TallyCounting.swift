// What a line of a log adds to the counts: one recipient of a message, the host that wrote it, lines that were lost.

import PostfixFiles

extension Tally {
  mutating func count(
    _ attempt: LogEvent.Attempt, _ bytes: Span<UInt8>, _ line: LogLine, channel named: Int, at time: Int
  ) {
    var channel = named
    let key = bytes.hash(attempt.queueID, seed: bytes.hash(line.host, seed: gatewayNumbers[channel]))
    let number = message(bytes, attempt.queueID, line)
    let recipient = bytes.hash(attempt.recipient, seed: key)
    var isNewRecipient = true
    var isNewResult = true
    var isNewAttempt = true
    if var message = window[key] {
      // Where a suspended delivery leaves the transport open, an earlier attempt has named it.
      if channels.all[channel].tag.isEmpty { channel = message.channel }
      if let at = message.waiting.firstIndex(of: recipient) {
        message.waiting.remove(at: at)
        isNewRecipient = false
      }
      let old = message
      if attempt.status == .deferred { message.waiting.append(recipient) }
      if attempt.status == .sent { message.hasSent = true }
      message.result = !message.waiting.isEmpty ? .deferred : message.hasSent ? .sent : .refused
      message.channel = channel
      message.time = time
      isNewResult = attempt.status == .sent && !old.hasSent
      // The lines of one attempt are written together.
      isNewAttempt = time - old.time > 5
      if old.result != message.result || old.channel != channel
        || old.time / kept.width != time / kept.width
      {
        kept.change(channel: old.channel, at: old.time) { $0.add(old.result, -1) }
        kept.change(channel: channel, at: time) { $0.add(message.result, 1) }
      }
      window.update(key, message)
    } else {
      let result: KnownMessage.Result =
        attempt.status == .sent ? .sent : attempt.status == .deferred ? .deferred : .refused
      var message = KnownMessage(channel: channel, time: time, result: result, hasSent: result == .sent)
      if result == .deferred { message.waiting = [recipient] }
      window.add(key, message)
      let isMoved = deferred.contains(number)
      let isRepeated = recipients.seen(bytes.hash(attempt.recipient, seed: 0), at: time)
      kept.change(channel: channel, at: time) {
        $0.add(result, 1)
        if isRepeated { $0.repeats += 1 }
        if isMoved { $0.moved += 1 }
      }
    }
    if attempt.status == .deferred { deferred.insert(number) }
    let isConnectFailure =
      attempt.relay == nil && attempt.status == .deferred
      && !bytes.starts(with: "delivery", in: attempt.words)
    kept.change(channel: channel, at: time) { cell in
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
    kept.noteHost(printable(lastHost))
  }

  /// A number for a message, whatever gateway it goes to.
  func message(_ bytes: Span<UInt8>, _ queueID: Range<Int>, _ line: LogLine) -> UInt64 {
    bytes.hash(queueID, seed: bytes.hash(line.host, seed: 0))
  }
}

extension Cell {
  fileprivate mutating func add(_ result: KnownMessage.Result, _ number: Int) {
    switch result {
    case .sent: sent += number
    case .deferred: deferred += number
    case .refused: refused += number
    }
  }
}
