// --check --probe: the rules that go by what is found at the gateways, on real ones.
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct CheckProbeTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
  }

  private func write(_ main: String) throws {
    try directory.write(
      "main.cf", "myhostname = relay.example\nqueue_directory = \(directory.path)\n" + main + "\n")
  }

  private func check(_ arguments: String...) throws -> FinishedProcess {
    try runRandmap(
      ["--check", "-c", directory.path, "--format", "gcc"] + arguments,
      environment: ["XDG_CONFIG_HOME": directory.path])
  }

  /// The lines of a report that are of rules that go by probes.
  private func live(_ finished: FinishedProcess) -> [Substring] {
    finished.standardOutput.split(separator: "\n").filter { $0.contains("[RM7") }
  }

  @Test func whatIsWrongWithTheGatewaysIsFound() throws {
    let good = try SmtpSink()
    let dead = try LoopbackAddress.own()
    let unwilling = try Greeter(greeting: Array("554 5.7.1 not you\u{1B}[2J\r\n".utf8))
    let busy = try Greeter(greeting: Array("421 4.3.2 later\r\n".utf8))
    let loop = try SmtpSink(options: ["-h", "relay.example"], port: 25)
    let small = try PostfixLab(main: "message_size_limit = 100000")
    try write(
      """
      sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(dead), smtp:\(unwilling.address)}
      transport_maps = texthash:$config_directory/transport
      """)
    let table = try directory.write(
      "transport",
      """
      a.example  smtp:\(busy.address)
      b.example  smtp:\(small.address)
      c.example  smtp:\(small.address)
      d.example  smtp:\(loop.address)
      e.example  smtp:\(good.address)
      f.example  smtp:\(dead),\(good.address)
      g.example  smtp:\(dead)
      h.example  smtp:\(dead)

      """)

    let offline = try check()
    #expect(live(offline) == [], "\(offline.summary)")

    let finished = try check("--probe")
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(finished.standardError.isEmpty)
    let lines = live(finished)
    func has(_ code: String, _ file: String, _ words: String) -> Bool {
      lines.contains { $0.hasSuffix("[\(code)]") && $0.hasPrefix(file) && $0.contains(words) }
    }
    let main = directory.file("main.cf")
    #expect(has("RM703", main + ":3:", "this gateway is down (connection refused): 33% of"), "\(lines)")
    #expect(has("RM703", main + ":3:", "(refuses us: 554 5.7.1 not you"), "\(lines)")
    #expect(has("RM706", main + ":3:", "\"\(unwilling.address)\" refuses us: 554 5.7.1 not you"), "\(lines)")
    #expect(has("RM706", table + ":1:12:", "\"\(busy.address)\" greets with 421 4.3.2 later"), "\(lines)")
    #expect(
      has(
        "RM709", table + ":2:12:",
        "\"\(small.address)\" takes at most 100000 bytes a message, message_size_limit is 10240000"),
      "\(lines)")
    #expect(has("RM709", table, "(the first of 2 places that name it)"), "\(lines)")
    #expect(
      has("RM710", table + ":4:12:", "\"\(loop.address)\" answers with our own name, relay.example"),
      "\(lines)")
    #expect(
      has("RM713", table + ":7:12:", "\"\(dead)\" is down (connection refused): this mail is deferred"),
      "\(lines)")
    #expect(has("RM713", table, "(the first of 2 entries that have no other)"), "\(lines)")
    #expect(lines.count == 7 && !lines.contains { $0.contains("\"\(good.address)\"") }, "\(lines)")
    #expect(!finished.standardOutput.contains("\u{1B}"))
  }

  @Test func namesAndSlownessAreFound() throws {
    let slow = try Greeter(
      greeting: Array("220 slow.example ESMTP\r\n".utf8), after: 20,
      answer: Array("250 slow.example\r\n".utf8))
    let absent = Array(repeating: String(repeating: "a", count: 63), count: 4).joined(separator: ".")
    try write(
      """
      smtp_host_lookup = native
      inet_protocols = ipv4
      transport_maps = inline:{{a.example=smtp:[\(absent)]}}
      sender_dependent_default_transport_maps = randmap:{smtp:\(slow.address), smtp:[localhost]:9, smtp:[127.0.0.1]:9}
      smtp_fallback_relay = \(slow.address)
      """)
    let finished = try check("--probe", "-o", "slow_after=1ms")
    let lines = live(finished)
    #expect(
      lines.contains { $0.hasSuffix("[RM701]") && $0.contains("is bounced; need a name with an address") },
      "\(finished.summary)")
    #expect(
      lines.contains {
        $0.hasSuffix("[RM705]") && $0.contains("[localhost]:9 and [127.0.0.1]:9 are one machine (127.0.0.1)")
      }, "\(lines)")
    #expect(
      lines.contains {
        $0.contains("note: ") && $0.contains(" is slow: greets after ") && $0.hasSuffix("[RM712]")
      },
      "\(lines)")
  }

  @Test func soundGatewaysAreNoFinding() throws {
    let one = try SmtpSink()
    let other = try SmtpSink()
    let third = try SmtpSink()
    try write(
      """
      sender_dependent_default_transport_maps = randmap:{smtp:\(one.address), smtp:\(other.address)}
      smtp_fallback_relay = \(third.address)
      """)
    let finished = try check("--probe")
    #expect(live(finished) == [], "\(finished.summary)")
    #expect(finished.status == .exited(0), "\(finished.summary)")
    try other.stop()
    try one.stop()
    let dead = try check("--probe")
    #expect(dead.standardOutput.contains("no gateway of this pool is alive"), "\(dead.summary)")
    #expect(dead.status == .exited(1))
    #expect(try check().status == .exited(0))
  }

  @Test func tlsIsAskedForAsTheTransportDoes() throws {
    let plain = try SmtpSink()
    let certificate = try TestCertificate(for: ["other.test"], days: 30)
    let server = try PostfixLab(
      main: """
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = \(certificate.keyFile), \(certificate.certificateFile)
        """,
      master: "tlsmgr unix - - n 1000? 1 tlsmgr")
    try directory.write(
      "master.cf",
      """
      smtp unix - - n - - smtp
      strict unix - - n - - smtp -o smtp_tls_security_level=encrypt
      checked unix - - n - - smtp -o smtp_tls_security_level=verify
      right unix - - n - - smtp -o smtp_tls_security_level=verify -o smtp_tls_verify_cert_match=other.test

      """)
    func lines(_ lane: String, _ address: LoopbackAddress) throws -> [Substring] {
      try write("relay_transport = \(lane):\(address)")
      return live(try check("--probe"))
    }
    #expect(try lines("smtp", plain.address) == [])
    let strict = try lines("strict", plain.address)
    #expect(strict.count == 1 && strict[0].hasSuffix("[RM707]"), "\(strict)")
    #expect(strict.first?.contains("error: ") == true)
    #expect(try lines("strict", server.address) == [])
    let checked = try lines("checked", server.address)
    #expect(checked.count == 1 && checked[0].hasSuffix("[RM708]"), "\(checked)")
    #expect(checked.first?.contains("its certificate is for other.test") == true, "\(checked)")
    #expect(try lines("right", server.address) == [])
  }

  @Test func itIsForADirectory() throws {
    try write("relayhost = [gw1.example]")
    let file = try check("--probe", directory.file("main.cf"))
    #expect(file.status == .exited(2), "\(file.summary)")
    #expect(file.standardError.contains("--probe cannot be combined with a file"), "\(file.summary)")
    let setting = try check("-o", "slow_after=1s")
    #expect(setting.status == .exited(2), "\(setting.summary)")
    #expect(try check("--probe", "-o", "slow_after=x").status == .exited(2))
  }
}
