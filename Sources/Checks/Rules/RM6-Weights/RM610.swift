// RM610: Hosts of a next-hop list have different ports

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm610 = Rule(
    "RM610", .warning, "Hosts of a next-hop list have different ports",
    why: """
      From Postfix 3.8 on, smtp(8) that finds a kept connection dead tries the next host of the list, or
      the fallback relay, at the port of that connection. So when one host dies, some mail is deferred
      though the other is alive. It keeps connections when mail waits; with TLS only where
      smtp_tls_connection_reuse = yes.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]:25, «[gw2.example]:2525»

        """, version: PostfixVersion(3, 10)),
    good: Example(
      main: """
        smtp_connection_cache_on_demand = no
        relayhost = [gw1.example]:25, [gw2.example]:2525

        """, version: PostfixVersion(3, 10)),
    check: .resultInDirectory { view in
      guard let mailProtocol = view.mailProtocol, view.version >= .portOfDeadSession,
        view.client.keepsConnections(mailProtocol)
      else { return nil }
      let standard = view.client.seen.defaultPort(mailProtocol)
      guard let first = view.hosts.first ?? nil else { return nil }
      let port = first.port ?? standard
      let need =
        "need one port for all, or \"\(mailProtocol.rawValue)_connection_cache_on_demand = no\""
      let differs = { (host: HostPort?) in host.map { ($0.port ?? standard) != port } ?? false }
      if let other = view.hosts.firstIndex(where: differs) {
        return Offence(
          view.items[other],
          "another port than \"\(printable(view.items[0].text))\": when that dies, smtp(8) may try this host at port "
            + "\(port), and the mail waits; \(need)")
      }
      let fallback = (try? view.client.seen.value(mailProtocol.fallbackRelay))?.listItems ?? []
      guard let relay = fallback.first(where: { differs(try? HostPort($0.text)) }) else { return nil }
      return Offence(
        view.items[0],
        "\(mailProtocol.fallbackRelay) = \(printable(relay.text)) has another port: when this host dies, smtp(8) may try "
          + "that one at port \(port), and the mail waits; \(need)")
    })
}
