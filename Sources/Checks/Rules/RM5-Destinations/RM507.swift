// RM507: The next hop is this host

import PostfixFiles

extension Rule {
  static let rm507 = Rule(
    "RM507", .error, "The next hop is this host",
    why: """
      Mail that comes back to the host that sent it is bounced: mail loops back to myself. Mail for a
      relayhost is deferred: Postfix takes it for a mistake in the configuration.
      """,
    bad: Example(
      main: """
        myhostname = mx1.example
        relayhost = «[mx1.example]»

        """),
    good: Example(
      main: """
        myhostname = mx1.example
        relayhost = [gw1.example]

        """),
    check: .resultInDirectory { view in
      guard view.mailProtocol == .smtp,
        let (item, host) = view.firstHost(where: {
          view.setting.ownNames.contains($0.host.lowercased()) && $0.port ?? 25 == 25
        }),
        host.port == 25 || view.isSentToPort25
      else { return nil }
      let fate = view.place == .parameter(.relayhost) ? "deferred" : "bounced"
      // Who names an address of this host may mean that mail leaves from there.
      let lane =
        HostName.isAddress(host.host)
        ? "; to send from this address: lane:\(printable(host.host)) in randmap pool"
        : ""
      return Offence(
        item,
        "\"\(printable(host.host))\" is this host: mail for it is \(fate) (mail loops back to myself); need another "
          + "gateway, or a port other than 25\(lane)")
    })
}
