// Deliveries through a real Postfix and the agent, to gateways on addresses of their own.
import Glibc
import TestSupport
import Testing

@Suite struct DeliveryTests {
  private func gateways(_ count: Int) throws -> [SmtpSink] { try (0..<count).map { _ in try SmtpSink() } }

  @Test func aPoolInARelayTransportGetsItsShares() throws {
    let sinks = try gateways(2)
    let lab = try PostfixLab(
      main: """
        relay_domains = branch.example
        relay_transport =
            randmap:
                !smtp:\(sinks[0].address)
                !smtp:\(sinks[1].address)
                !smtp:\(sinks[1].address)
        """)
    let agent = try RunningAgent(beside: lab)
    try lab.send(300, to: "user@branch.example")
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 300, "\(lab.log.suffix(3000)) \(agent.log)")
    #expect(fits(sinks[0].count, of: 300, share: 1.0 / 3))
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
    #expect(try agent.stop()?.status == .exited(0))
  }

  @Test func aPoolFileAndAPoolInATableWork() throws {
    let sinks = try gateways(4)
    let lab = try PostfixLab(
      main: """
        default_transport = randmap:$config_directory/outbound
        transport_maps = texthash:$config_directory/transport
        """,
      files: [
        "outbound": "# two gateways\nsmtp:\(sinks[0].address)\n\n  smtp:\(sinks[1].address)  \n",
        "transport": "example.com randmap:!relay:\(sinks[2].address)!relay:\(sinks[3].address)\n",
      ])
    let agent = try RunningAgent(beside: lab)
    try lab.send(100, to: "user@example.net")
    try lab.send(100, to: "user@example.com")
    try lab.waitUntilDrained()
    let counts = sinks.map(\.count)
    #expect(counts[0] + counts[1] == 100, "\(agent.log)")
    #expect(counts[2] + counts[3] == 100)
    #expect(fits(counts[0], of: 100, share: 0.5) && fits(counts[2], of: 100, share: 0.5))
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })

    // Other weights, in force at the next delivery.
    try writeFile(lab.configDirectory + "/outbound", "smtp:\(sinks[0].address)\n")
    try lab.send(20, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == counts[0] + 20)
    // An empty file is none: what was good goes on.
    try writeFile(lab.configDirectory + "/outbound", "# nothing\n")
    try lab.send(5, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == counts[0] + 25)
    try agent.waitUntilItSays("is empty; going on with what it was before")
  }

  @Test func aRefusingGatewayDefersNothing() throws {
    let sinks = try gateways(3)
    let lab = try PostfixLab(
      main:
        "default_transport = randmap:|smtp:\(sinks[0].address)|smtp:\(sinks[1].address)|smtp:\(sinks[2].address)|smtp:\(sinks[2].address)"
    )
    let agent = try RunningAgent(beside: lab)
    try sinks[2].stop()
    try lab.send(300, to: "user@example.net")
    try lab.waitUntilSettled()
    #expect(lab.messages(in: .deferred) == 0, "\(agent.log)")
    #expect(sinks[0].count + sinks[1].count == 300)
    #expect(fits(sinks[0].count, of: 300, share: 0.5))
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
  }

  @Test func whenAllAreDownMailWaitsAndGoesOutAfterwards() throws {
    let sinks = try gateways(2)
    let lab = try PostfixLab(
      main: impatient + "default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(sinks[1].address)")
    let agent = try RunningAgent(beside: lab)
    for sink in sinks { try sink.stop() }
    try lab.send(50, to: "user@example.net")
    try agent.waitUntilItSays("every member is down")
    try waitUntil("the queue manager to back off", seen: lab.log) {
      lab.log.contains("delivery temporarily suspended")
    }
    for sink in sinks { try sink.start() }
    try waitUntil("all mail to leave", limit: .seconds(60), seen: lab.log) {
      () throws(TestFailure) -> Bool in
      try lab.flush()
      return sinks[0].count + sinks[1].count == 50
    }
    #expect(sinks[0].count > 0 && sinks[1].count > 0)
  }
}
