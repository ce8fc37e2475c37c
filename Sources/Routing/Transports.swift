// The transports of one configuration, each worked out when it is first asked for: thousands of gateways use a few
// of them.

import Gateways
import PostfixFiles

/// Looks transports up, and says how each of them reaches a next hop. For one look at one configuration: it does not
/// follow edits.
final class Transports {
  let config: MailConfig
  private var known: [String: Transport?] = [:]
  private var policies: [String: TLSPolicyTable?] = [:]
  private var credentials: [String: CredentialsTable?] = [:]
  private lazy var isUnicode = config.parameters.text("smtputf8_enable").lowercased() == "yes"
  /// The transport that a relayhost goes with: that of `default_transport`, or, where that delivers to no gateway
  /// (a pool, say), of `relay_transport`.
  private(set) lazy var relayhostTransport = [RoutingParameter.defaultTransport, .relayTransport].lazy
    .map { Destination(SourcedText(builtIn: self.config.parameters.text($0))).transport.text }
    .first { self[$0] != nil }

  init(_ config: MailConfig) { self.config = config }

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
    let list = transport.passwordMaps
    if list.isEmpty { return nil }
    let parameter = "\(transport.approach.mailProtocol.rawValue)_sasl_password_maps"
    let key = "\(parameter) \(list.text)"
    if let table = credentials[key] { return table }
    let table = CredentialsTable(parameter, list, config: config, isUnicode: isUnicode)
    credentials[key] = table
    return table
  }

  func policyTable(of transport: Transport) -> TLSPolicyTable? {
    let list = transport.policyMaps
    if list.isEmpty { return nil }
    // Lanes with the same tables share them.
    let parameter = "\(transport.approach.mailProtocol.rawValue)_tls_policy_maps"
    let key = "\(parameter) \(list.text)"
    if let table = policies[key] { return table }
    let table = TLSPolicyTable(parameter, list, config: config, isUnicode: isUnicode)
    policies[key] = table
    return table
  }
}
