// What chance alone makes of a share: the interval that an observed count allows, and the counts that a share allows.

import Glibc

package struct Proportion: Hashable, Sendable {
  package let count: Int
  package let total: Int

  package init(_ count: Int, of total: Int) {
    self.count = count
    self.total = total
  }

  package var fraction: Double { total == 0 ? 0 : Double(count) / Double(total) }

  /// Standard deviations to either side that an interval of this confidence has.
  package enum Confidence: Double, Sendable {
    case ninetyFive = 1.959964
  }

  /// The shares that such a count is compatible with, after Wilson: sound for few messages and for shares near 0 or 1 too.
  package func interval(_ confidence: Confidence) -> ClosedRange<Double> {
    guard total > 0 else { return 0...1 }
    let (n, z) = (Double(total), confidence.rawValue)
    let middle = fraction + z * z / (2 * n)
    let spread = z * (fraction * (1 - fraction) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // At the ends the formula comes to them but for a rounding error.
    let low = count == 0 ? 0 : max(0, (middle - spread) / scale)
    let high = count == total ? 1 : min(1, (middle + spread) / scale)
    return low...high
  }

  /// Whether chance makes such a count of this share less than once in a thousand times: exact. An interval is too narrow
  /// for small shares: one message of five at 1 % would be outside of it, and that comes once in twenty times.
  package func differs(from share: Double) -> Bool {
    guard total > 0 else { return false }
    guard share > 0, share < 1 else { return count != (share > 0 ? total : 0) }
    let isMore = Double(count) >= Double(total) * share
    return isMore
      ? Self.tail(from: count, of: total, share: share) < 0.0005
      : Self.tail(from: total - count, of: total, share: 1 - share) < 0.0005
  }

  /// How likely so many messages or more are; `count` is not below the mean, so each term is smaller than the one before.
  private static func tail(from count: Int, of total: Int, share: Double) -> Double {
    var term = exp(logarithmOfChance(of: count, of: total, share: share))
    var (sum, k) = (term, count)
    while k < total, term > sum * 1e-9 {
      term *= Double(total - k) / Double(k + 1) * share / (1 - share)
      sum += term
      k += 1
    }
    return sum
  }
}

/// How likely exactly so many messages of `total` are.
private func logarithmOfChance(of count: Int, of total: Int, share: Double) -> Double {
  let (n, k) = (Double(total), Double(count))
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(share) + (n - k) * log1p(-share)
}

/// The counts between which a member with `share` stays in 99 of 100 cases, of `total` messages: exact.
package func expectedCounts(of total: Int, share: Double) -> ClosedRange<Int> {
  guard total > 0, share > 0 else { return 0...0 }
  guard share < 1 else { return total...total }
  let (n, tail) = (Double(total), 0.005)
  let deviation = (n * share * (1 - share)).squareRoot()
  // What is further away has no weight that a Double would show.
  let start = max(0, Int(n * share - 12 * deviation - 12))
  let end = min(total, Int(n * share + 12 * deviation + 12))
  var (sum, low, high) = (0.0, start, end)
  var isLowKnown = false
  for k in start...end {
    sum += exp(logarithmOfChance(of: k, of: total, share: share))
    if !isLowKnown, sum > tail { (low, isLowKnown) = (k, true) }
    if sum >= 1 - tail {
      high = k
      break
    }
  }
  return low...max(low, high)
}
