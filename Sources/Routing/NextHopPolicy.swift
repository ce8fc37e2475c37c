// How one next hop is asked for TLS.

import Gateways
import PostfixFiles

extension MailConfig {
  /// Tells what a transport asks of TLS for a next hop, its policy table included; nil where it delivers to no gateway. It is made once
  /// for many hops.
  package func tlsPolicies(
    _ context: RouteContext = RouteContext()
  ) -> (_ transport: String, _ nextHop: String) -> TLSPolicy? {
    let transports = Transports(self, context: context)
    return { name, hop in transports[name].map { transports.approach(of: $0, to: hop).tls } }
  }
}
