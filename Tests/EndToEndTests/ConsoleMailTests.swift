// The console beside a real Postfix: what its log and its queue say shows without a key.

import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(5))) struct ConsoleMailTests {
  @Test func aGatewayThatBeginsToDeferShows() throws {
    let good = try SmtpSink()
    let full = try SmtpSink(options: ["-r", "RCPT", "-b", "452 4.2.2 mailbox full"])
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(full.address)}
        transport_maps = inline:{good.example=smtp:\(good.address), full.example=smtp:\(full.address)}
        """)
    let session = try TerminalSession(
      [randmapProgram(), "-c", lab.configDirectory], width: 140, height: 40,
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory])
    try session.waitFor("2 up")
    try lab.send(20, to: "user@good.example")
    try lab.send(30, to: "user@full.example")
    let screen = try session.waitFor("defers 100 % of the mail (452 4.2.2 mailbox full)")
    #expect(screen.contains("REAL") && screen.contains("QUEUED"), "\(screen)")
    let row = screen.split(separator: "\n").first { $0.contains("\(full.address)") } ?? ""
    #expect(row.contains("degraded") && row.contains("60.0%") && row.contains("100.0%"), "\(screen)")
    try session.press("T")
    try session.waitFor("REAL is of the last 1 h")
    try session.press("q")
    #expect(try session.waitForExit() == .exited(0))
  }
}
