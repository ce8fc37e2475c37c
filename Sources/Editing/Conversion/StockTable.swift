// A pool written as a lookup table of an unmodified Postfix, with the fallback that its version allows.

import PostfixFiles
import Routing

/// The text of a table specification, as a tree that is broken over lines where it gets long.
indirect enum SpecText {
  case leaf(String)
  case group(String, [SpecText])

  static let width = 100

  /// As it is written in main.cf after `indent` spaces: on one line where it fits.
  func rendered(indent: Int) -> String {
    let whole = flat
    guard case .group(let head, let items) = self, indent + whole.count > Self.width else { return whole }
    let space = String(repeating: " ", count: indent + 4)
    return "\(head):{" + items.map { "\n\(space)\($0.rendered(indent: indent + 4))" }.joined(separator: ",")
      + "}"
  }

  /// A pool for all senders that leaves those to other tables that these know.
  static func lettingPass(_ pool: SpecText) -> SpecText {
    .group("pipemap", [.leaf("unionmap:\(TableSpec.otherSenders)"), pool])
  }

  private var flat: String {
    switch self {
    case .leaf(let text): text
    case .group(let head, let items): "\(head):{\(items.map(\.flat).joined(separator: ", "))}"
    }
  }
}

/// A text as it is written in main.cf, where `$` starts the name of a parameter.
func escapedForMainCf(_ text: String) -> String { text.replacingDollars(with: "$$") }

extension String {
  fileprivate func replacingDollars(with text: String) -> String {
    reduce(into: "") { $0 += $1 == "$" ? text : String($1) }
  }
}

/// One pool on its way to be a table of stock Postfix.
private struct StockTable {
  let config: MailConfig
  let kind: ResultKind
  let pool: String
  let content: PoolContent
  /// Every result once, the drained ones included: one may be drained and get mail as well, where it was listed again.
  let all: [PoolContent.Choice]
  /// The results as lists, by their text.
  let lists: [String: NextHopList]
  /// Whether smtp(8) or lmtp(8) runs a transport, by its name with the colon.
  private let isClient: [String: Bool]
  private let hasLists: Bool

  init(_ config: MailConfig, _ content: PoolContent, _ kind: ResultKind, _ pool: String) {
    (self.config, self.content, self.kind, self.pool) = (config, content, kind, pool)
    var seen: Set<String> = []
    all = (content.choices + content.drained).filter { seen.insert($0.result).inserted }
    lists = Dictionary(uniqueKeysWithValues: all.map { ($0.result, NextHopList($0.result, kind: kind)) })
    isClient = Dictionary(
      uniqueKeysWithValues: Set(lists.values.map(\.transport)).map {
        ($0, kind == .nextHop || config.gatewayTransport(String($0.dropLast())) != nil)
      })
    hasLists = config.environment.version >= .nextHopLists
  }

  /// Whether the next hop of a result is one that smtp(8) or lmtp(8) takes a list of.
  private func takesList(_ list: NextHopList) -> Bool {
    kind == .nextHop || (isClient[list.transport] ?? false) && !list.isLocalSocket
  }

  func spec() throws(EditError) -> SpecText {
    let keys = try keys()
    let chosen = content.choices.compactMap { lists[$0.result] }
    if !hasLists, let list = chosen.first(where: { $0.hops.count > 1 && takesList($0) }) {
      throw .cannotConvert(
        pool,
        reason:
          "\"\(list.text)\": Postfix \(config.environment.version) has no next-hop lists (3.5 has): need one host in each member"
      )
    }
    let draw = SpecText.group("randmap", content.results.map { .leaf(escapedForMainCf(keys[$0] ?? $0)) })
    let areKeys = all.allSatisfy { keys[$0.result] == $0.result }
    let heads = heads(of: chosen)
    if areKeys, all.allSatisfy({ isAlone($0.result, heads) }) { return draw }
    if Set(chosen.map(\.transport)).count == 1,
      chosen.allSatisfy({ $0.hops.count == 1 && keys[$0.text] == $0.text && takesList($0) })
    {
      let hops = chosen.flatMap(\.hops).map(escapedForMainCf)
      return .group("unionmap", [draw, .leaf("static:{\(hops.joined(separator: ","))}")])
    }
    return .group("pipemap", [draw, .group("inline", try entries(keys, heads))])
  }

  /// The first hop of each member that takes a list, once, by transport and in order.
  private func heads(of chosen: [NextHopList]) -> [String: [String]] {
    guard hasLists else { return [:] }
    var heads: [String: [String]] = [:]
    var seen: Set<String> = []
    for list in chosen where takesList(list) {
      guard let first = list.hops.first, seen.insert(list.transport + first).inserted else { continue }
      heads[list.transport, default: []].append(first)
    }
    return heads
  }

  /// Whether nothing follows `result`: it takes no list, or the pool has no other first hop of its transport.
  private func isAlone(_ result: String, _ heads: [String: [String]]) -> Bool {
    guard let own = lists[result], !own.hops.isEmpty, takesList(own) else { return true }
    return (heads[own.transport] ?? []).allSatisfy { own.hops.contains($0) }
  }

  /// What each key means: the result, followed by the first hop of each other member of its transport.
  private func entries(_ keys: [String: String], _ heads: [String: [String]]) throws(EditError)
    -> [SpecText]
  {
    var entries: [SpecText] = []
    var size = 0
    for choice in all {
      var value = choice.result
      if let own = lists[choice.result], !own.hops.isEmpty, takesList(own) {
        let ownHops = Set(own.hops)
        for hop in heads[own.transport] ?? [] where !ownHops.contains(hop) { value += ",\(hop)" }
      }
      size += value.utf8.count
      guard size <= StockPool.longestMeaning else {
        throw .cannotConvert(
          pool,
          reason: "each of its \(all.count) members would need the others after it, and that is more than "
            + "\(StockPool.longestMeaning >> 20) MiB of main.cf; need fewer members, or another notation")
      }
      entries.append(.leaf("{\(escapedForMainCf("\(keys[choice.result] ?? "")=\(value)"))}"))
    }
    return entries
  }

  /// What the randmap:{} holds for each result: the result itself, or, where that has a comma or white space, its
  /// beginning.
  private func keys() throws(EditError) -> [String: String] {
    var keys: [String: String] = [:]
    var folded: Set<String> = []
    for choice in all {
      let result = choice.result
      guard !result.contains("{"), !result.contains("}") else {
        throw .cannotConvert(
          pool, reason: "\"\(result)\": Postfix keeps braces as part of a result: need members without braces"
        )
      }
      let start = String(result.prefix { !$0.utf8.contains(where: \.isListSeparator) && $0 != "=" })
      var key = start
      var number = keys.count + 1
      while key.isEmpty || folded.contains(key.lowercased()) {
        key = "\(start)#\(number)"
        number += 1
      }
      folded.insert(key.lowercased())
      keys[result] = key
    }
    return keys
  }
}

extension MailConfig {
  /// The table that chooses from `content`. From Postfix 3.5 on the other members of the same transport follow the
  /// chosen one as a next-hop list.
  func stockTable(_ content: PoolContent, kind: ResultKind, for pool: String) throws(EditError) -> SpecText {
    try StockTable(self, content, kind, pool).spec()
  }
}
