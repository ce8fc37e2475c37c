// The places of a configuration that decide a destination, as a list that costs nothing until a row is looked at.

import PostfixFiles

/// One place that decides a destination.
package struct Route: Sendable {
  package let place: Place
  /// The parameter, or the key of the entry.
  package let name: String
  /// As it is written, `$names` not expanded; empty where a default is in force.
  package let value: SourcedText
  /// Its file and line, for people.
  package let file: String
  package let line: Int
}

/// main.cf's routing parameters that are set, then the entries of its tables in order.
package struct RouteList: RandomAccessCollection, Sendable {
  private let parameters: [Route]
  private let tables: [(start: Int, table: Table)]
  package let endIndex: Int
  package var startIndex: Int { 0 }

  init(_ config: MailConfig) {
    parameters = RoutingParameter.allCases.compactMap {
      guard let assignment = config.main[$0] else { return nil }
      return Route(
        place: .parameter($0), name: $0.rawValue, value: assignment.value, file: config.main.document.path,
        line: assignment.line.number)
    }
    var start = parameters.count
    var tables: [(Int, Table)] = []
    for path in config.tablePaths {
      guard let document = config.files[path]?.document else { continue }
      tables.append((start, Table(document)))
      start += document.lines.count
    }
    self.tables = tables
    endIndex = start
  }

  /// A line that Postfix skips comes as an entry with an empty value.
  package subscript(index: Int) -> Route {
    if index < parameters.count { return parameters[index] }
    guard let (start, table) = tables.last(where: { $0.start <= index }) else { preconditionFailure() }
    let line = table.document.lines[index - start]
    let entry = try? table.entry(line)
    let key = entry?.key.text ?? SourcedText(line, of: table.document).text
    return Route(
      place: .entry(table: table.document.path, key: key), name: key, value: entry?.value ?? SourcedText(),
      file: table.document.path, line: line.number)
  }
}

extension MailConfig {
  package func routes() -> RouteList { RouteList(self) }
}
