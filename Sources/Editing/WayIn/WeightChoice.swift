// The weights that come of what a person asked for: numbers, percentages, or both.

import Routing
import Store

/// Weights for the shares that a person asked for.
package struct WeightChoice: Hashable, Sendable {
  /// One for each member.
  package let weights: [Int]
  /// The shares as they were asked for.
  package let asked: [Double]

  package var total: Int { weights.reduce(0, +) }

  package func share(_ index: Int) -> Double { Double(weights[index]) / Double(total) }

  /// How far a share may be from what was asked for: the smaller of half a point and a tenth of it.
  package static func tolerance(of share: Double) -> Double { min(usualTolerance, share / 10) }

  /// The smallest weights with which each share is within the tolerance. Plain numbers are kept as their ratio.
  ///
  /// - Parameter areRows: whether each weight is a number in a row of a database. Then numbers stay as they are, and
  ///   percentages are exact; a list has each part of the total as a line or a word of its own.
  package init(_ wanted: [WantedMember.Weight], areRows: Bool = false) throws(EditError) {
    let limit = areRows ? Schema.largestWeight : largestTotal
    for case .number(let number) in wanted where number > limit { throw .badWeight(number, maximum: limit) }
    var fixed = 0.0
    var numbers = 0
    for weight in wanted {
      switch weight {
      case .share(let share): fixed += share
      case .number(let number): numbers += number
      }
    }
    if numbers == 0 {
      guard abs(fixed - 1) <= 0.001 * Double(wanted.count) else { throw .sharesDoNotAddUp(fixed) }
    } else if fixed >= 1 {
      throw .sharesDoNotAddUp(fixed)
    }
    asked = wanted.map { weight in
      switch weight {
      case .share(let share): numbers == 0 ? share / fixed : share
      case .number(let number): (1 - fixed) * Double(number) / Double(numbers)
      }
    }
    if areRows {
      weights = try Self.rows(wanted, asked, rest: 1 - fixed, numbers: numbers)
      return
    }
    if fixed == 0 {
      let plain = wanted.map { if case .number(let number) = $0 { number } else { 1 } }
      let divisor = plain.commonDivisor
      weights = plain.map { $0 / max(1, divisor) }
      let total = weights.reduce(0, +)
      guard total <= largestTotal else { throw .badTotal(total, maximum: largestTotal) }
      return
    }
    guard let found = Self.smallest(asked) else {
      throw .badCall(
        "shares this small need more than \(largestTotal) parts in all: need none below 0.1%, or fewer gateways"
      )
    }
    weights = found
  }

  /// The weights of rows. Percentages are parts of 100, of 1,000 and so on; beside numbers, as many times as those come to.
  private static func rows(
    _ wanted: [WantedMember.Weight], _ asked: [Double], rest: Double, numbers: Int
  ) throws(EditError) -> [Int] {
    let shares = wanted.compactMap { if case .share(let share) = $0 { share } else { nil } }
    if shares.isEmpty { return wanted.map { if case .number(let number) = $0 { number } else { 1 } } }
    for scale in [100.0, 1_000, 10_000, 100_000, 1_000_000]
    where shares.allSatisfy({ abs($0 * scale - ($0 * scale).rounded()) < 1e-6 }) {
      let whole = wanted.map { weight in
        switch weight {
        case .share(let share): share * scale * Double(max(1, numbers))
        case .number(let number): rest * scale * Double(number)
        }
      }
      guard whole.allSatisfy({ $0 < 1e15 }) else { break }
      let exact = whole.map { Int($0.rounded()) }
      // With one number, which takes the rest, they are the percentages themselves.
      let divisor = numbers > 1 ? max(1, exact.commonDivisor) : 1
      if exact.allSatisfy({ (1...Schema.largestWeight).contains($0 / divisor) }) {
        return exact.map { $0 / divisor }
      }
    }
    let largest = asked.max() ?? 1
    let near = asked.map { max(1, Int(($0 / largest * Double(Schema.largestWeight)).rounded())) }
    let total = Double(near.reduce(0, +))
    guard zip(near, asked).allSatisfy({ abs(Double($0) / total - $1) <= tolerance(of: $1) }) else {
      throw .badCall("shares this small need a weight above \(Schema.largestWeight): need larger ones")
    }
    return near
  }

  private static func smallest(_ asked: [Double]) -> [Int]? {
    var best: (weights: [Int], error: Double)?
    for total in max(1, asked.count)...max(asked.count, largestTotal) {
      var weights = asked.map { max(1, Int(($0 * Double(total)).rounded())) }
      let excess = weights.reduce(0, +) - total
      if excess != 0, let largest = weights.indices.max(by: { weights[$0] < weights[$1] }) {
        weights[largest] = max(1, weights[largest] - excess)
      }
      let sum = Double(weights.reduce(0, +))
      let errors = zip(weights, asked).map { abs(Double($0) / sum - $1) }
      let error = errors.max() ?? 0
      if let best {
        // The least weight stays, and the others may come nearer: 1% is 99:1, not 90:1.
        guard weights.min() == best.weights.min(), error < best.error - 1e-12 else { break }
      } else if zip(errors, asked).contains(where: { $0 > tolerance(of: $1) + 1e-9 }) {
        continue
      }
      best = (weights, error)
      if error < 1e-9 { break }
    }
    return best?.weights
  }

  /// As a list has them, or else as rows have; nil where the weights do not go together.
  package init?(ofAnyPool wanted: [WantedMember.Weight]) {
    guard let choice = (try? Self(wanted)) ?? (try? Self(wanted, areRows: true)) else { return nil }
    self = choice
  }

  /// The smallest total with which every share would be just what was asked for; nil where that is above the largest.
  package var exactTotal: Int? {
    (1...largestTotal).first { total in
      asked.allSatisfy {
        let weight = $0 * Double(total)
        return weight > 0.5 && abs(weight - weight.rounded()) < 1e-6
      }
    }
  }
}
