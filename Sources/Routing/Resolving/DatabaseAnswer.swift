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
    var orders: [(order: [Int], share: Double)] = [([], 1)]
    let steps = members.count <= Self.mostOrdered ? members.count : 1
    for _ in 0..<steps {
      orders = orders.flatMap { order, share in
        let left = members.indices.filter { !order.contains($0) }
        let total = left.reduce(0) { $0 + weights[$1] }
        return left.map { (order + [$0], share * weights[$0] / total) }
      }
    }
    let answers = orders.map { order, share in
      (list(order + members.indices.filter { !order.contains($0) }, of: members), share)
    }
    return Distribution(answers)
  }

  private func list(_ order: [Int], of members: [MemberRow]) -> Bytes {
    guard let first = order.first.map({ members[$0].transport }) else { return [] }
    let hops = order.map { members[$0] }.filter { $0.transport == first }.map(\.nextHop)
    let list = hops.joined(separator: ", ").replacing(", inet:", with: ", ")
    return Bytes(((first.isEmpty ? "" : first + ":") + list).utf8)
  }
}
