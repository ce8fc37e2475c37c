// A member of a pool as a person asks for it: where the mail goes, and how much of it.

import PostfixFiles
import Routing

package struct WantedMember: Hashable, Sendable, Codable {
  package enum Goal: Hashable, Sendable, Codable {
    /// A next hop (`[gw1.example]:587`) or a destination (`smtp:[gw1.example]`, `lane1:`), as it is written.
    case text(String)
    /// A transport that sends from this address.
    case lane(String)
  }

  package enum Weight: Hashable, Sendable, Codable {
    case number(Int)
    /// A fraction of 1.
    case share(Double)
  }

  package var goal: Goal
  package var weight: Weight

  package init(_ goal: Goal, weight: Weight = .number(1)) {
    self.goal = goal
    self.weight = weight
  }

  /// `MEMBER`, `MEMBER=3` or `MEMBER=30%`.
  package init(_ text: String) throws(EditRefusal) {
    var member = Substring(text)
    weight = .number(1)
    if let equals = text.lastIndex(of: "=") {
      weight = try Weight(String(text[text.index(after: equals)...]), of: text)
      member = text[..<equals]
    }
    let name = String(member).trimmingSpace
    guard !name.isEmpty else { throw .badText(text, reason: "need a member, such as [gw1.example]:587=70") }
    // A weight that is a word of its own.
    if name.allSatisfy({ $0.isNumber || $0 == "%" || $0 == "." }), !HostName.isAddress(name) {
      throw .badText(text, reason: "need the gateway before it, such as [gw1.example]:587=\(name)")
    }
    guard name.hasPrefix("lane:") else {
      goal = .text(name)
      return
    }
    let address = String(name.dropFirst("lane:".count).filter { $0 != "[" && $0 != "]" })
    guard HostName.isAddress(address) else {
      throw .badText(name, reason: "need an address after lane:, such as lane:192.0.2.1")
    }
    goal = .lane(address)
  }

  var isLane: Bool { if case .lane = goal { true } else { false } }

  package var description: String {
    switch goal {
    case .text(let text): text
    case .lane(let address): "lane:\(address)"
    }
  }
}

extension WantedMember.Weight {
  /// As it is written.
  var words: String {
    switch self {
    case .number(let number): "\(number)"
    case .share(let share): Ramp.percent(share)
    }
  }

  /// `3`, `30%`.
  package init(_ text: String, of whole: String) throws(EditRefusal) {
    if text.hasSuffix("%") {
      guard let points = Double(text.dropLast()), points.isFinite else {
        throw .badText(whole, reason: "need a percentage such as 30%")
      }
      if points == 0 { throw .zeroWeight }
      guard points > 0, points <= 100 else {
        throw .badText(whole, reason: "need a percentage above 0% and up to 100%")
      }
      self = .share(points / 100)
      return
    }
    guard let number = Int(text) else {
      throw .badText(whole, reason: "need a weight such as 3, or a share such as 30%")
    }
    if number == 0 { throw .zeroWeight }
    guard (1...largestTotal).contains(number) else { throw .badWeight(number, maximum: largestTotal) }
    self = .number(number)
  }
}

extension WantedMember.Weight {
  /// The same, where it is one that a member can have.
  package init(checking weight: Self, of whole: String) throws(EditRefusal) {
    switch weight {
    case .number(0): throw .zeroWeight
    case .number(let number) where !(1...largestTotal).contains(number):
      throw .badWeight(number, maximum: largestTotal)
    case .share(let share) where !(share > 0 && share < 1): throw .badShare
    default: self = weight
    }
  }
}

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
  package init(_ wanted: [WantedMember.Weight]) throws(EditRefusal) {
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
