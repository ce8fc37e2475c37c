// Where mail for an address goes, decided as trivial-rewrite(8) decides it (resolve.c, measured): the class of its
// domain, the class's transport, sender-dependent tables, relayhost, transport_maps, relocated_maps.

import PostfixFiles

/// Answers for one configuration. It opens each table once.
public final class Resolver {
  let settings: Result<ResolverSettings, ResolverEnd>
  let context: RouteContext
  private let config: MailConfig
  private var trail: [RouteStep] = []
  private var isHeld = false

  public init(_ config: MailConfig, context: RouteContext = RouteContext()) {
    self.config = config
    self.context = context
    do throws(ResolverEnd) {
      settings = .success(try ResolverSettings(config, context: context))
    } catch {
      settings = .failure(error)
    }
  }

  /// Where mail from `sender` (empty: the null sender) to `recipient` goes. Both without quotes and brackets.
  public func route(_ recipient: String, from sender: String = "") -> RouteAnswer {
    trail = []
    isHeld = false
    let outcomes: Distribution<RouteOutcome>
    switch settings {
    case .failure(let end): outcomes = Distribution(.standstill(end.reason))
    case .success(let settings):
      outcomes = Resolution(settings: settings, resolver: self).outcomes(
        Bytes(recipient.utf8), from: Bytes(sender.utf8)
      ).flatMap { self.delivered($0, in: settings) }
    }
    return RouteAnswer(
      recipient: recipient, sender: sender, outcomes: outcomes.outcomes, trail: trail,
      unknown: (try? settings.get())?.tables.takeUnknown() ?? [], isHeld: isHeld)
  }

  /// Behind the key `*` a random choice is kept for 30 seconds.
  func hold() { isHeld = true }

  /// Adds a setting to the trail, at the line of a table entry where one answered.
  func note(_ parameter: String, _ detail: String, at place: (file: String, line: Int)? = nil) {
    let place = place ?? self.place(of: parameter)
    let step = RouteStep(
      parameter: parameter, file: place?.file, line: place?.line, detail: printable(detail))
    if !trail.contains(step) { trail.append(step) }
  }

  /// Where a parameter is set: in master.cf for trivial-rewrite(8), or in main.cf.
  private func place(of parameter: String) -> (file: String, line: Int)? {
    let settings = try? settings.get()
    if let service = settings?.service, service.overrides.contains(where: { $0.name == parameter }),
      let master = config.master
    {
      return (master.document.path, service.line.number)
    }
    return config.main[parameter].map { (config.main.document.path, $0.line.number) }
  }
}

/// One question on its way through the settings.
struct Resolution {
  let settings: ResolverSettings
  let resolver: Resolver

  private struct Hop: Hashable {
    var transport: Bytes
    var nextHop: Bytes
  }

  /// A destination so far, or what came in its way.
  private enum Stage: Hashable {
    case hop(Hop)
    case end(RouteOutcome)
  }

  /// The class of an address.
  private enum AddressClass: Hashable {
    case local, alias, virtual, relay, other
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
    _ address: ResolvedAddress, _ addressClass: AddressClass, from sender: Bytes
  ) -> Distribution<RouteOutcome> {
    let stages = classHop(address, addressClass, from: sender)
      .flatMap { then($0) { overridden($0, for: address, unless: addressClass == .alias) } }
      .flatMap { then($0) { relocated($0, address) } }
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

  // MARK: - The class

  private func addressClass(_ address: ResolvedAddress, isLocal: Bool) -> Distribution<AddressClass> {
    if isLocal {
      resolver.note("mydestination", "\(address.domain.text) is local")
      return Distribution(.local)
    }
    let lists: [(DomainList, AddressClass, String)] = [
      (settings.virtualAliasDomains, .alias, "is a virtual alias domain"),
      (settings.virtualMailboxDomains, .virtual, "is a virtual mailbox domain"),
      (settings.relayDomains, .relay, "is a relay domain"),
    ]
    let decided: Distribution<AddressClass?> = lists.reduce(Distribution(nil)) { results, list in
      results.flatMap { result in
        guard result == nil else { return Distribution(result) }
        return list.0.contains(address.domain, tables: settings.tables).map { match in
          switch match {
          case .yes:
            resolver.note(list.0.parameter, "\(address.domain.text) \(list.2)")
            return list.1
          case .no: return nil
          case .failed(let reason):
            resolver.note(list.0.parameter, "lookup failure: \(reason)")
            return .failed("\(list.0.parameter) lookup failure")
          }
        }
      }
    }
    return decided.map { $0 ?? .other }
  }

  /// What the class of the address says, before transport_maps.
  private func classHop(
    _ address: ResolvedAddress, _ addressClass: AddressClass, from sender: Bytes
  ) -> Distribution<Stage> {
    switch addressClass {
    case .failed(let reason): return Distribution(.end(.deferred(reason)))
    case .alias:
      let text =
        "5.1.1 User unknown"
        + (settings[isOn: "show_user_unknown_table_name"] ? " in virtual alias table" : "")
      return Distribution(.hop(Hop(transport: Bytes("error".utf8), nextHop: Bytes(text.utf8))))
    case .local: return Distribution(literal("local_transport", nextHop: address.domain))
    case .virtual: return Distribution(literal("virtual_transport", nextHop: address.domain))
    case .relay:
      return nextHop(for: address, from: sender).map { hop in
        switch hop {
        case .success(let nextHop): literal("relay_transport", nextHop: nextHop)
        case .failure(let problem): .end(problem.outcome)
        }
      }
    case .other:
      return defaultTransport(from: sender).flatMap { channel in
        switch channel {
        case .failure(let problem): return Distribution(.end(problem.outcome))
        case .success(let channel):
          return nextHop(for: address, from: sender).map { hop in
            switch hop {
            case .success(let nextHop): split(channel.text, nextHop: nextHop, blame: channel.parameter)
            case .failure(let problem): .end(problem.outcome)
            }
          }
        }
      }
    }
  }

  private func literal(_ parameter: String, nextHop: Bytes) -> Stage {
    let value = settings[text: parameter]
    resolver.note(parameter, value.text)
    return split(value, nextHop: nextHop, blame: parameter)
  }

  /// `transport` or `transport:nexthop`; without a next hop of its own it takes the given one.
  private func split(_ channel: Bytes, nextHop: Bytes, blame parameter: String) -> Stage {
    let (transport, own) = Self.split(channel)
    guard !transport.isEmpty else {
      return .end(.deferred("\(parameter): null transport is not allowed"))
    }
    return .hop(Hop(transport: transport, nextHop: own.isEmpty ? nextHop : own))
  }

  private static func split(_ value: Bytes) -> (transport: Bytes, nextHop: Bytes) {
    let colon = value.firstIndex(of: UInt8(ascii: ":")) ?? value.count
    return (Bytes(value[..<colon]), Bytes(value[colon...].dropFirst()))
  }

  // MARK: - By the sender

  private struct Problem: Error, Hashable {
    let outcome: RouteOutcome
  }

  private struct Channel: Hashable {
    let text: Bytes
    let parameter: String
  }

  /// sender_dependent_default_transport_maps, otherwise default_transport.
  private func defaultTransport(from sender: Bytes) -> Distribution<Result<Channel, Problem>> {
    let standard = Channel(text: settings[text: "default_transport"], parameter: "default_transport")
    func useStandard() -> Result<Channel, Problem> {
      resolver.note(standard.parameter, standard.text.text)
      return .success(standard)
    }
    let key = sender.isEmpty ? settings[text: "empty_address_default_transport_maps_lookup_key"] : sender
    return bySender(key, in: settings.senderTransportMaps).map { answer in
      switch answer {
      case .notFound: return useStandard()
      case .failed(let reason):
        return .failure(Problem(outcome: .deferred(reason)))
      case .found(let value) where isDunno(value): return useStandard()
      case .found(let value):
        return .success(Channel(text: value, parameter: settings.senderTransportMaps.parameter))
      }
    }
  }

  /// sender_dependent_relayhost_maps, otherwise relayhost, otherwise the recipient's domain.
  private func nextHop(
    for address: ResolvedAddress, from sender: Bytes
  ) -> Distribution<Result<Bytes, Problem>> {
    func useStandard() -> Result<Bytes, Problem> {
      let relayhost = settings[text: "relayhost"]
      guard !relayhost.isEmpty else { return .success(address.domain) }
      resolver.note("relayhost", relayhost.text)
      return .success(relayhost)
    }
    let key = sender.isEmpty ? settings[text: "empty_address_relayhost_maps_lookup_key"] : sender
    return bySender(key, in: settings.senderRelayhostMaps).map { answer in
      switch answer {
      case .notFound: return useStandard()
      case .failed(let reason): return .failure(Problem(outcome: .deferred(reason)))
      case .found(let value): return isDunno(value) ? useStandard() : .success(value)
      }
    }
  }

  private func isDunno(_ value: Bytes) -> Bool { CaseFolding.ascii.fold(value) == Bytes("dunno".utf8) }

  private func bySender(_ sender: Bytes, in list: MapList) -> Distribution<LookupAnswer> {
    guard !list.tables.isEmpty else { return Distribution(.notFound) }
    return search(settings.senderKeys(sender), in: list).flatMap { answer in
      guard answer == .notFound, let at = sender.lastIndex(of: UInt8(ascii: "@")) else {
        return Distribution(answer)
      }
      return isOurs(Bytes(sender[(at + 1)...])).flatMap { ours in
        switch ours {
        case .failed(let reason): return Distribution(.failed(reason))
        case .yes: return search(settings.furtherSenderKeys(sender, isLocal: true), in: list)
        case .no: return search(settings.furtherSenderKeys(sender, isLocal: false), in: list)
        }
      }
    }
  }

  /// Whether a sender's domain is $myorigin or local.
  private func isOurs(_ domain: Bytes) -> Distribution<Membership> {
    let folding = settings.tables.folding
    return folding.fold(domain) == folding.fold(settings[text: "myorigin"])
      ? Distribution(.yes) : isLocal(domain)
  }

  // MARK: - By the recipient

  /// transport_maps overrides everything but the virtual alias class.
  private func overridden(_ hop: Hop, for address: ResolvedAddress, unless isAlias: Bool) -> Distribution<
    Stage
  > {
    let list = settings.transportMaps
    guard !isAlias, !list.tables.isEmpty else { return Distribution(.hop(hop)) }
    return search(settings.transportKeys(address.text, domain: address.domain), in: list).flatMap { answer in
      guard answer == .notFound else { return Distribution(answer) }
      let held = search(SearchKeys(whole: [Bytes("*".utf8)], parts: []), in: list)
      if !held.isCertain { resolver.hold() }
      return held
    }.map { answer in
      switch answer {
      case .notFound: return .hop(hop)
      case .failed(let reason): return .end(.deferred(reason))
      case .found(let value): return .hop(entry(value, over: hop, domain: address.domain))
      }
    }
  }

  /// `:nexthop` keeps the transport; `transport:` takes the recipient's domain as the next hop, or a standard text.
  private func entry(_ value: Bytes, over hop: Hop, domain: Bytes) -> Hop {
    let (transport, nextHop) = Self.split(value)
    if transport.isEmpty {
      return Hop(transport: hop.transport, nextHop: nextHop.isEmpty ? hop.nextHop : nextHop)
    }
    if !nextHop.isEmpty { return Hop(transport: transport, nextHop: nextHop) }
    let isRefusal = [Bytes("error".utf8), Bytes("retry".utf8)].contains(transport)
    return Hop(transport: transport, nextHop: isRefusal ? Bytes("Address is undeliverable".utf8) : domain)
  }

  private func relocated(_ hop: Hop, _ address: ResolvedAddress) -> Distribution<Stage> {
    bySender(address.text, in: settings.relocatedMaps).map { answer in
      switch answer {
      case .notFound: .hop(hop)
      case .failed(let reason): .end(.deferred(reason))
      case .found(let value):
        .hop(
          Hop(transport: Bytes("error".utf8), nextHop: Bytes("5.1.6 User has moved to ".utf8) + value))
      }
    }
  }

  /// A search that leaves its hits on the trail.
  private func search(_ keys: SearchKeys, in list: MapList) -> Distribution<LookupAnswer> {
    settings.tables.find(keys, in: list) { key, table, value in
      resolver.note(
        list.parameter, "\(key.text) gives \(value.text)", at: table.place(of: key, in: settings.tables))
    }.map { answer in
      guard case .failed(let reason) = answer else { return answer }
      resolver.note(list.parameter, "lookup failure: \(reason)")
      return .failed("\(list.parameter) lookup failure")
    }
  }
}
