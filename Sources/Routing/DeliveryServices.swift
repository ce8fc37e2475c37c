// What the transports of a configuration run: the one answer to "which program delivers this".

import Gateways
import PostfixFiles
import System

/// The transports that every Postfix has in its master.cf.
package enum StockTransport: String, Hashable, Sendable, CaseIterable {
  case smtp, relay, lmtp, local, virtual, error, retry, discard, bounce

  /// The protocol that it delivers by; nil where it is not smtp(8) or lmtp(8).
  package var client: MailProtocol? {
    switch self {
    case .smtp, .relay: .smtp
    case .lmtp: .lmtp
    case .local, .virtual, .error, .retry, .discard, .bounce: nil
    }
  }

  /// Whether its next hop is text for people.
  package var takesText: Bool {
    switch self {
    case .error, .retry, .discard: true
    case .smtp, .relay, .lmtp, .local, .virtual, .bounce: false
    }
  }
}

/// The transports of a configuration by name. Without a master.cf the stock ones are known.
package struct DeliveryServices: Sendable {
  private var services: [String: Service] = [:]
  /// Whether there is a master.cf.
  package let areKnown: Bool
  /// Those of known_tcp_ports.
  let ports: KnownPorts

  package init(_ config: MailConfig) {
    ports = KnownPorts(config.parameters)
    areKnown = config.master != nil
    for service in config.master?.services ?? [] where service.isTransport {
      services[service.name] = service
    }
  }

  /// The transport that a person probably meant by a name that no transport has.
  package func nearName(of transport: String) -> String? {
    NearName.of(transport, in: services.keys.sorted())
  }

  package func service(_ transport: String) -> Service? { services[transport] }

  /// Whether it is a transport, or may be one because there is no master.cf.
  package func has(_ transport: String) -> Bool {
    areKnown ? services[transport] != nil : StockTransport(rawValue: transport) != nil
  }

  /// The protocol of a transport that runs smtp(8) or lmtp(8); nil for any other.
  package func client(_ transport: String) -> MailProtocol? {
    areKnown ? services[transport]?.client : StockTransport(rawValue: transport)?.client
  }
}

extension Service {
  /// The protocol that it delivers by; nil where it is not smtp(8) or lmtp(8).
  package var client: MailProtocol? { MailProtocol(rawValue: command) }
}

extension RoutingParameter {
  /// The protocol whose transports use it; nil if that depends on the transport.
  package var client: MailProtocol? {
    switch self {
    case .smtpFallbackRelay: .smtp
    case .lmtpFallbackRelay: .lmtp
    default: nil
    }
  }
}

extension MailProtocol {
  /// What takes the mail of its transports when the chosen gateway does not.
  package var fallbackRelay: RoutingParameter {
    switch self {
    case .smtp: .smtpFallbackRelay
    case .lmtp: .lmtpFallbackRelay
    }
  }
}
