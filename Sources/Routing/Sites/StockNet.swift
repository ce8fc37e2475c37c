// What an unmodified Postfix adds to each result of a randmap:{}: the two ways to a fallback that Postfix 3.5 and later
// have in lookup tables.

import PostfixFiles

/// What the table around a randmap:{} makes of a chosen result.
package enum StockNet: Sendable {
  /// `unionmap:{randmap:{...}, static:{hops}}`: the answers of these tables follow every result.
  case afterEach([TableSpec])
  /// `pipemap:{randmap:{...}, inline:{...}}`: each result is a key of this table.
  case translated(by: TableSpec)
}

extension StockNet {
  /// What a chosen result means, by the key that it is: empty where it means itself.
  func meanings(in config: MailConfig) -> [String: SourcedText] {
    guard case .translated(let table) = self else { return [:] }
    switch table.content {
    case .entries(let entries):
      return Dictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    case .file(let path):
      guard let document = config.files[config.absolute(path)]?.document else { return [:] }
      let entries = Table(document).entries.map { ($0.key.text.lowercased(), $0.value) }
      return Dictionary(entries, uniquingKeysWith: { first, _ in first })
    default: return [:]
    }
  }

  /// The values that follow every result.
  package var constants: [SourcedText] {
    guard case .afterEach(let tables) = self else { return [] }
    return tables.compactMap { if case .constant(let value) = $0.content { value } else { nil } }
  }

  /// The next hops that follow every result.
  var hops: [SourcedText] {
    guard case .afterEach(let tables) = self else { return [] }
    return tables.flatMap { table -> [SourcedText] in
      switch table.content {
      case .constant(let value): nextHopItems(value)
      case .draw(let items): items.map { table.argument[$0] }
      default: []
      }
    }
  }
}
