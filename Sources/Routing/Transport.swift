// A transport as routing sees it: which protocol it speaks, from where, and to which port when none is named.

import Gateways
import PostfixFiles

/// A transport that delivers to gateways: a service that runs smtp(8) or lmtp(8).
package struct Transport: Sendable {
  package let name: String
  package let approach: Approach
  package let defaultPort: Int
  /// What takes the mail when the next hop does not: `smtp_fallback_relay` as this service sees it.
  package let fallback: [Gateway]
  /// The same as it is written, item by item.
  let fallbackHops: [SourcedText]
  /// `smtp_tls_policy_maps` as this service sees it.
  let policyMaps: SourcedText
  /// `smtp_sasl_password_maps` as this service sees it; empty where it logs in nowhere.
  let passwordMaps: SourcedText
  /// `smtp_sender_dependent_authentication`.
  let asksForSender: Bool
  /// What a certificate may be for at the levels that look at that, where main.cf or the service says.
  let certificateNames: [TLSPolicy.Level: [String]]
  package let ports: KnownPorts
}

extension Parameters {
  /// The port of a next hop that names none: `smtp_tcp_port`, `lmtp_tcp_port`.
  package func defaultPort(_ mailProtocol: MailProtocol) -> Int {
    servicePort(text("\(mailProtocol.rawValue)_tcp_port")) ?? (mailProtocol == .lmtp ? 24 : 25)
  }
}

extension MailConfig {
  /// The transport `name`; nil where it does not deliver to gateways (`local`, `error`, a pipe), or where
  /// master.cf has no such service. Without a master.cf the stock names are known.
  package func gatewayTransport(_ name: String) -> Transport? {
    let service = master?.transport(name)
    // Other names come from anywhere, and cost nothing. Without a master.cf those of a stock one cost as much as services.
    let isStock = master == nil && StockTransport(rawValue: name) != nil
    guard service != nil || isStock else { return gatewayTransport(name, nil) }
    return workedOut(of: name) { KnownTransport(transport: gatewayTransport(name, service)) }.transport
  }

  /// A pool may have a hundred thousand members of one transport.
  private struct KnownTransport: Sendable { let transport: Transport? }

  private func gatewayTransport(_ name: String, _ service: Service?) -> Transport? {
    let client = master == nil ? StockTransport(rawValue: name)?.client : service?.client
    guard let mailProtocol = client else { return nil }
    let parameters = service.map { self.parameters.seen(by: $0) } ?? self.parameters
    let prefix = mailProtocol.rawValue
    let names = parameters.certificateNames(prefix)
    let port = parameters.defaultPort(mailProtocol)
    let ports = KnownPorts(parameters)
    let fallback = ((try? parameters.value(mailProtocol.fallbackRelay)) ?? SourcedText()).listItems
      .compactMap { item in
        Gateway(item.text, mailProtocol: mailProtocol, defaultPort: port, ports: ports).map {
          (gateway: $0, hop: item)
        }
      }
    return Transport(
      name: name,
      approach: Approach(
        mailProtocol: mailProtocol,
        source: parameters.source("\(prefix)_bind_address", isFamily: HostName.isIPv4),
        source6: parameters.source("\(prefix)_bind_address6", isFamily: HostName.isIPv6),
        heloName: parameters.text(mailProtocol == .lmtp ? "lmtp_lhlo_name" : "smtp_helo_name"),
        lookup: parameters.hostLookup(prefix), tls: parameters.tlsPolicy(prefix, names: names)),
      defaultPort: port,
      fallback: fallback.map(\.gateway), fallbackHops: fallback.map(\.hop),
      policyMaps: (try? parameters.value("\(prefix)_tls_policy_maps")) ?? SourcedText(),
      passwordMaps: parameters.isOn("\(prefix)_sasl_auth_enable")
        ? (try? parameters.value("\(prefix)_sasl_password_maps")) ?? SourcedText() : SourcedText(),
      asksForSender: parameters.isOn("\(prefix)_sender_dependent_authentication"),
      certificateNames: names, ports: ports)
  }
}

extension Parameters {
  fileprivate func isOn(_ name: String) -> Bool { text(name).lowercased() == "yes" }

  /// The address to connect from: what `name` says, otherwise the only interface of the family in
  /// `inet_interfaces`, if that is no loopback (smtp_connect.c).
  fileprivate func source(_ name: String, isFamily: (String) -> Bool) -> String? {
    let stated = text(name)
    if !stated.isEmpty { return stated }
    let interfaces = words("inet_interfaces").filter(isFamily)
    guard interfaces.count == 1, let only = interfaces.first, !only.hasPrefix("127."), only != "::1" else {
      return nil
    }
    return only
  }

  fileprivate func hostLookup(_ prefix: String) -> HostLookup {
    let level = text("\(prefix)_dns_support_level")
    if level == "disabled" || (level.isEmpty && text("disable_dns_lookups") == "yes") { return .withoutDNS }
    let services = Set(words("\(prefix)_host_lookup"))
    if services == ["native"] { return .native }
    return services.contains("native") ? .dnsThenNative : .dns
  }

  /// The obsolete parameters count where the level is empty (TLS_README).
  fileprivate func tlsPolicy(_ prefix: String, names: [TLSPolicy.Level: [String]]) -> TLSPolicy {
    let isWrapped = isOn("\(prefix)_tls_wrappermode")
    if let level = TLSPolicy.Level(rawValue: text("\(prefix)_tls_security_level").lowercased()) {
      return TLSPolicy(level, isWrapped: isWrapped, names: names[level])
    }
    let isEnforced = text("\(prefix)_enforce_tls") == "yes"
    let level: TLSPolicy.Level = isEnforced ? .verify : text("\(prefix)_use_tls") == "yes" ? .may : .none
    return TLSPolicy(level, isWrapped: isWrapped, names: names[level])
  }

  fileprivate func certificateNames(_ prefix: String) -> [TLSPolicy.Level: [String]] {
    var names: [TLSPolicy.Level: [String]] = [:]
    for level in [TLSPolicy.Level.verify, .secure] {
      let name = "\(prefix)_tls_\(level.rawValue)_cert_match"
      // The default is the name of the host.
      guard isSet(name) else { continue }
      let listed = text(name).split { $0 == "," || $0 == ":" || $0.isWhitespace }
      if !listed.isEmpty { names[level] = listed.map(String.init) }
    }
    return names
  }

  private func words(_ name: String) -> [String] {
    text(name).split { $0 == "," || $0.isWhitespace }.map(String.init)
  }
}

extension Gateway {
  /// The gateway of one item of a next-hop list; nil where Postfix would refuse the item. The port that is
  /// really used is filled in, letter case is folded.
  package init?(
    _ item: String, mailProtocol: MailProtocol, defaultPort: Int, ports: KnownPorts = .standard
  ) {
    let prefix = mailProtocol == .lmtp ? LMTPPrefix(item.utf8) : nil
    let rest = prefix == nil ? item : String(item.dropFirst(LMTPPrefix.count))
    if prefix == .unix {
      self = .unix(rest)
      return
    }
    guard let hop = try? HostPort(rest, ports: ports) else { return nil }
    let name = hop.host.lowercased()
    let isLiteral = HostName.isAddress(name)
    let port = hop.port ?? defaultPort
    self = hop.isBracketed || isLiteral ? .host(name, port: port) : .mx(name, port: port)
  }
}
