// Pools that share a channel of the log, so that their messages cannot be told apart there. Thousands may share one: no pool
// is compared with each other one.

import PostfixFiles
import Routing

struct Rivals {
  /// How many pools are named that a pool is counted with.
  private static let mostNamed = 100

  private let pools: [Pool]
  /// By the pool's id: pools of the same number share out alike.
  private let kinds: [String: Int]
  /// By channel.
  private let users: [Int: Users]

  /// The pools that use a channel for a first choice, by their places in `pools`.
  private struct Users {
    var places: [Int] = []
    /// Their kind; nil: they have several.
    var kind: Int?
  }

  /// - Parameter firsts: by the pool's id: the share of each channel that is the first of a member.
  init(_ pools: [Pool], _ firsts: [String: [Int: Double]]) {
    self.pools = pools
    var numbers: [[Int: Int]: Int] = [:]
    let kinds = firsts.mapValues { shares -> Int in
      let rounded = shares.mapValues { Int(($0 * 1e9).rounded()) }
      let number = numbers[rounded] ?? numbers.count
      numbers[rounded] = number
      return number
    }
    var users: [Int: Users] = [:]
    for (place, pool) in pools.enumerated() {
      for channel in (firsts[pool.id] ?? [:]).keys {
        let kind = kinds[pool.id]
        let isFirst = users[channel] == nil
        users[channel, default: Users()].places.append(place)
        if isFirst {
          users[channel]?.kind = kind
        } else if users[channel]?.kind != kind {
          users[channel]?.kind = nil
        }
      }
    }
    self.kinds = kinds
    self.users = users
  }

  private func isOther(_ place: Int, than pool: Pool) -> Bool {
    pools[place].id != pool.id && pools[place].start != pool.start
  }

  /// The first pool that shares a channel with this one, where not all that do so share out alike: nil: they do.
  func first(untold pool: Pool, _ own: [Int: Double]) -> Pool? {
    let kind = kinds[pool.id]
    if own.keys.allSatisfy({ users[$0].map { $0.kind == kind } ?? true }) { return nil }
    let places = own.keys.compactMap { channel in
      users[channel]?.places.first { isOther($0, than: pool) }
    }
    return places.min().map { pools[$0] }
  }

  /// The pools that this one is counted with, where all share out alike: then each of them has all of its channels.
  func countedWith(_ pool: Pool, _ own: [Int: Double]) -> (ids: [String], further: Int) {
    guard let places = own.keys.first.flatMap({ users[$0]?.places }) else { return ([], 0) }
    let named = places.lazy.filter { isOther($0, than: pool) }.prefix(Self.mostNamed + 1).map { pools[$0].id }
    let ids = Array(named)
    if ids.count <= Self.mostNamed { return (ids, 0) }
    // Each text is in `pools` once, so one of them at most is this one.
    return (Array(ids.prefix(Self.mostNamed)), places.count - 1 - Self.mostNamed)
  }
}
