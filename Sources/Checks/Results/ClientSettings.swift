// What a service that runs smtp(8) or lmtp(8) reads of its parameters, as far as rules ask for it at every result. A table
// may have 100,000 results of one service, so each service is looked at once.

import Gateways
import PostfixFiles
import Routing
import Synchronization

final class ClientSettings: Sendable {
  /// The parameters as the service sees them; as main.cf says where no service is known.
  let seen: Parameters
  let lookup: ServiceLookup
  /// Whether it looks for MX records.
  let asksForExchangers: Bool
  private let smtp: TLSUse
  private let lmtp: TLSUse

  init(_ service: Service?, in parameters: Parameters) {
    seen = service.map { parameters.seen(by: $0) } ?? parameters
    lookup = ServiceLookup(service, in: parameters)
    smtp = TLSUse(.smtp, of: service, in: parameters)
    lmtp = TLSUse(.lmtp, of: service, in: parameters)
    let lookups = seen.text("smtp_host_lookup").lowercased().split { $0 == "," || $0.isWhitespace }
    asksForExchangers =
      !seen.isOn("disable_dns_lookups") && seen.text("smtp_dns_support_level").lowercased() != "disabled"
      && lookups.contains("dns")
  }

  func tls(_ mailProtocol: MailProtocol) -> TLSUse { mailProtocol == .lmtp ? lmtp : smtp }

  /// Whether it keeps connections when mail waits: without TLS, or where it uses TLS connections again.
  func keepsConnections(_ mailProtocol: MailProtocol) -> Bool {
    let prefix = mailProtocol.rawValue
    let use = tls(mailProtocol)
    return seen.text("\(prefix)_connection_cache_on_demand").lowercased() != "no"
      && (use.level == "none" && !use.hasPolicies || seen.isOn("\(prefix)_tls_connection_reuse"))
  }
}

/// Those of each service, by the name of its transport.
final class EachClient: Sendable {
  private let parameters: Parameters
  private let known = Mutex<[String: ClientSettings]>([:])

  init(_ parameters: Parameters) { self.parameters = parameters }

  /// - Parameter service: nil: as main.cf says.
  func settings(_ service: Service?) -> ClientSettings {
    known.withLock { known in
      let name = service?.name ?? ""
      if let settings = known[name] { return settings }
      let settings = ClientSettings(service, in: parameters)
      known[name] = settings
      return settings
    }
  }
}
