// A plan in a pool file, followed by the agent while mail flows: no edit and no reload.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RampFlowTests {
  @Test func theAgentMovesTheShareByItself() throws {
    let sinks = try (0..<2).map { _ in try SmtpSink() }
    let members = "smtp:\(sinks[0].address)\nsmtp:\(sinks[1].address)\n"
    let lab = try PostfixLab(
      main: "# randmap: agent\ndefault_transport = randmap:$config_directory/outbound\n",
      files: ["outbound": members])
    let agent = try RunningAgent(beside: lab)
    let planned = try runRandmap([
      "ramp", "smtp:\(sinks[1].address)", "--from", "10%", "--to", "90%", "--over", "60s", "--steps",
      "minutely",
      "--write", "-c", lab.configDirectory,
    ])
    #expect(planned.status == .exited(0), "\(planned.summary)")
    #expect(!planned.standardError.contains("nothing will move"), "the agent does: \(planned.summary)")
    // It never reads the mail log.
    #expect(planned.standardError.contains("its share moves by itself, but nothing pauses it at --stop-at"))
    let file = try readText(lab.configDirectory + "/outbound")
    try lab.send(300, to: "user@example.net")
    try lab.waitUntilDrained()
    let early = sinks.map(\.count)
    #expect(early[0] + early[1] == 300, "\(agent.log)")
    #expect(fits(early[1], of: 300, share: 0.1), "\(early)")
    var pools = ""
    try waitUntil("the end of the plan", limit: .seconds(90), seen: pools) {
      pools = (try? runRandmap(["pools", "-c", lab.configDirectory]).standardOutput) ?? ""
      return pools.split(separator: "\n").contains {
        $0.contains("90.0%") && $0.contains("smtp:\(sinks[1].address)")
      }
    }
    try lab.send(300, to: "user@example.net")
    try lab.waitUntilDrained()
    let late = zip(sinks.map(\.count), early).map { $0 - $1 }
    #expect(late[0] + late[1] == 300)
    #expect(fits(late[1], of: 300, share: 0.9), "\(late)")
    #expect(lab.deliveries.count { $0.status != .sent } == 0)
    #expect(try readText(lab.configDirectory + "/outbound") == file)
    // The lookup of where mail goes says what the agent does.
    let route = try runRandmap(["route", "user@example.net", "-c", lab.configDirectory])
    #expect(route.standardOutput.contains("90.0%"), "\(route.summary)")
  }
}
