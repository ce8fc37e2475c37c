// The console beside a real Postfix: what its log and its queue say shows without a key.

import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(5))) struct ConsoleMailTests {
  /// A console beside a Postfix with two gateways, one of which refuses each recipient for now.
  private struct Scene {
    let good: SmtpSink
    let full: SmtpSink
    let lab: PostfixLab
    let session: TerminalSession

    init(_ main: (_ good: SmtpSink, _ full: SmtpSink) -> String) throws {
      good = try SmtpSink()
      full = try SmtpSink(options: ["-r", "RCPT", "-b", "452 4.2.2 mailbox full"])
      lab = try PostfixLab(main: main(good, full))
      session = try TerminalSession(
        [randmapProgram(), "-c", lab.configDirectory], width: 140, height: 40,
        environment: ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory])
      try session.waitFor("2 up")
    }

    /// The screen once it says what is wrong, and the row of that gateway.
    func trouble() throws -> (screen: String, row: Substring) {
      let screen = try session.waitFor("defers 100 % of the mail (452 4.2.2 mailbox full)")
      return (screen, screen.split(separator: "\n").first { $0.contains("\(full.address)") } ?? "")
    }

    func leave() throws {
      try session.press("q")
      #expect(try session.waitForExit() == .exited(0))
    }
  }

  @Test func aGatewayThatBeginsToDeferShows() throws {
    let scene = try Scene { good, full in
      """
      sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(full.address)}
      transport_maps = inline:{good.example=smtp:\(good.address), full.example=smtp:\(full.address)}
      """
    }
    try scene.lab.send(20, to: "user@good.example")
    try scene.lab.send(30, to: "user@full.example")
    let (screen, row) = try scene.trouble()
    #expect(screen.contains("REAL") && screen.contains("QUEUED"), "\(screen)")
    #expect(row.contains("degraded") && row.contains("60.0%") && row.contains("100.0%"), "\(screen)")
    try scene.session.press("T")
    try scene.session.waitFor("REAL is of the last 1 h")
    try scene.leave()
  }

  /// A gateway that no pool has, but an entry of a table: its figures and what is wrong with it show all the same.
  @Test func aGatewayOfARouteThatBeginsToDeferShows() throws {
    let scene = try Scene { good, full in
      """
      sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(good.address)}
      transport_maps = inline:{full.example=smtp:\(full.address)}
      """
    }
    try scene.lab.send(3, to: "user@good.example")
    try scene.lab.send(30, to: "user@full.example")
    let (screen, row) = try scene.trouble()
    #expect(row.contains("degraded"), "\(screen)")
    try scene.leave()
    let report = try runRandmap(["report", "-c", scene.lab.configDirectory])
    let line =
      report.standardOutput.split(separator: "\n").first { $0.contains("\(scene.full.address)") } ?? ""
    #expect(line.contains("30"), "\(report.summary)")
    let status = try runRandmap(["--status", "-c", scene.lab.configDirectory, "--format", "nagios"])
    #expect(status.standardOutput.contains("452 4.2.2 mailbox full"), "\(status.summary)")
  }

  /// Mail waits for a gateway that is down. After the drain the console offers to try it again, and it leaves by the other.
  @Test(arguments: [true, false]) func afterADrainTheMailThatWaitsIsTriedAgain(isReloadedAtOnce: Bool) throws
  {
    let good = try SmtpSink()
    let dead = try SmtpSink()
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(dead.address)}
        minimal_backoff_time = 1000s
        """)
    try dead.stop()
    try lab.send(12, to: "user@elsewhere.example")
    try waitUntil("each message to be tried") { lab.deliveries.count == 12 }
    let waiting = 12 - good.count
    #expect(waiting > 0)
    let session = try TerminalSession(
      [randmapProgram(), "-c", lab.configDirectory], width: 120, height: 40,
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory])
    try session.waitFor("1 DOWN")
    try session.press("j")
    try session.waitFor("\(waiting) wait")
    try session.press("t")
    let question = "\(waiting) \(waiting == 1 ? "message waits" : "messages wait") for \(dead.address)"
    let asked = try session.waitFor(question)
    #expect(asked.contains("runs postqueue -i "), "\(asked)")
    try session.press("n", "d")
    try session.waitFor("Enter alone: without an end")
    try session.press("Enter", "w")
    try session.waitFor("Write main.cf")
    if isReloadedAtOnce {
      try session.press("r")
    } else {
      // Before the reload Postfix would take the same gateways again.
      try session.press("y")
      let written = try session.waitFor("a reload of Postfix (R) brings it into force")
      #expect(!written.contains(question))
      try session.press("R")
      try session.waitFor("Run postfix reload for ")
      try session.press("y")
    }
    try session.waitFor(question)
    try session.press("y")
    try session.waitFor("tried again: postqueue -c \(lab.configDirectory) -i ")
    try lab.waitUntilDrained()
    #expect(good.count == 12)
    try session.waitUntilGone("wait")
    func reloads() -> Int { lab.log.split(separator: "\n").count { $0.contains("reload -- version") } }
    let before = reloads()
    try session.press("R")
    try session.waitFor("Run postfix reload for ")
    try session.press("y")
    try session.waitFor("reloaded: what is written is in force")
    try waitUntil("master(8) to say so") { reloads() == before + 1 }
    try session.press("q")
    #expect(try session.waitForExit() == .exited(0))
  }
}
