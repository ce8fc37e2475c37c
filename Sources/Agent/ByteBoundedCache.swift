// Values by keys that others choose: bounded in bytes, because a bound on their number does not bound their size.

/// A dictionary that forgets what was not used for longest when it holds too much. It has two generations: what is used
/// moves to the young one, and when that is full the old one is forgotten.
struct ByteBoundedCache<Key: Hashable, Value> {
  fileprivate struct Entry {
    var value: Value
    let cost: Int
  }

  /// What an entry costs beside its own bytes.
  private static var overhead: Int { 100 }

  private var young: [Key: Entry] = [:]
  private var old: [Key: Entry] = [:]
  private var youngBytes = 0
  private var oldBytes = 0
  /// Of each generation.
  private let limit: Int
  /// How many entries were forgotten so far.
  private(set) var forgotten = 0

  /// - Parameter limit: the bytes that it may hold. One larger entry is still kept, alone.
  init(limit: Int) { self.limit = limit / 2 }

  var count: Int { young.count + old.count }
  var bytes: Int { youngBytes + oldBytes }

  /// The value of `key`, without using it.
  subscript(key: Key) -> Value? { (young[key] ?? old[key])?.value }

  /// The value of `key`, which counts as used now.
  mutating func use(_ key: Key) -> Value? {
    if let entry = young[key] { return entry.value }
    guard let entry = old.removeValue(forKey: key) else { return nil }
    oldBytes -= entry.cost
    keep(entry, for: key)
    return entry.value
  }

  /// Sets the value of `key`; `bytes` is what both hold.
  mutating func set(_ value: Value, for key: Key, bytes: Int) {
    remove(key)
    keep(Entry(value: value, cost: bytes + Self.overhead), for: key)
  }

  /// Changes the value of `key` in place; `bytes` is what it holds where it is new.
  mutating func change(
    _ key: Key, bytes: @autoclosure () -> Int, otherwise first: @autoclosure () -> Value,
    _ body: (inout Value) -> Void
  ) {
    guard var value = use(key) else {
      var value = first()
      body(&value)
      return set(value, for: key, bytes: bytes())
    }
    body(&value)
    young[key]?.value = value
  }

  mutating func remove(_ key: Key) {
    if let entry = young.removeValue(forKey: key) { youngBytes -= entry.cost }
    if let entry = old.removeValue(forKey: key) { oldBytes -= entry.cost }
  }

  mutating func removeAll() {
    (young, old, youngBytes, oldBytes) = ([:], [:], 0, 0)
  }

  private mutating func keep(_ entry: Entry, for key: Key) {
    if youngBytes + entry.cost > limit, !young.isEmpty {
      forgotten += old.count
      (old, oldBytes) = (young, youngBytes)
      (young, youngBytes) = ([:], 0)
    }
    young[key] = entry
    youngBytes += entry.cost
  }

  /// All that is there, in no order.
  var entries: [(key: Key, value: Value)] {
    young.map { ($0.key, $0.value.value) } + old.map { ($0.key, $0.value.value) }
  }
}

extension ByteBoundedCache: Sendable where Key: Sendable, Value: Sendable {}
extension ByteBoundedCache.Entry: Sendable where Key: Sendable, Value: Sendable {}
