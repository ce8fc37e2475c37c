// What keeps mail from a destination that has a sound next hop: TLS that cannot begin; and what DNS decides.

import Gateways
import PostfixFiles

extension DestinationFates {
  /// Nil where one of the gateways may take the mail.
  func tlsFate(of transport: String, _ client: MailProtocol, _ items: [String]) -> DestinationFate? {
    guard let known = starts.transports(config)[transport] else { return nil }
    let prefix = client.rawValue
    var first: DestinationFate?
    for item in items {
      if case .entry(_, let table, nil)? = starts.transports(config).policyTable(of: known)?.found(for: item)
      {
        first =
          first ?? .noTLS("\(prefix)(8) cannot read the policy for \(printable(item)) in \(printable(table))")
        continue
      }
      if let table = starts.transports(config).policyTable(of: known), table.fails(for: item),
        !config.isCopy || table.table.isOfTexts
      {
        first = first ?? .noTLS("the lookup in \(prefix)_tls_policy_maps fails")
        continue
      }
      let tls = starts.transports(config).approach(of: known, to: item).tls
      guard tls.isWrapped else { return nil }
      if [.none, .may].contains(tls.level) {
        first =
          first
          ?? .noTLS(
            "\(prefix)_tls_wrappermode needs the level encrypt or a stronger one, and here it is \(tls.level.rawValue)"
          )
        continue
      }
      guard let host = try? HostPort(item, ports: services.ports) else { continue }
      let port = host.port ?? known.defaultPort
      guard [24, 25, 26, 587].contains(port) else { return nil }
      first =
        first
        ?? .noTLS("\(prefix)_tls_wrappermode is on, and a server on port \(port) speaks first, in clear text")
    }
    return first
  }

  /// What SRV records decide about, where the first item is looked up so.
  func recordsFate(
    of transport: String, _ client: MailProtocol, _ items: [String], _ nextHop: String
  ) -> DestinationFate? {
    guard config.environment.version >= .serviceRecords, let item = items.first, item.first != "[" else {
      return nil
    }
    let parameters = services.service(transport).map { config.parameters.seen(by: $0) } ?? config.parameters
    let listed = parameters.text("use_srv_lookup").split { $0 == "," || $0.isWhitespace }.map(String.init)
    guard !listed.isEmpty else { return nil }
    let parts = item.split(separator: ":", maxSplits: 1).map(String.init)
    let service = parts.count > 1 ? parts[1] : parameters.text("\(client.rawValue)_tcp_port")
    guard let name = parts.first, listed.contains(service), !HostName.isAddress(name) else { return nil }
    let fallsBack = parameters.text("allow_srv_lookup_fallback").lowercased() == "yes" || items.count > 1
    let waits = config.rewriteParameters.text(.relayhost) == nextHop
    return .serviceRecords(
      "_\(service)._tcp.\(name)", fate: fallsBack ? nil : waits ? "waits" : "comes back to its sender")
  }
}
