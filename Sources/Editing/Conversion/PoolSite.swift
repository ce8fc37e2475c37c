// The sites that a pool decides, and the results of each, independent of its notation: a conversion goes from one to the other. A
// pool file that two routes name is two sites.

import PostfixFiles
import Routing

/// The results of a pool, their weights, and its drained members; the same in every notation.
struct PoolContent: Hashable {
  struct Choice: Hashable {
    /// `transport:nexthop`; a next hop alone where the pool is one of relayhosts.
    var result: String
    var weight: Int
    /// Of a drained member: until when, and why.
    var drain = Drain()
  }

  var kind: ResultKind
  var choices: [Choice]
  var drained: [Choice] = []

  /// The same with its members in a fixed order and without the fallback, to compare.
  var inOrder: PoolContent {
    let plain = withoutSafetyNet
    return PoolContent(
      kind: kind, choices: plain.choices.sorted { $0.result < $1.result },
      drained: drained.sorted { $0.result < $1.result })
  }

  /// The same without the next hops at the end of its members that are first choices of the pool as well.
  var withoutSafetyNet: PoolContent {
    let heads = Set(choices.compactMap { NextHopList($0.result, kind: kind).head })
    let plain = choices.map {
      Choice(result: NextHopList($0.result, kind: kind).dropping(heads), weight: $0.weight)
    }
    return PoolContent(kind: kind, choices: plain, drained: drained).merged
  }

  /// The same with each result once, with the sum of its weights, in the order in which they come first.
  var merged: PoolContent {
    var once: [Choice] = []
    var index: [String: Int] = [:]
    for choice in choices {
      if let known = index[choice.result] {
        once[known].weight += choice.weight
      } else {
        index[choice.result] = once.count
        once.append(choice)
      }
    }
    return PoolContent(kind: kind, choices: once, drained: drained)
  }

  /// The transport of each choice.
  var transports: [String] {
    choices.map {
      kind == .destination ? Destination(SourcedText(builtIn: $0.result)).transport.text : "smtp"
    }
  }

  /// The results, each as often as its weight.
  var results: [String] { choices.flatMap { Array(repeating: $0.result, count: $0.weight) } }

  /// Every result with `prefix` in front.
  func prefixed(_ prefix: String) -> PoolContent {
    func prefixed(_ choice: Choice) -> Choice {
      Choice(result: prefix + choice.result, weight: choice.weight, drain: choice.drain)
    }
    return PoolContent(
      kind: prefix.isEmpty ? kind : .destination, choices: choices.map(prefixed),
      drained: drained.map(prefixed))
  }
}

/// One site where a pool decides where mail goes.
struct PoolSite {
  let index: Int
  let site: Site
  /// The table that knows for which keys a `randmap:{...}` answers; nil where it answers for all.
  let keys: TableSpec?
  /// The value that the pool is in; of a table its text.
  let value: SourcedText
  let text: PoolText
  let kind: ResultKind
  let content: PoolContent
  /// As `pools()` has it.
  let pool: Pool

  var id: String { pool.id }
  var anchor: FileRange? { pool.anchor }
  var isInFile: Bool { pool.text.path != nil }
  var parameter: RoutingParameter { site.parameter }
  /// What is not written in each of its members: the transport before `randmap:`.
  var prefix: String { text.transport.map { "\($0):" } ?? "" }

  /// For which mail it holds, in words that are the same whatever the notation.
  var scope: String {
    switch site.place {
    case .entry(let table, let key): return "\(table) \(key.lowercased())"
    case .inlineEntry(let parameter, let key): return "\(parameter) \(key)"
    default: break
    }
    guard let keys else { return "\(parameter)" }
    if case .entries(let entries) = keys.content { return "\(parameter) \(entries.first?.key ?? "")" }
    return "\(parameter) \(keys.argument.text)"
  }

  /// The mail that it decides for, for people: the key of an entry, or the parameter.
  var words: String {
    switch site.place {
    case .entry(_, let key), .inlineEntry(_, let key): key
    default: parameter.rawValue
    }
  }

  var landing: Landing { Landing(scope: scope, content: content.inOrder) }

  /// Whether Postfix uses it as a random table.
  var isTable: Bool {
    switch site.content {
    case .draw, .database: true
    default: false
    }
  }

  /// Whether it answers for the senders that no table before it knows.
  var answersOtherSenders: Bool { keys?.isOtherSenders ?? false }

  var isInlineEntry: Bool { if case .inlineEntry = site.place { true } else { false } }
}

extension MailConfig {
  /// All sites of pools, in the order of main.cf's parameters. A pool in a table that is part of another one does not
  /// count: nothing can be put in its place.
  func poolSites() -> [PoolSite] {
    var sites: [PoolSite] = []
    var items: Set<FileRange> = []
    for pooled in pooledSites() {
      if case .draw = pooled.site.content, let item = pooled.site.table?.item.text.span() {
        // Of two pools in one table Postfix uses the first.
        guard items.insert(item).inserted else { continue }
      }
      if let site = PoolSite(pooled, index: sites.count) { sites.append(site) }
    }
    return sites
  }
}

extension MailConfig {
  /// The site of another configuration in this one: its pool may have others.
  func poolSite(as other: PoolSite) -> PoolSite? {
    poolSites().first { $0.id == other.id && $0.site.place == other.site.place }
  }
}

extension PoolSite {
  /// Nil where nothing can be put in the place of the pool.
  fileprivate init?(_ pooled: PooledSite, index: Int) {
    let expected = pooled.site.parameter.resultKind
    self.index = index
    site = pooled.site
    pool = pooled.pool
    if case .value(let value) = pooled.site.content {
      guard pooled.site.table?.isWholeItem ?? true else { return nil }
      self.value = value
      text = pooled.text
      keys = nil
      kind = text.transport == nil ? expected : .destination
      content = PoolContent(pool, kind: expected).prefixed(text.transport.map { "\($0):" } ?? "")
      return
    }
    if case .database = pooled.site.content, let item = pooled.site.table?.item {
      value = item.text
      text = pooled.text
      keys = nil
      kind = expected
      content = PoolContent(pool, kind: expected)
      return
    }
    guard let item = pooled.site.table?.item,
      let (stock, keys) = StockPool.keyed(item.unproxied, kind: expected)
    else { return nil }
    value = item.text
    text = stock.text
    self.keys = keys
    kind = expected
    let drained = PoolContent(pool, kind: kind).drained.map {
      PoolContent.Choice(
        result: stock.meaning[$0.result] ?? $0.result, weight: $0.weight, drain: $0.drain)
    }
    content = PoolContent(kind: kind, choices: stock.choices, drained: drained)
  }
}

extension PoolContent {
  fileprivate init(_ pool: Pool, kind: ResultKind) {
    func choices(drained: Bool) -> [Choice] {
      pool.members.filter { $0.isDrained == drained }.map {
        Choice(result: $0.result, weight: $0.weight, drain: $0.drain ?? Drain())
      }
    }
    self.init(kind: kind, choices: choices(drained: false), drained: choices(drained: true))
  }
}

extension PoolSite {
  /// A conversion would lose a plan.
  func guardNoPlan() throws(EditError) {
    guard let member = pool.members.first(where: { $0.ramp != nil }) else { return }
    throw .cannotConvert(
      id,
      reason:
        "a plan moves the share of \"\(member.result)\": end it first, with randmap ramp \(member.result.asArgument) --cancel"
    )
  }
}
