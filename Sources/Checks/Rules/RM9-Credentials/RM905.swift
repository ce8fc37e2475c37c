// RM905: A TLS policy has a key that is never asked for

import PostfixFiles
import Routing

extension Rule {
  static let rm905 = Rule(
    "RM905", .warning, "A TLS policy has a key that is never asked for",
    why: """
      smtp(8) asks smtp_tls_policy_maps for the next hop exactly as it is written in the configuration:
      brackets and port are part of the key. With another spelling smtp(8) does not find the policy, and
      smtp_tls_security_level counts.
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
    moreBad: [
      Example(
        main: """
          virtual_mailbox_domains = example.com
          virtual_transport = lmtp:[store.example]:24
          lmtp_tls_policy_maps = hash:/etc/postfix/tls_policy

          """,
        others: ["tls_policy": "«[store.example]»  encrypt\n"])
    ],
    check: .directory { subject in
      subject.keysByClient("_tls_policy_maps").flatMap { client in
        subject.misspelled(client.keys, of: client.gateways) { [$0.written] }.compactMap { entry, gateway in
          Finding(
            entry.keyText,
            "\"\(excerpt(entry.quoted))\" is not the key that \(client.program) looks up; need the key "
              + "\"\(excerpt(gateway.item.bytes))\"")
        }
      }
    })
}
