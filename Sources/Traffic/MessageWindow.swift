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
  var waiting: [UInt64] = []
}

struct MessageWindow {
  private var messages: [UInt64: KnownMessage] = [:]
  private var recent: Ring
  private var waiting: Ring
  /// Messages whose next attempt can no longer be told from a first one.
  private(set) var forgotten = 0

  init(recent: Int = 8_192, waiting: Int = 65_536) {
    self.recent = Ring(limit: recent)
    self.waiting = Ring(limit: waiting)
    messages.reserveCapacity(recent)
  }

  var count: Int { messages.count }

  subscript(key: UInt64) -> KnownMessage? { messages[key] }

  mutating func update(_ key: UInt64, _ message: KnownMessage) { messages[key] = message }

  mutating func add(_ key: UInt64, _ message: KnownMessage) {
    messages[key] = message
    guard let old = recent.push(key) else { return }
    if messages[old]?.result == .deferred {
      guard let oldest = waiting.push(old) else { return }
      if messages[oldest]?.result == .deferred { forgotten += 1 }
      messages[oldest] = nil
    } else {
      messages[old] = nil
    }
  }
}

/// The last messages that some gateway deferred: the next gateway that gets one gets no further message.
struct DeferredMessages {
  private var known: Set<UInt64> = []
  private var last = Ring(limit: 65_536)

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
