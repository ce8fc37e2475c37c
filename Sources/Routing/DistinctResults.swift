// The distinct results of a pool: what its members are.

/// The distinct results of a list in the order of their first places, each with the places that it has.
struct DistinctResults {
  private(set) var all: [(result: String, items: [Int])] = []
  /// Where each of them is in `all`, as soon as they are more than a few.
  private var places: [String: Int] = [:]
  /// Up to so many a search is faster than a dictionary, and nearly every pool of a large table is that short.
  private static let few = 8

  init(_ results: [String]) {
    for (index, result) in results.enumerated() {
      if let place = place(of: result) {
        all[place].items.append(index)
      } else {
        add(result, index)
      }
    }
  }

  private func place(of result: String) -> Int? {
    all.count <= Self.few ? all.firstIndex { $0.result == result } : places[result]
  }

  private mutating func add(_ result: String, _ index: Int) {
    all.append((result, [index]))
    if all.count == Self.few + 1 {
      for (place, known) in all.enumerated() { places[known.result] = place }
    } else if all.count > Self.few {
      places[result] = all.count - 1
    }
  }
}
