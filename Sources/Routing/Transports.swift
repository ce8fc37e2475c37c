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

  package init(_ config: MailConfig) { self.config = config }

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
    let table = NextHopTable(parameter, list, config: config, isUnicode: isUnicode)
    tables[key] = table
    return table
  }
}
