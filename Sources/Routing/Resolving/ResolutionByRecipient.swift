// What depends on the recipient's whole address: transport_maps, which overrides the class, and relocated_maps; and the
// search that all tables of addresses share.

import PostfixFiles

extension Resolution {
  /// What transport_maps says of everything but the virtual alias class.
  func override(for address: ResolvedAddress, unless isAlias: Bool) -> Distribution<SearchAnswer> {
    let list = settings.transportMaps
    guard !isAlias, !list.tables.isEmpty else { return Distribution(.notFound) }
    return search(settings.transportKeys(address.text, domain: address.domain), in: list).flatMap { answer in
      guard answer == .notFound else { return Distribution(answer) }
      let held = search(SearchKeys(whole: [Bytes("*".utf8)], parts: []), in: list)
      if !held.isCertain { resolver.hold() }
      return held
    }
  }

  func overridden(_ hop: Hop, by answer: SearchAnswer, domain: Bytes) -> Stage {
    switch answer {
    case .notFound: .hop(hop)
    case .failed(let reason): .end(.deferred(reason))
    case .found(let value): .hop(entry(value, over: hop, domain: domain))
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

  func relocated(_ hop: Hop, by answer: SearchAnswer) -> Stage {
    switch answer {
    case .notFound: .hop(hop)
    case .failed(let reason): .end(.deferred(reason))
    case .found(let value):
      .hop(Hop(transport: Bytes("error".utf8), nextHop: Bytes("5.1.6 User has moved to ".utf8) + value))
    }
  }

  /// A search that leaves its hits on the trail.
  func search(_ keys: SearchKeys, in list: MapList) -> Distribution<SearchAnswer> {
    settings.tables.find(keys, in: list) { key, table, value in
      resolver.note(
        list.parameter, "\(key.text) gives \(value.text)", at: table.place(of: key, in: settings.tables))
    }.map { answer in
      guard case .failed(let reason) = answer else { return answer }
      resolver.note(list.parameter, failure: reason)
      return .failed("\(list.parameter) lookup failure")
    }
  }
}
