// What other commands learn from a running agent: states without a probe, counts, its age.
import Gateways
import Glibc
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import Agent

@Suite(.waits) struct ReportTests {
  @Test func editsAndStatusGoByARunningAgent() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(
      main: """
        default_transport =
          randmap:
            !smtp:\(sinks[0].address)
            !smtp:\(sinks[1].address)
        relay_transport = randmap:my_pool
        my_pool = !smtp:\(sinks[0].address)
        """)
    // Before the first probe: the next one is half a minute later.
    try sinks[1].stop()
    let agent = try RunningAgent(beside: lab)
    let config = try MailConfig(directory: lab.configDirectory, environment: Environment())
    let dead = Gateway.host(sinks[1].address.host, port: sinks[1].address.port)
    try waitUntil("the agent to know", seen: agent.log) {
      reportOfRunningAgent(config)?.states(of: [dead]) == [dead: .down]
    }
    try lab.send(20, to: "user@example.net")
    try lab.waitUntilDrained()
    let drain = [
      "drain", "smtp:\(sinks[0].address)", "--pool", "default_transport", "-c", lab.configDirectory,
    ]
    let held = try runRandmap(drain)
    #expect(held.standardError.contains("without a live gateway"), "\(held.summary)")

    let status = try runRandmap(["--status", "-c", lab.configDirectory])
    let lines = status.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(
      lines.contains { $0.starts(with: ["agent:", "up", "<1", "min,", "configuration"]) }, "\(status.summary)"
    )
    // All went by the living one, which its own weight or the other's death chose.
    let counts = lines.first { $0.first == "smtp:\(sinks[0].address)" && $0.count > 4 }
    #expect(counts?[3] == "20", "\(status.summary)")
    let json = try runRandmap(["--status", "--format", "json", "-c", lab.configDirectory]).standardOutput
    #expect(json.contains("\"delivered\":20") || json.contains("\"delivered\" : 20"), "\(json)")

    try agent.stop()
    let unknown = try runRandmap(drain)
    #expect(!unknown.standardError.contains("without a live gateway"), "\(unknown.summary)")
    #expect(try runRandmap(["--status", "-c", lab.configDirectory]).standardOutput.contains("agent: DOWN"))
  }
}
