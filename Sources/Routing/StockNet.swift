// What stands around a randmap:{} in the tables of an unmodified Postfix, and so behind each result that it draws: the
// two ways to a safety net that Postfix 3.5 and later have (postfix.md section 0).

import PostfixFiles

/// What the table around a randmap:{} makes of a drawn result.
public enum StockNet: Sendable {
  /// `unionmap:{randmap:{...}, static:{hops}}`: what these tables answer stands behind every result.
  case behindEach([TableSpec])
  /// `pipemap:{randmap:{...}, inline:{...}}`: each result is a key of this table.
  case translated(by: TableSpec)
}

extension StockNet {
  /// What a drawn result stands for, by the key that it is: empty where it stands for itself.
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

  /// The next hops that stand behind every result.
  var hops: [SourcedText] {
    guard case .behindEach(let tables) = self else { return [] }
    return tables.flatMap { table -> [SourcedText] in
      switch table.content {
      case .constant(let value): nextHopItems(value)
      case .pool(let pool): pool.items.map { pool.text[$0] }
      default: []
      }
    }
  }
}

extension TableSpec {
  /// It and all the tables in it, each with what stands around it.
  var withNets: [(table: TableSpec, net: StockNet?)] { withNets(around: nil) }

  private func withNets(around net: StockNet?) -> [(table: TableSpec, net: StockNet?)] {
    switch content {
    case .union(let tables):
      [(self, net)]
        + tables.enumerated().flatMap { index, table in
          table.withNets(around: index == 0 ? .behindEach(Array(tables.dropFirst())) : nil)
        }
    case .pipe(let tables):
      [(self, net)]
        + tables.enumerated().flatMap { index, table in
          let last = index == tables.count - 2 ? tables.last : nil
          return table.withNets(around: last.flatMap { $0.hasEntries ? .translated(by: $0) : nil })
        }
    case .proxied(let table): [(self, net)] + table.withNets(around: net)
    default: [(self, net)]
    }
  }

  /// Whether it answers by keys that can be listed.
  private var hasEntries: Bool {
    switch content {
    case .entries: true
    case .file: if case .pattern = type { false } else { true }
    default: false
    }
  }
}

extension MailConfig {
  /// The tables of `parameter` that Postfix can open, those inside others included, but for those that only say what
  /// the results of a pool stand for.
  func answeringTables(_ parameter: String) -> [(table: TableSpec, net: StockNet?)] {
    tables(parameter).flatMap { item -> [(table: TableSpec, net: StockNet?)] in
      guard let table = try? item.get() else { return [] }
      let all = table.withNets
      let translations = all.compactMap { _, net -> FileRange? in
        if case .translated(let table) = net { table.text.span() } else { nil }
      }
      guard !translations.isEmpty else { return all }
      return all.filter { part, _ in part.text.span().map { !translations.contains($0) } ?? true }
    }
  }

  /// What stands around the randmap:{} of `pool`; nil where nothing does.
  public func stockNet(of pool: Pool) -> StockNet? {
    guard pool.notation == .stock, case .parameter(let name) = pool.place, let place = pool.text.text.span()
    else { return nil }
    for case .success(let table) in tables(name) {
      for (part, net) in table.withNets {
        if case .pool(let text) = part.content, text.text.span() == place { return net }
      }
    }
    return nil
  }
}
