// Members and routes that deliver to no gateway: discard, error, local, a pipe. A person may mean that, and says so first.

import PostfixFiles
import Routing

/// The transports of a configuration that are no clients of gateways.
struct IdleTransports {
  private let config: MailConfig
  private let services: DeliveryServices

  init(_ config: MailConfig) {
    self.config = config
    services = DeliveryServices(config)
  }

  /// What becomes of mail whose transport is no client of gateways; nil for a client, and for what is no transport here.
  ///
  /// - Parameter place: the parameter that decides: virtual_transport may name what fills mailboxes.
  private func fate(ofMailBy transport: String, in place: RoutingParameter?) -> String? {
    guard config.gatewayTransport(transport) == nil, services.has(transport) else { return nil }
    let command = services.service(transport)?.command ?? transport
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
  ///   - result: a destination with its transport, or a pool, whose members are looked at elsewhere.
  ///   - place: the parameter that decides. For mail of this host a client is the exception.
  func question(_ result: SourcedText, in place: RoutingParameter?) -> EditGuard? {
    let transport = Destination(result).transport
    guard !transport.isEmpty, place != .localTransport, let fate = fate(ofMailBy: transport.text, in: place),
      PoolText(value: result) == nil
    else { return nil }
    return .deliversToNoGateway(words: "\(result.text) is no gateway: \(fate)")
  }
}

extension MailConfig {
  /// The same of what an edit puts into pools, parameters and tables.
  func idleTransportGuards(against edited: MailConfig) -> [EditGuard] {
    let transports = IdleTransports(edited)
    return idleMemberGuards(against: edited, transports)
      + RoutingParameter.values.compactMap { parameter -> EditGuard? in
        guard parameter.isDestination, let value = edited.main[parameter]?.value,
          value.text != main[parameter]?.value.text
        else { return nil }
        return transports.question(value, in: parameter)
      } + idleEntryGuards(against: edited, transports)
  }

  private func idleMemberGuards(against edited: MailConfig, _ transports: IdleTransports) -> [EditGuard] {
    let pools = edited.pools()
    func idle(_ pool: Pool) -> [Member] {
      guard pool.kind == .destination else { return [] }
      return pool.members.filter { member in
        !member.isDrained && member.transport.map { edited.gatewayTransport($0) == nil } ?? false
      }
    }
    // As a rule there is none, and a pool may have thousands of members.
    guard pools.contains(where: { !idle($0).isEmpty }) else { return [] }
    return PoolPairs(self.pools(), pools).all.flatMap { before, pool -> [EditGuard] in
      guard let pool, case let members = idle(pool), !members.isEmpty else { return [] }
      let known = Set((before?.members ?? []).map(\.result))
      return members.filter { !known.contains($0.result) }.compactMap {
        transports.question(SourcedText(builtIn: $0.result), in: pool.purpose.place)
      }
    }
  }

  /// The entries that an edit has written.
  private func idleEntryGuards(against edited: MailConfig, _ transports: IdleTransports) -> [EditGuard] {
    let tables = Set(
      edited.tableSites.compactMap { site in
        site.parameter.resultKind == .destination && site.table?.isAnswer ?? false ? site.source : nil
      })
    return edited.editedDocuments.filter { tables.contains($0.path) }.flatMap { document -> [EditGuard] in
      let table = Table(document)
      return document.editedLines.lazy.compactMap { line -> EditGuard? in
        guard let entry = try? table.entry(line), let found = transports.question(entry.value, in: nil),
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
