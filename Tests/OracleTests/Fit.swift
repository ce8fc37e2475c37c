// Whether frequencies fit shares, so that chance alone never fails a run.
import Glibc

enum Fit {
  /// How often chance alone may reject what is right, in one comparison.
  static let limit = 1e-9

  /// An upper bound (Chernoff's) for the probability that `count` of `total` independent draws, or a count as far off,
  /// come up where each does with probability `share`.
  static func chance(of count: Int, in total: Int, share: Double) -> Double {
    let seen = Double(count) / Double(total)
    guard share > 0, share < 1 else { return seen == share ? 1 : 0 }
    let divergence =
      (seen > 0 ? seen * log(seen / share) : 0) + (seen < 1 ? (1 - seen) * log((1 - seen) / (1 - share)) : 0)
    return 2 * exp(-Double(total) * divergence)
  }
}
