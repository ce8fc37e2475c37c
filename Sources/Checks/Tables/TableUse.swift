// Which table sources a configuration names, and what Postfix asks them for.

import PostfixFiles
import Routing

/// What the keys of a table are.
enum KeySpace: Hashable, Sendable {
  /// transport(5): recipients, their domains, parent domains, `*`.
  case recipients
  /// Sender addresses and `@domain`.
  case senders
  /// The results of the table before it in a pipemap.
  case results
}

/// A table source that a parameter names.
struct TableUse: Sendable {
  let parameter: String
  let path: String
  let type: TableType
  /// Where it is named.
  let text: SourcedText
  let keys: KeySpace
  /// What its values are; nil where they are keys for the next table of a pipemap.
  let values: ResultKind?
}

extension MapItem {
  var keys: KeySpace { parameter == "transport_maps" ? .recipients : .senders }

  func tableUses(in config: MailConfig) -> [TableUse] {
    guard let spec = try? table.get() else { return [] }
    return uses(of: spec, keys: keys, values: kind, in: config)
  }

  private func uses(
    of spec: TableSpec, keys: KeySpace, values: ResultKind?, in config: MailConfig
  ) -> [TableUse] {
    switch spec.content {
    case .file(let path):
      [
        TableUse(
          parameter: parameter, path: config.absolute(path), type: spec.type, text: spec.text, keys: keys,
          values: values)
      ]
    case .proxied(let inner): uses(of: inner, keys: keys, values: values, in: config)
    case .pipe(let stages):
      stages.enumerated().flatMap { index, stage in
        uses(
          of: stage, keys: index == 0 ? keys : .results,
          values: index == stages.count - 1 ? values : nil, in: config)
      }
    case .union(let parts):
      // The results are joined to one list: only the first names the transport.
      parts.enumerated().flatMap { index, part in
        uses(of: part, keys: keys, values: index == 0 ? values : .nextHop, in: config)
      }
    default: []
    }
  }
}
