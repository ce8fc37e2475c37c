// Where a text that decides where mail goes is written.

import PostfixFiles

/// A place in the files of a configuration.
package indirect enum Place: Hashable, Sendable {
  /// The value of a main.cf parameter that decides where mail goes.
  case parameter(RoutingParameter)
  /// The same parameter in a service of master.cf (`-o name=value`).
  case override(RoutingParameter, service: String)
  /// A table that the value of a parameter contains: `randmap:{...}`, `static:...`, patterns in braces.
  case item(of: RoutingParameter)
  /// One entry of an `inline:{...}` table there.
  case inlineEntry(of: RoutingParameter, key: String)
  /// The source text of a table, by its path.
  case table(String)
  /// One entry of such a table.
  case entry(table: String, key: String)
  /// A parameter of the administrator's own, which contains a pool: `randmap:my_pool`.
  case namedPool(String)
  /// A pool file, by its path.
  case file(String)
  /// A pool in a database, by the path of that.
  case database(path: String, pool: String)
  /// What mail passes on its way: the value of this parameter, such as content_filter; nil for a FILTER in a table.
  case filter(parameter: String?)
  /// An item of the pool at a place.
  case member(of: Place)
}

extension Place {
  /// The parameter or table entry that it is a part of: what a list of routes shows.
  package var route: Place {
    switch self {
    case .item(let parameter), .inlineEntry(let parameter, _): .parameter(parameter)
    default: self
    }
  }

  /// The parameter whose own value it is, in main.cf or for one service.
  package var valueOf: RoutingParameter? {
    switch self {
    case .parameter(let parameter), .override(let parameter, _): parameter
    default: nil
    }
  }

  /// The name of the main.cf parameter that contains it.
  package var parameterName: String? {
    switch self {
    case .parameter(let parameter), .item(let parameter), .inlineEntry(let parameter, _): parameter.rawValue
    case .namedPool(let name): name
    case .filter(let name): name
    case .override, .table, .entry, .file, .database, .member: nil
    }
  }

  /// Whether it is in main.cf, where `$` starts the name of a parameter.
  package var isInMainCf: Bool { parameterName != nil }

  /// Whether it is in the source text of a table.
  package var isInTable: Bool {
    switch self {
    case .table, .entry: true
    default: false
    }
  }
}
