// The rows of the Routes view, made when they are looked at.

import Routing

/// What the rows follow from.
struct RouteSource: Hashable, Sendable {
  /// The revision of the session.
  let revision: Int
  let filter: Filter
  var sorting = Sorting()

  /// Whether the rows are the same, maybe in another order.
  func isSame(asOf other: RouteSource) -> Bool { revision == other.revision && filter == other.filter }

  /// Whether the rows are the routes as they come.
  var isPlain: Bool { filter.isEmpty && sorting == Sorting() }
}

/// The routes that show: all of them where there is no filter, so that a table of a million entries costs nothing.
struct RouteRows: RandomAccessCollection, Sendable {
  let source: RouteSource
  private let routes: RouteList
  private let kept: [Int]?

  init(_ routes: RouteList, from source: RouteSource) {
    self.source = source
    self.routes = routes
    kept = source.isPlain ? nil : Self.kept(of: routes, source)
  }

  private static func kept(of routes: RouteList, _ source: RouteSource) -> [Int] {
    let (filter, sorting) = (source.filter, source.sorting)
    let found = routes.indices.filter {
      filter.isEmpty || filter.matches("\(routes[$0].name) \(routes[$0].value)")
    }
    switch sorting.column {
    case "key": return sorting.turned(sorting.sorted(found) { routes[$0].name })
    case "result": return sorting.turned(sorting.sorted(found) { routes[$0].value.text })
    case "where": return sorting.turned(sorting.sorted(found) { Place(routes[$0]) })
    default: return sorting.turned(found)
    }
  }

  /// Where a route is written.
  private struct Place: Comparable {
    let file: String
    let line: Int

    init(_ route: Route) { (file, line) = (route.file, route.line) }

    static func < (one: Place, other: Place) -> Bool { (one.file, one.line) < (other.file, other.line) }
  }

  /// The place of a row in the list as it comes, and back.
  func original(_ index: Int) -> Int { kept?[index] ?? index }
  func index(ofOriginal place: Int) -> Int? { kept.map { $0.firstIndex(of: place) } ?? place }

  /// The place of a route that an edit may have moved: an edit moves few lines, and a table may have a million.
  func place(of route: Route, near place: Int) -> Int? {
    (0...Self.farthest).lazy.flatMap { [place - $0, place + $0] }.first { index in
      routes.indices.contains(index) && routes[index].name == route.name && routes[index].table == route.table
    }
  }

  private static let farthest = 1_000

  var startIndex: Int { 0 }
  var endIndex: Int { kept?.count ?? routes.count }
  subscript(index: Int) -> Route { routes[original(index)] }
}
