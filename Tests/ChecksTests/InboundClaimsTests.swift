// What the rules claim of services that take mail, shown by clients of a real smtpd(8).

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct InboundClaimsTests {
  static let codes = ["RM416"]

  /// RM416: with smtpd_tls_wrappermode=yes a client that waits for a greeting gets none; with `no`, TLS from the first byte fails.
  @Test func theFirstByteDecidesWhoIsUnderstood() throws {
    let certificate = try TestCertificate(for: ["lab.randmap.test"], days: 2)
    let (wrapped, plain) = (try LoopbackAddress.own(), try LoopbackAddress.own())
    let files =
      "-o smtpd_tls_cert_file=\(certificate.certificateFile) -o smtpd_tls_key_file=\(certificate.keyFile)"
    let sink = try SmtpSink()
    let lab = try PostfixLab(
      main: "relayhost = \(sink.address)",
      master: """
        tlsmgr unix - - n 1000? 1 tlsmgr
        \(wrapped.host):\(wrapped.port) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes \(files)
        \(plain.host):\(plain.port) inet n - n - - smtpd -o smtpd_tls_security_level=may \(files)

        """)
    func send(to service: LoopbackAddress) throws -> ChildProcess {
      try ChildProcess(
        postfixTool("smtp-source"),
        ["-f", "s@lab.randmap.test", "-t", "v@elsewhere.test", "\(service.host):\(service.port)"])
    }
    /// With TLS from the first byte; nothing where the two do not understand each other. s_client takes "QUIT" for itself.
    func greeting(of service: LoopbackAddress) throws -> FinishedProcess {
      try run(
        requiredTool("openssl", package: "openssl"),
        ["s_client", "-quiet", "-connect", "\(service.host):\(service.port)"], input: Array("quit\r\n".utf8)
      )
    }
    let waiting = try send(to: wrapped)
    try waitUntil("its connection", seen: lab.log) { lab.log.contains("connect from") }
    #expect(try send(to: plain).wait().status == .exited(0))
    try waitUntil("the mail in clear text", seen: lab.log) { sink.count == 1 }
    let greeted = try greeting(of: wrapped)
    #expect(greeted.standardOutput.hasPrefix("220 "), "\(greeted.summary)\n\(lab.log)")
    #expect(try greeting(of: plain).standardOutput == "")
    // All that came later is done; it still waits for its greeting.
    #expect(waiting.status == nil)
    #expect(sink.count == 1)
  }
}
