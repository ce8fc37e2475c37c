// The rows of the Routes view, made when they are looked at.

import Routing

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
