// What gateways said when they turned mail away that the next one of a list was then tried with. Such a line does not say
// whom it is about. A later line of the message does, so the words wait for it: what they name must not be shown.

import PostfixFiles

struct TurnedAway: Sendable {
  struct Entry: Sendable {
    let channel: Int
    let time: Int
    let queueID: [UInt8]
    let words: [UInt8]
    fileprivate let message: UInt64
    /// The number of results that had been read by then.
    fileprivate let turn: Int
    fileprivate var isSaid = false
  }

  /// A message that has entries: of thousands each may be named by thousands of lines, so what those say is kept once.
  private struct Message {
    var count = 0
    var people = People()
    /// By channel: when it turned the message away last.
    var turnedAway: [Int: Int] = [:]
    /// The last result that named somebody, and the last one of another channel.
    var named: Name?
    var namedElsewhere: Name?

    struct Name {
      let channel: Int?
      let time: Int
      let turn: Int
    }

    mutating func name(_ new: Name) {
      if let named, named.channel != new.channel { namedElsewhere = named }
      named = new
    }

    /// When another gateway's result named the people of an entry.
    func namedAt(_ entry: Entry) -> Int? {
      let name = named?.channel == entry.channel ? namedElsewhere : named
      return name.flatMap { $0.turn > entry.turn ? $0.time : nil }
    }
  }

  /// The last ones, in a ring.
  private var entries: [Entry] = []
  private var next = 0
  private var messages: [UInt64: Message] = [:]
  private var turn = 0
  private static let limit = 1_024
  private static let longest = 1_000
  /// The lines of one attempt are written together: for this long, more people may come.
  private static let together = 2
  /// A message that has no result for so long is still being tried: its words are shown without anything that may be a name.
  private static let patience = 60

  var isEmpty: Bool { entries.isEmpty }

  /// Takes one line. smtp(8) writes one for each recipient: false where the message was known at this gateway.
  ///
  /// - Parameter message: the number of the message.
  mutating func add(
    _ words: Range<Int>, queueID: Range<Int>, of message: UInt64, in bytes: Span<UInt8>, channel: Int,
    at time: Int, settle: (Reason, Entry) -> Void
  ) -> Bool {
    let end = min(words.upperBound, words.lowerBound + Self.longest)
    let entry = Entry(
      channel: channel, time: time, queueID: bytes.array(queueID), words: bytes.array(words.lowerBound..<end),
      message: message, turn: turn)
    let before = messages[message, default: Message()].turnedAway.updateValue(time, forKey: channel)
    messages[message]?.count += 1
    if entries.count < Self.limit {
      entries.append(entry)
    } else {
      let old = entries[next]
      if !old.isSaid { settle(reason(of: old), old) }
      messages[old.message]?.count -= 1
      if messages[old.message]?.count == 0 { messages[old.message] = nil }
      entries[next] = entry
      next = (next + 1) % Self.limit
    }
    return before.map { abs(time - $0) >= Self.patience } ?? true
  }

  /// A result of a message names somebody.
  mutating func name(_ people: @autoclosure () -> People, of message: UInt64, channel: Int?, at time: Int) {
    guard let place = messages.index(forKey: message) else { return }
    turn += 1
    messages.values[place].people.add(people())
    messages.values[place].name(Message.Name(channel: channel, time: time, turn: turn))
  }

  /// What was not said yet and can be by `now`; nil: nothing more comes.
  mutating func say(at now: Int?) -> [(reason: Reason, entry: Entry)] {
    var said: [(reason: Reason, entry: Entry)] = []
    for place in entries.indices where !entries[place].isSaid {
      let entry = entries[place]
      if let now {
        let named = messages[entry.message]?.namedAt(entry)
        let (from, pause) = named.map { ($0, Self.together) } ?? (entry.time, Self.patience)
        if now - from < pause { continue }
      }
      entries[place].isSaid = true
      said.append((reason(of: entry), entry))
    }
    return said
  }

  /// The people whom no other gateway's result has named count as unknown.
  private func reason(of entry: Entry) -> Reason {
    let message = messages[entry.message]
    var people = message?.people ?? People()
    if message?.namedAt(entry) == nil { people.add(.unknown) }
    var bytes = entry.words
    let words = 0..<bytes.count
    bytes += entry.queueID
    return Reason(bytes.span, words: words, people: people, queueID: words.upperBound..<bytes.count)
  }
}
