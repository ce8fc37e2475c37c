// How long something took, as counts by time. Postfix logs times with two digits, and so do the steps here: what is read
// out of them is what was logged.

/// Counts by steps of two digits: 0 to 0.99 s by hundredths, then 1.0 to 9.9 s by tenths, and so on.
package struct DelayHistogram: Hashable, Sendable {
  /// The steps that have a count, in order: few, as most of the mail takes about the same time.
  private var steps: [(step: UInt16, count: UInt32)] = []

  package init() {}

  package var count: Int { steps.reduce(0) { $0 + Int($1.count) } }

  /// - Parameter hundredths: of a second.
  package mutating func add(_ hundredths: Int, times: UInt32 = 1) {
    add(step: Self.step(of: hundredths), times)
  }

  package mutating func add(_ other: DelayHistogram) {
    for (step, count) in other.steps { add(step: step, count) }
  }

  private mutating func add(step: UInt16, _ count: UInt32) {
    var at = 0
    while at < steps.count, steps[at].step < step { at += 1 }
    if at < steps.count, steps[at].step == step {
      steps[at].count &+= count
    } else {
      steps.insert((step, count), at: at)
    }
  }

  /// Milliseconds that `fraction` of them did not exceed; nil without delays.
  package func milliseconds(at fraction: Double) -> Double? {
    let total = count
    guard total > 0 else { return nil }
    var wanted = max(1, Int((Double(total) * fraction).rounded(.up)))
    for (step, count) in steps {
      wanted -= Int(count)
      if wanted <= 0 { return Double(Self.hundredths(of: step)) * 10 }
    }
    return nil
  }

  /// How many did not exceed `milliseconds`: what a Prometheus histogram has.
  package func count(upTo milliseconds: Double) -> Int {
    steps.reduce(0) { $0 + (Double(Self.hundredths(of: $1.step)) * 10 <= milliseconds ? Int($1.count) : 0) }
  }

  /// All of it in milliseconds, as far as the steps tell.
  package var totalMilliseconds: Double {
    steps.reduce(0) { $0 + Double(Self.hundredths(of: $1.step)) * 10 * Double($1.count) }
  }

  private static func step(of hundredths: Int) -> UInt16 {
    if hundredths < 100 { return UInt16(max(0, hundredths)) }
    var (value, decade) = (hundredths, 0)
    while value >= 1_000 { (value, decade) = (value / 10, decade + 1) }
    return UInt16(100 + decade * 90 + value / 10 - 10)
  }

  private static func hundredths(of step: UInt16) -> Int {
    let step = Int(step)
    guard step >= 100 else { return step }
    let (decade, rest) = ((step - 100) / 90, (step - 100) % 90)
    var value = (rest + 10) * 10
    for _ in 0..<decade { value *= 10 }
    return value
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.steps.elementsEqual(right.steps) { $0 == $1 }
  }

  package func hash(into hasher: inout Hasher) {
    for (step, count) in steps {
      hasher.combine(step)
      hasher.combine(count)
    }
  }
}
