// A pool as an unmodified Postfix has it, read: randmap:{} alone, or with one of the two fallbacks that Postfix
// 3.5 and later can express.

import PostfixFiles
import Routing

struct StockPool {
  /// The text of its randmap:{}.
  let text: PoolText
  /// The results that it chooses from, without the next hops that are only there as a fallback.
  let choices: [PoolContent.Choice]
  /// What each result of the randmap:{} means if a second table translates it.
  let meaning: [String: String]

  /// A table that answers with a pool, and the one that knows for which keys; nil for any other table.
  static func keyed(_ table: TableSpec, kind: ResultKind) -> (pool: StockPool, keys: TableSpec?)? {
    if let pool = StockPool(table, kind: kind) { return (pool, nil) }
    guard case .pipe(let stages) = table.content, let pool = StockPool(stages.dropFirst(), kind: kind) else {
      return nil
    }
    return (pool, stages.first)
  }

  /// `randmap:{a, b}`, `unionmap:{randmap:{a, b}, static:{hops}}` or `pipemap:{randmap:{k1, k2}, inline:{k1=a, ...}}`;
  /// nil for any other table.
  init?(_ table: TableSpec, kind: ResultKind) {
    switch table.content {
    case .draw: self.init([table], kind: kind)
    case .union(let tables):
      guard let text = tables.first?.pool else { return nil }
      var tail: [String] = []
      for table in tables.dropFirst() {
        switch table.content {
        case .constant(let value): tail += nextHopItems(value).map(\.text)
        case .draw(let items): tail += items.map { table.argument[$0].text }
        default: return nil
        }
      }
      self.init(text, kind: kind, tail: tail)
    case .pipe(let tables): self.init(tables[...], kind: kind)
    default: return nil
    }
  }

  /// The other tables of a pipemap, after the one with the keys.
  init?(_ tables: ArraySlice<TableSpec>, kind: ResultKind) {
    guard let first = tables.first else { return nil }
    guard let text = first.pool else {
      guard tables.count == 1, first.type != .randmap else { return nil }
      self.init(first, kind: kind)
      return
    }
    guard tables.count > 1 else {
      self.init(
        text, kind: kind, meaning: Dictionary(uniqueKeysWithValues: Set(text.results).map { ($0, [$0]) }))
      return
    }
    guard tables.count == 2, case .entries(let entries) = tables.last?.content else { return nil }
    var meaning: [String: [String]] = [:]
    for (key, value) in entries { meaning[key] = [value.text] }
    // A miss would be an answer of another kind: the pool is then not one that can be read.
    let results = Set(text.results)
    guard results.allSatisfy({ meaning[$0.lowercased()] != nil }) else { return nil }
    self.init(
      text, kind: kind,
      meaning: Dictionary(
        uniqueKeysWithValues: results.map { ($0, meaning[$0.lowercased()] ?? []) }
          + meaning.filter { key, _ in !results.contains { $0.lowercased() == key } }))
  }

  /// A pool whose results all have the same hops after them: read without writing them out for each result, which takes
  /// n x n texts.
  ///
  /// - Returns: nil where hops that no result begins with would have to be written after too many results.
  private init?(_ text: PoolText, kind: ResultKind, tail: [String]) {
    let lists = Dictionary(
      uniqueKeysWithValues: Set(text.results).map { ($0, NextHopList($0, kind: kind)) })
    let heads = Set(lists.values.compactMap(\.head))
    var left: [String: String] = [:]
    for transport in Set(lists.values.map(\.transport)) {
      let kept = tail.lastIndex { !heads.contains(transport + $0) }.map { tail[...$0] } ?? []
      left[transport] = kept.map { ",\($0)" }.joined()
    }
    var meaning: [String: String] = [:]
    var size = 0
    for (result, list) in lists {
      let rest = left[list.transport] ?? ""
      // A result without a hop of its own begins with the first of the tail.
      let whole = list.hops.isEmpty ? "\(result),\(tail.joined(separator: ","))" : result + rest
      size += whole.utf8.count
      guard size <= Self.longestMeaning else { return nil }
      meaning[result] =
        rest.isEmpty || list.hops.isEmpty ? NextHopList(whole, kind: kind).dropping(heads) : whole
    }
    self.text = text
    choices =
      PoolContent(kind: kind, choices: text.results.map { .init(result: meaning[$0] ?? $0, weight: 1) })
      .merged.choices
    self.meaning = meaning
  }

  /// How many bytes the results of a pool may have with all that is written after each of them.
  static let longestMeaning = 8 << 20

  /// - Parameter meaning: the destination of each result, in parts that a comma joins.
  private init(_ text: PoolText, kind: ResultKind, meaning: [String: [String]]) {
    let whole = meaning.mapValues { $0.joined(separator: ",") }
    let choices = text.results.map { PoolContent.Choice(result: whole[$0] ?? $0, weight: 1) }
    let content = PoolContent(kind: kind, choices: choices).withoutSafetyNet
    let heads = Set(content.choices.compactMap { NextHopList($0.result, kind: kind).head })
    self.text = text
    self.choices = content.choices
    self.meaning = whole.mapValues { NextHopList($0, kind: kind).dropping(heads) }
  }
}

/// A destination, or a next hop alone, as its transport and the items of its list.
struct NextHopList {
  let text: String
  /// With the colon; empty for a next hop alone.
  let transport: String
  let hops: [String]

  init(_ text: String, kind: ResultKind) {
    self.text = text
    let colon = kind == .nextHop ? nil : text.firstIndex(of: ":")
    transport = colon.map { String(text[...$0]) } ?? ""
    // To lmtp(8) "inet:" is the start of the whole list, and no part of its items.
    let rest = text.dropping(prefix: transport)
    let list = LMTPPrefix(rest.utf8) == .inet ? String(rest.dropFirst(LMTPPrefix.count)) : rest
    hops = nextHopItems(SourcedText(builtIn: list)).map(\.text)
  }

  /// Whether it is a local socket of lmtp(8), which takes no list.
  var isLocalSocket: Bool { hops.contains { LMTPPrefix($0.utf8) == .unix } }

  /// The same with its first hop only; nil where it has none.
  var head: String? { hops.first.map { transport + $0 } }

  /// Its text without the hops at the end that are among `heads`, the first one kept.
  func dropping(_ heads: Set<String>) -> String {
    let nextHop = SourcedText(builtIn: text.dropping(prefix: transport))
    let items = nextHop.itemRanges(in: 0..<nextHop.count, where: { $0.isListSeparator }, keepingBraces: false)
    var kept = items.count
    while kept > 1, heads.contains(transport + nextHop[items[kept - 1]].text) { kept -= 1 }
    return kept == items.count ? text : transport + nextHop[0..<items[kept - 1].upperBound].text
  }
}
