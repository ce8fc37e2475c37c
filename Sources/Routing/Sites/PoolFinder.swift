// Finds every pool of a configuration: in main.cf values, in lookup-table specifications, in table entries and in pool
// files.

import PostfixFiles

struct PoolFinder {
  let config: MailConfig
  /// Seconds since 1970.
  let now: Int
  private var pools: [Pool] = []
  private var uses: [PoolUse] = []
  private var memberFinder: MemberFinder
  /// The pools that have a place of their own, whatever names them.
  private var indexByPlace: [Place: Int] = [:]
  /// Those that are the value of a parameter.
  private var indexByParameter: [RoutingParameter: Int] = [:]
  private var tablesDone: Set<String> = []
  private let sharedTableNames: Set<String>
  /// How many pools have an id that begins so, so far.
  private var countByName: [String: Int] = [:]
  private var anchors: PoolAnchors
  private let usesAgent: Bool

  init(config: MailConfig, now: Int) {
    self.config = config
    self.now = now
    memberFinder = MemberFinder(config: config, now: now)
    anchors = PoolAnchors(config: config, now: now)
    usesAgent = config.usesAgent
    let names = Dictionary(grouping: config.tablePaths, by: FileReader.name)
    sharedTableNames = Set(names.filter { $0.value.count > 1 }.keys)
  }

  func all() -> FoundPools {
    var finder = self
    for site in config.valueSites where site.isSet && site.parameter.mayHoldPool { finder.find(in: site) }
    for site in config.tableSites where site.table?.role != .meaning { finder.find(in: site) }
    finder.findLater()
    finder.findOverridden()
    finder.findOnward()
    let next = finder.pools.lazy.compactMap(\.text.nextChange).min() ?? .max
    return FoundPools(pools: finder.pools, uses: finder.uses, time: now..<max(next, now + 1))
  }

  /// Finds the pools of parameters that were named before they were found.
  private mutating func findLater() {
    for number in uses.indices where uses[number].index == nil {
      guard case .parameter(let parameter) = uses[number].place else { continue }
      uses[number].index = indexByParameter[parameter]
      addAliases(of: uses[number])
    }
  }

  /// Marks the pools that no mail comes to: of those that several sites name, where that is so of all.
  private mutating func findOverridden() {
    let overriding = Overriding(config, now: now)
    // Nil: no site names it. Of the sites that do, the first overrider, or nil where one of them is not overridden.
    var found = [RoutingParameter??](repeating: nil, count: pools.count)
    for use in uses {
      guard let index = use.index else { continue }
      let overrider = overriding.overrider(of: use.site)
      switch found[index] {
      case .none: found[index] = .some(overrider)
      case .some(.some) where overrider == nil: found[index] = .some(nil)
      default: break
      }
    }
    for (index, overrider) in found.enumerated() {
      if let overrider {
        pools[index].overrider = overrider
      } else if case .parameter(let parameter) = pools[index].place {
        pools[index].overrider = overriding.overrider(of: parameter)
      }
    }
  }

  private mutating func findOnward() {
    var mail = OnwardMail(
      config, pools, uses.compactMap { use in use.index.map { (site: use.site, index: $0) } })
    mail.find()
    for (index, onward) in mail.onward { pools[index].onward = onward }
    for (index, carriers) in mail.carriers { pools[index].carriers = carriers }
  }

  private mutating func find(in site: Site) {
    let name = site.parameter.rawValue
    switch site.content {
    case .value(let value):
      if case .item = site.place { return }
      if let text = PoolText(value: value) {
        add(text, at: site, name: name)
      } else if site.table == nil {
        addSingle(value, at: site)
      }
    case .draw(let text): append(text, at: site, name: name)
    case .source(let path): find(inTable: path, site)
    case .database(let table): find(in: table, site)
    case .patterns, .service: break
    }
  }

  private mutating func addSingle(_ value: SourcedText, at site: Site) {
    let text = PoolText(single: value)
    let members = memberFinder.members(of: text, kind: site.parameter.resultKind, comments: MemberComments())
    guard let member = members.first, !member.gateways.isEmpty, !config.isCovered(site.parameter) else {
      return
    }
    append(text, at: site.place, name: site.parameter.rawValue, kind: site.parameter.resultKind)
  }

  private mutating func find(inTable path: String, _ site: Site) {
    guard tablesDone.insert(path).inserted, let document = config.files[path]?.document else { return }
    let table = Table(document)
    let shown = FileReader.name(of: path)
    let prefix = sharedTableNames.contains(shown) ? path : shown
    for line in document.lines(containing: "randmap:") {
      guard let entry = try? table.entry(line), let text = PoolText(value: entry.value) else { continue }
      add(text, at: site.entry(entry), name: "\(prefix):\(entry.key.text)")
    }
  }

  private mutating func find(in table: DatabaseTable, _ site: Site) {
    guard let document = config.files[table.database]?.document,
      let text = config.databaseText(table.database)
    else { return }
    for (row, _) in text.routes where row.map == table.map {
      let place = Place.database(path: table.database, pool: row.pool)
      let pool = PoolText(
        row.pool, of: document, rows: text.pools[row.pool] ?? [], at: now)
      let index =
        indexByPlace[place] ?? append(pool, at: place, name: row.pool, kind: site.parameter.resultKind)
      indexByPlace[place] = index
      uses.append(PoolUse(site: site.route(row.key), text: pool, place: place, index: index))
      let alias = site.parameter.rawValue
      if row.key == "*", !pools[index].aliases.contains(alias) { pools[index].aliases.append(alias) }
    }
  }

  /// A value that is a pool, or names one.
  private mutating func add(_ text: PoolText, at site: Site, name: String) {
    guard let place = placeOfItsOwn(text) else {
      if text.name == nil { append(text, at: site, name: name) }
      return
    }
    let index = indexByPlace[place] ?? find(text, at: place, namedBy: site)
    indexByPlace[place] = index
    uses.append(PoolUse(site: site, text: text, place: place, index: index))
    if let use = uses.last { addAliases(of: use) }
  }

  /// The names by which a person may mean the pool of a site.
  private mutating func addAliases(of use: PoolUse) {
    guard let index = use.index, let parameter = use.site.place.parameterName else { return }
    for alias in [use.text.name, parameter].compactMap(\.self)
    where alias != pools[index].id && !pools[index].aliases.contains(alias) {
      pools[index].aliases.append(alias)
    }
  }

  /// Where the pool is that a text names; nil where the text is itself the pool, and for a name that means none.
  private func placeOfItsOwn(_ text: PoolText) -> Place? {
    guard let name = text.name else { return text.path.map { .file(config.absolute($0)) } }
    // To smtp(8), smtp:randmap:name is a host.
    guard text.transport == nil, let named = config.parameters.namedPool(name) else { return nil }
    if let path = named.path { return .file(config.absolute(path)) }
    // The pool of a routing parameter is found there.
    if let parameter = RoutingParameter(rawValue: name), parameter.mayHoldPool {
      return .parameter(parameter)
    }
    return .namedPool(name)
  }

  /// Adds the pool of a place of its own, which is found the first time that a site names it.
  private mutating func find(_ text: PoolText, at place: Place, namedBy site: Site) -> Int? {
    let kind = kind(of: text, at: site)
    switch place {
    case .file(let path):
      guard let document = anchors.document(path) else { return nil }
      // The agent heeds the end of a drain by itself.
      return append(
        PoolText(file: document, transport: text.transport, at: usesAgent ? now : nil), at: place, name: path,
        kind: kind)
    case .namedPool(let name):
      return config.parameters.namedPool(name).map { append($0, at: place, name: name, kind: kind) }
    default: return nil
    }
  }

  private func kind(of text: PoolText, at site: Site) -> ResultKind {
    text.transport == nil ? site.parameter.resultKind : .nextHop
  }

  /// Adds a pool that is written at the site itself.
  private mutating func append(_ text: PoolText, at site: Site, name: String) {
    let net = if case .draw = site.content { site.table?.net } else { StockNet?.none }
    let index = append(
      text, at: site.place, name: name, kind: kind(of: text, at: site), net: net, purpose: PoolPurpose(site))
    uses.append(PoolUse(site: site, text: text, place: site.place, index: index))
  }

  /// - Returns: its index.
  @discardableResult
  private mutating func append(
    _ text: PoolText, at place: Place, name: String, kind: ResultKind, net: StockNet? = nil,
    purpose: PoolPurpose? = nil
  ) -> Int {
    if kind == .nextHop { text.hideLogins() }
    let anchor = anchors.anchor(of: text)
    let isAgents = usesAgent && text.notation.needsAgent
    let ordinal = anchors.nextOrdinal(in: anchor)
    let sameName = countByName[name, default: 0]
    countByName[name] = sameName + 1
    let members =
      text.hasDistinctRows
      ? memberFinder.members(ofRows: text, former: formerMembers(at: place, kind), kind: kind)
      : memberFinder.members(
        of: text, kind: kind, comments: anchors.comments(of: ordinal, in: anchor, text.hasReturned), net: net,
        isAgents: isAgents)
    let written = WrittenPool(
      id: sameName == 0 ? name : "\(name)#\(sameName + 1)", place: place, kind: kind, text: text,
      members: members, anchor: anchor, ordinal: ordinal, net: net, purpose: purpose ?? .place(place),
      isAgents: isAgents,
      passesOn: (isAgents || text.notation.form.passesOthersOn)
        && config.environment.version >= .nextHopLists)
    let index = pools.count
    pools.append(Pool(written))
    if case .parameter(let parameter) = place, indexByParameter[parameter] == nil {
      indexByParameter[parameter] = index
    }
    return index
  }

  /// Of a pool in a database, before rows changed and nothing else did.
  private func formerMembers(at place: Place, _ kind: ResultKind) -> [Member] {
    config.formerlyWorkedOut(FoundPools.self)?.pools.first { $0.place == place && $0.kind == kind }?.members
      ?? []
  }
}
