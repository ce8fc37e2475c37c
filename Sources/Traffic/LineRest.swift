// What a tally keeps from one piece of a log to the next: the line that is not complete, and who got mail a moment ago.

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
