// RM416: The port of a service and its TLS do not fit

import PostfixFiles

extension Rule {
  static let rm416 = Rule(
    "RM416", .error, "The port of a service and its TLS do not fit",
    why: """
      On port 465 (submissions, smtps) a client sends TLS from the first byte, and on port 587 (submission) and 25 it waits
      for a greeting in clear text. smtpd_tls_wrappermode says which of the two smtpd(8) does. Where that is not what the
      client does, both wait for the other until one gives up, and no mail comes in.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp         unix  -       -       y       -       -       smtp
        «submissions»  inet  n       -       y       -       -       smtpd
            -o smtpd_tls_security_level=encrypt

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp         unix  -       -       y       -       -       smtp
        submissions  inet  n       -       y       -       -       smtpd
            -o smtpd_tls_wrappermode=yes

        """),
    moreBad: [
      Example(
        master: """
          smtp         unix  -       -       y       -       -       smtp
          127.0.0.1:465  inet  n       -       y       -       -       smtpd
              -o smtpd_tls_wrappermode=«no»

          """),
      Example(
        master: """
          smtp         unix  -       -       y       -       -       smtp
          submission   inet  n       -       y       -       -       smtpd
              -o smtpd_tls_wrappermode=«YES»

          """),
    ],
    moreGood: [
      Example(
        master: """
          smtp         unix  -       -       y       -       -       smtp
          submission   inet  n       -       y       -       -       smtpd
              -o smtpd_tls_security_level=encrypt

          """)
    ],
    check: .directory { subject in
      let name = "smtpd_tls_wrappermode"
      return (subject.config.master?.services ?? []).compactMap { service in
        guard service.type == .inet, service.command == "smtpd",
          let port = service.name.split(separator: ":").last.flatMap({ servicePort(String($0)) }),
          [25, 465, 587].contains(port)
        else { return nil }
        let isOn = subject.parameters.seen(by: service).isOn(name)
        guard isOn != (port == 465) else { return nil }
        let own = service.overrides.last { $0.name == name }?.value.span()
        guard let place = own ?? service.fields.first?.span() else { return nil }
        return Finding(
          place,
          isOn
            ? "\(name) is on, and a client on port \(port) waits for a greeting in clear text: no mail comes in; need "
              + "\"-o \(name)=no\", or port 465"
            : "a client on port 465 sends TLS from the first byte, and \(name) is off: no mail comes in; need "
              + "\"-o \(name)=yes\"")
      }
    })
}
