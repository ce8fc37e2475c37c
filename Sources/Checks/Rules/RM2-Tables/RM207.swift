// RM207: A next-hop list for a transport that takes none

import PostfixFiles
import Routing

extension Rule {
  static let rm207 = Rule(
    "RM207", .error, "A next-hop list for a transport that takes none",
    why: """
      Only smtp(8) and lmtp(8) try the hosts of a list in order. Any other delivery agent gets the whole
      text.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        scan      unix  -       n       n       -       -       pipe
          user=scan argv=/usr/bin/scan ${nexthop}

        """,
      table: """
        example.com  scan:«[gw1.example], [gw2.example]»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], [gw2.example]

        """),
    check: .resultInDirectory { view in
      guard let name = view.transportName, let service = view.transports.service(name), !service.isSMTPClient,
        StockTransport(rawValue: service.command)?.takesText != true
      else { return nil }
      let hosts = nextHopItems(view.nextHop).filter { $0.bytes.first == UInt8(ascii: "[") }
      guard hosts.count > 1 else { return nil }
      return Offence(
        view.nextHop.trimmed(),
        "\(printable(service.command))(8) gets the whole list as one text; need one next hop, or smtp")
    })
}
