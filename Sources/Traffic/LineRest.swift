// What a tally keeps from one piece of a log to the next: the line that is not complete, who got mail a moment ago, and which
// gateways were named.

/// What is left of a chunk after its last newline. A line that is longer than any that syslog daemons write is passed
/// over, whatever its length.
struct LineRest {
  static let longest = 65_536
  private var bytes: [UInt8] = []
  private(set) var length = 0

  var isEmpty: Bool { length == 0 }

  mutating func append(_ chunk: Span<UInt8>, _ range: Range<Int>) {
    // A hole in a file may have gigabytes of zeros before the line.
    let range = length == 0 ? LogLine.withoutZeros(chunk, range) : range
    length += range.count
    if length > Self.longest { bytes = [] } else { bytes += chunk.array(range) }
  }

  /// The line; empty where it was too long.
  mutating func take() -> [UInt8] {
    defer { (bytes, length) = ([], 0) }
    return bytes
  }
}

/// Which recipients had mail within the last 30 seconds, as far as a small table knows.
struct RecentRecipients {
  private var slots: [(hash: UInt64, time: Int)] = Array(repeating: (0, .min), count: 1_024)

  mutating func seen(_ hash: UInt64, at time: Int) -> Bool {
    let slot = Int(hash % 1_024)
    defer { slots[slot] = (hash, time) }
    return slots[slot].hash == hash && time - slots[slot].time <= 30
  }
}

/// The channel that a relay in a line means, of those that were seen last. Mail to the whole world uses the same transports:
/// what is kept of that is bounded.
struct KnownRelays {
  private static let count = 4_096
  private var slots: [(hash: UInt64, channel: Int)?] = Array(repeating: nil, count: count)

  /// Nil: not known; less than 0: none.
  subscript(hash: UInt64) -> Int? {
    get { slots[Int(hash % UInt64(Self.count))].flatMap { $0.hash == hash ? $0.channel : nil } }
    set { slots[Int(hash % UInt64(Self.count))] = newValue.map { (hash, $0) } }
  }
}
