// What depends on the sender: sender_dependent_default_transport_maps and sender_dependent_relayhost_maps, with
// default_transport and relayhost where they have no answer.

import PostfixFiles

extension Resolution {
  /// sender_dependent_default_transport_maps, otherwise default_transport.
  func defaultTransport(from sender: Bytes) -> Distribution<Result<Channel, RoutingError>> {
    let own = RoutingParameter.defaultTransport
    let standard = Channel(text: settings[text: own], parameter: own.rawValue)
    func useStandard() -> Result<Channel, RoutingError> {
      resolver.note(standard.parameter, standard.text.text)
      return .success(standard)
    }
    let key = sender.isEmpty ? settings[text: "empty_address_default_transport_maps_lookup_key"] : sender
    return byAddress(key, in: settings.senderTransportMaps).map { answer in
      switch answer {
      case .notFound: return useStandard()
      case .failed(let reason):
        return .failure(RoutingError(outcome: .deferred(reason)))
      case .found(let value) where isDunno(value): return useStandard()
      case .found(let value):
        return .success(Channel(text: value, parameter: settings.senderTransportMaps.parameter))
      }
    }
  }

  /// sender_dependent_relayhost_maps, otherwise relayhost, otherwise the recipient's domain.
  func nextHop(
    for address: ResolvedAddress, from sender: Bytes
  ) -> Distribution<Result<Bytes, RoutingError>> {
    func useStandard() -> Result<Bytes, RoutingError> {
      let relayhost = settings[text: .relayhost]
      guard !relayhost.isEmpty else { return .success(address.domain) }
      resolver.note(RoutingParameter.relayhost.rawValue, relayhost.text)
      return .success(relayhost)
    }
    let key = sender.isEmpty ? settings[text: "empty_address_relayhost_maps_lookup_key"] : sender
    return byAddress(key, in: settings.senderRelayhostMaps).map { answer in
      switch answer {
      case .notFound: return useStandard()
      case .failed(let reason): return .failure(RoutingError(outcome: .deferred(reason)))
      case .found(let value): return isDunno(value) ? useStandard() : .success(value)
      }
    }
  }

  private func isDunno(_ value: Bytes) -> Bool { CaseFolding.ascii.fold(value) == Bytes("dunno".utf8) }

  func byAddress(_ sender: Bytes, in list: MapList) -> Distribution<SearchAnswer> {
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
}
