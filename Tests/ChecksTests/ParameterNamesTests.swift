// Wrong names for a parameter of routing: what people type for it, and that no real parameter is taken for one.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct ParameterNamesTests {
  @Test(arguments: [
    ("relayhsot", "relayhost"), ("realyhost", "relayhost"), ("relay_host", "relayhost"),
    ("transprot_maps", "transport_maps"), ("transport_map", "transport_maps"),
    ("defualt_transprot", "default_transport"), ("mydesitnation", "mydestination"),
    ("smtp_sasl_password_map", "smtp_sasl_password_maps"),
    ("smtp_sasl_auth_enabled", "smtp_sasl_auth_enable"),
    ("smtp_tls_security_levle", "smtp_tls_security_level"), ("smtpd_tls_policy_maps", "smtp_tls_policy_maps"),
    ("lmtp_tls_wraper_mode", "lmtp_tls_wrappermode"),
  ])
  func aSlipOfTheHandIsKnown(name: String, meant: String) {
    #expect(ParameterNames.meant(by: name) == meant)
  }

  @Test func noParameterOfPostfixIsTakenForAnother() {
    let names = Parameters.knownDefaults(of: PostfixVersion(3, 7)).keys
    #expect(names.count > 300)
    let servers = [
      "smtpd_sasl_auth_enable", "smtpd_tls_wrappermode", "smtpd_tls_security_level", "smtp_use_tls",
    ]
    #expect((names + servers).filter { ParameterNames.meant(by: $0) != nil } == [])
  }
}
