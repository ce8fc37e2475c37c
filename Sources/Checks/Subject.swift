// What the rules look at: a configuration, and the facts that several rules need, computed once.

import Gateways
import PostfixFiles
import Routing

/// A configuration, or one file of it, as the rules see it.
struct Subject: Sendable {
  enum Scope: Hashable, Sendable {
    case directory
    /// One file; the rest of the configuration is not known.
    case file(FileKind)
  }

  let config: MailConfig
  let scope: Scope
  let known: KnownGateways
  let parameters: Parameters
  /// Whether the separator and file notations are sound here.
  let usesAgent: Bool
  let transports: DeliveryServices
  let setting: ResultSetting
  let sites: [Site]
  let pools: [Pool]
  /// The pools that Postfix or the agent really uses; pools that another rule reports as an error are left out.
  let soundPools: [Pool]
  /// The pools that the agent delivers by.
  let agentPools: [Pool]
  /// With their places; empty where there is no reading.
  let gateways: [GatewayUse]
  /// The items of the routing parameters that take tables.
  let maps: [MapItem]
  /// Those of the others.
  let otherMaps: [MapItem]
  /// The table sources that they name.
  let tables: [TableSource]
  /// The tables for something else than routes.
  let otherTables: [OtherTable]
  /// What clients ask for a next hop, by parameter: several rules go through these tables.
  let nextHopKeys: [String: NextHopKeys]
  /// The rules of the regexp: and pcre: tables of routes, by their texts: several rules look at them.
  let patternTables: [String: PatternRules]
  /// The results of the walk over each table; filled before the rules for the whole directory run.
  var digests: [String: TableDigest] = [:]

  init(_ config: MailConfig, scope: Scope = .directory, known: KnownGateways = [:]) {
    self.config = config
    self.scope = scope
    self.known = known
    parameters = config.parameters
    usesAgent = scope == .directory ? config.usesAgent : true
    transports = DeliveryServices(config)
    setting = ResultSetting(
      usesAgent: usesAgent, environment: config.environment, transports: transports, parameters: parameters)
    sites = config.sites
    pools = config.pools()
    soundPools = pools.filter { [usesAgent] pool in
      if pool.notation.needsAgent { return usesAgent }
      if case .item = pool.place { return pool.notation.isTable }
      return false
    }
    agentPools = soundPools.filter { $0.kind == .destination && $0.isAgents }
    gateways = known.haveReadings ? config.gateways(in: pools) : []
    func items(_ parameter: String) -> [MapItem] {
      config.tables(parameter).map { MapItem(parameter: parameter, table: $0) }
    }
    maps = RoutingParameter.maps.map(\.rawValue).flatMap(items)
    var patterns: [String: PatternRules] = [:]
    for table in maps.compactMap({ try? $0.table.get() }).flatMap(\.flattened) {
      guard table.type == .pattern("regexp") || table.type == .pattern("pcre") else { continue }
      switch table.content {
      case .patterns(let argument): patterns[table.text.text] = PatternRules(inline: argument)
      case .file(let path):
        patterns[table.text.text] = config.files[config.absolute(path)]?.document.map { PatternRules($0) }
      default: break
      }
    }
    patternTables = patterns
    otherMaps = Set(config.main.assignments.map(\.name)).filter { TableTypes.lists.contains($0) }.sorted()
      .flatMap(items)
    tables = sites.compactMap { TableSource($0) }
    otherTables = scope == .directory ? config.otherTables : []
    let keyed = scope == .directory ? OtherTableParameter.credentials + OtherTableParameter.tlsPolicies : []
    nextHopKeys = Dictionary(
      uniqueKeysWithValues: keyed.map { [parameters] in ($0, NextHopKeys($0, in: config, parameters)) })
  }

  var states: GatewayStates { known.states }

  var version: PostfixVersion { config.environment.version }

  /// The place of a parameter's value in main.cf; of its name where the value is empty.
  func place(of parameter: String) -> FileRange? {
    guard let assignment = config.main[parameter] else { return nil }
    return assignment.value.span() ?? assignment.nameText.span()
  }

  func place(of parameter: RoutingParameter) -> FileRange? { place(of: parameter.rawValue) }

  /// The value of a parameter that main.cf sets, expanded; nil where it is not set, is empty or cannot be expanded.
  func setValue(_ parameter: String) -> SourcedText? {
    guard config.main[parameter] != nil, let value = try? parameters.value(parameter), !value.isEmpty else {
      return nil
    }
    return value
  }

  func setValue(_ parameter: RoutingParameter) -> SourcedText? { setValue(parameter.rawValue) }

  /// The tables of a parameter that Postfix can open.
  func openMaps(_ parameter: RoutingParameter) -> [TableSpec] {
    maps.compactMap { $0.parameter == parameter.rawValue ? try? $0.table.get() : nil }
  }

  /// The names in a list of names; tables in it left out.
  func plainNames(_ parameter: String) -> [String] {
    guard let value = try? parameters.value(parameter) else { return [] }
    return value.listItems.map { $0.text.lowercased() }.filter { !$0.contains(":") && !$0.contains("/") }
  }
}

/// One item of a parameter that takes tables.
struct MapItem: Sendable {
  let parameter: String
  let table: Result<TableSpec, NamedTableError>

  /// As it is written, `$names` expanded.
  var text: SourcedText {
    switch table {
    case .success(let spec): spec.text
    case .failure(let failure): failure.text
    }
  }
}
