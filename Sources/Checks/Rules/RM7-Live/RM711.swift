// RM711: The address is of a family that inet_protocols turns off

import PostfixFiles

extension Rule {
  static let rm711 = Rule(
    "RM711", .warning, "The address is of a family that inet_protocols turns off",
    why: """
      Postfix makes no connection over a protocol that inet_protocols does not name, so this gateway is
      never reached: its mail is deferred or bounced, as for a name without addresses.
      """,
    bad: Example(
      main: """
        inet_protocols = ipv4
        relayhost = «[2001:db8::25]»

        """),
    good: Example(
      main: """
        inet_protocols = all
        relayhost = [2001:db8::25]

        """),
    check: .resultInDirectory { view in
      let protocols = view.setting.inetProtocols
      guard !protocols.isEmpty, !protocols.contains("all"),
        let (item, host) = view.firstHost(where: { host in
          HostName.isIPv4(host.host) && !protocols.contains("ipv4")
            || HostName.isIPv6(host.host) && !protocols.contains("ipv6")
        })
      else { return nil }
      return Offence(
        item,
        "inet_protocols is \(printable(protocols.sorted().joined(separator: ", "))), so \"\(printable(host.host))\" is never "
          + "connected to; need an address of that family, or the other family in inet_protocols")
    })
}
