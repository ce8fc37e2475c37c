// The weights of a pool of which several members have plans: each gets the share that its plan says, as the agent has it, and
// the others divide the rest.

import Routing

extension PoolEditor {
  /// The smallest weights that give each of these members its share; the others keep their ratios.
  func weights(giving wanted: [(member: Member, share: Double)]) throws(EditError) -> [(Member, Int)] {
    if wanted.count == 1, let only = wanted.first {
      return try weights(
        giving: only.share, to: only.member, within: WeightChoice.tolerance(of: only.share))
    }
    let planned = Set(wanted.map(\.member.result))
    let others = pool.members.filter { !$0.isDrained && !planned.contains($0.result) }
    let divisor = max(1, others.map(\.weight).commonDivisor)
    let rest = others.reduce(0) { $0 + $1.weight } / divisor
    let sum = wanted.reduce(0) { $0 + $1.share }
    guard wanted.allSatisfy({ $0.share > 0 && $0.share <= 1 }) else { throw .badShare }
    let scale = Ramp.scale(ofPlans: sum, areAlone: rest == 0)
    let shares = wanted.map { $0.share * scale }
    // What the parts come to in all, for each time that the others come.
    let unit = rest == 0 ? 1 : Double(rest) / (1 - sum * scale)
    let largest = max(largestTotal, 2 * (rest < largestTotal ? 0 : rest) + 2 * wanted.count)
    var best: (factor: Int, parts: [Int], error: Double)?
    // Fewer parts than members cannot be. Each try looks at all of them, so of many there are few.
    var factor = max(1, Int(Double(wanted.count) / unit))
    for _ in 0..<max(20, 200_000 / wanted.count) {
      let parts = shares.map { max(1, Int(($0 * Double(factor) * unit).rounded())) }
      let total = factor * rest + parts.reduce(0, +)
      if total > largest, best != nil { break }
      let error =
        zip(shares, parts).map { share, part in
          abs(Double(part) / Double(total) - share) / WeightChoice.tolerance(of: share)
        }.max() ?? 0
      if error < best?.error ?? .infinity { best = (factor, parts, error) }
      if error <= 1 + 1e-9 { break }
      factor += 1
    }
    guard let best else { throw .badShare }
    let total = best.factor * rest + best.parts.reduce(0, +)
    for (share, part) in zip(shares, best.parts) {
      let found = Double(part) / Double(total)
      guard abs(found - share) <= max(WeightChoice.tolerance(of: share), min(largestError, share / 2)) else {
        throw .shareOutOfReach(nearest: found, others: rest * divisor, maximum: largest)
      }
    }
    return others.map { ($0, $0.weight / divisor * best.factor) }
      + zip(wanted, best.parts).map { ($0.member, $1) }
  }
}
