// Deliveries through a real Postfix and the agent, to gateways on addresses of their own.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct MailFlowTests {
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
    try lab.send(1_000, to: "user@branch.example")
    try lab.waitUntilDrained(limit: .seconds(200))
    #expect(sinks[0].count + sinks[1].count == 1_000, "\(lab.log.suffix(3000)) \(agent.log)")
    #expect(fits(sinks[0].count, of: 1_000, share: 1.0 / 3))
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
    #expect(try agent.stop()?.status == .exited(0))
  }

  /// The examples of pools as they stand in the design, a thousand messages by each; what reaches smtp(8) as a literal
  /// is converted first.
  @Test func everyNotationDeliversByItsWeights() throws {
    let sinks = try gateways(10)
    func pool(_ first: Int, _ transport: String) -> String {
      "!\(transport)\(sinks[first].address)!\(transport)\(sinks[first + 1].address)"
    }
    let lab = try PostfixLab(
      main: """
        # randmap: agent
        relay_domains = branch.example
        relay_transport = randmap:\(pool(0, "smtp:"))
        default_transport = randmap:$config_directory/outbound
        transport_maps = texthash:$config_directory/transport
        virtual_mailbox_domains = named.example
        virtual_mailbox_maps = static:all
        virtual_transport = randmap:my_pool
        my_pool = \(pool(6, "relay:"))
        randmap_destination_concurrency_limit = 40
        """,
      files: [
        "outbound": "smtp:\(sinks[2].address)\nsmtp:\(sinks[3].address)\nsmtp:\(sinks[3].address)\n",
        "transport": """
        whole.example    randmap:\(pool(4, "smtp:"))
        hop.example      smtp:randmap:\(pool(8, ""))
        order.example    smtp:\(sinks[8].address),\(sinks[9].address)

        """,
      ])
    try lab.stop()
    let converted = try runRandmap(["convert", "--to", "agent", "--write", "-c", lab.configDirectory])
    #expect(converted.status == .exited(0), "\(converted.summary)")
    try lab.start()
    let agent = try RunningAgent(beside: lab)
    // The last pair of gateways takes the pool and the list.
    let domains = ["branch.example", "default.example", "whole.example", "named.example", "hop.example"]
    for domain in domains { try lab.send(1_000, to: "user@\(domain)") }
    try lab.waitUntilDrained(limit: .seconds(300))
    let counts = sinks.map(\.count)
    for (pair, share) in [1.0 / 2, 1.0 / 3, 1.0 / 2, 1.0 / 2, 1.0 / 2].enumerated() {
      #expect(counts[2 * pair] + counts[2 * pair + 1] == 1_000, "\(domains[pair]): \(counts) \(agent.log)")
      #expect(fits(counts[2 * pair], of: 1_000, share: share), "\(domains[pair]): \(counts)")
    }
    if lab.hasNextHopLists {
      try lab.send(100, to: "user@order.example")
      try lab.waitUntilDrained()
      #expect(sinks[8].count == counts[8] + 100)
    }
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
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
    // The same by the command that edits it: it writes, nothing is reloaded, and says so of an in-line pool only.
    let set = try runRandmap(
      [
        "add", "\(lab.configDirectory)/outbound", "smtp:\(sinks[1].address)", "3", "--write", "-c",
        lab.configDirectory,
      ])
    #expect(set.status == .exited(0), "\(set.summary)")
    #expect(!set.standardError.contains("reload"), "\(set.standardError)")
    let before = sinks[1].count
    try lab.send(40, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(fits(sinks[1].count - before, of: 40, share: 0.75))
    try writeFile(lab.configDirectory + "/outbound", "smtp:\(sinks[0].address)\n")
    let known = sinks[0].count
    try lab.send(5, to: "user@example.net")
    try lab.waitUntilDrained()
    // An empty file is none: what was good goes on.
    try writeFile(lab.configDirectory + "/outbound", "# nothing\n")
    try lab.send(5, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == known + 5 + 5)
    try agent.waitUntilItSays("is empty; going on with what it was before")
  }

  /// Half of the mail is for a gateway that refuses, and that dies when the agent has seen it alive. Before 3.5, what is
  /// on its way to it then comes with the next attempt.
  @Test func aGatewayThatDiesDefersNothing() throws {
    let sinks = try gateways(3)
    let lab = try PostfixLab(main: pool(sinks[0], sinks[1], sinks[2], sinks[2]))
    let agent = try RunningAgent(beside: lab)
    try lab.send(20, to: "user@example.net")
    try lab.waitUntilDrained()
    let before = sinks[2].count
    try sinks[2].stop()
    try lab.send(300, to: "user@example.net")
    try lab.waitUntilSettled()
    if lab.hasNextHopLists {
      #expect(lab.messages(in: .deferred) == 0, "\(agent.log)")
      #expect(lab.deliveries.allSatisfy { $0.status == .sent })
    } else {
      try agent.waitUntilItSays("gateway \(sinks[2].address) is DOWN")
      try lab.flush()
      try lab.waitUntilDrained()
    }
    // How its share spreads is up to smtp(8) while its death is not known: a session is kept under the first name of
    // a list, whoever answered.
    #expect(sinks[0].count + sinks[1].count == 320 - before)
  }

  /// Mailbox servers, one of them dead; lmtp(8) takes "inet:" at the start of a list only.
  @Test func poolsOfLMTPServersDeliver() throws {
    let stores = try (0..<3).map { _ in try SmtpSink(options: ["-L"]) }
    try stores[2].stop()
    let lab = try PostfixLab(
      main: "default_transport = randmap:" + stores.map { "!lmtp:inet:\($0.address)" }.joined())
    let agent = try RunningAgent(beside: lab)
    try agent.waitUntilItSays("gateway \(stores[2].address) is DOWN")
    try lab.send(60, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(stores[0].count + stores[1].count == 60, "\(lab.log)")
    #expect(stores[0].count > 0 && stores[1].count > 0)
    #expect(!lab.log.contains("fatal:"), "\(lab.log)")
  }

  @Test func theShareOfADeadGatewaySpreadsByWeight() throws {
    let sinks = try gateways(3)
    let lab = try PostfixLab(main: pool(sinks[0], sinks[1], sinks[1], sinks[2], sinks[2]))
    try sinks[2].stop()
    let agent = try RunningAgent(beside: lab)
    try agent.waitUntilItSays("gateway \(sinks[2].address) is DOWN")
    try lab.send(300, to: "user@example.net")
    try lab.waitUntilSettled()
    #expect(lab.messages(in: .deferred) == 0, "\(agent.log)")
    #expect(sinks[0].count + sinks[1].count == 300)
    #expect(fits(sinks[0].count, of: 300, share: 1 / 3))
  }

  private func pool(_ members: SmtpSink...) -> String {
    "default_transport = randmap:" + members.map { "|smtp:\($0.address)" }.joined()
  }

  @Test func whenAllAreDownMailWaitsAndGoesOutAfterwards() throws {
    let sinks = try gateways(2)
    let lab = try PostfixLab(
      main: impatient + """
        smtp_connection_cache_on_demand = no
        default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(sinks[1].address)
        """)
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
    // Whoever came back first may have had all of it; from then on each has its share again, and at once, as no
    // session to the other one is kept under its name.
    let returned = sinks.map(\.count)
    try waitUntil("both gateways to carry mail", limit: .seconds(60), seen: lab.log) {
      () throws(TestFailure) -> Bool in
      try lab.send(1, to: "user@example.net")
      return zip(sinks, returned).allSatisfy { $0.count > $1 }
    }
  }
}
