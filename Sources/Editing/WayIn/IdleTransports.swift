// Members and routes that deliver to no gateway: discard, error, local, a pipe. A person may mean that, and says so first.

import PostfixFiles
import Routing

extension MailConfig {
  /// What becomes of mail whose transport is no client of gateways; nil for a client, and for what is no transport here.
  ///
  /// - Parameter place: the parameter that decides: virtual_transport may name what fills mailboxes.
  private func fate(ofMailBy transport: String, in place: RoutingParameter?) -> String? {
    guard gatewayTransport(transport) == nil, DeliveryServices(self).has(transport) else { return nil }
    let command = DeliveryServices(self).service(transport)?.command ?? transport
    let isOfMailboxes = place == .virtualTransport
    switch command {
    case "discard": return "its mail would be thrown away"
    case "error", "bounce":
      return transport == "retry"
        ? "its mail would wait, and come back in the end" : "its mail would come back"
    case "retry": return "its mail would wait, and come back in the end"
    case "local", "virtual": return isOfMailboxes ? nil : "its mail would go into mailboxes of this host"
    case "pipe", "spawn":
      return isOfMailboxes ? nil : "its mail would go to a program of this host (\(command))"
    default: return isOfMailboxes ? nil : "its mail would go to \(command) on this host"
    }
  }

  /// - Parameters:
  ///   - result: a destination with its transport.
  ///   - place: the parameter that decides. For mail of this host a client is the exception.
  func idleTransportGuard(_ result: String, in place: RoutingParameter?) -> EditGuard? {
    let destination = Destination(SourcedText(builtIn: result))
    guard !destination.transport.isEmpty, place != .localTransport,
      let fate = fate(ofMailBy: destination.transport.text, in: place)
    else { return nil }
    return .deliversToNoGateway(words: "\(result) is no gateway: \(fate)")
  }

  /// The same of what an edit puts into pools, parameters and tables.
  func idleTransportGuards(against edited: MailConfig) -> [EditGuard] {
    var guards: [EditGuard] = []
    for (before, pool) in PoolPairs(pools(), edited.pools()).all {
      guard let pool, pool.kind == .destination else { continue }
      // Only these are looked for: a pool may have thousands of members.
      let idle = pool.members.filter { member in
        !member.isDrained && member.transport.map { edited.gatewayTransport($0) == nil } ?? false
      }
      guard !idle.isEmpty else { continue }
      let known = Set((before?.members ?? []).map(\.result))
      guards += idle.filter { !known.contains($0.result) }.compactMap {
        edited.idleTransportGuard($0.result, in: pool.purpose.place)
      }
    }
    let parameters = RoutingParameter.values.filter { $0.resultKind == .destination && !$0.isFallback }
    for parameter in parameters {
      guard let value = edited.main[parameter]?.value, value.text != main[parameter]?.value.text,
        PoolText(value: value) == nil
      else { continue }
      guards += [edited.idleTransportGuard(value.text, in: parameter)].compactMap(\.self)
    }
    return guards + idleEntryGuards(against: edited)
  }

  /// The entries that an edit has written.
  private func idleEntryGuards(against edited: MailConfig) -> [EditGuard] {
    let tables = Set(
      edited.tableSites.compactMap { site in
        site.parameter.resultKind == .destination && site.table?.isAnswer ?? false ? site.source : nil
      })
    return edited.editedDocuments.filter { tables.contains($0.path) }.flatMap { document -> [EditGuard] in
      let table = Table(document)
      return document.editedLines.lazy.compactMap { line -> EditGuard? in
        guard let entry = try? table.entry(line), PoolText(value: entry.value) == nil,
          let found = edited.idleTransportGuard(entry.value.text, in: nil),
          self.document(document.path).flatMap({ Table($0).first(entry.key.text)?.value.text })
            != entry.value.text
        else { return nil }
        return found
      }.prefix(Self.mostIdleEntries).map(\.self)
    }
  }

  private static let mostIdleEntries = 5
}

extension PoolPurpose {
  /// The parameter whose value it is; nil for a pool in a table.
  fileprivate var place: RoutingParameter? {
    if case .place(.parameter(let parameter)) = self { parameter } else { nil }
  }
}
