// Pools in a database that Postfix asks: the rows, the settings file of each table, and its name in main.cf.
//
// What the place of a pool said before stays as one destination: Postfix takes that where the database has no route, so a
// pool's mail never goes to the recipient's own MX.

import Glibc
import PostfixFiles
import Routing
import Store

extension MailConfig {
  func convertingToDatabase(_ names: [String], path: String?) throws(EditError) -> Conversion {
    if let first = names.first ?? pools().first?.id { try guardOnlyDatabase(path, for: first) }
    var config = writingOut(namesOf: try Converter(self, names: names).selected)
    let selected = try Converter(config, names: names).selected
    var notes: [[EditNote]] = []
    // The last one first: the number in the id of a pool counts those before it.
    for site in selected.reversed() {
      try site.guardNoPlan()
      var said: [EditNote] = []
      config = try config.writingDatabase(site, path: path, notes: &said)
      notes.append(said)
    }
    var all = notes.reversed().flatMap(\.self)
    for (id, sites) in Dictionary(grouping: selected, by: \.id).sorted(by: { $0.key < $1.key })
    where sites.count > 1 {
      all.append("\(id) decided for \(sites.count) kinds of mail: each has a pool of its own now")
    }
    all += config.notes(onFilesOf: selected).asNotes
    return Conversion(
      config: config.removingAgentMark(of: self, whoeverWroteIt: true), allNotes: all)
  }

  /// With the text itself where a parameter gets the pool of another by its name, as `$name` or as `randmap:name`: what is
  /// left of that one is a single destination.
  private func writingOut(namesOf selected: [PoolSite]) -> MailConfig {
    let parameters = Set(selected.filter { $0.site.place == .parameter($0.parameter) }.map(\.parameter))
    var config = self
    for site in poolSites() where site.site.place == .parameter(site.parameter) {
      let others = parameters.subtracting([site.parameter])
      let name = site.text.name.flatMap { RoutingParameter(rawValue: $0) }
      let named = name.flatMap { others.contains($0) ? try? self.parameters.value($0) : nil }
      let isExpanded = others.contains { other in
        guard let place = site.value.span(), place.file == main.document.path else { return false }
        return main[other]?.value.span()?.range.overlaps(place.range) ?? false
      }
      guard let value = named ?? (isExpanded ? site.value : nil) else { continue }
      let words = value.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      config = config.setting(site.parameter, to: words)
    }
    return config
  }

  /// A site of a pool that was there before the conversion.
  private func writingDatabase(
    _ site: PoolSite, path: String?, notes: inout [EditNote]
  ) throws(EditError) -> MailConfig {
    // A pool for each transport of relayhost is one of all mail: the other one went with it.
    guard let current = poolSite(as: site) else { return self }
    var whole = try spot(of: current, named: site.id)
    if case .parameter = whole.place {
      let outbound = outboundSpot(true)
      if outbound.sites.count == 2, outbound.sites.contains(where: { $0.index == current.index }) {
        whole = outbound
      }
    }
    guard case .key(_, of: let parameter) = whole.place, current.ownKeys.count > 1 else {
      return try writingDatabase(current.content, at: whole, for: current, path: path, notes: &notes)
    }
    // A pool of several keys becomes one of each, with the same members, unless they are those of a class.
    var config = self
    let (open, decided) = try openKeys(current.ownKeys, of: parameter, for: current)
    guard !open.isEmpty else {
      throw .cannotConvert(
        site.id,
        reason: "all of its keys have entries in \(parameter) that decide first: remove those, or the pool")
    }
    for key in decided { notes.append("\(parameter) has an entry for \(key): that decides, as before") }
    for key in open {
      let spot = try config.keySpot(key, of: parameter, .named(site.id))
      guard let own = spot.sites.first else { throw .notInOnePlace(site.id) }
      config = try config.writingDatabase(current.content, at: spot, for: own, path: path, notes: &notes)
    }
    return config
  }

  /// `content` as rows, with the routes and the tables that lead to them.
  func writingDatabase(
    _ content: PoolContent, at spot: PoolSpot, for site: PoolSite?, path given: String?,
    notes: inout [EditNote]
  ) throws(EditError) -> MailConfig {
    let route = try openRoute(databaseRoute(of: spot, site), site, notes: &notes)
    // The name that the person knows; the pool has none in the database yet.
    let id = site?.id ?? route.name
    try guardOnlyDatabase(given, for: id)
    let database: String
    if let known = databasePath ?? given { database = known } else { database = try usualDatabase(for: id) }
    try guardDirectory(of: database, for: id)
    var config = self
    if let first = content.choices.first, !spot.sites.isEmpty || first.isRest(of: spot) {
      config = try config.writing(first.result, at: spot, scope: .named(id))
    }
    try config.addRows(content, route, database, for: id)
    try config.addTable(of: route.map, database, isCatchAll: route.keys == ["*"], for: id)
    notes.append(
      "pool \(route.name) is in \(database); it needs the package postfix-sqlite, and \"postfix reload\" once"
    )
    return config
  }

  struct DatabaseRoute {
    let map: RoutingParameter
    let keys: [String]
    /// Of the pool.
    let name: String
  }

  /// Without the keys that other tables decide before.
  private func openRoute(
    _ route: DatabaseRoute, _ site: PoolSite?, notes: inout [EditNote]
  ) throws(EditError) -> DatabaseRoute {
    guard let site, route.keys != ["*"] else { return route }
    let (open, decided) = try openKeys(route.keys, of: route.map, for: site)
    guard !decided.isEmpty else { return route }
    let words = decided.joined(separator: ", ")
    guard !open.isEmpty else {
      throw .cannotConvert(
        site.id, reason: "\(words) has an entry in \(route.map) that decides first: remove that, or the pool")
    }
    notes.append("\(route.map) has an entry for \(words): that decides, as before")
    return DatabaseRoute(map: route.map, keys: open, name: route.name)
  }

  private func databaseRoute(of spot: PoolSpot, _ site: PoolSite?) throws(EditError) -> DatabaseRoute {
    let id = site?.id ?? spot.parameter.rawValue
    switch spot.place {
    case .parameter(.defaultTransport):
      return DatabaseRoute(map: .senderTransportMaps, keys: ["*"], name: "outbound")
    case .parameter(.relayhost):
      return DatabaseRoute(map: .senderRelayhostMaps, keys: ["*"], name: "outbound")
    case .parameter(let parameter):
      guard let domainClass = DomainClass(parameter) else {
        throw .cannotConvert(
          id,
          reason:
            "Postfix has no parameter that takes a table in place of \(parameter): name its domains, with to:DOMAIN"
        )
      }
      guard let site else {
        throw .cannotPool(
          id, reason: "make it a pool in another notation first, then: randmap convert --to database")
      }
      let converter = try Converter(self, names: [])
      let keys = try converter.classPool(domainClass, site).keys
      return DatabaseRoute(map: .transportMaps, keys: keys, name: domainClass.poolName)
    case .key(let key, of: let map):
      guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }), key != "*" else {
        throw .cannotConvert(
          id, reason: "\"\(key)\" cannot be a key in the database: need an address or a domain, in ASCII")
      }
      return DatabaseRoute(map: map, keys: [key.lowercased()], name: key.dropping(prefix: "@").lowercased())
    }
  }

  private mutating func addRows(
    _ content: PoolContent, _ route: DatabaseRoute, _ path: String, for id: String
  ) throws(EditError) {
    readDatabase(path)
    if case .unreadable(let problem) = files[path], !problem.isMissing,
      problem.reason != StoreError.noPools(path).reason
    {
      throw .cannotConvert(id, reason: problem.message)
    }
    let document = files[path]?.document ?? Document(newAt: path, bytes: [], storage: .database)
    var rows = PoolRows(text: document.bytes.text)
    let wanted = try content.rows(of: route.name, for: id)
    // A pool that comes back to rows that say the same keeps them, with the weights that a list has made smaller.
    let left = Dictionary(
      rows.routes.lazy.filter { $0.map == route.map.rawValue }.map { ($0.key, $0.pool) },
      uniquingKeysWith: { $1 })
    if let first = route.keys.first, let pool = left[first], route.keys.allSatisfy({ left[$0] == pool }),
      content.isAs(rows.members.filter { $0.pool == pool })
    {
      return files[path] == nil ? write(rows, to: document) : ()
    }
    rows.routes.removeAll { $0.map == route.map.rawValue && route.keys.contains($0.key) }
    var name = route.name
    // The rows of an earlier pool of this name go, unless other mail is routed to them.
    while rows.routes.contains(where: { $0.pool == name }) { name += "-2" }
    rows.members.removeAll { $0.pool == name }
    rows.members += wanted.map {
      var row = $0
      row.pool = name
      return row
    }
    rows.routes += route.keys.map { RouteRow(map: route.map.rawValue, key: $0, pool: name) }
    write(rows, to: document)
  }

  mutating func write(_ rows: PoolRows, to document: Document) {
    var sorted = rows
    sorted.routes.sort { ($0.map, $0.key) < ($1.map, $1.key) }
    // As SQLite sorts them; each pool keeps its own order.
    sorted.members = rows.members.enumerated().sorted {
      ($0.element.pool, $0.offset) < ($1.element.pool, $1.offset)
    }
    .map(\.element)
    let bytes = Bytes(sorted.text.utf8)
    if document.isNew {
      update(Document(newAt: document.path, bytes: bytes, storage: .database))
    } else {
      update(document.applying([Splice(range: 0..<document.count, bytes: bytes)]))
    }
  }

  private func databaseTables(of map: RoutingParameter) -> [Site] {
    tableSites(of: map).filter { if case .database = $0.content { true } else { false } }
  }

  /// Where the settings of the table of a parameter are made.
  func settingsPath(ofDatabase map: String) -> String { "\(directory)/randmap_\(map).cf" }

  private mutating func addTable(
    of map: RoutingParameter, _ database: String, isCatchAll: Bool, for pool: String
  ) throws(EditError) {
    let ours = databaseTables(of: map)
    if isCatchAll, tables(map).count > ours.count {
      throw .cannotConvert(
        pool,
        reason:
          "\(map) has other tables, and one that answers for every sender would hide the senders in them: take those tables out first, or leave this pool out of the database"
      )
    }
    guard ours.isEmpty else { return }
    let path = settingsPath(ofDatabase: map.rawValue)
    let name = FileReader.name(of: path)
    let text = Bytes(DatabaseSettings.text(database: database, map: map.rawValue).utf8)
    read(path)
    if let document = files[path]?.document {
      update(document.applying([Splice(range: 0..<document.count, bytes: text)]))
    } else {
      update(Document(newAt: path, bytes: text))
    }
    self = try inserting("proxy:sqlite:$config_directory/\(name)", into: map, first: true)
  }
}

extension PoolContent.Choice {
  /// Whether a parameter that is not set gets this one beside the table: without it, the mail would go to the recipient's own MX
  /// where the route is deleted. A transport alone leaves the next hop to others, and so it stays.
  fileprivate func isRest(of spot: PoolSpot) -> Bool {
    guard case .parameter = spot.place, spot.single == nil else { return false }
    return !NextHopList(result, kind: spot.kind).hops.isEmpty
  }
}
