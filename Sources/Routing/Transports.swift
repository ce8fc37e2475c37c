// The transports of one configuration, each worked out when it is first asked for: thousands of gateways use a few
// of them.

import Gateways
import PostfixFiles

/// Looks transports up, and says how each of them reaches a next hop. For one look at one configuration: it does not
/// follow edits.
package final class Transports {
  let config: MailConfig
  private var known: [String: Transport?] = [:]
  /// By parameter and value; nil where such a list cannot be opened.
  private var tables: [String: NextHopTable?] = [:]
  private lazy var isUnicode = config.parameters.text("smtputf8_enable").lowercased() == "yes"
  /// The transport that a relayhost goes with: that of `default_transport`, or, where that delivers to no gateway
  /// (a pool, say), of `relay_transport`.
  private(set) lazy var relayhostTransport = [RoutingParameter.defaultTransport, .relayTransport].lazy
    .map { Destination(SourcedText(builtIn: self.config.parameters.text($0))).transport.text }
    .first { self[$0] != nil }

  /// How tables are asked that cannot be read.
  private let context: RouteContext

  package init(_ config: MailConfig, context: RouteContext = RouteContext()) {
    self.config = config
    self.context = context
  }

  /// Nil where `name` does not deliver to gateways.
  subscript(name: String) -> Transport? {
    if let transport = known[name] { return transport }
    let transport = config.gatewayTransport(name)
    known[name] = transport
    return transport
  }

  /// How a transport reaches one next hop: as it reaches all of them, with the TLS policy for this one.
  func approach(of transport: Transport, to nextHop: String) -> Approach {
    var approach = transport.approach
    guard let policy = policyTable(of: transport)?.policy(for: nextHop) else { return approach }
    approach.tls = TLSPolicy(
      policy.level, isWrapped: approach.tls.isWrapped,
      names: policy.names ?? transport.certificateNames[policy.level])
    return approach
  }

  func credentialsTable(of transport: Transport) -> CredentialsTable? {
    table("sasl_password_maps", transport.passwordMaps, of: transport).map(CredentialsTable.init)
  }

  func policyTable(of transport: Transport) -> TLSPolicyTable? {
    table("tls_policy_maps", transport.policyMaps, of: transport).map(TLSPolicyTable.init)
  }

  /// Lanes with the same tables share them.
  private func table(_ name: String, _ list: SourcedText, of transport: Transport) -> NextHopTable? {
    if list.isEmpty { return nil }
    let parameter = "\(transport.approach.mailProtocol.rawValue)_\(name)"
    let key = "\(parameter) \(list.text)"
    if let table = tables[key] { return table }
    let table = NextHopTable(parameter, list, config: config, isUnicode: isUnicode, context: context)
    tables[key] = table
    return table
  }
}

extension Transports {
  /// What the tables have for a next hop of a transport; nil where none is set.
  package func line(_ subject: NextHopEntry.Subject, of name: String, for nextHop: String) -> NextHopLine? {
    let keys =
      subject == .credentials ? CredentialsTable.keys(of: nextHop) : TLSPolicyTable.keys(of: nextHop)
    return line(subject, of: name, keys: keys)
  }

  /// The same for keys that are asked for in turn.
  package func line(_ subject: NextHopEntry.Subject, of name: String, keys: [String]) -> NextHopLine? {
    guard let transport = self[name], let list = tables(subject, of: name) else { return nil }
    let table =
      subject == .credentials ? credentialsTable(of: transport)?.table : policyTable(of: transport)?.table
    // smtp(8) would not start with such tables.
    return table?.line(for: keys) ?? .unknown(.elsewhere(table: NextHopMaps.name(of: list)))
  }

  /// The tables that a transport asks for a next hop; nil where none is set.
  package func tables(_ subject: NextHopEntry.Subject, of name: String) -> SourcedText? {
    let list = subject == .credentials ? self[name]?.passwordMaps : self[name]?.policyMaps
    return list.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether a transport asks for the credentials of the sender first.
  package func asksForSender(_ name: String) -> Bool { self[name]?.asksForSender ?? false }
}
