// How one next hop is asked for TLS.

import Gateways
import PostfixFiles

extension MailConfig {
  /// What a transport asks of TLS for a next hop, its policy table included; nil where it delivers to no gateway.
  package func tlsPolicy(of transport: String, to nextHop: String) -> TLSPolicy? {
    let transports = Transports(self)
    return transports[transport].map { transports.approach(of: $0, to: nextHop).tls }
  }
}
