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

extension PoolRow {
  /// Which row it is, whatever the order.
  struct Identity: Hashable {
    var pool: String
    var result: String?
  }

  var identity: Identity {
    switch self {
    case .pool(let pool): Identity(pool: pool.id)
    case .member(let member, let pool, _), .removed(let member, let pool):
      Identity(pool: pool.id, result: member.result)
    }
  }
}

/// The lists of all views, with the filters applied.
struct Lists: Sendable {
  var gateways: [GatewayUse] = []
  var pools: [PoolRow] = []
  /// What the pools were made of; nil while an edit is being typed.
  var poolsKey: PoolsKey?
  var routes: RouteRows?
  var problems: [Diagnostic] = []
  /// The lines of the diff: of the edits, or of the write that may be taken back.
  var diff: [String] = []
  var isDiffOfEdits = true
}

/// What the rows of the Pools view follow from.
struct PoolsKey: Hashable, Sendable {
  var revision: Int
  var filter: Filter
}

extension Console {
  func filter(of view: ViewName) -> Filter { Filter(filters[view] ?? "") }

  mutating func refreshLists() {
    lists.gateways = sorted(filteredGateways)
    var key: PoolsKey? = PoolsKey(revision: session.revision, filter: self.filter(of: .pools))
    if case .prompt = dialog { key = nil }
    if key == nil || key != lists.poolsKey { lists.pools = filteredPools }
    lists.poolsKey = key
    lists.problems = filteredProblems
    // The routes may be a million and the diff long: those are made anew only when they changed.
    let filter = filter(of: .routes)
    let isNew = lists.routes?.revision != session.revision
    if isNew || lists.routes?.filter != filter {
      lists.routes = RouteRows(session.current.routes(), filter: filter, revision: session.revision)
    }
    if case .confirm(let confirmation) = dialog, case .undoWrite(let preview) = confirmation.subject {
      lists.diff = preview.diff
      lists.isDiffOfEdits = false
    } else if isNew || !lists.isDiffOfEdits {
      lists.diff = session.diffs.flatMap(\.printableLines)
      lists.isDiffOfEdits = true
    }
  }

  /// The gateways that the filter lets through: by name, state, pool or reason.
  private var filteredGateways: [GatewayUse] {
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
  private var filteredPools: [PoolRow] {
    let filter = filter(of: .pools)
    return shownPools.flatMap { pool -> [PoolRow] in
      if !filter.isEmpty {
        let words = ([pool.id] + pool.aliases + pool.members.map(\.result)).joined(separator: " ")
        guard filter.matches(words) else { return [] }
      }
      let saved = session.saved(pool.id)?.members ?? []
      let before = Dictionary(saved.map { ($0.result, $0) }, uniquingKeysWith: { first, _ in first })
      let members = pool.members.map { PoolRow.member($0, of: pool, was: before[$0.result]) }
      let now = Set(pool.members.map(\.result))
      let gone = saved.filter { !now.contains($0.result) }
      return [.pool(pool)] + members + gone.map { .removed($0, of: pool) }
    }
  }

  /// What the rules found, the gravest first.
  private var filteredProblems: [Diagnostic] {
    let filter = filter(of: .problems)
    return (diagnostics ?? []).filter {
      filter.isEmpty || filter.matches("\($0.severity.rawValue) \($0.file) \($0.code) \($0.message)")
    }
    .sorted { ($1.severity, $0) < ($0.severity, $1) }
  }

  func count(of view: ViewName) -> Int {
    switch view {
    case .gateways: lists.gateways.count
    case .pools: lists.pools.count
    case .routes: lists.routes?.count ?? 0
    case .problems: lists.problems.count
    case .changes: lists.diff.count
    }
  }

  /// The index of what is chosen in `view`; nil where its list is empty.
  func chosen(in view: ViewName) -> Int? {
    (selections[view] ?? Selection()).index(of: count(of: view))
  }

  mutating func choose(_ index: Int, in view: ViewName) {
    selections[view, default: Selection()].choose(index)
  }

  var chosenGateway: GatewayUse? { chosen(in: .gateways).map { lists.gateways[$0] } }
  var chosenPoolRow: PoolRow? { chosen(in: .pools).map { lists.pools[$0] } }
  var chosenRoute: Route? { chosen(in: .routes).flatMap { lists.routes?[$0] } }
  var chosenProblem: Diagnostic? { chosen(in: .problems).map { lists.problems[$0] } }
}

/// The routes that show: all of them where there is no filter, so that a table of a million entries costs nothing.
struct RouteRows: RandomAccessCollection, Sendable {
  let filter: Filter
  /// The revision of the session that they are of.
  let revision: Int
  private let routes: RouteList
  private let kept: [Int]?

  init(_ routes: RouteList, filter: Filter, revision: Int) {
    self.filter = filter
    self.revision = revision
    self.routes = routes
    kept =
      filter.isEmpty
      ? nil : routes.indices.filter { filter.matches("\(routes[$0].name) \(routes[$0].value)") }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { kept?.count ?? routes.count }
  subscript(index: Int) -> Route { routes[kept?[index] ?? index] }
}
