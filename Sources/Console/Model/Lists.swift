// What stands in the list of each view, filtered, and which item is chosen.

import Checks
import Editing
import PostfixFiles
import Routing

/// One row of the Pools view.
enum PoolRow: Sendable {
  case pool(Pool)
  /// A member, and what it was before the edits.
  case member(Member, of: Pool, was: Member?)
  /// A member that the edits took out.
  case removed(Member, of: Pool)

  var pool: Pool {
    switch self {
    case .pool(let pool), .member(_, let pool, _), .removed(_, let pool): pool
    }
  }

  /// The member that stands in the pool.
  var member: Member? { if case .member(let member, _, _) = self { member } else { nil } }
}

extension Console {
  func filter(of view: ViewName) -> Filter { Filter(filters[view] ?? "") }

  /// The gateways that the filter lets through: by name, state, pool or reason.
  var gatewayRows: [GatewayUse] {
    let filter = filter(of: .gateways)
    if filter.isEmpty { return gateways }
    return gateways.filter { use in
      filter.matches(
        "\(use.gateway) \(state(of: use).word) \(use.pools.joined(separator: " ")) "
          + (statuses[use.gateway]?.reason ?? ""))
    }
  }

  /// Each pool with its members under it. A filter keeps the whole pool where the pool's name or one of its
  /// members matches.
  var poolRows: [PoolRow] {
    let filter = filter(of: .pools)
    return shownPools.flatMap { pool -> [PoolRow] in
      let words = ([pool.id, pool.alias ?? ""] + pool.members.map(\.result)).joined(separator: " ")
      guard filter.matches(words) else { return [] }
      let saved = session.savedPools.first { $0.id == pool.id }
      let members = pool.members.map { member in
        PoolRow.member(member, of: pool, was: saved?.members.first { $0.result == member.result })
      }
      let gone = (saved?.members ?? []).filter { old in
        !pool.members.contains { $0.result == old.result }
      }
      return [.pool(pool)] + members + gone.map { .removed($0, of: pool) }
    }
  }

  /// The indices of the routes that show; all of them where there is no filter, so that a table of a million
  /// entries costs nothing.
  var routeRows: RouteRows { RouteRows(session.current.routes(), filter: filter(of: .routes)) }

  var problemRows: [Diagnostic] {
    let filter = filter(of: .problems)
    return (diagnostics ?? []).filter {
      filter.matches("\($0.severity.rawValue) \($0.file) \($0.code) \($0.message)")
    }
    .sorted { ($1.severity, $0) < ($0.severity, $1) }
  }

  /// The lines of the diff.
  var diffLines: [String] { session.diffs.flatMap(\.printableLines) }

  func count(of view: ViewName) -> Int {
    switch view {
    case .gateways: gatewayRows.count
    case .pools: poolRows.count
    case .routes: routeRows.count
    case .problems: problemRows.count
    case .changes: diffLines.count
    }
  }

  /// The index of what is chosen in `view`; nil where its list is empty.
  func chosen(in view: ViewName) -> Int? {
    (selections[view] ?? Selection()).index(of: count(of: view))
  }

  mutating func choose(_ index: Int, in view: ViewName) {
    selections[view, default: Selection()].choose(index)
  }

  var chosenGateway: GatewayUse? { chosen(in: .gateways).map { gatewayRows[$0] } }
  var chosenPoolRow: PoolRow? { chosen(in: .pools).map { poolRows[$0] } }
  var chosenRoute: Route? { chosen(in: .routes).map { routeRows[$0] } }
  var chosenProblem: Diagnostic? { chosen(in: .problems).map { problemRows[$0] } }
}

/// The routes that show.
struct RouteRows: RandomAccessCollection {
  private let routes: RouteList
  private let kept: [Int]?

  init(_ routes: RouteList, filter: Filter) {
    self.routes = routes
    kept =
      filter.isEmpty
      ? nil : routes.indices.filter { filter.matches("\(routes[$0].name) \(routes[$0].value)") }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { kept?.count ?? routes.count }
  subscript(index: Int) -> Route { routes[kept?[index] ?? index] }
}
