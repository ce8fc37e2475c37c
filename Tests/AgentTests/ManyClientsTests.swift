// Clients that begin a request and never end it, and agents that start at the same moment: mail goes on, and one agent answers.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(5))) struct ManyClientsTests {
  /// Half a request each, and then nothing more.
  @Test func fiveHundredSlowConnectionsStopNoMail() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)\n")
    let agent = try RunningAgent(beside: lab)
    let whole = requestBytes(nextHop: "!smtp:\(sink.address)", recipients: ["a@b.example"])
    var slow: [RawClient] = []
    for number in 0..<500 {
      let client = try RawClient(lab.queueDirectory + "/private/randmap")
      client.send(Array(whole.prefix(whole.count * (number % 10) / 10)))
      slow.append(client)
    }
    try lab.send(50, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(
      sink.count == 50 && lab.deliveries.allSatisfy { $0.status == .sent }, "\(agent.log.suffix(2_000))")
    _ = slow
    slow = []
    try lab.sendOne(to: ["last@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 51)
    #expect(try agent.stop()?.status == .exited(0))
  }

  @Test func ofAgentsThatStartAtOnceOneRemains() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)\n")
    for _ in 0..<5 {
      let agents = try (0..<5).map { _ in
        try ChildProcess(randmapProgram(), ["agent", "-c", lab.configDirectory])
      }
      defer { for agent in agents where agent.status == nil { agent.signal(SIGKILL) } }
      try waitUntil("all but one to end", seen: agents.map(\.standardError).joined()) {
        agents.count { $0.status == nil } == 1
      }
      for agent in agents where agent.status != nil {
        #expect(
          agent.status == .exited(1) && agent.standardError.contains("another agent"),
          "\(agent.standardError)")
      }
      try lab.sendOne(to: ["user@example.net"])
      try lab.waitUntilDrained()
      let left = try #require(agents.first { $0.status == nil })
      left.signal(SIGTERM)
      #expect(try left.wait().status == .exited(0))
    }
    #expect(sink.count == 5)
  }
}
