// The agent's life beside Postfix: rights, stops and starts of either, changes of the configuration, dead gateways.
import Glibc
import TestSupport
import Testing

@Suite struct LifeTests {
  @Test func ownsItsSocketAsPostfixDoesAndGivesUpTheSuperusersRights() throws {
    let lab = try PostfixLab()
    let agent = try RunningAgent(beside: lab)
    func attributes(_ name: String) throws -> [String] {
      try runSuccessfully("stat", ["-c", "%U %a %F", "\(lab.queueDirectory)/private/\(name)"])
        .split(separator: "\n").map(String.init)
    }
    #expect(try attributes("randmap") == attributes("smtp"))
    let status = try readText("/proc/\(agent.pid)/status")
    let user = try #require(getpwnam("postfix")).pointee.pw_uid
    #expect(status.contains("Uid:\t\(user)\t\(user)\t\(user)\t\(user)\n"), "\(status)")
    // A second one beside it is refused.
    let second = try runRandmap(["agent", "-c", lab.configDirectory])
    #expect(second.status == .exited(1))
    #expect(second.standardError.contains("another agent is listening there"))
    #expect(try agent.stop()?.status == .exited(0))
  }

  @Test func survivesAStaleSocketAndStopsStartsAndReloadsOfPostfix() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)")
    let agent = try RunningAgent(beside: lab)
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    try agent.kill()
    try agent.start()
    try lab.sendOne(to: ["b@example.net"])
    try lab.waitUntilDrained()
    try lab.stop()
    try lab.start()
    try lab.sendOne(to: ["c@example.net"])
    try lab.waitUntilDrained()
    lab.reload()
    try lab.sendOne(to: ["d@example.net"])
    try lab.waitUntilDrained()
    // The agent first, then Postfix.
    try lab.stop()
    try agent.stop()
    try agent.start()
    try lab.start()
    try lab.sendOne(to: ["e@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 5, "\(agent.log)\n\(lab.log)")
  }

  @Test func goesByAChangedConfigurationAndKeepsAGoodOne() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let main = "default_transport = randmap:out_pool\n"
    let lab = try PostfixLab(main: main + "out_pool = !smtp:\(sinks[0].address)")
    let agent = try RunningAgent(beside: lab)
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[0].count == 1)
    try lab.configure(main: main + "out_pool = !smtp:\(sinks[1].address)")
    try agent.waitUntilItSays("going by the new one")
    try lab.sendOne(to: ["b@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[1].count == 1)
    let master = try readText(lab.configDirectory + "/master.cf")
    unlink(lab.configDirectory + "/master.cf")
    try agent.waitUntilItSays("going on with what it was before")
    try lab.sendOne(to: ["c@example.net"])
    try lab.waitUntilDrained()
    #expect(sinks[1].count == 2)
    try writeFile(lab.configDirectory + "/master.cf", master)
  }

  @Test func noDeliveryWaitsForAGatewayThatIsKnownToSwallowPackets() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let hole = try BlackHole()
    let lab = try PostfixLab(
      main: """
        default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(hole.address)!smtp:\(sinks[1].address)
        smtp_connect_timeout = 4s
        """)
    let agent = try RunningAgent(beside: lab)
    // It is not known yet: some wait, none is deferred. Before 3.5 there are no lists, and those are deferred.
    let early = lab.hasNextHopLists ? 20 : 0
    if early > 0 { try lab.send(early, to: "user@example.net") }
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == early)
    try agent.waitUntilItSays("gateway \(hole.address) is DOWN: timed out while connecting")
    let start = ContinuousClock.now
    try lab.send(200, to: "user@example.com")
    try lab.waitUntilDrained()
    let duration = ContinuousClock.now - start
    #expect(sinks[0].count + sinks[1].count == early + 200)
    let later = lab.log.split(separator: "\n").filter { $0.contains("@example.com>") }
    #expect(!later.contains { $0.contains("timed out") })
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
    // One wait for the hole would be longer than that.
    #expect(duration < .seconds(30), "\(duration)")
  }
}
