// What a probe leaves in the log of a real Postfix: nothing that anybody would look into.
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct QuietProbeTests {
  /// What a log must not say of a visitor who means well.
  private static let complaints = [
    "warning:", "lost connection", "improper command pipelining", "PREGREET", "HANGUP", "timeout after",
    "COMMAND PIPELINING", "NON-SMTP COMMAND", "too many errors",
    "SSL_accept error",
  ]

  /// The log without what Postfix says of itself, and what in it sounds like a complaint.
  private func complaints(in log: String) -> [Substring] {
    log.split(separator: "\n").filter { line in Self.complaints.contains { line.contains($0) } }
  }

  private func status(_ lab: PostfixLab, _ gateway: LoopbackAddress) throws -> FinishedProcess {
    try runRandmap(
      ["--status", "\(gateway)", "--format", "json"],
      environment: ["MAIL_CONFIG": lab.configDirectory, "XDG_CONFIG_HOME": lab.directory.path])
  }

  @Test func aMailServerLogsAVisitAndNothingElse() throws {
    let lab = try PostfixLab()
    let before = complaints(in: lab.log)
    let finished = try status(lab, lab.address)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    try waitUntil("the end of the session in the log", seen: lab.log) {
      lab.log.contains(" disconnect from ")
    }
    #expect(lab.log.contains(" ehlo=1 quit=1 commands=2"))
    #expect(complaints(in: lab.log) == before)
  }

  @Test func aMailServerWithTLSLogsAVisitAndNothingElse() throws {
    let certificate = try TestCertificate(for: ["lab.randmap.test"], days: 30)
    let lab = try PostfixLab(
      main: """
        smtpd_tls_security_level = may
        smtpd_tls_loglevel = 1
        smtpd_tls_chain_files = \(certificate.keyFile), \(certificate.certificateFile)
        smtp_tls_security_level = encrypt
        """,
      master: "tlsmgr unix - - n 1000? 1 tlsmgr")
    let before = complaints(in: lab.log)
    let finished = try status(lab, lab.address)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.contains("\"daysLeft\" : 30"))
    try waitUntil("the end of the session in the log", seen: lab.log) {
      lab.log.contains(" disconnect from ")
    }
    #expect(lab.log.contains(" ehlo=2 starttls=1 quit=1 commands=4"))
    #expect(lab.log.contains("TLS connection established from "))
    #expect(complaints(in: lab.log) == before, "\(lab.log)")
  }

  @Test func postscreenLetsItPass() throws {
    let screen = try LoopbackAddress.own()
    let lab = try PostfixLab(
      main: """
        postscreen_greet_wait = 2s
        postscreen_greet_banner = wait, please
        postscreen_greet_action = enforce
        postscreen_access_list =
        postscreen_cache_map =
        postscreen_dnsbl_sites =
        """,
      master: """
        \(screen.host):\(screen.port) inet n - n - 1 postscreen
        smtpd    pass  - - n -   - smtpd
        dnsblog  unix  - - n -   0 dnsblog
        tlsproxy unix  - - n -   0 tlsproxy
        """)
    let before = complaints(in: lab.log)
    let finished = try status(lab, screen)
    #expect(finished.status == .exited(0), "\(finished.summary)")
    // It waited for the last line of the greeting, which postscreen holds back.
    #expect(finished.standardOutput.contains("\"state\" : \"up\""))
    try waitUntil("postscreen's verdict", seen: lab.log) { lab.log.contains("PASS NEW [127.0.0.1]") }
    try waitUntil("the end of the session in the log", seen: lab.log) {
      lab.log.contains(" disconnect from ")
    }
    #expect(lab.log.contains(" ehlo=1 quit=1 commands=2"))
    #expect(complaints(in: lab.log) == before)
  }
}
