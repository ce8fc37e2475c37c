// The source text of a table, as the rules for its lines see it.

import PostfixFiles
import Routing

/// A table source that a parameter names.
struct TableSource: Sendable {
  let parameter: RoutingParameter
  let path: String
  let type: TableType
  /// Where it is named.
  let text: SourcedText
  let keys: KeySpace
  /// What its values are; nil where they are keys for the next table of a pipemap.
  let values: ResultKind?

  /// Nil for a site that is not a table source.
  init?(_ site: Site) {
    guard let path = site.source, let table = site.table else { return nil }
    parameter = site.parameter
    self.path = path
    type = table.spec.type
    text = table.spec.text
    keys = table.keys
    values = site.kind
  }
}
