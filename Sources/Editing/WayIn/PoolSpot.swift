// Where the choice for a kind of mail is made today: the parameter or the table entry that a pool has to be put into.

import PostfixFiles
import Routing

struct PoolSpot {
  enum Place: Hashable {
    case parameter(RoutingParameter)
    /// An entry of the tables of a parameter, whether there is one or not.
    case key(String, of: RoutingParameter)
  }

  let place: Place
  /// What its results are.
  let kind: ResultKind
  /// The transport of a next hop that names none.
  let transport: String
  /// The next hop of a lane.
  let hop: String
  /// The pools that decide there now; two where a relayhost became a pool for each of its transports.
  let sites: [PoolSite]
  /// The one destination that is there now, and where it is written.
  let single: SourcedText?
  /// Where that is an entry.
  let entry: Site?

  var parameter: RoutingParameter {
    switch place {
    case .parameter(let parameter), .key(_, of: let parameter): parameter
    }
  }

  /// The transports of what is there now.
  var transports: Set<String> {
    Set(sites.flatMap(\.content.transports)).union(single.map { [Destination($0).transport.text] } ?? [])
  }

  /// The mail that the place is for; nil for an entry "*".
  var scopeOfMail: Scope? {
    switch place {
    case .parameter(.relayTransport): .relayDomains
    case .parameter(.virtualTransport): .virtualMailboxes
    case .parameter: .outbound
    case .key(let key, of: .transportMaps): key == "*" ? nil : .to(key)
    case .key(let key, of: _): .from(key.hasPrefix("@") ? String(key.dropFirst()) : key)
    }
  }

  /// What decides there now, for people.
  func holder(in config: MailConfig) -> (what: String, file: String?, line: Int?) {
    let text = sites.first?.value ?? single
    if let place = text?.span(), let document = config.document(place.file) {
      var finder = PositionFinder(document)
      let line = finder.position(at: place.range.lowerBound).line
      return (sites.first?.id ?? parameter.rawValue, place.file, line)
    }
    return (parameter.rawValue, nil, nil)
  }
}

extension MailConfig {
  /// - Parameter isNextHops: whether every member that is wanted can be written without a transport.
  func spot(for scope: Scope, nextHopsOnly isNextHops: Bool, prefersAgent: Bool) throws(EditError)
    -> PoolSpot
  {
    switch scope {
    case .outbound: return outboundSpot(isNextHops)
    case .relayDomains: return classSpot(.relay)
    case .virtualMailboxes: return classSpot(.virtualMailboxes)
    case .to(let address): return try recipientSpot(address, scope)
    case .from(let address):
      let key = address.contains("@") ? address : "@\(address)"
      let own = try keySpot(key, of: .senderTransportMaps, scope)
      if !own.sites.isEmpty || own.single != nil || !isNextHops || prefersAgent || !givesHopsToClient {
        return own
      }
      let relay = try keySpot(key, of: .senderRelayhostMaps, scope)
      return relay.sites.isEmpty && relay.single == nil ? own : relay
    case .named(let name): return try namedSpot(name, isNextHops)
    }
  }

  /// Refuses a scope that has no mail.
  func guardMail(of scope: Scope) throws(EditError) {
    guard let domainClass = scope.domainClass, parameters.text(domainClass.list).isEmpty else { return }
    let list = domainClass.list
    let advice =
      classSpot(domainClass).sites.isEmpty
      ? "write the domains into \(list) first, or name one domain: to:example.com"
      : "the pool that it had is taken away with: randmap remove-route \(scope)"
    throw .cannotPool(
      "\(scope)",
      reason:
        "\(list) is \(parameters.isSet(list) ? "empty" : "not set"), so there is no such mail; \(advice)")
  }
}

extension PoolSite {
  /// The keys in front of a stock pool, where they are written in its table.
  var ownKeys: [String] {
    if case .entries(let entries)? = keys?.content { entries.map(\.key) } else { [] }
  }

  /// Whether the two are what a relayhost became, this one for default_transport.
  func isTwin(of relay: PoolSite) -> Bool {
    hopsOfTransport("smtp:") != nil && hopsOfTransport("smtp:") == relay.hopsOfTransport("relay:")
  }

  /// What it draws, without the transport that all of its members have; nil where one has another.
  fileprivate func hopsOfTransport(_ transport: String) -> [String: Int]? {
    var hops: [String: Int] = [:]
    for choice in content.choices {
      guard choice.result.hasPrefix(transport) else { return nil }
      hops[String(choice.result.dropFirst(transport.count)), default: 0] += choice.weight
    }
    return hops
  }
}
