// A pool as an unmodified Postfix has it, read: randmap:{} alone, or with one of the two safety nets that Postfix
// 3.5 and later can express.

import PostfixFiles
import Routing

struct StockPool {
  /// The text of its randmap:{}.
  let text: PoolText
  /// What it draws, without the next hops that are only there as a safety net.
  let choices: [PoolContent.Choice]
  /// What each result of the randmap:{} stands for where a second table translates it.
  let meaning: [String: String]

  /// `randmap:{a, b}`, `unionmap:{randmap:{a, b}, static:{hops}}` or `pipemap:{randmap:{k1, k2}, inline:{k1=a, ...}}`;
  /// nil for any other table.
  init?(_ table: TableSpec, kind: ResultKind) {
    switch table.content {
    case .pool: self.init([table], kind: kind)
    case .union(let tables):
      guard case .pool(let text) = tables.first?.content else { return nil }
      var tail: [String] = []
      for table in tables.dropFirst() {
        switch table.content {
        case .constant(let value): tail += nextHopItems(value).map(\.text)
        case .pool(let second): tail += second.results
        default: return nil
        }
      }
      self.init(
        text, kind: kind,
        meaning: Dictionary(uniqueKeysWithValues: Set(text.results).map { ($0, [$0] + tail) }))
    case .pipe(let tables): self.init(tables[...], kind: kind)
    default: return nil
    }
  }

  /// The tables that are left of a pipemap behind the one with the keys.
  init?(_ tables: ArraySlice<TableSpec>, kind: ResultKind) {
    guard let first = tables.first else { return nil }
    guard case .pool(let text) = first.content else {
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

  /// - Parameter meaning: the destination of each result, in parts that a comma joins.
  private init(_ text: PoolText, kind: ResultKind, meaning: [String: [String]]) {
    let lists = meaning.mapValues { NextHopList($0.joined(separator: ","), kind: kind) }
    var heads: [String: Set<String>] = [:]
    for list in lists.values { heads[list.transport, default: []].insert(list.hops.first ?? "") }
    // Hops that are all first choices of the pool as well are its safety net, any others belong to the member.
    let plain = lists.mapValues { list in
      list.hops.dropFirst().allSatisfy { heads[list.transport]?.contains($0) ?? false }
        ? list.first : list.text
    }
    var choices: [PoolContent.Choice] = []
    for result in text.results {
      let meant = plain[result] ?? result
      if let known = choices.firstIndex(where: { $0.result == meant }) {
        choices[known].weight += 1
      } else {
        choices.append(.init(result: meant, weight: 1))
      }
    }
    self.text = text
    self.choices = choices
    self.meaning = plain
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
    hops = nextHopItems(SourcedText(builtIn: text.dropping(prefix: transport))).map(\.text)
  }

  /// The same with its first hop only.
  var first: String { hops.first.map { transport + $0 } ?? text }
}
