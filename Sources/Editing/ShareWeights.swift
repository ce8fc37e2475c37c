// The weights that give a member a share, and the limits of a total.

import Routing

/// The largest total of the weights that a percentage comes to: a list of more is no longer readable.
private let usualTotal = 100

/// How far a share may be from the requested one by default: half a percentage point.
package let usualTolerance = 0.005

/// A share that is further off than this, or than half of what was asked for, is not what was asked for.
let largestError = 0.05

/// The largest total weight of a pool that is written as a list.
package let largestTotal = 1000

extension PoolEditor {
  /// The weights of all members, divided by their common divisor.
  var reducedWeights: [(Member, Int)] {
    let active = pool.members.filter { !$0.isDrained }
    let divisor = active.map(\.weight).commonDivisor
    return divisor > 1 ? active.map { ($0, $0.weight / divisor) } : []
  }

  /// The smallest weights that give `member` its share within `tolerance`, the others keeping their ratios: with a total of at
  /// most 100 where that is enough, otherwise of at most 1000; if none does, those that come nearest;
  /// refused where these are more than 5 percentage points off, or more than half of what was asked for.
  func weights(
    giving share: Double, to member: Member, within tolerance: Double
  ) throws(EditError) -> [(Member, Int)] {
    // The plans of rows hold shares, whatever the weights are: the others divide the rest.
    let others = pool.members.filter {
      !$0.isDrained && $0.result != member.result && !(hasRows && $0.ramp != nil)
    }
    let share = hasRows ? share / (1 - plannedShare(without: member)) : share
    guard share > 0, share < 1, !others.isEmpty else { throw .badShare }
    if hasRows, let weights = rowWeights(giving: share, to: member, beside: others) { return weights }
    let divisor = others.map(\.weight).commonDivisor
    let rest = others.reduce(0) { $0 + $1.weight } / divisor
    // An edit of rows makes no text longer.
    let most =
      hasRows
      ? max(largestTotal, min(1_000 * rest, pool.notation.form.largestWeight))
      : rest < largestTotal ? largestTotal : 2 * rest
    let usual = tolerance < usualTolerance || pool.totalWeight > usualTotal || hasRows ? most : usualTotal
    var best = Self.nearest(to: share, beside: rest, within: tolerance, total: usual)
    if best?.error ?? 1 > tolerance + 1e-9 {
      best = Self.nearest(to: share, beside: rest, within: tolerance, total: most)
    }
    guard let best, best.error <= max(tolerance, min(largestError, share / 2)) else {
      let nearest = best.map { Double($0.weight) / Double($0.weight + $0.factor * rest) }
      throw .shareOutOfReach(nearest: nearest, others: rest * divisor, maximum: most)
    }
    return others.map { ($0, $0.weight / divisor * best.factor) } + [(member, best.weight)]
  }

  /// How often the others, of `rest` parts, and how often one member comes, for its share.
  private static func nearest(
    to share: Double, beside rest: Int, within tolerance: Double, total maximum: Int
  ) -> (factor: Int, weight: Int, error: Double)? {
    var best: (factor: Int, weight: Int, error: Double)?
    for factor in 1...max(1, maximum / rest) {
      let free = maximum - factor * rest
      guard free > 0 else { break }
      let weight = min(max(1, Int((share * Double(factor * rest) / (1 - share)).rounded())), free)
      let error = abs(Double(weight) / Double(weight + factor * rest) - share)
      if let best, best.error <= tolerance {
        // The weight stays, and the others may come nearer: 1% is 99:1, not 90:1.
        guard weight == best.weight, error < best.error else { break }
      }
      if error < best?.error ?? .infinity { best = (factor, weight, error) }
      if error < 1e-9 { break }
    }
    return best
  }
}

extension Pool {
  /// The smallest total weight with which `member` would have just this share, also where it is more than a list has.
  package func exactTotal(giving share: Double, to member: Member) -> Int? {
    let others = members.filter { !$0.isDrained && $0.result != member.result }
    let divisor = max(1, others.map(\.weight).commonDivisor)
    let rest = others.reduce(0) { $0 + $1.weight } / divisor
    guard rest > 0, share > 0, share < 1 else { return nil }
    let most = 100 * largestTotal
    for factor in 1...max(1, most / rest) {
      let weight = share * Double(factor * rest) / (1 - share)
      let whole = weight.rounded()
      if whole >= 1, abs(weight - whole) < 1e-9 * max(1, weight), factor * rest + Int(whole) <= most {
        return factor * rest + Int(whole)
      }
    }
    return nil
  }
}
