// The console beside a running agent: it shows what the agent finds as soon as the agent knows it, with no probe of its own.

import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(5))) struct ConsoleAgentTests {
  /// The console probes once an hour, and asks an agent that it does not hear from every eight seconds.
  @Test func whatTheAgentFindsShowsAtOnce() throws {
    let good = try SmtpSink()
    let failing = try SmtpSink()
    let lab = try PostfixLab(
      main: """
        # randmap: agent
        default_transport = randmap:!smtp:\(good.address)!smtp:\(failing.address)
        """)
    let agent = try RunningAgent(beside: lab)
    let session = try TerminalSession(
      [randmapProgram(), "-c", lab.configDirectory, "-o", "interval=1h"], width: 140, height: 40,
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory])
    try session.waitFor("2 up")
    try session.waitFor("agent         + up")
    // The console's own probe of it, which is the only one for an hour, has to be over before it is stopped.
    try session.press("G")
    try session.waitFor("its own probe of \(failing.address)") { screen in
      screen.split(separator: "\n").contains {
        $0.contains("address ") && $0.contains("\(failing.address.host)  + up")
      }
    }
    let soon = Duration.seconds(5)
    try failing.stop()
    try waitUntil("the agent to find it down", limit: .seconds(90), seen: agent.log) {
      agent.log.contains("\(failing.address) is DOWN")
    }
    try session.waitFor("1 DOWN", limit: soon)
    try session.waitFor("a probe from here says up", limit: soon)
    try failing.start()
    try waitUntil("the agent to find it up", limit: .seconds(90), seen: agent.log) {
      agent.log.contains("\(failing.address) is up")
    }
    try session.waitFor("2 up", limit: soon)
    // The counts come by themselves too.
    try lab.send(10, to: "user@example.net")
    try lab.waitUntilDrained()
    try session.waitFor("the counts of 10 messages", limit: soon) { screen in
      let sent = screen.split(separator: "\n").first { $0.contains("agent         +") } ?? ""
      return sent.contains("sent \(failing.count)")
    }
    try agent.kill()
    try session.waitFor("agent gone", limit: soon)
    try session.waitFor("100.0% of mail at risk", limit: soon)
    try session.press("4")
    try session.waitFor("RM123")
    // A console that is opened then says the same; and both, that an agent is there again.
    let later = try TerminalSession(
      [randmapProgram(), "-c", lab.configDirectory, "-o", "interval=1h"], width: 140, height: 40,
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory])
    try later.waitFor("no agent")
    try later.waitFor("100.0% of mail at risk")
    try later.press("4")
    try later.waitFor("RM123")
    try agent.start()
    for console in [session, later] {
      try console.waitFor("the end of RM123") { !$0.contains("RM123") }
      try console.waitFor("the end of the alarm", limit: soon) {
        !$0.contains("at risk") || $0.contains("no mail at risk")
      }
      try console.press("q")
      #expect(try console.waitForExit() == .exited(0))
    }
  }
}
