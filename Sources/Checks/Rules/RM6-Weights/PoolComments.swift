// The comments beside pools: of several pools in one value all have the same lines, which are read once.

import PostfixFiles
import Routing

/// Drains or plans, by the pools that they are of.
struct PoolComments<Item> {
  private let read: (FileRange) -> [Item]
  private let ordinal: (Item) -> Int
  private var known: [FileRange: [Int: [Item]]] = [:]

  /// - Parameters:
  ///   - ordinal: which of the pools beside it a comment is of.
  ///   - read: the comments in a part of a file.
  init(ordinal: @escaping (Item) -> Int, read: @escaping (FileRange) -> [Item]) {
    (self.ordinal, self.read) = (ordinal, read)
  }

  mutating func items(of pool: Pool) -> [Item] {
    guard let anchor = pool.anchor else { return [] }
    let all = known[anchor] ?? Dictionary(grouping: read(anchor), by: ordinal)
    known[anchor] = all
    return all[pool.ordinal] ?? []
  }
}
