// What is known of gateways: a delivery's report counts at once, a probe's result takes its place.

import Gateways
import Liveness
import PostfixFiles
import Routing
import Testing

@testable import Agent

@Suite struct HealthTests {
  private let gateway = Gateway.host("gw.example", port: 25)
  private let other = Gateway.host("other.example", port: 25)

  private func status(_ finding: ProbeFinding, of gateway: Gateway) -> GatewayStatus {
    var status = GatewayStatus(gateway)
    for _ in 0..<3 {
      status.take(
        [
          Approach(heloName: "mx"): [
            Reading(
              address: "192.0.2.1", port: 25, finding: finding, latency: nil, capabilities: [], time: .now)
          ]
        ], at: .now, settings: ProbeSettings())
    }
    return status
  }

  @Test func unknownCountsAsAliveUntilADeliveryReportsIt() {
    var health = Health()
    #expect(!health.isInTrouble(gateway))
    health.report([gateway])
    #expect(health.isInTrouble(gateway))
    #expect(!health.isInTrouble(other))
    _ = health.take(status(.answers, of: gateway))
    #expect(!health.isInTrouble(gateway))
  }

  @Test func aProbeThatFindsItDownIsSaidOnce() {
    var health = Health()
    let words = health.take(status(.connectionRefused, of: gateway))
    #expect(words == "gateway [gw.example]:25 is DOWN: connection refused")
    #expect(health.take(status(.connectionRefused, of: gateway)) == nil)
    #expect(health.isInTrouble(gateway))
    #expect(health.take(status(.answers, of: gateway)) == "gateway [gw.example]:25 is up")
    #expect(!health.isInTrouble(gateway))
    #expect(health.known.count == 1)
    health.keep([other])
    #expect(health.known.isEmpty)
  }

  /// smtp(8) goes on to the next gateway there, or has the message wait: it is asked last.
  @Test func aGatewayThatTakesNoMailAtTheFirstTryIsAskedLast() {
    for finding in [
      ProbeFinding.busy(Reply(code: 421, text: "busy")), .ehloRejected(Reply(code: 454, text: "no")),
      .fallsBack("timed out in TLS"),
    ] {
      var health = Health()
      _ = health.take(status(finding, of: gateway))
      #expect(health.isInTrouble(gateway), "\(finding)")
    }
    var health = Health()
    _ = health.take(status(.sizeTooSmall(offered: 5, limit: 10), of: gateway))
    #expect(!health.isInTrouble(gateway), "smaller messages leave")
  }

  @Test func aProbeOutOfTurnIsAskedForOnceInAWhile() {
    var health = Health()
    let now = ContinuousClock.now
    #expect(health.dueForProbe([gateway, other], at: now) == [gateway, other])
    #expect(health.dueForProbe([gateway], at: now + .seconds(1)) == [])
    #expect(health.dueForProbe([gateway], at: now + .seconds(6)) == [gateway])
  }
}
