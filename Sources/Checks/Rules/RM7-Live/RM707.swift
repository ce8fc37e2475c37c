// RM707: TLS is required, and the gateway does not offer it

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm707 = Rule(
    "RM707", .error, "TLS is required, and the gateway does not offer it",
    why: """
      smtp_tls_security_level, or smtp_tls_policy_maps for this next hop, asks for TLS, and the answer to EHLO has no
      STARTTLS. Postfix does not send in clear text then: TLS is required, but was not offered. The mail is deferred.
      """,
    bad: Example(
      main: """
        smtp_tls_security_level = encrypt
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.answers, asking: .encrypt, encryption: .notOffered))),
    good: Example(
      main: """
        smtp_tls_security_level = may
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers, asking: .may, encryption: .notOffered))),
    check: .gateway { gateway in
      // If one of its addresses offers TLS, mail leaves by that address.
      let strict = gateway.known.approaches.first { approach in
        let readings = gateway.known.readings[approach] ?? []
        return approach.tls.isMandatory && !readings.isEmpty
          && readings.allSatisfy { $0.encryption == .notOffered }
      }
      return strict.map {
        "\(gateway.name) \(ProbeFinding.noTLS.reason), and TLS is required (\($0.tls.level.rawValue)): mail that has no "
          + "other gateway is deferred; need STARTTLS there, or the level \"may\" for it"
      }
    })
}
