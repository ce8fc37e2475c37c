// A certificate of the test's own, made with openssl(1) when the test runs: nothing that could expire is kept.
import Glibc

/// A key and a self-signed certificate, in files.
package final class TestCertificate: Sendable {
  private let directory: TemporaryDirectory

  package var certificateFile: String { directory.file("certificate.pem") }
  package var keyFile: String { directory.file("key.pem") }

  /// - Parameters:
  ///   - names: The DNS names that it is for.
  ///   - days: How long it is valid yet; it has expired where this is negative.
  package init(for names: [String], days: Int) throws(TestFailure) {
    directory = try TemporaryDirectory()
    let openssl = try requiredTool("openssl", package: "openssl")
    // req(1) makes none that has expired, so this takes the long way of ca(1).
    try directory.write("index", "")
    let settings = try directory.write(
      "settings",
      """
      [ca]
      default_ca = own
      [own]
      database = \(directory.file("index"))
      new_certs_dir = \(directory.path)
      rand_serial = yes
      default_md = sha256
      policy = any
      x509_extensions = names
      [any]
      commonName = supplied
      [names]
      subjectAltName = \(names.map { "DNS:\($0)" }.joined(separator: ","))

      """)
    try runSuccessfully(
      openssl,
      [
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
        "/CN=\(names.first ?? "nobody")", "-keyout", keyFile, "-out", directory.file("request.pem"),
      ])
    try runSuccessfully(
      openssl,
      [
        "ca", "-batch", "-notext", "-selfsign", "-config", settings, "-keyfile", keyFile, "-in",
        directory.file("request.pem"), "-out", certificateFile, "-startdate", "20200101000000Z", "-enddate",
        Self.time(inDays: days),
      ])
  }

  /// A little past that many days from now, as X.509 writes it.
  private static func time(inDays days: Int) -> String {
    var then = Glibc.time(nil) + days * 86_400 + 3_600
    var parts = tm()
    gmtime_r(&then, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, buffer.count, "%Y%m%d%H%M%SZ", &parts)
    return text(of: buffer)
  }
}
