// RM908: Passwords in clear text are not allowed, and few gateways take others

import PostfixFiles
import Routing

extension Rule {
  static let rm908 = Rule(
    "RM908", .warning, "Passwords in clear text are not allowed, and few gateways take others",
    why: """
      By default smtp_sasl_security_options contains noplaintext, and smtp_sasl_tls_security_options has
      the same value: PLAIN and LOGIN are not used, not even inside TLS. A gateway that offers only those
      gets no login, and the log has "no mechanism available". If TLS is required, noanonymous alone is
      enough.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = «yes»
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n"]),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_tls_security_options = noanonymous
        smtp_tls_security_level = encrypt

        """,
      others: ["sasl_passwd": "[gw1.example]:587  user:secret\n"]),
    check: .main { subject in
      let login = "smtp_sasl_auth_enable"
      guard subject.parameters.isOn(login), let place = subject.place(of: login) else { return [] }
      // An override in master.cf is not checked here.
      let names = ["smtp_sasl_security_options", "smtp_sasl_tls_security_options"]
      guard names.allSatisfy({ subject.config.main[$0] == nil }),
        subject.config.main["smtp_sasl_mechanism_filter"] == nil,
        !(subject.config.master?.services ?? []).contains(where: { service in
          service.overrides.contains { names.contains($0.name) }
        })
      else { return [] }
      return [
        Finding(
          place,
          "PLAIN and LOGIN are not used, because smtp_sasl_security_options has noplaintext in it by default; need "
            + "\"smtp_sasl_tls_security_options = noanonymous\" and \"smtp_tls_security_level = encrypt\"")
      ]
    })
}
