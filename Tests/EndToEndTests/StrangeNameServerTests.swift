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

  /// 30 gateways that say strange things and 21 names that lead nowhere, in one run.
  @Test func manyStrangersHoldUpNothing() throws {
    let ready = "220 gw.example\r\n"
    let kinds: [(greeting: String, answer: String, state: String)] = [
      ("", "", "down"), ("\r\n", "", "down"), ("\0\0\0\0\r\n", "", "down"), ("220", "", "down"),
      (String(repeating: "x", count: 100_000), "", "down"),
      (String(repeating: "220-x\r\n", count: 10_000), "", "down"),
      ("554 no\r\n", "", "refused"), ("354 go on\r\n", "", "refused"),
      (ready, "554 no\r\n", "refused"), (ready, "250 gw.example\r\n", "up"),
    ]
    let gateways = try (0..<30).map { number in
      let kind = kinds[number % kinds.count]
      return (try Greeter(greeting: Array(kind.greeting.utf8), answer: Array(kind.answer.utf8)), kind.state)
    }
    let names = (0..<21).map { "gateway\($0).test" }
    let members = gateways.map { "!smtp:\($0.0.address)" } + names.map { "!smtp:[\($0)]:2525" }
    let server = try StrangeNameServer(.namesItself)
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "# randmap: agent\nqueue_directory = \(directory.path)\ndefault_transport = randmap:\(members.joined())\n"
    )
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    let script = "mount --bind '\(server.resolverConfiguration)' /etc/resolv.conf && exec \"$0\" \"$@\""
    let start = ContinuousClock.now
    let finished = try run(
      requiredTool("unshare", package: "util-linux"),
      [
        "--mount", "bash", "-c", script, randmapProgram(), "--status", "-c", directory.path, "--format",
        "json",
      ],
      environment: ["XDG_CONFIG_HOME": directory.path], limit: .seconds(120))
    #expect(.now - start < .seconds(60))
    #expect(finished.peakMemory < 200_000_000, "\(finished.peakMemory)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(finished.standardOutputBytes))
    let found = Dictionary(answer.gateways.map { ($0.gateway, $0) }, uniquingKeysWith: { first, _ in first })
    for (index, (gateway, state)) in gateways.enumerated() {
      let gateway = found["\(gateway.address)"]
      #expect(gateway?.state == state, "\(index) \(String(describing: gateway))")
    }
    for name in names { #expect(found["[\(name)]:2525"]?.state == "down", "\(finished.summary)") }
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
