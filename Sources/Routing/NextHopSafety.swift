// What a client does for one next hop: whether it logs in there, and what it asks of TLS. The options of its service, main.cf and
// the tables say it together; a comparison of tables alone would miss what `-o` of a service says.

import Gateways
import PostfixFiles

package struct NextHopSafety: Hashable, Sendable {
  package enum Login: Hashable, Sendable {
    /// The tables of the client have a line for it.
    case line
    /// The text of a table has one, and the index that Postfix reads is older; what makes that anew.
    case inTextAlone(call: String)
    case noLine
    /// The client logs in nowhere.
    case off
    /// A table cannot be read here.
    case unknown

    /// Whether mail certainly leaves without a login.
    package var isMissing: Bool {
      switch self {
      case .noLine, .off, .inTextAlone: true
      case .line, .unknown: false
      }
    }

    /// Whether somebody meant a login there.
    package var isMeant: Bool {
      switch self {
      case .line, .inTextAlone: true
      case .noLine, .off, .unknown: false
      }
    }
  }

  package let login: Login
  /// Nil where a table cannot be read here.
  package let tls: TLSPolicy?
  /// Whether a line of the policy tables is for it.
  package let hasPolicy: Bool
}

extension Transports {
  /// Nil where `name` delivers to no gateway.
  package func safety(of name: String, to nextHop: String) -> NextHopSafety? {
    guard let transport = self[name] else { return nil }
    let login: NextHopSafety.Login =
      switch line(.credentials, of: name, for: nextHop) {
      case .present?: .line
      case .inTextAlone(_, let call)?: .inTextAlone(call: call)
      case .absent?: .noLine
      case .unknown?: .unknown
      case nil: .off
      }
    switch line(.tlsPolicy, of: name, for: nextHop) {
    case .unknown?: return NextHopSafety(login: login, tls: nil, hasPolicy: false)
    case .present?:
      return NextHopSafety(login: login, tls: approach(of: transport, to: nextHop).tls, hasPolicy: true)
    case .absent?, .inTextAlone?, nil:
      return NextHopSafety(login: login, tls: transport.approach.tls, hasPolicy: false)
    }
  }

  /// Whether a client does the same here as in another configuration, whatever the next hop is.
  package func isSame(_ name: String, as other: Transports) -> Bool {
    guard let own = self[name], let others = other[name] else { return false }
    return own.approach.tls == others.approach.tls && own.passwordMaps.text == others.passwordMaps.text
      && own.policyMaps.text == others.policyMaps.text && own.asksForSender == others.asksForSender
  }

  /// The next hops that take the mail of a client when its own do not.
  package func fallbackHops(of name: String) -> [String] { self[name]?.fallbackHops.map(\.text) ?? [] }
}

extension MailConfig {
  /// Whether some client logs in, has TLS policies, or must use TLS.
  package var hasSafeClients: Bool {
    let names = master?.services.filter(\.isTransport).map(\.name) ?? StockTransport.allCases.map(\.rawValue)
    return names.contains { name in
      gatewayTransport(name).map {
        !$0.passwordMaps.isEmpty || !$0.policyMaps.isEmpty || $0.approach.tls.protection > .mayBeClear
      } ?? false
    }
  }
}
