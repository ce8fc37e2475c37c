// Every pool of a configuration: in main.cf values, in lookup-table specifications, in table entries and in pool
// files.

import PostfixFiles

extension MailConfig {
  /// All pools, in the order of main.cf's routing parameters, then of the tables, then the pool files. A parameter
  /// with one destination that names a gateway is a pool of one.
  public func pools() -> [Pool] {
    var finder = PoolFinder(config: self)
    for parameter in RoutingParameter.destinations + ["relayhost"] {
      finder.find(inValueOf: parameter, kind: parameter == "relayhost" ? .nextHop : .destination)
    }
    for parameter in RoutingParameter.maps {
      finder.find(
        inTablesOf: parameter,
        kind: RoutingParameter.relayhostMaps.contains(parameter) ? .nextHop : .destination)
    }
    return finder.pools
  }

  /// The pool that a person names: by its id, or by a parameter that names it or its file.
  public func pool(_ name: String) -> Pool? {
    let pools = pools()
    return pools.first { $0.id == name } ?? pools.first { $0.aliases.contains(name) }
  }
}

private struct PoolFinder {
  let config: MailConfig
  var pools: [Pool] = []
  private let transports: Transports
  private var filePools: Set<String> = []
  private var namedPools: Set<String> = []
  private var tablesDone: Set<String> = []
  private let sharedTableNames: Set<String>
  /// How many pools stand in a place, and in a logical line, so far.
  private var countByPlace: [Place: Int] = [:]
  private var countByAnchor: [FileRange: Int] = [:]
  /// The drained members of the logical line that was looked at last, by the pool that they belong to.
  private var drained: (anchor: FileRange, items: [Int: [DrainedItem]])?
  private let usesAgent: Bool

  init(config: MailConfig) {
    self.config = config
    transports = Transports(config)
    usesAgent = config.usesAgent
    let names = Dictionary(grouping: config.tablePaths, by: Self.lastComponent)
    sharedTableNames = Set(names.filter { $0.value.count > 1 }.keys)
  }

  private static func lastComponent(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  mutating func find(inValueOf parameter: String, kind: ResultKind) {
    guard config.main[parameter] != nil, let value = try? config.parameters.value(parameter), !value.isEmpty
    else { return }
    if let text = PoolText(value: value) {
      add(text, at: .parameter(parameter), name: parameter, kind: kind)
    } else {
      let text = PoolText(single: value)
      let member = members(of: text, kind: kind, drained: []).first
      guard let member, !member.gateways.isEmpty else { return }
      append(text, at: .parameter(parameter), name: parameter, kind: kind)
    }
  }

  mutating func find(inTablesOf parameter: String, kind: ResultKind) {
    for (table, net) in config.answeringTables(parameter) {
      switch table.content {
      case .pool(let text):
        append(text, at: .parameter(parameter), name: parameter, kind: kind, net: net)
      case .entries(let entries):
        for (_, value) in entries {
          if let text = PoolText(value: value) {
            add(text, at: .parameter(parameter), name: parameter, kind: kind)
          }
        }
      case .file(let path): find(inTable: config.absolute(path), kind: kind)
      default: break
      }
    }
  }

  private mutating func find(inTable path: String, kind: ResultKind) {
    guard tablesDone.insert(path).inserted, let document = config.files[path]?.document else { return }
    let table = Table(document)
    let shown = Self.lastComponent(path)
    let prefix = sharedTableNames.contains(shown) ? path : shown
    for line in document.lines(containing: "randmap:") {
      guard let entry = try? table.entry(line), let text = PoolText(value: entry.value) else { continue }
      let key = entry.key.text
      add(text, at: .entry(table: path, key: key), name: "\(prefix):\(key)", kind: kind)
    }
  }

  private mutating func add(_ text: PoolText, at place: Place, name: String, kind: ResultKind) {
    if let own = text.name {
      if text.transport == nil { addNamed(own, at: place, kind: kind) }
      return
    }
    let kind = text.transport == nil ? kind : .nextHop
    guard let named = text.path else {
      append(text, at: place, name: name, kind: kind)
      return
    }
    let path = config.absolute(named)
    if filePools.insert(path).inserted, let document = config.files[path]?.document {
      append(PoolText(file: document, transport: text.transport), at: .file(path), name: path, kind: kind)
    }
    noteAlias(place, of: .file(path))
  }

  /// The parameter that stands at `place` names the pool of another place.
  private mutating func noteAlias(_ place: Place, of pool: Place) {
    guard case .parameter(let parameter) = place,
      let index = pools.firstIndex(where: { $0.place == pool }), !pools[index].aliases.contains(parameter)
    else { return }
    pools[index].aliases.append(parameter)
  }

  /// The pool of a parameter, once, whoever names it; that of a routing parameter is found there.
  private mutating func addNamed(_ name: String, at place: Place, kind: ResultKind) {
    guard !RoutingParameter.destinations.contains(name), let text = config.parameters.namedPool(name) else {
      return
    }
    if text.path != nil { return add(text, at: .parameter(name), name: name, kind: kind) }
    if namedPools.insert(name).inserted { append(text, at: .parameter(name), name: name, kind: kind) }
    noteAlias(place, of: .parameter(name))
  }

  private mutating func append(
    _ text: PoolText, at place: Place, name: String, kind: ResultKind, net: StockNet? = nil
  ) {
    let anchor = anchor(of: text)
    let ordinal = 1 + (anchor.map { countByAnchor[$0, default: 0] } ?? 0)
    if let anchor { countByAnchor[anchor] = ordinal }
    let sameName = countByPlace[place, default: 0]
    countByPlace[place] = sameName + 1
    pools.append(
      Pool(
        id: sameName == 0 ? name : "\(name)#\(sameName + 1)", place: place, kind: kind,
        text: text,
        members: members(of: text, kind: kind, drained: drainedItems(of: ordinal, in: anchor), net: net),
        anchor: anchor, ordinal: ordinal,
        isAgents: usesAgent && (text.notation == .separator || text.notation == .file),
        passesOn: config.environment.version >= .nextHopLists))
  }

  private mutating func drainedItems(of ordinal: Int, in anchor: FileRange?) -> [DrainedItem] {
    guard let anchor else { return [] }
    if drained?.anchor != anchor {
      drained = (anchor, Dictionary(grouping: config.drainedItems(in: anchor), by: \.pool))
    }
    return drained?.items[ordinal] ?? []
  }

  /// The logical line that holds the first item, up to the next one; of a pool file the whole file.
  private func anchor(of text: PoolText) -> FileRange? {
    if text.notation == .file, let path = text.path, let document = config.document(path) {
      return FileRange(file: path, range: 0..<document.count)
    }
    guard let file = text.items.first.flatMap({ text.text.span($0) }) ?? text.text.span(),
      let document = config.document(file.file)
    else { return nil }
    return document.logicalLineWithComments(around: file.range.lowerBound).map {
      FileRange(file: document.path, range: $0)
    }
  }

  private func members(
    of text: PoolText, kind: ResultKind, drained: [DrainedItem], net: StockNet? = nil
  ) -> [Member] {
    var order: [String] = []
    var items: [String: [Int]] = [:]
    for (index, result) in text.results.enumerated() {
      if items[result] == nil { order.append(result) }
      items[result, default: []].append(index)
    }
    let meanings = net?.meanings(in: config) ?? [:]
    func route(_ result: String) -> DestinationGateways {
      DestinationGateways(
        SourcedText(builtIn: meanings[result.lowercased()]?.text ?? result), kind: kind,
        defaultTransport: text.transport, by: transports)
    }
    let routes = order.map(route)
    var behind = NetGateways(net, first: routes.compactMap(\.first), transports)
    func member(
      _ result: String, _ route: DestinationGateways, weight: Int, isDrained: Bool, items: [Int]
    ) -> Member {
      let (listed, fallback) = behind.split(route)
      return Member(
        result: result, weight: weight, isDrained: isDrained, transport: route.transport,
        gateways: Array(route.gateways.prefix(listed)), nextHops: Array(route.nextHops.prefix(listed)),
        fallback: fallback, items: items)
    }
    return zip(order, routes).map { result, route in
      let items = items[result] ?? []
      return member(result, route, weight: items.count, isDrained: false, items: items)
    } + drained.map { member($0.result, route($0.result), weight: $0.weight, isDrained: true, items: []) }
  }
}

extension PoolText {
  /// A value with one destination, as a pool of one.
  init(single value: SourcedText) {
    self.init(notation: .single, text: value, items: value.isEmpty ? [] : [0..<value.count])
  }
}
