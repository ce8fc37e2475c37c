// Which messages a gateway was given lately, so that one message that is tried again stays one message. Bounded: of those
// that are done a few thousand are kept, for recipients that come in several lines; of those that wait very many.

/// What is known of one message at one gateway.
struct KnownMessage {
  enum Result { case sent, deferred, refused }

  var channel: Int
  /// When it had its result.
  var time: Int
  var result: Result
  var hasSent = false
  /// The recipients that wait, as numbers that say nothing of them.
  var waiting: Set<UInt64> = []
}

struct MessageWindow {
  /// The last messages, the oldest of which gives its place to the next one, and their keys.
  private var messages: [KnownMessage] = []
  private var keys: [UInt64] = []
  private var next = 0
  private let limit: Int
  /// By the last bits of a key: the place of the newest message that has these bits; -1: there is none. A dictionary would
  /// take a quarter of the time of a delivery: it makes hashes of keys that are hashes already.
  private var newest: [Int32]
  /// By place: that of the message before it whose key has the same last bits; -1: there is none.
  private var before: [Int32] = []
  /// Those that wait and are no longer among the last ones.
  private var old: [UInt64: KnownMessage] = [:]
  private var waiting: Ring
  /// Messages whose next attempt can no longer be told from a first one.
  private(set) var forgotten = 0
  /// The recipients that wait, of all messages. Of many more, one of each message is known again.
  private(set) var recipients = 0
  private let recipientLimit: Int

  init(recent: Int = 8_192, waiting: Int = 65_536, recipients: Int = 1_000_000) {
    limit = recent
    self.waiting = Ring(limit: waiting)
    recipientLimit = recipients
    newest = Array(repeating: -1, count: recent * 2)
  }

  var count: Int { messages.count + old.count }

  /// Where a message is, until another one is added.
  enum Place {
    case recent(Int)
    case old(Dictionary<UInt64, KnownMessage>.Index)
  }

  func find(_ key: UInt64) -> Place? {
    place(of: key).map { .recent($0) } ?? old.index(forKey: key).map { .old($0) }
  }

  /// Changes a message where it is: it may have many recipients that wait, and a line for each of them.
  ///
  /// - Parameter change: gets whether one more recipient may wait.
  mutating func change<Result>(_ place: Place, _ change: (inout KnownMessage, Bool) -> Result) -> Result {
    let hasPlace = recipients < recipientLimit
    func changed(_ message: inout KnownMessage, _ count: inout Int) -> Result {
      count -= message.waiting.count
      defer { count += message.waiting.count }
      return change(&message, hasPlace || message.waiting.isEmpty)
    }
    switch place {
    case .recent(let place): return changed(&messages[place], &recipients)
    case .old(let place): return changed(&old.values[place], &recipients)
    }
  }

  /// Takes a message that is not known.
  mutating func add(_ key: UInt64, _ message: KnownMessage) {
    recipients += message.waiting.count
    let chain = chain(of: key)
    if messages.count < limit {
      before.append(newest[chain])
      newest[chain] = Int32(messages.count)
      messages.append(message)
      keys.append(key)
      return
    }
    remove(next)
    if messages[next].result == .deferred {
      keep(keys[next], messages[next])
    } else {
      recipients -= messages[next].waiting.count
    }
    (messages[next], keys[next]) = (message, key)
    before[next] = newest[chain]
    newest[chain] = Int32(next)
    next = (next + 1) % limit
  }

  private func chain(of key: UInt64) -> Int { Int(key % UInt64(newest.count)) }

  private func place(of key: UInt64) -> Int? {
    var place = Int(newest[chain(of: key)])
    while place >= 0 {
      if keys[place] == key { return place }
      place = Int(before[place])
    }
    return nil
  }

  /// Takes a place out of its chain. It is the oldest one, so nothing comes after it there.
  private mutating func remove(_ place: Int) {
    let chain = chain(of: keys[place])
    var last = Int(newest[chain])
    if last == place { return newest[chain] = -1 }
    while Int(before[last]) != place { last = Int(before[last]) }
    before[last] = -1
  }

  private mutating func keep(_ key: UInt64, _ message: KnownMessage) {
    old[key] = message
    guard let oldest = waiting.push(key) else { return }
    guard let message = old.removeValue(forKey: oldest) else { return }
    recipients -= message.waiting.count
    if message.result == .deferred { forgotten += 1 }
  }
}

/// The last messages that some gateway deferred: the next gateway that gets one gets no further message.
struct DeferredMessages {
  private var known: Set<UInt64> = []
  private var last = Ring(limit: 65_536)

  var isEmpty: Bool { known.isEmpty }

  func contains(_ message: UInt64) -> Bool { known.contains(message) }

  mutating func insert(_ message: UInt64) {
    guard known.insert(message).inserted, let old = last.push(message) else { return }
    known.remove(old)
  }
}

/// The last keys, and which one falls out.
private struct Ring {
  private var keys: [UInt64] = []
  private var next = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func push(_ key: UInt64) -> UInt64? {
    if keys.count < limit {
      keys.append(key)
      return nil
    }
    let old = keys[next]
    keys[next] = key
    next = (next + 1) % limit
    return old
  }
}
