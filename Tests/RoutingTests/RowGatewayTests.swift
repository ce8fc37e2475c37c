// Where the row of a database leads is found in a shorter way than for other texts: it is the same.

import PostfixFiles
import Store
import Testing

@testable import Routing

@Suite struct RowGatewayTests {
  private static let nextHops = [
    "[gw1.example]:587", "[gw1.example]", "gw1.example:25", "gw1.example", "[127.0.0.1]:9", "[::1]:25",
    "[ipv6:::1]",
    "gw1.example:smtp", "gw1.example:nosuchservice", "gw1.example:99999", "[gw1.example", "a:b:c",
    "a@b.example", ":25",
    "inet:gw1.example:24", "unix:/x", "GW1.Example", "[]", "-", "{gw1.example}", "",
  ]

  @Test(arguments: ["", "smtp", "relay", "lmtp", "lane", "local", "nosuch"])
  func isTheSame(transport: String) {
    let config = MailConfig(
      directory: "/nonexistent", environment: Environment(hostName: "mx.test.example"),
      main: "smtp_fallback_relay = [net.example]\nmyhostname = mx.test.example\n",
      master: """
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        lmtp unix - - n - - lmtp
        lane unix - - n - - smtp
          -o smtp_tcp_port=2525
        local unix - n n - - local

        """)
    var count = 0
    for nextHop in Self.nextHops {
      let row = MemberRow(pool: "p", transport: transport, nextHop: nextHop, weight: 1)
      for kind in [ResultKind.destination, .nextHop] {
        let transports = Transports(config)
        guard let short = DestinationGateways(row, kind: kind, by: transports) else { continue }
        count += 1
        let long = DestinationGateways(SourcedText(builtIn: row.result), kind: kind, by: transports)
        #expect(short.transport == long.transport && short.isLane == long.isLane, "\(row.result)")
        #expect(short.gateways == long.gateways && short.nextHops == long.nextHops, "\(row.result)")
        #expect(short.fallback == long.fallback, "\(row.result)")
      }
    }
    #expect((count > 0) == ["", "smtp", "relay", "lane"].contains(transport))
  }
}
