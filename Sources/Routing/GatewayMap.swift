// Collects the gateways of pools and of all else that names one.

import Gateways
import PostfixFiles

extension GatewayUse.Role {
  init(of parameter: RoutingParameter) {
    self = parameter == .relayhost ? .relayhost : parameter.isFallback ? .fallback : .nextHop
  }

  /// smtp(8) knows a relayhost by its whole value: a list is next hops like any other.
  fileprivate func among(_ count: Int) -> Self { self == .relayhost && count > 1 ? .nextHop : self }
}

struct GatewayMap {
  let config: MailConfig
  var uses: [GatewayUse] = []
  private let transports: Transports
  private var index: [Gateway: Int] = [:]
  /// The values that were looked at, with the gateways that they lead to.
  private var known: [Value: Found] = [:]
  private var mentions: Set<Mention> = []
  private var readFiles: Set<NamedFile> = []
  /// The gateways that parameters name to which no mail comes.
  private var idle: Set<Int> = []
  /// The transports that gateways are reached by, in the order in which they came up.
  private var used: [String] = []

  private struct Value: Hashable {
    var text: Bytes
    var kind: ResultKind
    var transport: String?
  }

  /// What a value that is no pool leads to.
  private struct Found {
    var gateways: [Int] = []
    /// Whether there is nothing after the first of them.
    var isAlone = false
  }

  /// One text may be come by in several ways, through `$names` or as a relayhost that is a pool of one.
  private struct Mention: Hashable {
    var use: Int
    var place: FileRange?
  }

  private struct NamedFile: Hashable {
    var path: String
    var kind: ResultKind
  }

  init(config: MailConfig) {
    self.config = config
    transports = Transports(config)
  }

  private mutating func use(_ gateway: Gateway) -> Int {
    if let at = index[gateway] { return at }
    index[gateway] = uses.count
    uses.append(GatewayUse(gateway: gateway))
    return uses.count - 1
  }

  /// Counts a place that names a gateway, once.
  private mutating func mention(_ at: Int, at place: FileRange?, as role: GatewayUse.Role) {
    uses[at].roles.insert(role)
    guard mentions.insert(Mention(use: at, place: place)).inserted else { return }
    if uses[at].place == nil { uses[at].place = place }
    uses[at].mentions += 1
    if role == .fallback { uses[at].fallbackMentions += 1 }
  }

  /// Notes how a transport reaches a gateway by one next hop.
  private mutating func reach(_ at: Int, by transport: Transport, _ nextHop: String) {
    uses[at].transports.insert(transport.name)
    uses[at].approaches.insert(transports.approach(of: transport, to: nextHop))
    for entry in transports.entries(of: transport, for: nextHop) where !uses[at].entries.contains(entry) {
      uses[at].entries.append(entry)
    }
  }

  /// Looks a transport up that gateways are reached by.
  private mutating func transport(_ name: String?) -> Transport? {
    guard let name, let transport = transports[name] else { return nil }
    if !used.contains(name) { used.append(name) }
    return transport
  }

  mutating func add(_ pool: Pool, of counted: Int) {
    var role = GatewayUse.Role.nextHop
    if case .parameter(let parameter) = pool.place, pool.notation == .single { role = .init(of: parameter) }
    for member in pool.members {
      let transport = transport(member.transport)
      let place = member.items.first.flatMap { pool.text.text.span(pool.text.items[$0]) }
      for (position, (gateway, nextHop)) in zip(member.gateways, member.nextHops).enumerated() {
        let at = use(gateway)
        if let transport { reach(at, by: transport, nextHop) }
        uses[at].transports.formUnion(pool.transports(of: member))
        // Pools come one after the other.
        if uses[at].pools.last != pool.id { uses[at].pools.append(pool.id) }
        // Of a next-hop list the first takes the mail while it can.
        if position == 0, pool.counts, counted > 0 { uses[at].share += pool.share(member) / Double(counted) }
        if let drain = member.drain {
          uses[at].drain = uses[at].drain.map { $0.lasts(longerThan: drain) ? $0 : drain } ?? drain
          continue
        }
        note(at, isIdle: pool.isIdle)
        mention(at, at: place, as: role.among(member.gateways.count))
      }
    }
  }

  /// That a gateway is named and not drained there. A parameter to which no mail comes, as a table decides for all of it, says
  /// nothing of one that is drained in that table.
  private mutating func note(_ at: Int, isIdle: Bool) {
    if isIdle { idle.insert(at) } else { uses[at].isDrained = false }
  }

  /// The gateways of a value that is no pool.
  ///
  /// - Parameter isIdle: whether no mail comes to it.
  mutating func add(
    _ value: SourcedText, kind: ResultKind, transport: String? = nil, as role: GatewayUse.Role = .nextHop,
    isIdle: Bool = false
  ) {
    let found = gateways(of: value, kind: kind, transport: transport)
    for at in found.gateways { note(at, isIdle: isIdle) }
    // A fallback relay is come by as an item of its own too.
    let items = role == .fallback ? nextHopItems(value) : []
    let isByItem = items.count == found.gateways.count
    // Once: a list of thousands of lines has as many parts, and as many gateways.
    let whole = isByItem ? nil : value.span()
    for (index, at) in found.gateways.enumerated() {
      mention(at, at: isByItem ? items[index].span() : whole, as: role.among(found.gateways.count))
    }
    if role == .nextHop { countAlone(found, at: value.span()) }
  }

  private mutating func countAlone(_ found: Found, at place: @autoclosure () -> FileRange?) {
    guard found.isAlone, let at = found.gateways.first else { return }
    if uses[at].alonePlace == nil { uses[at].alonePlace = place() }
    uses[at].aloneMentions += 1
  }

  private mutating func gateways(of value: SourcedText, kind: ResultKind, transport: String? = nil) -> Found {
    let key = Value(text: value.bytes, kind: kind, transport: transport)
    if let found = known[key] { return found }
    var found = Found()
    if PoolText(value: value) == nil, !value.isNoAnswer {
      let destination = DestinationGateways(value, kind: kind, defaultTransport: transport, by: transports)
      let used = destination.gateways.isEmpty ? nil : self.transport(destination.transport)
      for (gateway, nextHop) in zip(destination.gateways, destination.nextHops) {
        let at = use(gateway)
        if let used { reach(at, by: used, nextHop) }
        found.gateways.append(at)
      }
      found.isAlone = found.gateways.count == 1 && destination.fallback.isEmpty
    }
    known[key] = found
    return found
  }

  /// The gateways, where everything was added.
  var finished: [GatewayUse] {
    var uses = uses
    for at in idle where uses[at].drain == nil { uses[at].isDrained = false }
    return uses
  }

  /// The fallback relays of all transports that are used: a lane may have its own, in master.cf.
  mutating func addFallbacks() {
    for transport in used.compactMap({ transports[$0] }) {
      for (gateway, nextHop) in zip(transport.fallback, transport.fallbackHops) {
        let at = use(gateway)
        reach(at, by: transport, nextHop.text)
        uses[at].isDrained = false
        mention(at, at: nextHop.span(), as: .fallback)
      }
    }
  }

  /// Each entry is visited once, and there may be a million: none is cached.
  mutating func add(fileAt path: String, kind: ResultKind) {
    guard readFiles.insert(NamedFile(path: path, kind: kind)).inserted,
      let document = config.files[path]?.document
    else { return }
    for entry in Table(document).entries {
      let found = gateways(of: entry.value, kind: kind)
      countAlone(found, at: entry.value.span())
      for at in found.gateways {
        uses[at].roles.insert(.nextHop)
        uses[at].isDrained = false
        if uses[at].place == nil { uses[at].place = entry.value.span() }
        uses[at].mentions += 1
      }
    }
  }
}
