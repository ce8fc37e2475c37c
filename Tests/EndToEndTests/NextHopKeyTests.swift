// The keys of credentials and TLS policies in what the program prints, and no password in any of it.
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct NextHopKeyTests {
  private static let secret = "Hunter2-secret"
  private let directory: TemporaryDirectory
  private let sink: SmtpSink

  init() throws {
    directory = try TemporaryDirectory()
    sink = try SmtpSink()
    try directory.write(
      "main.cf",
      """
      myhostname = relay.example
      queue_directory = \(directory.path)
      default_transport = randmap:!smtp:\(sink.address)!lane:\(sink.address)
      smtp_tls_policy_maps = texthash:$config_directory/tls_policy

      """)
    try directory.write(
      "master.cf",
      """
      smtp unix - - n - - smtp -o smtp_sasl_auth_enable=yes
        -o smtp_sasl_password_maps=texthash:$config_directory/sasl_passwd
      lane unix - - n - - smtp -o smtp_sasl_auth_enable=yes
        -o { smtp_sasl_password_maps = inline:{\(sink.address)=user:\(Self.secret)} }
      randmap unix - - n - - randmap

      """)
    try directory.write("sasl_passwd", "\(sink.address) user:\(Self.secret)\n")
    try directory.write("tls_policy", "\(sink.address) may\n")
  }

  private func output(_ arguments: String...) throws -> String {
    let finished = try runRandmap(
      arguments + ["-c", directory.path], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(!finished.standardOutput.contains(Self.secret) && !finished.standardError.contains(Self.secret))
    #expect(!finished.standardOutput.isEmpty, "\(finished.summary)")
    return finished.standardOutput
  }

  private var file: String { "texthash:\(directory.path)/sasl_passwd" }
  private var policy: String { "\(sink.address) in texthash:\(directory.path)/tls_policy" }

  @Test func peopleSeeKeyAndTable() throws {
    let status = try output("--status")
    #expect(status.contains("\(sink.address) in \(file); \(sink.address) in inline:..."), "\(status)")
    #expect(status.contains("may: \(policy)"), "\(status)")
    let pools = try output("pools")
    #expect(pools.contains("credentials: \(sink.address) in \(file)"), "\(pools)")
    #expect(pools.contains("TLS policy: may: \(policy)"), "\(pools)")
  }

  @Test func programsSeeTheSame() throws {
    struct Entry: Decodable, Equatable {
      var transport, nexthop: String
      var key, table: String?
      var level: String?
    }
    struct Place: Decodable {
      var credentials, tlsPolicies: [Entry]?
    }
    struct Status: Decodable { var gateways: [Place] }
    struct Pools: Decodable {
      struct Pool: Decodable { var members: [Place] }
      var pools: [Pool]
    }
    let status = try JSONDecoder().decode(
      Status.self, from: Data(output("--status", "--format", "json").utf8))
    let hop = "\(sink.address)"
    let stored = Entry(transport: "smtp", nexthop: hop, key: hop, table: file)
    let inline = Entry(transport: "lane", nexthop: hop, key: hop, table: "inline:...")
    #expect(status.gateways.map(\.credentials) == [[stored, inline]])
    #expect(status.gateways.first?.tlsPolicies?.map(\.level) == ["may", "may"])
    let pools = try JSONDecoder().decode(Pools.self, from: Data(output("pools", "--format", "json").utf8))
    #expect(pools.pools.first?.members.map(\.credentials) == [[stored], [inline]])
  }

  @Test func noFormatHasASecret() throws {
    for format in ["text", "json", "nagios", "prometheus"] { _ = try output("--status", "--format", format) }
    for command in ["pools", "route", "--check"] {
      for format in ["text", "json"] {
        let address = command == "route" ? ["u@elsewhere.example"] : []
        let finished = try runRandmap(
          [command, "--format", format, "-c", directory.path] + address,
          environment: ["XDG_CONFIG_HOME": directory.path])
        #expect(
          !finished.standardOutput.contains(Self.secret) && !finished.standardError.contains(Self.secret))
      }
    }
  }
}
