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
    fileprivate var people = People()
    /// When another gateway's result named them.
    fileprivate var namedAt: Int?
    fileprivate var isSaid = false

    /// - Parameter isOver: whether nothing more is known of the people by now; else they count as unknown.
    fileprivate func reason(isOver: Bool) -> Reason {
      var people = people
      if !isOver { people.add(.unknown) }
      var bytes = words
      let words = 0..<bytes.count
      bytes += queueID
      return Reason(bytes.span, words: words, people: people, queueID: words.upperBound..<bytes.count)
    }
  }

  /// The last ones, in a ring.
  private var entries: [Entry] = []
  private var next = 0
  private var places: [UInt64: [Int]] = [:]
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
    let isNew = !(places[message] ?? []).contains {
      entries[$0].channel == channel && abs(time - entries[$0].time) < Self.patience
    }
    let end = min(words.upperBound, words.lowerBound + Self.longest)
    let entry = Entry(
      channel: channel, time: time, queueID: bytes.array(queueID), words: bytes.array(words.lowerBound..<end),
      message: message)
    if entries.count < Self.limit {
      entries.append(entry)
      places[message, default: []].append(entries.count - 1)
      return isNew
    }
    let old = entries[next]
    if !old.isSaid { settle(old.reason(isOver: old.namedAt != nil), old) }
    places[old.message]?.removeAll { $0 == next }
    if places[old.message]?.isEmpty == true { places[old.message] = nil }
    entries[next] = entry
    places[message, default: []].append(next)
    next = (next + 1) % Self.limit
    return isNew
  }

  /// A result of a message names somebody.
  mutating func name(_ people: @autoclosure () -> People, of message: UInt64, channel: Int?, at time: Int) {
    guard let known = places[message] else { return }
    let people = people()
    for place in known {
      entries[place].people.add(people)
      if entries[place].channel != channel { entries[place].namedAt = time }
    }
  }

  /// What was not said yet and can be by `now`; nil: nothing more comes.
  mutating func say(at now: Int?) -> [(reason: Reason, entry: Entry)] {
    var said: [(reason: Reason, entry: Entry)] = []
    for place in entries.indices where !entries[place].isSaid {
      let entry = entries[place]
      if let now {
        let (from, pause) = entry.namedAt.map { ($0, Self.together) } ?? (entry.time, Self.patience)
        if now - from < pause { continue }
      }
      entries[place].isSaid = true
      said.append((entry.reason(isOver: entry.namedAt != nil), entry))
    }
    return said
  }
}
