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

/// A value: it has the same order each time, as far as chance goes.
enum MemberOrder: Sequence {
  case whole([Int])
  /// By the weights whose running sums these are.
  case drawn(sums: [Int], Chance)
  /// The same, but after the first of them only some members of each kind, the best kind first: of thousands, most need no look.
  case sampled(sums: [Int], Chance, () -> PoolOutlook)
  /// The same by a key, which decides the first ones.
  case sticky(StickyOrder, AgentPool, () -> PoolOutlook)

  /// With all members, where it has some.
  var all: MemberOrder {
    switch self {
    case .sampled(let sums, let chance, _): .drawn(sums: sums, chance)
    case .sticky(let order, let pool, _): .whole(order.whole(pool.hashes, pool.weights))
    case .whole, .drawn: self
    }
  }

  /// After so many draws in a row of members that were drawn already, and where so many were drawn, the rest is put in order at once.
  private static let mostRepeats = 50
  private static let mostDrawn = 100
  /// So many are drawn of all, or decided by a key, before some of each kind follow.
  private static let mostFirst = 50

  struct Iterator: IteratorProtocol {
    private let sums: [Int]
    private var chance: Chance
    private var drawn: Set<Int> = []
    /// What follows, the next one last; nil while it is drawn one by one.
    private var rest: [Int]?
    private var outlook: (() -> PoolOutlook)?

    fileprivate init(_ order: MemberOrder) {
      switch order {
      case .whole(let whole): (sums, chance, rest, outlook) = ([], Chance(), whole.reversed(), nil)
      case .drawn(let sums, let chance): (self.sums, self.chance, outlook) = (sums, chance, nil)
      case .sampled(let sums, let chance, let outlook):
        (self.sums, self.chance, self.outlook) = (sums, chance, outlook)
      case .sticky(let order, let pool, let outlook):
        let first = order.first(MemberOrder.mostFirst, pool.hashes, pool.weights)
        (sums, chance, self.outlook) = ([], order.chance, outlook)
        (drawn, rest) = (Set(first), first.reversed())
      }
    }

    /// One more by chance; nil where nearly all the weight is drawn.
    mutating func nextDrawn() -> Int? {
      guard let total = sums.last else { return nil }
      for _ in 0..<MemberOrder.mostRepeats {
        let place = Int(chance.next(upperBound: UInt64(total)))
        let index = sums.partitioningIndex { $0 > place }
        if drawn.insert(index).inserted { return index }
      }
      return nil
    }

    mutating func next() -> Int? {
      if let member = rest?.popLast() { return member }
      if rest != nil, let outlook {
        // The first ones are given away: now some of each kind, once.
        self.outlook = nil
        rest = remaining(of: outlook())
        return rest?.popLast()
      }
      if rest != nil || sums.isEmpty { return nil }
      let most = outlook == nil ? MemberOrder.mostDrawn : MemberOrder.mostFirst
      if drawn.count < most, let index = nextDrawn() { return index }
      if let outlook {
        self.outlook = nil
        rest = remaining(of: outlook())
        return rest?.popLast()
      }
      // Each draw is as likely as in one order of all, so the rest may be drawn in another way.
      let left = sums.indices.filter { !drawn.contains($0) }
      let weights = left.map { $0 == 0 ? sums[0] : sums[$0] - sums[$0 - 1] }
      rest = weightedOrder(weights, using: &chance).reversed().map { left[$0] }
      return rest?.popLast()
    }

    /// The next one last.
    private mutating func remaining(of outlook: PoolOutlook) -> [Int] {
      outlook.some(&chance).reversed().filter { !drawn.contains($0) }
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
