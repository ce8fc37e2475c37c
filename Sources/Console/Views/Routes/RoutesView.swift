// View 3: every place that decides a destination, as it is written.

import Editing
import PostfixFiles
import Routing

struct RoutesView: View {
  static let title = "Routes"

  var selection: Selection?
  var filter: String?
  var sorting = Sorting()
  /// Nil until they were first made.
  private(set) var rows: RouteRows?
  /// What the rows should follow from, where a thread has to search for them.
  private var wanted: (routes: RouteList, source: RouteSource)?
  /// Whether a thread does: it cannot be stopped, so there is only one.
  private var isSearching = false
  /// How many routes a key press may search itself. So few are ready before the next key acts on one of them.
  static let fewRoutes = 10_000

  /// Whether the rows are still those from before a filter, an order or an edit.
  var isWaiting: Bool { wanted != nil }
  var count: Int { rows?.count ?? 0 }
  var remark: String? {
    wanted == nil ? sorting.words : wanted?.source.sorting.column == nil ? "searching" : "sorting"
  }

  func orders(_ facts: Facts) -> [String] { ["key", "result", "where"] }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    let source = RouteSource(revision: facts.session.revision, filter: Filter(filter ?? ""), sorting: sorting)
    if rows?.source == source {
      wanted = nil
    } else if wanted?.source != source {
      let routes = facts.session.current.routes()
      if source.isPlain || routes.count <= Self.fewRoutes {
        wanted = nil
        show(RouteRows(routes, from: source))
      } else {
        wanted = (routes, source)
      }
    }
  }

  mutating func work(_ facts: Facts) -> ViewWork? {
    guard let wanted, !isSearching else { return nil }
    isSearching = true
    return {
      let found = RouteRows(wanted.routes, from: wanted.source)
      return { $0[RoutesView.self].take(found) }
    }
  }

  private mutating func take(_ found: RouteRows) {
    isSearching = false
    if found.source == wanted?.source { show(found) }
  }

  /// Takes the rows. Sorted anew, and after an edit, the choice stays on the same route.
  private mutating func show(_ found: RouteRows) {
    var followed: Int?
    if let rows, let chosen, rows.source.filter == found.source.filter {
      let place = rows.original(chosen)
      followed = rows.source.isSame(asOf: found.source) ? place : found.place(of: rows[chosen], near: place)
    }
    rows = found
    if let followed, let index = found.index(ofOriginal: followed) { choose(index) }
  }

  var chosenRoute: Route? { chosen.flatMap { rows?[$0] } }

  mutating func choose(madeBy edit: Edit) -> Bool {
    guard case .setRoute(let key, _, let table) = edit, let rows else { return false }
    if let chosenRoute, chosenRoute.name == key, chosenRoute.table == table { return true }
    // Parameters come first. A new entry is at the end of its table, so the search begins there.
    let index =
      rows.prefix { $0.table == nil }.firstIndex { $0.name == key } ?? rows.lastIndex { $0.name == key }
    if let index { choose(index) }
    return index != nil
  }

  /// Chooses the route that `line` of `file` belongs to: the last one that begins there or before.
  ///
  /// - Returns: whether there is one.
  mutating func choose(file: String, line: Int) -> Bool {
    guard let index = rows?.lastIndex(where: { $0.file == file && $0.line <= line }) else { return false }
    choose(index)
    return true
  }

  func clipping(_ facts: Facts) -> String? {
    chosenRoute.map { printable($0.name) + ($0.table == nil ? " = " : "\t") + printable($0.value.bytes) }
  }

  func place(_ facts: Facts) -> FilePlace? { chosenRoute.map { FilePlace(path: $0.file, line: $0.line) } }

  /// Whether the value of the chosen route goes on in further lines: typed anew, it would lose what is between them.
  func isSpread(_ facts: Facts) -> Bool {
    guard let route = chosenRoute, !route.value.isEmpty else { return false }
    guard let span = route.value.span(), let document = facts.session.current.document(span.file) else {
      return true
    }
    return document[span.range].contains(UInt8(ascii: "\n"))
  }
}

extension Route {
  /// The path of the table that has it; nil for a parameter.
  var table: String? { if case .entry(let table, _) = place { table } else { nil } }
}
