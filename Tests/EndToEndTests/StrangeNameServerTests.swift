// Answers of the DNS that lead nowhere: what a real smtp(8) makes of them, and that `--status` says the same.
import FoundationEssentials
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct StrangeNameServerTests {
  private struct Answer: Decodable {
    struct Gateway: Decodable {
      let gateway: String
      let state: String
      let reason: String
    }
    let gateways: [Gateway]
  }

  @Test(arguments: StrangeNameServer.Kind.allCases)
  func statusSaysWhatBecomesOfTheMail(kind: StrangeNameServer.Kind) throws {
    let server = try StrangeNameServer(kind)
    let lab = try PostfixLab(main: "default_transport = smtp:[gateway.test]:2525\n", nameServer: server)
    try lab.sendOne(to: ["u@elsewhere.example"])
    let delivery = try waitFor("smtp(8) to try", limit: .seconds(60), seen: lab.log) {
      lab.deliveries.first { $0.recipient == "u@elsewhere.example" }
    }
    let script = "mount --bind '\(server.resolverConfiguration)' /etc/resolv.conf && exec \"$0\" \"$@\""
    let finished = try run(
      requiredTool("unshare", package: "util-linux"),
      [
        "--mount", "bash", "-c", script, randmapProgram(), "--status", "-c", lab.configDirectory, "--format",
        "json",
      ],
      environment: ["XDG_CONFIG_HOME": lab.directory.path], limit: .seconds(60))
    let answer = try JSONDecoder().decode(Answer.self, from: Data(finished.standardOutputBytes))
    let gateway = try #require(
      answer.gateways.first { $0.gateway == "[gateway.test]:2525" }, "\(finished.summary)")
    #expect(
      gateway.state == "down" && gateway.reason == "does not resolve: \(kind.reason)", "\(finished.summary)")
    #expect(delivery.status == kind.status, "\(delivery)")
    #expect(delivery.reason.contains(kind.words), "\(delivery)")
  }
}

extension StrangeNameServer.Kind {
  /// What a real smtp(8) of Postfix 3.7 makes of it.
  fileprivate var status: Delivery.Status { self == .truncated ? .deferred : .bounced }

  fileprivate var words: String {
    switch self {
    case .truncated: "Host not found, try again"
    case .truncatedByTCPToo: "Host found but no data record of requested type"
    case .namesItself, .namesTheNext: "Name server loop"
    }
  }

  /// What `--status` says.
  fileprivate var reason: String {
    switch self {
    case .truncated: "A lookup: temporary failure"
    case .truncatedByTCPToo: "not in the DNS"
    case .namesItself, .namesTheNext: "in the DNS it is an alias (CNAME) that leads to no address"
    }
  }
}
