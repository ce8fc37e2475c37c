// The order in which the members of a pool are tried: drawn at random, each with its weight.

import Glibc

/// The indices of `weights` in a weighted random order: index i comes first with the chance weight / total, second with
/// its chance among the rest, and so on. (Each draws an arrival time, exponentially distributed with its weight as the
/// rate.)
package func weightedOrder(
  _ weights: [Int], using generator: inout some RandomNumberGenerator
) -> [Int] {
  weightedOrder(weights) { _ in generator.next() }
}

/// The first of such an order, without the work of sorting the rest.
package func weightedFirst(_ weights: [Int], using generator: inout some RandomNumberGenerator) -> Int? {
  let times = times(weights) { _ in generator.next() }
  return times.indices.min { (times[$0], $0) < (times[$1], $1) }
}

/// A whole order with numbers of the caller's own: any function of the index whose values spread over all 64 bits.
package func weightedOrder(_ weights: [Int], draw: (Int) -> UInt64) -> [Int] {
  let times = times(weights, draw: draw)
  return weights.indices.sorted { (times[$0], $0) < (times[$1], $1) }
}

/// The first `count` of such an order, without the work of sorting the rest.
package func weightedOrder(_ weights: [Int], first count: Int, draw: (Int) -> UInt64) -> [Int] {
  let times = times(weights, draw: draw)
  var best: [Int] = []
  for index in weights.indices {
    let isFull = best.count == count
    if isFull, let last = best.last, times[last] <= times[index] { continue }
    if isFull { best.removeLast() }
    let place = best.lastIndex { times[$0] <= times[index] }.map { $0 + 1 } ?? 0
    best.insert(index, at: place)
  }
  return best
}

private func times(_ weights: [Int], draw: (Int) -> UInt64) -> [Double] {
  weights.indices.map { index in
    // From 2^-54 to 1, never 0: log(0) is no time.
    -log((Double(draw(index) >> 11) + 0.5) * 0x1p-53) / Double(weights[index])
  }
}
