// RM907: A login without a table of credentials, or credentials without a login

import PostfixFiles
import Routing

extension Rule {
  static let rm907 = Rule(
    "RM907", .error, "A login without a table of credentials, or credentials without a login",
    why: """
      smtp_sasl_auth_enable = yes needs smtp_sasl_password_maps: without it smtp(8) ends with an error
      each time it is started, and all its mail waits. Without smtp_sasl_auth_enable the credentials are
      never used: the mail leaves without a login, and the gateway refuses it.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:587
        smtp_sasl_auth_enable = «yes»
        smtp_sasl_security_options = noanonymous

        """),
    good: .login("[gw1.example]:587  user:secret\n"),
    check: .directory { subject in
      ["smtp", "lmtp"].flatMap { client -> [Finding] in
        let (login, table) = ("\(client)_sasl_auth_enable", "\(client)_sasl_password_maps")
        if let place = subject.place(of: table), subject.setValue(table) != nil, !subject.isOnAnywhere(login)
        {
          return [
            Finding(
              place, "these credentials are never used, because \(login) is not yes; need \"\(login) = yes\"")
          ]
        }
        // A service without an override sees main.cf's values.
        let services = (subject.config.master?.services ?? []).filter { $0.command == client }
        let seen = services.map { ($0 as Service?, subject.parameters.seen(by: $0)) }
        let all = seen.isEmpty ? [(nil, subject.parameters)] : seen
        let dying = all.first { $0.1.isOn(login) && $0.1.text(table).isEmpty }
        guard let dying else { return [] }
        let own = dying.0?.overrides.last { $0.name == login || $0.name == table }
        guard
          let place = own.flatMap({ $0.value.span() }) ?? subject.place(of: login)
            ?? dying.0?.fields.first?.span()
        else { return [] }
        return [
          Finding(
            place,
            "\(login) is on and \(table) is empty: \(client)(8) ends with an error and its mail waits; need "
              + "\"\(table) = hash:/etc/postfix/sasl_passwd\"")
        ]
      }
    })
}
