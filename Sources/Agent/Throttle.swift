// Lines of the log that others can cause as often as they like: so many in a time, then only how many more there were.

/// Lets a few lines pass in each interval. A value: the time is an argument.
struct Throttle {
  private let most: Int
  private let interval: Duration
  private var start: ContinuousClock.Instant?
  private var passed = 0
  private var heldBack = 0

  init(_ most: Int, in interval: Duration) {
    self.most = most
    self.interval = interval
  }

  /// What may be logged now: the line, with the number of suppressed lines before it; nil above the limit.
  mutating func pass(_ line: String, at now: ContinuousClock.Instant) -> String? {
    if let start, now - start < interval, passed >= most {
      heldBack += 1
      return nil
    }
    if start.map({ now - $0 >= interval }) ?? true { (start, passed) = (now, 0) }
    passed += 1
    defer { heldBack = 0 }
    return heldBack > 0 ? "\(line) (and \(heldBack) more of its kind before)" : line
  }
}
