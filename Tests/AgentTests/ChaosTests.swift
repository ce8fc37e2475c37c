// Mail under everything at once: the agent is killed at random, a gateway comes and goes, Postfix reloads. Nothing may
// be lost, and nothing may come twice: the gateway that comes and goes takes no mail, so no transaction is cut.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ChaosTests {
  /// `RANDMAP_CHAOS=20000 make suite SUITE=ChaosTests` is the long run.
  private var count: Int { getenv("RANDMAP_CHAOS").flatMap { Int(String(cString: $0)) } ?? 200 }

  /// A writer cuts the pool file at random and writes it whole again while mail goes through it: all is sent, and only to the
  /// gateways that the whole file names.
  @Test func tornPoolFilesLoseNothing() throws {
    let gateways = [try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(
      main: impatient + "default_transport = randmap:$config_directory/pool\n",
      files: ["pool": gateways.map { "smtp:\($0.address)\n" }.joined()])
    let agent = try RunningAgent(beside: lab)
    // Only what was whole once can be kept.
    try lab.sendOne(to: ["first@far.example"])
    try lab.waitUntilDrained()
    let script = """
      text=$(cat pool); size=${#text}
      trap 'printf "%s\\n" "$text" > pool; exit 0' TERM
      while :; do
        printf "%s" "${text:0:RANDOM % size}" > pool
        sleep 0.0$((RANDOM % 10))
        printf "%s\\n" "$text" > pool
        sleep 0.0$((RANDOM % 10))
      done
      """
    let writer = try ChildProcess("bash", ["-c", "cd '\(lab.configDirectory)' || exit 1\n\(script)"])
    try lab.send(299, to: "user@far.example")
    try waitUntil("half of the mail", seen: lab.log) { gateways.map(\.count).reduce(0, +) >= 150 }
    writer.signal(SIGTERM)
    #expect(try writer.wait().status == .exited(0))
    try lab.waitUntilDrained(limit: .seconds(120))
    #expect(gateways.map(\.count).reduce(0, +) == 300, "\(lab.log.suffix(3_000))")
    try agent.stop()
  }

  @Test func nothingIsLostAndNothingComesTwice() throws {
    let steady = [try SmtpSink(), try SmtpSink()]
    // It greets with 421 while it is there.
    let flapping = try SmtpSink(options: ["-Q", "CONNECT"])
    let lab = try PostfixLab(
      main: impatient + """
        default_transport = randmap:!smtp:\(steady[0].address)!smtp:\(flapping.address)!smtp:\(steady[1].address)
        smtp_connect_timeout = 3s
        """)
    let agent = try RunningAgent(beside: lab)
    let source = try ChildProcess(
      postfixTool("smtp-source"),
      [
        "-N", "-s", "4", "-m", String(count), "-f", "sender@lab.randmap.test", "-t", "user@example.net",
        "\(lab.address.host):\(lab.address.port)",
      ])
    var generator = SeededGenerator(seed: 20_000)
    var isThere = true
    var kills = 0
    // Each kill makes Postfix rest the pool for a second: in the long run they are rarer.
    let calm = count > 1_000 ? 24 : 12
    let deadline = ContinuousClock.now + .seconds(1_500)
    while ContinuousClock.now < deadline {
      let isSent = source.status != nil
      let left = MailQueue.allCases.reduce(0) { $0 + lab.messages(in: $1) }
      if isSent, left == 0 { break }
      usleep(useconds_t.random(in: 100_000...700_000, using: &generator))
      switch Int.random(in: 0..<calm, using: &generator) {
      case let die where die < 2 && kills < count / 25:
        try agent.kill()
        usleep(useconds_t.random(in: 0...300_000, using: &generator))
        try agent.start()
        kills += 1
      case 2, 3:
        if isThere { try flapping.stop() } else { try flapping.start() }
        isThere.toggle()
      case 4: lab.reload()
      default: break
      }
    }
    #expect(source.status == .exited(0), "\(source.standardError)")
    try lab.waitUntilDrained(limit: .seconds(120))
    let recipients = steady.flatMap(\.messages).compactMap { message in
      message.split(separator: "\n").first { $0.hasPrefix("X-Rcpt-Args:") }.map(String.init)
    }
    let twice = Dictionary(grouping: recipients, by: \.self).filter { $0.value.count > 1 }.keys
    let addresses = twice.compactMap { $0.split(whereSeparator: { "<>".contains($0) }).dropFirst().first }
    let lines = lab.log.split(separator: "\n").filter { line in
      addresses.contains { line.contains("<\($0)>") }
    }
    #expect(
      recipients.count == count,
      "came in all: \(recipients.count), after \(kills) kills\n\(lines.joined(separator: "\n"))")
    #expect(Set(recipients).count == count, "came once: \(Set(recipients).count), after \(kills) kills")
    #expect(flapping.count == 0)
    print("chaos: \(count) messages, \(kills) kills of the agent")
  }
}
