// What a gateway says in the wrong place, and what becomes of mail there: the probe has to say the same as smtp(8).
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct StrangeGatewayTests {
  private static let tls = "smtp_tls_security_level = may\nsmtp_starttls_timeout = 3s\n"
  /// A message that has waited for minimal_backoff_time is tried without TLS: not in these tests, however slow the machine.
  private static let patient = impatient.replacing(
    "minimal_backoff_time = 1s", with: "minimal_backoff_time = 300s"
  )
  .replacing("maximal_backoff_time = 1s", with: "maximal_backoff_time = 300s")
  private static let manager = "tlsmgr unix - - n 1000? 1 tlsmgr\n"

  /// Alone, the message waits; with another gateway after it in the list, that one takes it; and the agent asks such a
  /// gateway last.
  @Test func mailWaitsWhereTLSFailsAndTheStateSaysSo() throws {
    // It answers each command with 220, STARTTLS and the handshake included.
    let junk = try Greeter(
      greeting: Array("220 junk.example\r\n".utf8), answer: Array("250-junk.example\r\n250 STARTTLS\r\n".utf8)
    )
    let good = try SmtpSink()
    let lab = try PostfixLab(
      main: Self.patient + Self.tls + """
        transport_maps = texthash:$config_directory/transport
        pool = !smtp:\(junk.address)!smtp:\(good.address)
        """, master: Self.manager,
      files: [
        "transport": """
        alone.example smtp:\(junk.address)
        list.example  smtp:\(junk.address),\(good.address)
        pool.example  randmap:pool

        """
      ])
    try lab.sendOne(to: ["user@alone.example"])
    try lab.waitUntilSettled()
    let first = try #require(lab.deliveries.first)
    #expect(first.status == .deferred && first.reason.contains("Cannot start TLS"), "\(lab.log)")
    let status = try runRandmap(["--status", "-c", lab.configDirectory]).standardOutput
    let line = status.split(separator: "\n").first { $0.contains("\(junk.address)") } ?? ""
    #expect(line.hasPrefix("~ ") && line.contains("TLS fails"), "\(status)")
    let agent = try RunningAgent(beside: lab)
    try agent.waitUntilItSays("gateway \(junk.address) is degraded: TLS fails")
    if lab.hasNextHopLists { try lab.sendOne(to: ["user@list.example"]) }
    for number in 0..<10 { try lab.sendOne(to: ["\(number)@pool.example"]) }
    try lab.waitUntilSettled()
    let expected = lab.hasNextHopLists ? 11 : 10
    #expect(good.count == expected, "\(lab.log.suffix(3_000))")
    #expect(
      !lab.deliveries.contains {
        $0.recipient.hasSuffix("pool.example") && $0.relay.contains(junk.address.host)
      })
  }

  /// A greeting of 3xx is a refusal to smtp(8): the mail comes back.
  @Test func aGreetingThatIsNoneIsARefusal() throws {
    let strange = try Greeter(greeting: Array("354 go on\r\n".utf8))
    let lab = try PostfixLab(main: "default_transport = smtp:\(strange.address)")
    try lab.sendOne(to: ["user@a.example"])
    try waitUntil("the mail to come back", seen: lab.log) {
      lab.deliveries.contains { $0.status == .bounced }
    }
    let status = try runRandmap(["--status", "-c", lab.configDirectory]).standardOutput
    #expect(status.contains("REFUSED") && status.contains("354 go on"), "\(status)")
  }

  /// To smtp(8) such a gateway is no reason to try another one of the list: it returns the message. The agent knows the
  /// size of each message and leaves the gateway out where it takes less.
  @Test func aMessageThatAGatewayIsTooSmallForGoesToAnotherOne() throws {
    let small = try Greeter(
      greeting: Array("220 small.example\r\n".utf8),
      answer: Array("250-small.example\r\n250 SIZE 5\r\n".utf8))
    let good = try SmtpSink()
    let lab = try PostfixLab(
      main: Self.patient + "default_transport = randmap:!smtp:\(small.address)!smtp:\(good.address)\n")
    let agent = try RunningAgent(beside: lab)
    try agent.waitUntilItSays("gateway \(small.address) is degraded: takes at most 5 bytes")
    for number in 0..<20 { try lab.sendOne(to: ["\(number)@pool.example"]) }
    try lab.waitUntilSettled()
    #expect(good.count == 20, "\(lab.log.suffix(3_000))")
    #expect(lab.deliveries.allSatisfy { $0.status == .sent })
  }
}
