// A drain that ends while mail flows: in a pool file the agent has the member again by itself, in a table of stock Postfix
// a tick brings it back. No message waits or is lost.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DrainEndTests {
  @Test func theAgentHasTheMemberAgainAtTheEndUnderFlow() throws {
    let sinks = try (0..<2).map { _ in try SmtpSink() }
    let lab = try PostfixLab(
      main: "# randmap: agent\ndefault_transport = randmap:$config_directory/outbound\n",
      files: ["outbound": "smtp:\(sinks[0].address)\nsmtp:\(sinks[1].address)\n"])
    let agent = try RunningAgent(beside: lab)
    let drained = try runRandmap([
      "drain", "smtp:\(sinks[1].address)", "--for", "8s", "--why", "a test", "--write", "-c",
      lab.configDirectory,
    ])
    #expect(drained.status == .exited(0), "\(drained.summary)")
    #expect(!drained.standardError.contains("nothing will restore"), "the agent does: \(drained.summary)")
    let file = try readText(lab.configDirectory + "/outbound")
    #expect(file.contains("until="))

    try lab.send(50, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count == 50 && sinks[1].count == 0, "\(agent.log)")
    var sent = 50
    try waitUntil("mail at the member that is back", limit: .seconds(60), seen: agent.log) {
      sent += 10
      try? lab.send(10, to: "user@example.net")
      return sinks[1].count > 0
    }
    try lab.send(200, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == sent + 200)
    #expect(sinks[1].count > 60, "\(sinks.map(\.count))")
    #expect(lab.deliveries.count { $0.status != .sent } == 0)
    // The file is as it was until a tick; that changes no share.
    #expect(try readText(lab.configDirectory + "/outbound") == file)
    let pools = try runRandmap(["pools", "-c", lab.configDirectory]).standardOutput
    #expect(pools.contains("50.0%  x1  smtp:\(sinks[1].address)"), "\(pools)")
    let tick = try runRandmap(["tick", "-c", lab.configDirectory])
    #expect(tick.status == .exited(0), "\(tick.summary)")
    #expect(
      try readText(lab.configDirectory + "/outbound")
        == "smtp:\(sinks[0].address)\nsmtp:\(sinks[1].address)\n")
  }

  @Test func aTickBringsAMemberOfATableBackUnderFlow() throws {
    let sinks = try (0..<2).map { _ in try SmtpSink() }
    let pool = "randmap:{smtp:\(sinks[0].address), smtp:\(sinks[1].address)}"
    let lab = try PostfixLab(main: "sender_dependent_default_transport_maps = \(pool)\n")
    let drained = try runRandmap([
      "drain", "smtp:\(sinks[1].address)", "--for", "3s", "--write", "--reload", "-c", lab.configDirectory,
    ])
    #expect(drained.status == .exited(0), "\(drained.summary)")
    #expect(drained.standardError.contains("nothing will restore it by itself"))
    try lab.send(50, to: "user@example.net")
    try lab.waitUntilDrained()
    // What was drained a moment ago may still be the choice of a process that has not reloaded.
    let before = sinks[1].count
    #expect(before <= 5)
    // A reason for a person to look: nothing restores it but a tick.
    var ticks = 0
    var sent = 50
    try waitUntil("a tick to restore it", limit: .seconds(60), seen: lab.log) {
      ticks += 1
      sent += 10
      try? lab.send(10, to: "user@example.net")
      let tick = try? runRandmap(["tick", "--reload", "-c", lab.configDirectory])
      return tick?.standardOutput.isEmpty == false
    }
    #expect(try readText(lab.configDirectory + "/main.cf").contains(pool))
    try lab.send(200, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == sent + 200)
    #expect(sinks[1].count - before > 60, "\(sinks.map(\.count))")
    #expect(lab.deliveries.count { $0.status != .sent } == 0)
  }
}
