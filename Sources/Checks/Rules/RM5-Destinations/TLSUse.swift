// How a service that runs smtp(8) or lmtp(8) uses TLS, as far as its parameters say.

import Gateways
import PostfixFiles
import Routing

struct TLSUse: Sendable {
  /// TLS from the first byte.
  let isWrapped: Bool
  /// In lower case; what the older switches come to where it is empty.
  let level: String
  /// Whether a table may say otherwise for a next hop.
  let hasPolicies: Bool

  /// - Parameter service: nil: as main.cf says.
  init(_ mailProtocol: MailProtocol, of service: Service?, in parameters: Parameters) {
    let seen = service.map { parameters.seen(by: $0) } ?? parameters
    let prefix = mailProtocol.rawValue
    isWrapped = seen.isOn("\(prefix)_tls_wrappermode")
    let stated = seen.text("\(prefix)_tls_security_level").lowercased()
    level =
      !stated.isEmpty
      ? stated
      : seen.isOn("\(prefix)_enforce_tls") ? "encrypt" : seen.isOn("\(prefix)_use_tls") ? "may" : "none"
    hasPolicies = !seen.text("\(prefix)_tls_policy_maps").isEmpty
  }

  /// Whether TLS may be left out at this level.
  static func isWeak(_ level: String) -> Bool { ["", "none", "may"].contains(level) }
}

extension Parameters {
  /// Whether a parameter is `yes`, in any case of letters, as Postfix takes it.
  func isOn(_ name: String) -> Bool { text(name).lowercased() == "yes" }
}
