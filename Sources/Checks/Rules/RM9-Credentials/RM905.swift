// RM905: A TLS policy has a key that is never asked for

import PostfixFiles
import Routing

extension Rule {
  static let rm905 = Rule(
    "RM905", .warning, "A TLS policy has a key that is never asked for",
    why: """
      smtp(8) asks smtp_tls_policy_maps for the next hop exactly as it is written where it is named: brackets and port are
      part of the key. Under another spelling the policy is not found, and smtp_tls_security_level counts.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

        """,
      others: ["tls_policy": "«gw1.example:587»  encrypt\n"]),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_tls_policy_maps = hash:/etc/postfix/tls_policy

        """,
      others: ["tls_policy": "[gw1.example]:587  encrypt\n"]),
    check: .directory { subject in
      let keys = NextHopKeys("smtp_tls_policy_maps", in: subject)
      guard !keys.entries.isEmpty else { return [] }
      return subject.misspelled(keys) { [$0.written] }.compactMap { entry, gateway in
        Finding(
          entry.keyText,
          "\"\(excerpt(entry.keyText.bytes))\" is not what the gateway is asked for by; need the key "
            + "\"\(excerpt(gateway.item.bytes))\"")
      }
    })
}
