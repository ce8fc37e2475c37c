// The rows of the Routes view, made when they are looked at.

import Routing

/// What the rows follow from.
struct RouteSource: Hashable, Sendable {
  /// The revision of the session.
  let revision: Int
  let filter: Filter
}

/// The routes that show: all of them where there is no filter, so that a table of a million entries costs nothing.
struct RouteRows: RandomAccessCollection, Sendable {
  let source: RouteSource
  private let routes: RouteList
  private let kept: [Int]?

  init(_ routes: RouteList, from source: RouteSource) {
    self.source = source
    self.routes = routes
    let filter = source.filter
    kept =
      filter.isEmpty
      ? nil : routes.indices.filter { filter.matches("\(routes[$0].name) \(routes[$0].value)") }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { kept?.count ?? routes.count }
  subscript(index: Int) -> Route { routes[kept?[index] ?? index] }
}
