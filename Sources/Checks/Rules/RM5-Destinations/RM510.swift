// RM510: Port 465 without TLS from the first byte

import PostfixFiles

extension Rule {
  static let rm510 = Rule(
    "RM510", .warning, "Port 465 without TLS from the first byte",
    why: """
      On port 465 a server waits for TLS and says nothing before it; smtp(8) waits for the greeting
      until it gives up. Set smtp_tls_wrappermode = yes for the transport, or use port 587.
      """,
    bad: Example(
      main: """
        relayhost = «[gw1.example]:465»

        """),
    good: Example(
      main: """
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = encrypt
        relayhost = [gw1.example]:465

        """),
    moreGood: [
      Example(
        main: """
          default_transport = lane1
          relayhost = [gw1.example]:465

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          lane1     unix  -       -       y       -       -       smtp
              -o smtp_tls_wrappermode=yes
              -o smtp_tls_security_level=encrypt

          """)
    ],
    check: .resultInDirectory { view in
      guard view.mailProtocol == .smtp, !view.usesWrapperMode,
        let (item, _) = view.firstHost(where: { $0.port == 465 })
      else {
        return nil
      }
      return Offence(
        item,
        "a server on port 465 waits for TLS; need smtp_tls_wrappermode = yes for the transport, or port 587")
    })
}
