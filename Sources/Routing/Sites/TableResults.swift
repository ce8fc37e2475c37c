// What a table can answer, as far as its text says without a question: to everybody, by which keys, and whether a result of some
// kind is among its results.

import PostfixFiles
import Store

/// What one list of tables answers to everybody.
struct CommonAnswer {
  /// The table of the list that answers.
  let item: Int
  /// Whether it answers the whole address; otherwise by `*`, which is asked for after all else.
  let isWhole: Bool
  let results: [SourcedText]
}

/// The results of tables, read from their text.
struct TableResults {
  let config: MailConfig
  /// Seconds since 1970.
  let now: Int

  /// - Parameter tables: those of the parameter.
  func commonAnswer(of parameter: RoutingParameter, _ tables: [TableSpec]) -> CommonAnswer? {
    for (index, table) in tables.enumerated() {
      if let results = answersToAll(table) {
        return CommonAnswer(item: index, isWhole: true, results: results)
      }
    }
    guard parameter == .transportMaps else { return nil }
    for (index, table) in tables.enumerated() {
      if let value = value(of: "*", in: table) {
        return CommonAnswer(item: index, isWhole: false, results: [value])
      }
      // It may have one too.
      if table.isServiceInside { return nil }
    }
    return nil
  }

  /// The results of a table that answers every key.
  private func answersToAll(_ table: TableSpec) -> [SourcedText]? {
    if let rows = databaseRows(of: table) { return rows["*"] }
    switch table.content {
    case .draw(let items): return items.map { table.argument[$0] }
    case .constant(let value): return [value]
    case .proxied(let inner): return answersToAll(inner)
    case .union(let parts): return parts.first.flatMap { answersToAll($0) }
    case .pipe(let stages):
      guard var results = stages.first.flatMap({ answersToAll($0) }) else { return nil }
      for stage in stages.dropFirst() {
        if let all = answersToAll(stage) {
          results = all
        } else {
          let meanings = results.map { value(of: $0.text, in: stage) }
          guard !meanings.contains(where: { $0 == nil }) else { return nil }
          results = meanings.compactMap(\.self)
        }
      }
      return results
    case .patterns, .file:
      guard let rules = rules(of: table), rules.haveCatchAll else { return nil }
      return rules.patternResults
    case .entries, .service: return nil
    }
  }

  /// The results of each key of a database that is asked by sender: `*` answers all of them. Nil for any other table, and
  /// where a pool may have no answer.
  private func databaseRows(of table: TableSpec) -> [String: [SourcedText]]? {
    guard let table = config.databaseTable(table.unproxied), let text = config.databaseText(table.database),
      table.map != RoutingParameter.transportMaps.rawValue
    else { return nil }
    var rows: [String: [SourcedText]] = [:]
    for (route, _) in text.routes where route.map == table.map {
      let members = (text.pools[route.pool] ?? []).lazy.map(\.member).filter { !$0.isDrained(at: Int64(now)) }
      let results = Self.kinds(of: members)
      if results.isEmpty { return nil }
      rows[route.key] = results
    }
    return rows
  }

  /// The results of members, of very many. What is asked of them is what the transport does, and whether there is a next hop: of
  /// those of one transport whose next hop begins with a bracket, one says it for all.
  private static func kinds(of members: some Sequence<MemberRow>) -> [SourcedText] {
    var kinds: [SourcedText] = []
    var bracketed: Set<String> = []
    for member in members {
      let isBracketed = member.nextHop.utf8.first == UInt8(ascii: "[")
      if isBracketed, !bracketed.insert(member.transport).inserted { continue }
      kinds.append(SourcedText(builtIn: member.result))
    }
    return kinds
  }

  private func rules(of table: TableSpec) -> PatternRules? {
    guard table.isPatterns, table.type != .pattern("cidr") else { return nil }
    switch table.content {
    case .patterns(let text): return PatternRules(inline: text)
    case .file(let path): return config.files[config.absolute(path)]?.document.map { PatternRules($0) }
    default: return nil
    }
  }

  private func value(of key: String, in table: TableSpec) -> SourcedText? {
    switch table.content {
    case .entries(let entries): return entries.last { $0.key.lowercased() == key.lowercased() }?.value
    case .proxied(let inner): return value(of: key, in: inner)
    case .file(let path) where !table.isPatterns:
      guard let document = config.files[config.absolute(path)]?.document else { return nil }
      let parsed = Table(document)
      return document.lines(containing: key).lazy.compactMap { try? parsed.entry($0) }
        .first { $0.key.text == key }?.value
    default: return nil
    }
  }

  /// Whether a table has such a result somewhere, as far as that is known.
  func mayAnswer(_ table: TableSpec, _ isSo: (SourcedText) -> Bool) -> Bool {
    if let rows = databaseRows(of: table) { return rows.values.joined().contains(where: isSo) }
    switch table.content {
    case .draw(let items): return items.contains { isSo(table.argument[$0]) }
    case .entries(let entries): return entries.contains { isSo($0.value) }
    case .constant(let value): return isSo(value)
    case .proxied(let inner): return mayAnswer(inner, isSo)
    // Only the first result of a union decides; of a pipe, those of the last table.
    case .union(let parts): return parts.contains { mayAnswer($0, isSo) }
    case .pipe(let stages): return stages.last.map { mayAnswer($0, isSo) } ?? true
    case .service: return true
    case .patterns, .file:
      if table.isPatterns { return rules(of: table)?.patternResults.contains(where: isSo) ?? true }
      guard case .file(let path) = table.content,
        let document = config.files[config.absolute(path)]?.document,
        document.count < Self.mostBytes
      else { return true }
      return Table(document).entries.contains { isSo($0.value) }
    }
  }

  /// Larger tables are not read entry by entry after each edit.
  private static let mostBytes = 100_000

  /// The keys with such a result; nil where they cannot be listed.
  func keys(of table: TableSpec, _ leaves: (SourcedText) -> Bool) -> [String]? {
    switch table.content {
    case .entries(let entries): return entries.filter { leaves($0.value) }.map(\.key)
    case .proxied(let inner): return keys(of: inner, leaves)
    case .file(let path) where !table.isPatterns:
      guard let document = config.files[config.absolute(path)]?.document else { return nil }
      let parsed = Table(document)
      return [" :", "\t:"].flatMap { document.lines(containing: $0) }.compactMap { try? parsed.entry($0) }
        .filter { leaves($0.value) }.map(\.key.text)
    default: return mayAnswer(table, leaves) ? nil : []
    }
  }
}

extension TableSpec {
  fileprivate var isPatterns: Bool { if case .pattern = type { true } else { false } }

  fileprivate var isServiceInside: Bool {
    flattened.contains { if case .service = $0.content { true } else { false } }
  }
}

extension PatternRules {
  /// Whether a rule matches everything. What is in an `if` is left out of account.
  fileprivate var haveCatchAll: Bool {
    let patterns = ["/./", "/^/", "/.*/", "/^.*/", "/^.*$/", "/.+/", "/^.+$/", "/^(.*)$/", "/^(.+)$/"]
    guard !lines.contains(where: { $0.starts(with: Bytes("if".utf8)) }) else { return false }
    return rules.contains { rule in
      let pattern = rule.text.prefix { !$0.isWhitespace }
      return patterns.contains { pattern.hasPrefix($0) && pattern.dropFirst($0.count).allSatisfy(\.isLetter) }
    }
  }
}
