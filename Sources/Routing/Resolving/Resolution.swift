// One question on its way through the settings: the class of the recipient's domain and what the class says. What
// tables say of the sender and of the recipient comes with it.

import PostfixFiles

/// One question on its way through the settings.
struct Resolution {
  let settings: ResolverSettings
  let resolver: Resolver

  struct Hop: Hashable {
    var transport: Bytes
    var nextHop: Bytes
  }

  /// A destination so far, or what came in its way.
  enum Stage: Hashable {
    case hop(Hop)
    case end(RouteOutcome)
  }

  /// The class of an address, or why it is not known.
  private enum Classified: Hashable {
    case known(AddressClass)
    case failed(String)
  }

  func outcomes(_ recipient: Bytes, from sender: Bytes) -> Distribution<RouteOutcome> {
    settled(recipient).flatMap { settled in
      switch settled {
      case .address(let address, let isLocal):
        return addressClass(address, isLocal: isLocal).flatMap { outcomes(address, $0, from: sender) }
      case .refused(let reason): return Distribution(.refused(reason))
      case .failed(let reason): return Distribution(.deferred(reason))
      case .unknown(let reason): return Distribution(.unknown(reason))
      }
    }
  }

  private func outcomes(
    _ address: ResolvedAddress, _ addressClass: Classified, from sender: Bytes
  ) -> Distribution<RouteOutcome> {
    // Neither depends on the hop: each is looked up once, and only where mail comes so far.
    lazy var override = override(for: address, unless: addressClass == .known(.alias))
    lazy var relocation = byAddress(address.text, in: settings.relocatedMaps)
    let stages = classHop(address, addressClass, from: sender)
      .flatMap { then($0) { hop in override.map { overridden(hop, by: $0, domain: address.domain) } } }
      .flatMap { then($0) { hop in relocation.map { relocated(hop, by: $0) } } }
    return stages.map { stage in
      switch stage {
      case .end(let outcome): outcome
      case .hop(let hop):
        // Commands could take such an address for an option.
        address.text.first == UInt8(ascii: "-") && !settings[isOn: "allow_min_user"]
          ? .refused("the address starts with \"-\"")
          : .destination(transport: hop.transport, nextHop: hop.nextHop)
      }
    }
  }

  private func then(_ stage: Stage, _ next: (Hop) -> Distribution<Stage>) -> Distribution<Stage> {
    if case .hop(let hop) = stage { next(hop) } else { Distribution(stage) }
  }

  struct RoutingError: Error, Hashable {
    let outcome: RouteOutcome
  }

  struct Channel: Hashable {
    let text: Bytes
    let parameter: String
  }

  // MARK: - The class

  private func addressClass(_ address: ResolvedAddress, isLocal: Bool) -> Distribution<Classified> {
    if isLocal {
      resolver.note("mydestination", "\(address.domain.text) is local")
      resolver.note(.local)
      return Distribution(.known(.local))
    }
    let lists: [(DomainList, AddressClass, String)] = [
      (settings.virtualAliasDomains, .alias, "is a virtual alias domain"),
      (settings.virtualMailboxDomains, .virtual, "is a virtual mailbox domain"),
      (settings.relayDomains, .relay, "is a relay domain"),
    ]
    let decided: Distribution<Classified?> = lists.reduce(Distribution(nil)) { results, list in
      results.flatMap { result in
        guard result == nil else { return Distribution(result) }
        return list.0.contains(address.domain, tables: settings.tables).map { match in
          switch match {
          case .yes:
            resolver.note(list.0.parameter, "\(address.domain.text) \(list.2)")
            resolver.note(list.1)
            return .known(list.1)
          case .no: return nil
          case .failed(let reason):
            resolver.note(list.0.parameter, failure: reason)
            return .failed("\(list.0.parameter) lookup failure")
          }
        }
      }
    }
    return decided.map { found in
      if let found { return found }
      resolver.note(.other)
      return .known(.other)
    }
  }

  /// What the class of the address says, before transport_maps.
  private func classHop(
    _ address: ResolvedAddress, _ addressClass: Classified, from sender: Bytes
  ) -> Distribution<Stage> {
    switch addressClass {
    case .failed(let reason): return Distribution(.end(.deferred(reason)))
    case .known(.alias):
      let text =
        "5.1.1 User unknown"
        + (settings[isOn: "show_user_unknown_table_name"] ? " in virtual alias table" : "")
      return Distribution(.hop(Hop(transport: Bytes("error".utf8), nextHop: Bytes(text.utf8))))
    case .known(.local): return Distribution(literal(.localTransport, nextHop: address.domain))
    case .known(.virtual): return Distribution(literal(.virtualTransport, nextHop: address.domain))
    case .known(.relay):
      return nextHop(for: address, from: sender).map { hop in
        switch hop {
        case .success(let nextHop): literal(.relayTransport, nextHop: nextHop)
        case .failure(let problem): .end(problem.outcome)
        }
      }
    case .known(.other):
      lazy var nextHops = nextHop(for: address, from: sender)
      return defaultTransport(from: sender).flatMap { channel in
        switch channel {
        case .failure(let problem): return Distribution(.end(problem.outcome))
        case .success(let channel):
          return nextHops.map { hop in
            switch hop {
            case .success(let nextHop): split(channel.text, nextHop: nextHop, blame: channel.parameter)
            case .failure(let problem): .end(problem.outcome)
            }
          }
        }
      }
    }
  }

  private func literal(_ parameter: RoutingParameter, nextHop: Bytes) -> Stage {
    let value = settings[text: parameter]
    resolver.note(parameter.rawValue, value.text)
    return split(value, nextHop: nextHop, blame: parameter.rawValue)
  }

  /// `transport` or `transport:nexthop`; without a next hop of its own it takes the given one.
  private func split(_ channel: Bytes, nextHop: Bytes, blame parameter: String) -> Stage {
    let (transport, own) = Self.split(channel)
    guard !transport.isEmpty else {
      return .end(.deferred("\(parameter): null transport is not allowed"))
    }
    if own.isEmpty { resolver.noteRelayhost() }
    return .hop(Hop(transport: transport, nextHop: own.isEmpty ? nextHop : own))
  }

  static func split(_ value: Bytes) -> (transport: Bytes, nextHop: Bytes) {
    let colon = value.firstIndex(of: UInt8(ascii: ":")) ?? value.count
    return (Bytes(value[..<colon]), Bytes(value[colon...].dropFirst()))
  }
}
