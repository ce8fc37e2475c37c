// RM514: TLS from the first byte with a server that does not speak it

import PostfixFiles
import Routing

extension Rule {
  static let rm514 = Rule(
    "RM514", .error, "TLS from the first byte with a server that does not speak it",
    why: """
      smtp_tls_wrappermode = yes applies to every next hop of the transport, also to a content filter. A
      server on port 25 or 587, or a filter on this host, greets in clear text and waits: both sides wait
      for the other, and the mail is deferred. Set it for one transport alone, with -o
      smtp_tls_wrappermode=yes, or switch it off for the others.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:465
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = encrypt
        content_filter = scan:«[127.0.0.1]:10024»

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        scan      unix  -       -       y       -       2       smtp

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]:465
        smtp_tls_wrappermode = yes
        smtp_tls_security_level = encrypt
        content_filter = scan:[127.0.0.1]:10024

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        scan      unix  -       -       y       -       2       smtp
            -o smtp_tls_wrappermode=no
            -o smtp_tls_security_level=none

        """),
    check: .resultInDirectory { view in
      guard view.usesWrapperMode,
        let (item, host) = view.firstHost(where: { view.speaksPlainly($0) })
      else { return nil }
      let transport = view.transportName ?? "smtp"
      let prefix = (view.mailProtocol ?? .smtp).rawValue
      let port = host.port.map { "port \($0)" } ?? "the port without a number"
      return Offence(
        item,
        "\(prefix)_tls_wrappermode is on, and on \(port) a server speaks first, in clear text: the mail is deferred; "
          + "need \"-o \(prefix)_tls_wrappermode=no\" for the transport \(printable(transport)), or port 465")
    })
}

extension ResultView {
  /// Whether a server there is known to greet in clear text. Of an unusual port one cannot say.
  fileprivate func speaksPlainly(_ host: HostPort) -> Bool {
    guard let port = host.port else { return isSentToPlainPort }
    if port == 465 { return false }
    let isHere = host.host.lowercased() == "localhost" || host.host.hasPrefix("127.") || host.host == "::1"
    return isHere || [24, 25, 26, 587, 2525].contains(port)
  }

  private var isSentToPlainPort: Bool {
    let name = mailProtocol == .lmtp ? "lmtp_tcp_port" : "smtp_tcp_port"
    return servicePort(client.seen.text(name)).map { [24, 25, 26, 587].contains($0) } ?? false
  }
}
