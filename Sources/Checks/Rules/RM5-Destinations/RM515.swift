// RM515: TLS from the first byte for mail that goes straight to its domain

import PostfixFiles
import Routing

extension Rule {
  static let rm515 = Rule(
    "RM515", .error, "TLS from the first byte for mail that goes straight to its domain",
    why: """
      Mail without a relayhost goes to port 25 of the mail exchangers of its domain. No server there speaks TLS from the
      first byte, so with smtp_tls_wrappermode = yes none of it is delivered.
      """,
    bad: Example(
      main: """
        smtp_tls_wrappermode = «yes»
        smtp_tls_security_level = encrypt

        """),
    good: Example(
      main: """
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = encrypt
        relayhost = [gw1.example]:465

        """),
    moreBad: [
      Example(
        main: """
          default_transport = lane1

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          lane1     unix  -       -       y       -       -       smtp
              -o smtp_tls_wrappermode=«yes»
              -o smtp_tls_security_level=encrypt

          """)
    ],
    moreGood: [
      Example(
        main: """
          relayhost = [gw1.example]:587
          transport_maps = inline:{example.com=lane1:[gw1.example]:465}

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          lane1     unix  -       -       y       -       -       smtp
              -o smtp_tls_wrappermode=yes
              -o smtp_tls_security_level=encrypt

          """)
    ],
    check: .directory { subject in
      let name = "smtp_tls_wrappermode"
      guard subject.parameters.text(.relayhost).isEmpty,
        let value = try? subject.parameters.value(.defaultTransport), !value.text.contains("randmap:"),
        case let direct = Destination(value), direct.nextHop.isEmpty,
        subject.transports.client(direct.transport.text) == .smtp,
        case let service = subject.transports.service(direct.transport.text),
        TLSUse(.smtp, of: service, in: subject.parameters).isWrapped,
        !subject.sendsElsewhere(direct.transport.text)
      else { return [] }
      let own = service?.overrides.last { $0.name == name }?.value.span()
      guard let place = own ?? subject.place(of: name) else { return [] }
      return [
        Finding(
          place,
          "mail without a route of its own goes to port 25 of its domain, where no server speaks TLS first; need a relayhost "
            + "with port 465, or \"-o smtp_tls_wrappermode=yes\" for the one transport that needs it")
      ]
    })
}

extension Subject {
  /// Whether the transport has settings of its own, or all mail gets its next hop from a table.
  fileprivate func sendsElsewhere(_ transport: String) -> Bool {
    if let service = transports.service(transport), !TLSUse(.smtp, of: service, in: parameters).isWrapped {
      return true
    }
    if let service = transports.service(transport),
      let port = servicePort(parameters.seen(by: service).text("smtp_tcp_port")),
      port != 25
    {
      return true
    }
    return routesAllMail
      || openMaps(.senderRelayhostMaps).contains { isCatchAll($0) || $0.isService }
  }
}
