// The agent's `--notify` while mail flows: a command that hangs, fails or prints without end costs no message any time.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct NotifyFlowTests {
  @Test(arguments: ["sleep 1000", "exit 3", "head -c 100000000 /dev/zero; head -c 100000000 /dev/zero >&2"])
  func mailGoesOnWhateverTheCommandDoes(command: String) throws {
    let sinks = try (0..<2).map { _ in try SmtpSink() }
    let lab = try PostfixLab(
      main: "default_transport = randmap:!smtp:\(sinks[0].address)!smtp:\(sinks[1].address)")
    let place = try TemporaryDirectory()
    chmod(place.path, 0o777)
    let told = place.file("told")
    let agent = try RunningAgent(
      beside: lab, ["--notify", "echo \"$RANDMAP_GATEWAY $RANDMAP_STATE $(id -un)\" >> \(told); \(command)"])
    try lab.send(20, to: "user@example.net")
    try lab.waitUntilDrained()
    try sinks[1].stop()
    try lab.send(50, to: "user@example.net")
    try lab.waitUntilDrained()
    try waitUntil("the command to be told", limit: .seconds(120), seen: agent.log) {
      (try? readText(told))?.contains(" down ") == true
    }
    // As mail_owner, never as the superuser.
    let words = try readText(told)
    #expect(words.contains("\(sinks[1].address) down postfix\n"), "\(words)")
    try lab.send(50, to: "user@example.net")
    try lab.waitUntilDrained()
    #expect(lab.deliveries.count { $0.status != .sent } == 0, "\(agent.log)")
    #expect(lab.deliveries.count == 120)
    #expect(try agent.stop(limit: .seconds(20))?.status == .exited(0))
  }
}
