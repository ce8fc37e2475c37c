// The parameters that decide where mail goes: their names, what they hold, and what their results are.

/// What a result is.
package enum ResultKind: Hashable, Sendable {
  /// `transport:nexthop`.
  case destination
  /// A next hop alone: for a relayhost, or after `transport:randmap:`.
  case nextHop
}

/// What the keys of a table are.
package enum KeySpace: Hashable, Sendable {
  /// transport(5): recipients, their domains, parent domains, `*`.
  case recipients
  /// Sender addresses and `@domain`.
  case senders
  /// The results of the table before it in a pipemap.
  case results
}

/// A main.cf parameter that decides where mail goes; the raw value is its name. The order is that of all reports.
package enum RoutingParameter: String, Hashable, Sendable, CaseIterable {
  case defaultTransport = "default_transport"
  case relayTransport = "relay_transport"
  case localTransport = "local_transport"
  case virtualTransport = "virtual_transport"
  case relayhost
  case smtpFallbackRelay = "smtp_fallback_relay"
  case lmtpFallbackRelay = "lmtp_fallback_relay"
  case transportMaps = "transport_maps"
  case senderTransportMaps = "sender_dependent_default_transport_maps"
  case senderRelayhostMaps = "sender_dependent_relayhost_maps"

  /// Those whose value is one destination.
  package static let destinations = allCases.filter(\.isDestination)
  /// Those whose value is a list of tables.
  package static let maps = allCases.filter(\.takesTables)
  /// The others: their value is itself a destination or a list of next hops.
  package static let values = allCases.filter { !$0.takesTables }

  package var takesTables: Bool {
    switch self {
    case .transportMaps, .senderTransportMaps, .senderRelayhostMaps: true
    default: false
    }
  }

  /// What the value, or the answers of the tables, are.
  package var resultKind: ResultKind {
    switch self {
    case .relayhost, .smtpFallbackRelay, .lmtpFallbackRelay, .senderRelayhostMaps: .nextHop
    default: .destination
    }
  }

  /// What its tables are asked for.
  package var keys: KeySpace { self == .transportMaps ? .recipients : .senders }

  /// Whether it names what takes the mail when the chosen gateway does not.
  package var isFallback: Bool { self == .smtpFallbackRelay || self == .lmtpFallbackRelay }

  /// Whether its value is one destination. Postfix does not start where such a value is empty.
  package var isDestination: Bool { !takesTables && resultKind == .destination }

  /// Whether its value may be a pool.
  package var mayHoldPool: Bool { isDestination || self == .relayhost }
}

extension RoutingParameter: CustomStringConvertible {
  package var description: String { rawValue }
}

extension Parameters {
  package func isSet(_ parameter: RoutingParameter) -> Bool { isSet(parameter.rawValue) }

  package func value(_ parameter: RoutingParameter) throws(ExpansionError) -> SourcedText {
    try value(parameter.rawValue)
  }

  package func text(_ parameter: RoutingParameter) -> String { text(parameter.rawValue) }
}

extension MainCf {
  package subscript(parameter: RoutingParameter) -> Assignment? { self[parameter.rawValue] }
}
