// The one walk over a configuration: every place that decides where mail goes, in one order. Pools, gateways, routes,
// results, the files to read and conversions are selections from it.

import PostfixFiles

/// A place that decides where mail goes.
package struct Site: Sendable {
  package let place: Place
  /// The parameter that leads to it.
  package let parameter: RoutingParameter
  package let content: Content
  /// What its results are; nil where they are keys of the next table of a pipemap.
  package let kind: ResultKind?
  /// The table that it is, or is an entry of; nil for the value of a parameter.
  package let table: SiteTable?
  /// Whether main.cf or master.cf sets its parameter; otherwise it has its built-in value.
  package let isSet: Bool

  package enum Content: Sendable {
    /// A result, or a pool: the value of a parameter, of an entry, of `static:`.
    case value(SourcedText)
    /// `randmap:{...}`: one of these results at random.
    indirect case draw(PoolText)
    /// The source text of a table, by its path. It may have a million entries, so they are no sites of their own.
    case source(String)
    /// Patterns in braces.
    case patterns(SourcedText)
    /// A pool database: it may have very many routes, so they are no sites of their own.
    indirect case database(DatabaseTable)
    /// Only its server knows what it answers.
    case service
  }
}

/// The table of a site, and its part in the tables around it. All entries of a table share it: they may be very many.
package final class SiteTable: Sendable {
  package enum Role: Sendable {
    /// It answers with results.
    case answer
    /// It answers with keys for the next table of a pipemap.
    case key
    /// It says what the results of a pool mean: the last table of `pipemap:{randmap:{...}, ...}`.
    case meaning
    /// A later table of a unionmap: its answers are added to those of the first.
    case addition
  }

  /// The item of the parameter's list that it is, or is inside of.
  package let item: TableSpec
  package let spec: TableSpec
  package let keys: KeySpace
  package let role: Role
  /// What is added to the results of a pool, or says what they mean.
  package let net: StockNet?
  /// Whether it is the whole item, `proxy:` aside.
  package let isWholeItem: Bool
  /// Of an item that is a pipe: its first table, where no pool is in it. It knows for which keys the others answer.
  let firstOfItem: TableSpec?

  init(
    item: TableSpec, spec: TableSpec, keys: KeySpace, role: Role, net: StockNet?, isWholeItem: Bool,
    firstOfItem: TableSpec?
  ) {
    self.firstOfItem = firstOfItem
    self.item = item
    self.spec = spec
    self.keys = keys
    self.role = role
    self.net = net
    self.isWholeItem = isWholeItem
  }

  /// Whether it is a part of a union.
  package var isInUnion: Bool {
    if case .union = item.unproxied.content { !isWholeItem } else { false }
  }

  /// Whether its answers are results, and not only of a pool.
  package var isAnswer: Bool {
    switch role {
    case .answer, .addition: true
    case .key, .meaning: false
    }
  }
}

extension MailConfig {
  /// Every place that decides where mail goes: main.cf's values, those of single services, then the tables.
  package var sites: [Site] { valueSites + overrideSites + tableSites }

  /// The values of the parameters that take no tables.
  package var valueSites: [Site] {
    RoutingParameter.values.compactMap { parameter in
      guard let value = try? parameters.value(parameter), !value.isEmpty else { return nil }
      if parameter.resultKind == .nextHop { hideLogins(in: value.bytes[...], isNextHop: true) }
      return Site(
        place: .parameter(parameter), parameter: parameter, content: .value(value),
        kind: parameter.resultKind,
        table: nil, isSet: main[parameter] != nil)
    }
  }

  /// The fallback relays that services of master.cf have of their own.
  private var overrideSites: [Site] {
    (master?.services ?? []).compactMap { service in
      guard let parameter = service.client?.fallbackRelay,
        service.overrides.contains(where: { $0.name == parameter.rawValue }),
        let value = try? parameters.seen(by: service).value(parameter), !value.isEmpty
      else { return nil }
      hideLogins(in: value.bytes[...], isNextHop: true)
      return Site(
        place: .override(parameter, service: service.name), parameter: parameter, content: .value(value),
        kind: parameter.resultKind, table: nil, isSet: true)
    }
  }

  /// The tables of all parameters, and the entries that main.cf contains.
  package var tableSites: [Site] { RoutingParameter.maps.flatMap { tableSites(of: $0) } }

  package func tableSites(of parameter: RoutingParameter) -> [Site] {
    var walk = SiteWalk(config: self, parameter: parameter)
    for case .success(let item) in tables(parameter) { walk.add(item) }
    return walk.sites
  }

  /// The source texts of tables, each once, in the order of the parameters.
  package var tablePaths: [String] {
    var seen: Set<String> = []
    return tableSites.compactMap(\.source).filter { seen.insert($0).inserted }
  }
}

extension Site {
  /// The path of the table that it is.
  package var source: String? { if case .source(let path) = content { path } else { nil } }

  /// An entry of it, as a site of its own.
  package func entry(_ entry: TableEntry) -> Site {
    let place =
      if case .source(let path) = content { Place.entry(table: path, key: entry.key.text) } else { place }
    return Site(
      place: place, parameter: parameter, content: .value(entry.value), kind: kind, table: table, isSet: isSet
    )
  }
}

extension Site {
  /// A route of the database that it is, as a site of its own.
  func route(_ key: String) -> Site {
    Site(
      place: .inlineEntry(of: parameter, key: key), parameter: parameter, content: content, kind: kind,
      table: table, isSet: isSet)
  }
}

extension SourcedText {
  /// `DUNNO` in a table: as if nothing had been found.
  package var isNoAnswer: Bool { count == 5 && text.uppercased() == "DUNNO" }
}
