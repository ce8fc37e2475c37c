// Lookups: in one table, in a list of tables, and by an address and its parts (maps.c, mail_addr_find.c).

import PostfixFiles

/// What a lookup comes to.
enum SearchAnswer: Hashable {
  case found(Bytes)
  case notFound
  case failed(String)

  fileprivate var isFound: Bool { if case .found = self { true } else { false } }

  fileprivate var length: Int { if case .found(let value) = self { value.count } else { 0 } }

  fileprivate var isUTF8: Bool { if case .found(let value) = self { value.isUTF8 } else { true } }
}

extension OpenTables {
  /// Looks `key` up in one table (dict_get).
  func look(up key: Bytes, in table: OpenTable, for use: TableOpening) -> Distribution<SearchAnswer> {
    var key = key
    let isComposed = if case .pipe = table { true } else if case .union = table { true } else { false }
    // With smtputf8_enable every table folds; without, those that hold entries do.
    if use.foldsKeys, table.isFixed, isUnicode || !isComposed { key = folding.fold(key) }
    if isUnicode, !key.isUTF8 { return Distribution(.notFound) }
    return answer(to: key, in: table, for: use).map { answer in
      guard case .found(let value) = answer, self.isUnicode, !value.isUTF8 else { return answer }
      return .failed("non-UTF-8 value for \(printable(key))")
    }
  }

  private func answer(to key: Bytes, in table: OpenTable, for use: TableOpening) -> Distribution<SearchAnswer>
  {
    func certain(_ value: Bytes?) -> Distribution<SearchAnswer> {
      Distribution(value.map { .found($0) } ?? .notFound)
    }
    switch table {
    case .random(let results): return Distribution(oneOf: results.map { .found($0) })
    case .keyed(let entries): return certain(entries[key])
    case .constant(let value): return certain(value)
    case .text(let source, let folding):
      return certain(entry(for: key, in: source, folding)?.value.bytes)
    case .regexp(let patterns, let name):
      do throws(RegularExpression.MatchError) {
        return certain(try patterns.value(for: key))
      } catch {
        note(unknown: Self.tooLarge(name))
        return Distribution(.notFound)
      }
    case .cidr(let networks): return certain(networks.value(for: key))
    case .pipe(let stages):
      return stages.reduce(Distribution(.found(key))) { results, stage in
        if stage.ignoresKey {
          let answers = look(up: [], in: stage, for: use)
          return results.replacing({ $0.isFound && (!isUnicode || $0.isUTF8) }, with: answers)
        }
        return results.flatMap { result in
          guard case .found(let key) = result else { return Distribution(result) }
          return look(up: key, in: stage, for: use)
        }
      }
    case .union(let parts): return union(of: parts, key, for: use)
    case .database(let answers):
      return answers.answer(key).map { $0.map { .found($0) } } ?? Distribution(.notFound)
    case .asked(let name, _):
      // Lists of domains decide by what is there, not by a result.
      let random = use == .routing ? drawn(name, key) : nil
      return random ?? Distribution(asked(name, key))
    case .unknown(let reason, _):
      note(unknown: reason)
      return Distribution(.notFound)
    case .unavailable(let reason): return Distribution(.failed(reason))
    }
  }

  private func union(of parts: [OpenTable], _ key: Bytes, for use: TableOpening) -> Distribution<SearchAnswer>
  {
    var results = Distribution<SearchAnswer>(.notFound)
    var work = 0
    for part in parts {
      // What the part answers does not depend on the parts before it.
      let answers = look(up: key, in: part, for: use)
      work += results.outcomes.reduce(0) { $0 + ($1.value.length + 1) * answers.outcomes.count }
      // The results are as many as the product of all parts, and each is as long as their sum.
      guard work <= Self.maximumUnionWork else { return .unlisted }
      results = results.flatMap { result in
        if case .failed = result { return Distribution(result) }
        return answers.map { further in
          switch (result, further) {
          case (.found(let left), .found(let right)):
            .found(left.isEmpty ? right : left + [UInt8(ascii: ",")] + right)
          case (_, .notFound): result
          default: further
          }
        }
      }
      guard results.unlisted == 0 else { return .unlisted }
    }
    return results.map { $0 == .found([]) ? .notFound : $0 }
  }

  private static let maximumUnionWork = 10_000_000

  private func asked(_ name: String, _ key: Bytes) -> SearchAnswer {
    switch ask(name, key) {
    case .found(let value): return .found(value)
    case .notFound: return .notFound
    case .failed(let reason): return .failed(reason)
    case .unknown(let reason):
      note(unknown: reason)
      return .notFound
    }
  }
}

/// The tables of a parameter such as transport_maps.
struct MapList {
  let parameter: String
  let tables: [OpenTable]
  let use: TableOpening
}

/// Which parts of an address a search asks for.
struct SearchKeys {
  /// `user+extension@domain` as it is: every table is asked.
  let whole: [Bytes]
  /// Asked only in tables that take parts of addresses.
  let parts: [Bytes]
}

extension OpenTables {
  /// The first hit for `key` in the order of the list (maps_find); an empty result is an error.
  func find(_ key: Bytes, in list: MapList, partial: Bool, onHit: (OpenTable, Bytes) -> Void)
    -> Distribution<SearchAnswer>
  {
    guard !key.isEmpty else { return Distribution(.notFound) }
    return list.tables.reduce(Distribution(.notFound)) { results, table in
      results.flatMap { result in
        guard result == .notFound, !partial || table.isFixed else { return Distribution(result) }
        return look(up: key, in: table, for: list.use).map { answer in
          guard case .found(let value) = answer else { return answer }
          if value.isEmpty {
            return .failed("\(list.parameter) lookup of \(printable(key)) returns an empty string result")
          }
          onHit(table, value)
          return answer
        }
      }
    }
  }

  /// The first hit for any of `keys`.
  func find(_ keys: SearchKeys, in list: MapList, onHit: (Bytes, OpenTable, Bytes) -> Void)
    -> Distribution<SearchAnswer>
  {
    let steps = keys.whole.map { ($0, false) } + keys.parts.map { ($0, true) }
    return steps.reduce(Distribution(.notFound)) { results, step in
      results.flatMap { result in
        guard result == .notFound else { return Distribution(result) }
        return find(step.0, in: list, partial: step.1) { onHit(step.0, $0, $1) }
      }
    }
  }
}
