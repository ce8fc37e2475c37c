// What the rules look at: a configuration, and what several of them need of it, worked out once.

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
  let agents: DeliveryAgents
  let setting: ResultSetting
  let pools: [Pool]
  /// With their places; empty where there is no reading to go by.
  let gateways: [GatewayUse]
  /// The items of the routing parameters that take tables.
  let maps: [MapItem]
  /// Those of the others.
  let otherMaps: [MapItem]
  /// The table sources that they name.
  let tables: [TableUse]
  /// The tables for something else than routes.
  let otherTables: [OtherTable]
  /// What was found of each table when it was walked; filled before the rules for the whole directory run.
  var digests: [String: TableDigest] = [:]

  init(_ config: MailConfig, scope: Scope = .directory, known: KnownGateways = [:]) {
    self.config = config
    self.scope = scope
    self.known = known
    parameters = config.parameters
    usesAgent = scope == .directory ? config.usesAgent : true
    agents = DeliveryAgents(config)
    setting = ResultSetting(
      usesAgent: usesAgent, environment: config.environment, agents: agents, parameters: parameters)
    pools = config.pools()
    gateways = known.haveReadings ? config.gateways(in: pools) : []
    func items(_ parameter: String) -> [MapItem] {
      config.tables(parameter).map { MapItem(parameter: parameter, table: $0) }
    }
    maps = RoutingParameter.maps.flatMap(items)
    otherMaps = Set(config.main.assignments.map(\.name)).subtracting(RoutingParameter.maps)
      .filter { TableTypes.lists.contains($0) }.sorted().flatMap(items)
    tables = maps.flatMap { $0.tableUses(in: config) }
    otherTables = scope == .directory ? config.otherTables : []
  }

  var states: GatewayStates { known.states }

  var version: PostfixVersion { config.environment.version }

  /// The place of a parameter's value in main.cf; of its name where the value is empty.
  func place(of parameter: String) -> FileRange? {
    guard let assignment = config.main[parameter] else { return nil }
    return assignment.value.span() ?? assignment.nameText.span()
  }

  /// The value of a parameter that main.cf sets, expanded; nil where it is not set, is empty or cannot be expanded.
  func setValue(_ parameter: String) -> SourcedText? {
    guard config.main[parameter] != nil, let value = try? parameters.value(parameter), !value.isEmpty else {
      return nil
    }
    return value
  }

  /// The tables of a parameter that Postfix can open.
  func openMaps(_ parameter: String) -> [TableSpec] {
    maps.compactMap { $0.parameter == parameter ? try? $0.table.get() : nil }
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
  let table: Result<TableSpec, TableSpecFailure>

  /// As it is written, `$names` expanded.
  var text: SourcedText {
    switch table {
    case .success(let spec): spec.text
    case .failure(let failure): failure.text
    }
  }

  /// What the tables of this parameter answer with.
  var kind: ResultKind { RoutingParameter.relayhostMaps.contains(parameter) ? .nextHop : .destination }
}

/// What master.cf says of the transports.
struct DeliveryAgents: Sendable {
  private var services: [String: Service] = [:]
  /// Whether there is a master.cf to go by.
  let areKnown: Bool

  init(_ config: MailConfig) {
    areKnown = config.master != nil
    for service in config.master?.services ?? [] where service.isTransport {
      services[service.name] = service
    }
  }

  func service(_ transport: String) -> Service? { services[transport] }

  /// Whether it is a transport, or may be one where there is no master.cf to go by.
  func has(_ transport: String) -> Bool {
    areKnown ? services[transport] != nil : Self.stock.contains(transport)
  }

  /// The protocol of a transport that runs smtp(8); nil for any other.
  func mailProtocol(_ transport: String) -> MailProtocol? {
    guard areKnown else {
      return transport == "lmtp" ? .lmtp : Self.stockSMTP.contains(transport) ? .smtp : nil
    }
    guard let service = services[transport], service.isSMTPClient else { return nil }
    return service.command == "lmtp" ? .lmtp : .smtp
  }

  /// Whether the next hop of a transport, or of a service with this program, is text for people.
  static func takesText(_ name: String) -> Bool { ["error", "retry", "discard"].contains(name) }

  /// Whether mail goes to it without anybody naming it.
  static func isUsedByDefault(_ transport: String) -> Bool { stock.contains(transport) }

  private static let stockSMTP: Set = ["smtp", "relay"]
  private static let stock: Set = [
    "smtp", "relay", "lmtp", "local", "virtual", "error", "retry", "discard", "bounce",
  ]
}
