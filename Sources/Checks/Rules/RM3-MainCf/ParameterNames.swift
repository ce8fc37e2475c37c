// Wrong names for a parameter of routing, or of the way into a gateway. Only these few are checked: any other name is allowed in
// main.cf, and every release of Postfix adds some.

import PostfixFiles
import System

enum ParameterNames {
  /// The parameters that decide where mail goes, and how it gets into a gateway.
  static let watched =
    RoutingParameter.allCases.map(\.rawValue) + [
      "relay_domains", "mydestination", "smtp_bind_address", "smtp_bind_address6", "lmtp_bind_address",
      "lmtp_bind_address6", "smtp_helo_name", "virtual_mailbox_domains", "virtual_alias_domains",
      "inet_protocols", "inet_interfaces",
    ] + ["smtp", "lmtp"].flatMap { client in access.map { "\(client)_\($0)" } }

  /// What smtp(8) and lmtp(8) need to be let into a gateway, after the name of the client.
  private static let access = [
    "sasl_auth_enable", "sasl_password_maps", "sasl_security_options", "sasl_tls_security_options",
    "sender_dependent_authentication", "tls_security_level", "tls_wrappermode", "tls_policy_maps",
  ]

  /// Real parameters whose names are near one of those.
  private static let others: Set = [
    "lmtp_lhlo_name", "relocated_maps", "error_transport", "defer_transports", "smtp_helo_timeout",
    "mailbox_transport", "fallback_transport", "fallback_relay",
  ]

  /// Names that were never parameters, and what is there instead.
  private static let imagined: [String: RoutingParameter] = [
    "default_transport_maps": .senderTransportMaps,
    "relay_transport_maps": .transportMaps,
    "relayhost_maps": .senderRelayhostMaps,
    "sender_dependent_transport_maps": .senderTransportMaps,
  ]

  /// The same of parameters that decide about SRV lookups, and of those that only clients have.
  private static let imaginedOthers = [
    "smtpd_sasl_password_maps": "smtp_sasl_password_maps", "smtpd_tls_policy_maps": "smtp_tls_policy_maps",
    "smtp_sasl_passwd_maps": "smtp_sasl_password_maps", "smtp_sasl_auth_enabled": "smtp_sasl_auth_enable",
    "smtp_srv_lookup": "use_srv_lookup", "smtp_use_srv_lookup": "use_srv_lookup",
    "lmtp_use_srv_lookup": "use_srv_lookup", "use_srv_lookups": "use_srv_lookup",
    "srv_lookup": "use_srv_lookup", "enable_srv_lookup": "use_srv_lookup",
    "smtp_srv_lookup_fallback": "allow_srv_lookup_fallback",
  ]

  /// The parameter that a wrong name was meant for; nil for a right name, and for a name that is like no parameter.
  static func meant(by name: String) -> String? {
    if watched.contains(name) || others.contains(name) { return nil }
    // Restrictions are of smtpd(8) alone.
    let ends = ["client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn"]
    if let end = ends.first(where: { name == "smtp_\($0)_restrictions" }) {
      return "smtpd_\(end)_restrictions"
    }
    if let instead = imagined[name]?.rawValue ?? imaginedOthers[name] { return instead }
    // smtpd(8) has settings of its own that differ in one letter from those of smtp(8).
    if name.hasPrefix("smtpd_") { return nil }
    let bytes = Array(name.lowercased().utf8)
    return watched.first { known in
      let limit = known.utf8.count > 10 ? 2 : 1
      return abs(known.utf8.count - bytes.count) <= limit
        && NearName.distance(bytes, Array(known.utf8)) <= limit
    }
  }
}
