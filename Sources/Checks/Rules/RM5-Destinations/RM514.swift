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
    moreBad: [
      Example(
        main: """
          relayhost = [gw1.example]:465
          smtp_fallback_relay = «[gw2.example]»
          smtp_tls_wrappermode = yes
          smtp_tls_security_level = encrypt

          """),
      // Without a next hop of its own the mail goes to port 25 of its domain, or to the relayhost.
      Example(
        main: """
          transport_maps = inline:{example.com=«lane1:»}

          """, master: Example.wrappedLane),
      Example(
        main: """
          sender_dependent_default_transport_maps = inline:{@example.com=«lane1:»}
          relayhost = [gw1.example]

          """, master: Example.wrappedLane),
    ],
    moreGood: [
      Example(
        main: """
          sender_dependent_default_transport_maps = inline:{@example.com=lane1:}
          relayhost = [gw1.example]:465
          smtp_tls_wrappermode = yes
          smtp_tls_security_level = encrypt

          """, master: Example.wrappedLane)
    ],
    check: .resultInDirectory { view in
      if let port = view.portWithoutHop {
        let name = printable(view.transport.bytes)
        return Offence(
          view.text,
          "the transport \(name) has smtp_tls_wrappermode on, and without a next hop the mail goes to \(port), where a server "
            + "speaks first, in clear text: the mail is deferred; need a gateway with port 465: "
            + "\"\(name):[gw1.example]:465\"")
      }
      guard view.usesWrapperMode,
        let (item, host) = view.firstHost(where: { view.speaksPlainly($0) })
      else { return nil }
      let prefix = (view.mailProtocol ?? .smtp).rawValue
      let port = host.port ?? servicePort(view.client.seen.text("\(prefix)_tcp_port")) ?? 25
      return Offence(
        item,
        "\(prefix)_tls_wrappermode is on, and on port \(port) a server speaks first, in clear text: the mail is deferred; "
          + "need \(view.insteadOfWrapping(prefix))")
    })
}

extension Example {
  /// A transport of its own with TLS from the first byte.
  fileprivate static let wrappedLane = """
    smtp      unix  -       -       y       -       -       smtp
    lane1     unix  -       -       y       -       -       smtp
        -o smtp_tls_wrappermode=yes
        -o smtp_tls_security_level=encrypt

    """
}

extension ResultView {
  /// Whether a server there is known to greet in clear text. Of an unusual port one cannot say.
  fileprivate func speaksPlainly(_ host: HostPort) -> Bool {
    guard let port = host.port else { return isSentToPlainPort }
    if port == 465 { return false }
    let isHere = host.host.lowercased() == "localhost" || host.host.hasPrefix("127.") || host.host == "::1"
    return isHere || Self.plainPorts.contains(port)
  }

  private static let plainPorts = [24, 25, 26, 587, 2525]

  private var isSentToPlainPort: Bool {
    let name = mailProtocol == .lmtp ? "lmtp_tcp_port" : "smtp_tcp_port"
    return servicePort(client.seen.text(name)).map { [24, 25, 26, 587].contains($0) } ?? false
  }

  /// Where mail goes in clear text that a transport without a next hop gets: `lane1:`. Of default_transport RM515 says so.
  fileprivate var portWithoutHop: String? {
    guard mailProtocol == .smtp, kind == .destination, nextHop.isEmpty, !transport.isEmpty, usesWrapperMode,
      isSentToPlainPort, place.valueOf.map({ $0 == .relayTransport }) ?? true
    else { return nil }
    guard followsRelayhost, !parameters.text(.relayhost).isEmpty else { return "port 25 of its domain" }
    let relayhost = SourcedText(builtIn: parameters.text(.relayhost))
    guard let first = nextHopItems(relayhost).first, let host = try? HostPort(first.text) else { return nil }
    let port = host.port ?? servicePort(client.seen.text("smtp_tcp_port")) ?? 25
    // Of a table in a file it is not known here whether its keys are senders.
    return Self.plainPorts.contains(port) ? "port \(port)\(place.isInTable ? "" : " of the relayhost")" : nil
  }

  /// Whether the relayhost takes mail of this place where a next hop is missing, or may do so: not after transport_maps and
  /// filters. A key with @ may be of a table of senders.
  private var followsRelayhost: Bool {
    func follows(_ place: Place) -> Bool {
      switch place {
      case .parameter(let name), .override(let name, _), .item(let name), .inlineEntry(let name, _):
        name != .transportMaps
      case .member(let whole): follows(whole)
      case .filter: false
      case .entry, .table, .namedPool, .file, .database: true
      }
    }
    return follows(place)
  }

  /// What to write where a server speaks first.
  fileprivate func insteadOfWrapping(_ prefix: String) -> String {
    let off = "\"-o \(prefix)_tls_wrappermode=no\""
    if hosts.contains(where: { $0?.port == 465 }) {
      return "port 465, as another gateway of this list has it"
    }
    switch place.valueOf {
    case .smtpFallbackRelay, .lmtpFallbackRelay:
      return "port 465, since the transport is the same for all its gateways"
    case .relayhost: return "port 465, or smtp_tls_wrappermode = no"
    default: break
    }
    let name = transportName ?? "smtp"
    // Other mail goes by it.
    if [
      "smtp", "relay", "lmtp",
      Destination(SourcedText(builtIn: parameters.text(.defaultTransport))).transport.text,
    ]
    .contains(name) {
      return "a transport of its own for it, with \(off), or port 465"
    }
    return "\(off) for the transport \(printable(name)), or port 465"
  }
}
