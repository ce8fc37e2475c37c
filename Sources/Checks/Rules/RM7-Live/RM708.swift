// RM708: The certificate of a gateway is not acceptable

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm708 = Rule(
    "RM708", .warning, "The certificate of a gateway is not acceptable",
    why: """
      At the levels verify and secure, smtp(8) sends nothing to a server whose certificate has expired or
      is for another name: the mail is deferred. Other levels do not check it. The settings of --status
      define how many days count as soon (certificate_days).
      """,
    bad: Example(
      main: """
        smtp_tls_security_level = verify
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(
        .found(
          .answers, asking: .verify,
          encryption: .established(Certificate(names: ["gw1.example"], expires: 0, now: 3 * 86_400))))),
    good: Example(
      main: """
        smtp_tls_security_level = encrypt
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(
        .found(
          .answers, asking: .encrypt,
          encryption: .established(Certificate(names: ["gw1.example"], expires: 0, now: 3 * 86_400))))),
    check: .gateway { gateway in
      for approach in gateway.known.approaches where approach.tls.checksName {
        for fault in (gateway.known.readings[approach] ?? []).compactMap(\.certificateFault) {
          let effect =
            if case .certificateExpiresSoon = fault { "then mail that has no other gateway is deferred" } else
            {
              "mail that has no other gateway is deferred"
            }
          return
            "of \(gateway.name), \(fault.reason), and TLS is to be verified (\(approach.tls.level.rawValue)): "
            + "\(effect); need a certificate that is valid for it"
        }
      }
      return nil
    })
}
