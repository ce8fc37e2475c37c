// What the readings of a gateway add up to, and which of two states is worse.

import Gateways
import Testing

@Suite struct GatewayStateTests {
  private func state(of findings: ProbeFinding...) -> GatewayState {
    .of(findings.map { Reading(address: "192.0.2.1", port: 25, finding: $0) })
  }

  private let refusal = ProbeFinding.refusedUs(Reply(code: 554, text: "no"))

  @Test func oneLiveAddressIsEnoughForDegraded() {
    #expect(state(of: .answers, .answers) == .up)
    #expect(state(of: .answers, .connectionRefused) == .degraded)
    #expect(state(of: .answers, refusal) == .degraded)
  }

  @Test func aRefusalSaysMoreThanSilence() {
    #expect(state(of: .connectionRefused, .timedOut(.connect)) == .down)
    #expect(state(of: .connectionRefused, refusal) == .refused)
  }

  @Test func withoutAReadingNothingIsKnown() {
    #expect(GatewayState.of([Reading]()) == .unknown)
    #expect(KnownGateway(.unknown).reason.isEmpty)
  }

  @Test func eachPairOfStatesHasAtMostOneWorseState() {
    for one in GatewayState.allCases {
      #expect(!one.isWorse(than: one))
      for other in GatewayState.allCases where one != other {
        #expect(!(one.isWorse(than: other) && other.isWorse(than: one)), "\(one) \(other)")
      }
    }
    #expect(GatewayState.down.isWorse(than: .up))
  }

  @Test func aStateThatIsNotKnownCountsAsAlive() {
    let gateway = Gateway.host("gw", port: 25)
    #expect(GatewayStates().isAlive(gateway))
    #expect(![gateway: GatewayState.down].isAlive(gateway))
    #expect(GatewayState.allCases.allSatisfy { $0.isAlive || $0 == .down || $0 == .refused })
  }

  @Test func aStateHasASymbolOfItsOwn() {
    #expect(Set(GatewayState.allCases.map(\.symbol)).count == GatewayState.allCases.count)
  }
}
