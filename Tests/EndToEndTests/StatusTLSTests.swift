// What --status says of TLS: the certificate's days, and what a policy table asks for, held to what smtp(8) does.
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct StatusTLSTests {
  private func status(_ lab: PostfixLab, _ format: String) throws -> FinishedProcess {
    try runRandmap(
      ["--status", "-c", lab.configDirectory, "--format", format],
      environment: ["XDG_CONFIG_HOME": lab.directory.path])
  }

  @Test func theDaysOfACertificateAreAMetric() throws {
    let certificate = try TestCertificate(for: ["lab.randmap.test"], days: 9)
    let server = try PostfixLab(
      main: """
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = \(certificate.keyFile), \(certificate.certificateFile)
        """,
      master: "tlsmgr unix - - n 1000? 1 tlsmgr")
    let plain = try SmtpSink()
    let configuration = try TemporaryDirectory()
    try configuration.write(
      "main.cf",
      """
      sender_dependent_default_transport_maps = randmap:{smtp:\(server.address), strict:\(plain.address)}
      queue_directory = \(configuration.path)

      """)
    try configuration.write(
      "master.cf",
      "smtp unix - - n - - smtp\nstrict unix - - n - - smtp -o smtp_tls_security_level=encrypt\n")
    func run(_ format: String) throws -> FinishedProcess {
      try runRandmap(
        ["--status", "-c", configuration.path, "--format", format],
        environment: ["XDG_CONFIG_HOME": configuration.path])
    }
    let metrics = try run("prometheus").standardOutput
    #expect(metrics.contains("\nrandmap_gateway_certificate_days{gateway=\"\(server.address)\"} 9\n"))
    #expect(metrics.split(separator: "randmap_gateway_certificate_days{").count == 2, "\(metrics)")
    // The lane's own level is what decides: the server's certificate is nobody's concern.
    let text = try run("text").standardOutput
    #expect(text.contains("+ \(server.address) "), "\(text)")
    #expect(text.contains("~ \(plain.address) "), "\(text)")
    #expect(text.contains("does not offer STARTTLS"), "\(text)")
    let json = try run("json").standardOutput
    #expect(json.contains("\"fault\" : \"its certificate expires in 9 days\""), "\(json)")
  }

  @Test func aPolicyTableAsksForTLSAsPostfixDoes() throws {
    let sink = try SmtpSink()
    let other = try SmtpSink()
    let lab = try PostfixLab(
      main: """
        default_transport = smtp:\(sink.address)
        relay_transport = smtp:\(other.address)
        relay_domains = free.example
        smtp_tls_policy_maps = texthash:$config_directory/policy
        """,
      master: "tlsmgr unix - - n 1000? 1 tlsmgr", files: ["policy": "\(sink.address) encrypt\n"])
    try lab.sendOne(to: ["u@strict.example"])
    try lab.sendOne(to: ["u@free.example"])
    try waitUntil("one to be sent, and one to be deferred", seen: lab.log) {
      lab.log.contains("to=<u@free.example>") && lab.log.contains("to=<u@strict.example>")
    }
    let strict = lab.log.split(separator: "\n").last { $0.contains("to=<u@strict.example>") } ?? ""
    #expect(strict.contains("TLS is required, but was not offered"), "\(strict)")
    #expect(lab.log.contains("status=sent"), "\(lab.log)")
    let found = try status(lab, "text").standardOutput
    let lines = found.split(separator: "\n")
    #expect(
      lines.contains { $0.hasPrefix("~ \(sink.address) ") && $0.contains("does not offer STARTTLS") },
      "\(found)")
    #expect(lines.contains { $0.hasPrefix("+ \(other.address) ") }, "\(found)")
  }
}
