// The places where pools are in force, and what each draws whatever its notation: a conversion goes from one to the
// other. A pool file that two routes name is two sites.

import PostfixFiles
import Routing

/// What a pool draws, with what weights, and what it keeps drained; the same in every notation.
struct PoolContent: Hashable {
  struct Choice: Hashable {
    /// `transport:nexthop`; a next hop alone where the pool is one of relayhosts.
    var result: String
    var weight: Int
  }

  var kind: ResultKind
  var choices: [Choice]
  var drained: [Choice] = []

  /// The same with its members in a fixed order and without what is there as a safety net, to compare.
  var inOrder: PoolContent {
    let plain = withoutSafetyNet
    return PoolContent(
      kind: kind, choices: plain.choices.sorted { $0.result < $1.result },
      drained: drained.sorted { $0.result < $1.result })
  }

  /// The same without the next hops at the end of its members that are first choices of the pool as well.
  var withoutSafetyNet: PoolContent {
    let heads = Set(choices.compactMap { NextHopList($0.result, kind: kind).head })
    var plain: [Choice] = []
    for choice in choices {
      let result = NextHopList(choice.result, kind: kind).dropping(heads)
      if let known = plain.firstIndex(where: { $0.result == result }) {
        plain[known].weight += choice.weight
      } else {
        plain.append(Choice(result: result, weight: choice.weight))
      }
    }
    return PoolContent(kind: kind, choices: plain, drained: drained)
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
      Choice(result: prefix + choice.result, weight: choice.weight)
    }
    return PoolContent(
      kind: prefix.isEmpty ? kind : .destination, choices: choices.map(prefixed),
      drained: drained.map(prefixed))
  }
}

/// One place where a pool decides where mail goes.
struct PoolSite {
  enum Location {
    /// A parameter that takes one destination, or relayhost.
    case parameter(String)
    /// A table that answers with the pool for every key.
    case table(parameter: String, item: SourcedText)
    /// A table that answers with the pool for the keys of `keys`.
    case keyed(parameter: String, item: SourcedText, keys: TableSpec)
    /// The value of an entry of a source file.
    case entry(table: String, entry: TableEntry)
    /// The value of an entry of an inline: table.
    case inlineEntry(parameter: String, item: TableSpec, key: String)
  }

  let index: Int
  let location: Location
  /// The value that the pool stands in; of a table its text.
  let value: SourcedText
  let text: PoolText
  let kind: ResultKind
  let content: PoolContent
  /// As `pools()` has it.
  let pool: Pool?

  var id: String { pool?.id ?? text.path ?? text.text.text }
  var anchor: FileRange? { pool?.anchor }
  var isInFile: Bool { text.notation == .file || pool?.notation == .file }
  /// What is not written in each of its members: the transport before `randmap:`.
  var prefix: String { text.transport.map { "\($0):" } ?? "" }

  /// Where it holds, in words that are the same whatever the notation.
  var place: String {
    switch location {
    case .parameter(let name), .table(let name, _): name
    case .keyed(let name, _, let keys):
      switch keys.content {
      case .entries(let entries): "\(name) \(entries.first?.key ?? "")"
      default: "\(name) \(keys.argument.text)"
      }
    case .entry(let table, let entry): "\(table) \(entry.key.text.lowercased())"
    case .inlineEntry(let name, _, let key): "\(name) \(key)"
    }
  }

  var landing: Landing { Landing(place: place, content: content.inOrder) }

  var isTable: Bool {
    switch location {
    case .table, .keyed: true
    default: false
    }
  }
}

extension MailConfig {
  /// All places of pools, in the order of main.cf's parameters.
  func poolSites() -> [PoolSite] {
    var finder = SiteFinder(config: self, pools: pools())
    for parameter in RoutingParameter.destinations + ["relayhost"] {
      guard main[parameter] != nil, let value = try? parameters.value(parameter) else { continue }
      finder.add(value, at: .parameter(parameter), kind: parameter == "relayhost" ? .nextHop : .destination)
    }
    for parameter in RoutingParameter.maps {
      let kind: ResultKind = RoutingParameter.relayhostMaps.contains(parameter) ? .nextHop : .destination
      for table in tables(parameter).compactMap({ try? $0.get() }) {
        finder.add(table, of: parameter, kind: kind)
      }
    }
    return finder.sites
  }
}

private struct SiteFinder {
  let config: MailConfig
  let pools: [Pool]
  var sites: [PoolSite] = []
  private let byStart: [FileRange?: [Pool]]
  private var tables: Set<String> = []

  init(config: MailConfig, pools: [Pool]) {
    self.config = config
    self.pools = pools
    byStart = Dictionary(grouping: pools.filter { $0.start != nil }) { $0.start }
  }

  /// A value that may name a pool.
  mutating func add(_ value: SourcedText, at location: PoolSite.Location, kind: ResultKind) {
    guard let text = PoolText(value: value) else { return }
    let pool: Pool?
    if let path = text.path ?? config.parameters.resolved(text)?.path {
      pool = pools.first { $0.place == .file(config.absolute(path)) }
    } else if let name = text.name {
      pool = pools.first { $0.place == .parameter(name) }
    } else {
      pool = self.pool(of: text, at: location)
    }
    guard let pool else { return }
    let content = PoolContent(pool, kind: kind).prefixed(text.transport.map { "\($0):" } ?? "")
    append(
      location, value: value, text: text, kind: text.transport == nil ? kind : .destination, content, pool)
  }

  mutating func add(_ table: TableSpec, of parameter: String, kind: ResultKind) {
    let plain = table.withoutProxy
    if let stock = StockPool(plain, kind: kind) {
      add(stock, at: .table(parameter: parameter, item: table.text), item: table.text, kind: kind)
      return
    }
    switch plain.content {
    case .pipe(let stages):
      guard let keys = stages.first, let stock = StockPool(stages.dropFirst(), kind: kind) else { return }
      add(stock, at: .keyed(parameter: parameter, item: table.text, keys: keys), item: table.text, kind: kind)
    case .entries(let entries):
      for (key, value) in entries {
        add(value, at: .inlineEntry(parameter: parameter, item: table, key: key), kind: kind)
      }
    case .file(let path):
      let path = config.absolute(path)
      guard tables.insert(path).inserted, let document = config.files[path]?.document else { return }
      let source = Table(document)
      for line in document.lines(containing: "randmap:") {
        guard let entry = try? source.entry(line) else { continue }
        add(entry.value, at: .entry(table: path, entry: entry), kind: kind)
      }
    default: break
    }
  }

  private mutating func add(
    _ stock: StockPool, at location: PoolSite.Location, item: SourcedText, kind: ResultKind
  ) {
    guard let pool = pool(of: stock.text, at: location) else { return }
    let drained = PoolContent(pool, kind: kind).drained.map {
      PoolContent.Choice(result: stock.meaning[$0.result] ?? $0.result, weight: $0.weight)
    }
    append(
      location, value: item, text: stock.text, kind: kind,
      PoolContent(kind: kind, choices: stock.choices, drained: drained), pool)
  }

  /// Two places may share a text.
  private func pool(of text: PoolText, at location: PoolSite.Location) -> Pool? {
    guard let start = text.items.first.flatMap({ text.text.span($0) }) else {
      return pools.first { $0.text.items.isEmpty && $0.place == location.place }
    }
    return byStart[start]?.first { $0.place == location.place }
  }

  private mutating func append(
    _ location: PoolSite.Location, value: SourcedText, text: PoolText, kind: ResultKind,
    _ content: PoolContent, _ pool: Pool
  ) {
    sites.append(
      PoolSite(
        index: sites.count, location: location, value: value, text: text, kind: kind, content: content,
        pool: pool))
  }
}

extension PoolContent {
  fileprivate init(_ pool: Pool, kind: ResultKind) {
    func choices(drained: Bool) -> [Choice] {
      pool.members.filter { $0.isDrained == drained }.map { Choice(result: $0.result, weight: $0.weight) }
    }
    self.init(kind: kind, choices: choices(drained: false), drained: choices(drained: true))
  }
}

extension PoolSite.Location {
  /// The place as `pools()` calls it.
  fileprivate var place: Place {
    switch self {
    case .parameter(let name), .table(let name, _), .keyed(let name, _, _), .inlineEntry(let name, _, _):
      .parameter(name)
    case .entry(let table, let entry): .entry(table: table, key: entry.key.text)
    }
  }
}

extension TableSpec {
  /// The table behind `proxy:`.
  var withoutProxy: TableSpec { if case .proxied(let table) = content { table.withoutProxy } else { self } }
}
