// What the view of a pool database answers: the members of the first one's transport as a list, in weighted random order.

import PostfixFiles
import Store

/// The routes of one table, by key.
final class DatabaseAnswers: Sendable {
  let path: String
  private let pools: [String: [DatabaseRow]]
  private let document: Document
  private let routes: [String: (pool: String, line: Int)]
  private let asksDomain: Bool
  private let time: Int64

  /// So many members have at most 24 orders, and all of them are listed. Of more, only who comes first is.
  private static let mostOrdered = 4

  init(_ table: DatabaseTable, _ document: Document, _ text: DatabaseText, at time: Int64) {
    path = table.database
    pools = text.pools
    self.document = document
    var finder = PositionFinder(document)
    var routes: [String: (pool: String, line: Int)] = [:]
    for (row, line) in text.routes where row.map == table.map {
      routes[row.key] = (row.pool, finder.position(at: line.lowerBound).line)
    }
    self.routes = routes
    asksDomain = table.map != RoutingParameter.transportMaps.rawValue
    self.time = time
  }

  private func route(_ key: Bytes) -> (pool: String, line: Int)? {
    let key = key.text
    if let own = routes[key] { return own }
    guard asksDomain else { return nil }
    let domain = key.firstIndex(of: "@").map { String(key[$0...]) } ?? key
    return routes[domain] ?? routes["*"]
  }

  func place(of key: Bytes) -> (file: String, line: Int)? { route(key).map { (path, $0.line) } }

  func answer(_ key: Bytes) -> Distribution<Bytes>? {
    guard let pool = route(key)?.pool else { return nil }
    let rows = pools[pool, default: []]
    var members = rows.map(\.member).filter { !$0.isDrained(at: time) }
    var weights = members.map { Double($0.weight) }
    if members.isEmpty {
      // All are drained: all of them are tried.
      members = rows.map(\.member)
      weights = members.map { Double($0.weight) }
    } else if members.contains(where: { $0.ramp?.plan != nil }) {
      let text = PoolText(pool, of: document, rows: rows, at: Int(time))
      weights = text.shares(of: text.results).map(\.share)
    }
    guard !members.isEmpty else {
      return Distribution(Bytes("retry:4.3.0 the pool \(pool) has no member".utf8))
    }
    guard members.count <= Self.mostOrdered else { return firstOnly(members, weights) }
    var orders: [(order: [Int], share: Double)] = [([], 1)]
    for _ in members {
      orders = orders.flatMap { order, share in
        let left = members.indices.filter { !order.contains($0) }
        let total = left.reduce(0) { $0 + weights[$1] }
        return left.map { (order + [$0], share * weights[$0] / total) }
      }
    }
    let hops = members.map { Bytes($0.nextHop.utf8) }
    return Distribution(
      orders.map { order, share in
        let first = members[order[0]].transport
        return (Self.list(order.filter { members[$0].transport == first }, of: hops, first), share)
      })
  }

  /// Each member first, with its share; of the others as many as a list has that smtp(8) may come to the end of. All of them after
  /// each of thousands would be the square of them.
  private func firstOnly(_ members: [MemberRow], _ weights: [Double]) -> Distribution<Bytes> {
    let hops = members.map { Bytes($0.nextHop.utf8) }
    let total = weights.reduce(0, +)
    let others = Dictionary(grouping: members.indices) { members[$0].transport }
      .mapValues { $0.prefix(Self.longestList) }
    return Distribution(
      members.indices.map { index in
        let transport = members[index].transport
        let rest = others[transport, default: []].lazy.filter { $0 != index }.prefix(Self.longestList - 1)
        return (Self.list([index] + rest, of: hops, transport), weights[index] / total)
      })
  }

  private static let longestList = 50

  private static func list(_ order: [Int], of hops: [Bytes], _ transport: String) -> Bytes {
    var list = transport.isEmpty ? [] : Bytes("\(transport):".utf8)
    let inet = Bytes("inet:".utf8)
    for (place, index) in order.enumerated() {
      if place > 0 { list += Bytes(", ".utf8) }
      list += place > 0 && hops[index].starts(with: inet) ? hops[index][inet.count...] : hops[index][...]
    }
    return list
  }
}
