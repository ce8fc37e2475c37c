// RM902: Credentials by sender are never asked for

import PostfixFiles
import Routing

extension Rule {
  static let rm902 = Rule(
    "RM902", .error, "Credentials by sender are never asked for",
    why: """
      smtp(8) looks for the sender in smtp_sasl_password_maps only with smtp_sender_dependent_authentication = yes.
      Without it an entry for user@example.com or @example.com is never found, and the mail leaves without a login, or
      with that of the gateway. lmtp(8) never asks for the sender.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = «hash:/etc/postfix/sasl_passwd»
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "@example.com  user:secret\n"]),
    good: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = yes
        smtp_sender_dependent_authentication = yes
        smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
        smtp_sasl_security_options = noanonymous

        """,
      others: ["sasl_passwd": "@example.com  user:secret\n"]),
    check: .directory { subject in
      let name = "smtp_sasl_password_maps"
      guard !subject.isOnAnywhere("smtp_sender_dependent_authentication"),
        let place = subject.place(of: name),
        let first = subject.nextHopKeys(of: name).entries.first(where: { $0.key.contains("@") })
      else { return [] }
      return [
        Finding(
          place,
          "its entry \"\(excerpt(first.quoted))\" is for a sender, and senders are not asked for; need "
            + "\"smtp_sender_dependent_authentication = yes\"")
      ]
    })
}

extension Subject {
  /// Whether main.cf or a service of master.cf sets a parameter to yes.
  func isOnAnywhere(_ name: String) -> Bool {
    parameters.isOn(name)
      || (config.master?.services ?? []).contains { service in
        service.overrides.contains { $0.name == name } && parameters.seen(by: service).isOn(name)
      }
  }
}
