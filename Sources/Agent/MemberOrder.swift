// The members of a pool in the order of chance, drawn as far as it is asked for: of a large pool a delivery takes a few.

import Routing

/// Each number with those before it.
func runningSums(of numbers: [Int]) -> [Int] {
  var sum = 0
  return numbers.map {
    sum += $0
    return sum
  }
}

/// A value: it has the same order each time.
enum MemberOrder: Sequence {
  case whole([Int])
  /// By the weights whose running sums these are.
  case drawn(sums: [Int], Chance)

  /// After so many draws in a row of members that were drawn already, and where so many were drawn, the rest is put in order at once.
  private static let mostRepeats = 50
  private static let mostDrawn = 100

  struct Iterator: IteratorProtocol {
    private let sums: [Int]
    private var chance: Chance
    private var drawn: Set<Int> = []
    /// What follows, the next one last; nil while it is drawn one by one.
    private var rest: [Int]?

    fileprivate init(_ order: MemberOrder) {
      switch order {
      case .whole(let whole): (sums, chance, rest) = ([], Chance(), whole.reversed())
      case .drawn(let sums, let chance): (self.sums, self.chance) = (sums, chance)
      }
    }

    mutating func next() -> Int? {
      if rest != nil { return rest?.popLast() }
      guard let total = sums.last else { return nil }
      for _ in 0..<(drawn.count < MemberOrder.mostDrawn ? MemberOrder.mostRepeats : 0) {
        let place = Int(chance.next(upperBound: UInt64(total)))
        let index = sums.partitioningIndex { $0 > place }
        if drawn.insert(index).inserted { return index }
      }
      // Each draw is as likely as in one order of all, so the rest may be drawn in another way.
      let left = sums.indices.filter { !drawn.contains($0) }
      let weights = left.map { $0 == 0 ? sums[0] : sums[$0] - sums[$0 - 1] }
      rest = weightedOrder(weights, using: &chance).reversed().map { left[$0] }
      return rest?.popLast()
    }
  }

  func makeIterator() -> Iterator { Iterator(self) }
}

extension Array {
  /// The first place whose element `belongs` to the second part; all that do come after all that do not.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
