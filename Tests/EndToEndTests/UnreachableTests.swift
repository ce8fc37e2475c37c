// Gateways that no packet reaches, and one that is this machine itself: what the kernel and a real Postfix say.
import FoundationEssentials
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct UnreachableTests {
  /// What `--status` says of `gateway`, with the exit status.
  private func status(of finished: FinishedProcess) throws -> StatusAnswer.Gateway {
    #expect(finished.status == .exited(1), "\(finished.summary)")
    let answer = try JSONDecoder().decode(StatusAnswer.self, from: Data(finished.standardOutputBytes))
    #expect(answer.gateways.count == 1)
    return try #require(answer.gateways.first, "\(finished.summary)")
  }

  /// A way to be without a way: what is set up in a network of its own, and what connect(2) then says.
  struct Network: CustomTestStringConvertible, Sendable {
    let gateway: String
    let address: String
    let setUp: String
    /// strerror(3)'s words, in the C locale.
    let error: String

    var testDescription: String { error }
  }

  @Test(arguments: [
    Network(
      gateway: "smtp:[192.0.2.1]:25", address: "192.0.2.1", setUp: ":", error: "Network is unreachable"),
    Network(
      gateway: "smtp:[198.51.100.1]", address: "198.51.100.1",
      setUp: "ip route add unreachable 198.51.100.0/24",
      error: "No route to host"),
  ])
  func withoutARouteItIsDown(network: Network) throws {
    let unshare = try requiredTool("unshare", package: "util-linux")
    _ = try requiredTool("ip", package: "iproute2")
    let directory = try TemporaryDirectory()
    func runThere(_ command: String) throws -> FinishedProcess {
      try run(
        unshare, ["--net", "bash", "-c", "\(network.setUp) && \(command)"],
        environment: ["MAIL_CONFIG": directory.path, "XDG_CONFIG_HOME": directory.path, "LC_ALL": "C"])
    }
    // The kernel's own word for it, by somebody else's connect(2).
    let witness = try runThere("exec 3<>/dev/tcp/\(network.address)/25")
    #expect(witness.standardError.hasSuffix("\(network.error)\n"), "\(witness.summary)")

    let finished = try runThere("exec \(randmapProgram()) --status --format json '\(network.gateway)'")
    let gateway = try status(of: finished)
    #expect(gateway.gateway == "[\(network.address)]:25")
    #expect(gateway.state == "down" && gateway.reason == "no route to host", "\(finished.summary)")
    #expect(gateway.latency == nil)
    let address = try #require(gateway.addresses.first)
    #expect(address.address == network.address && address.port == 25)
    #expect(address.state == "down" && address.reason == "no route to host")
  }

  /// smtp(8) looks for its own name on the port of SMTP only: behind another one there may be a further Postfix.
  @Test func aPostfixThatIsItsOwnGatewayIsAMailLoop() throws {
    let own = try LoopbackAddress.own().host
    let lab = try PostfixLab(
      main: "myhostname = Loop.randmap.test\nmydestination =\nrelayhost = [\(own)]",
      master: "\(own):25 inet n - n - - smtpd")
    let mail = "nobody@elsewhere.example"
    try lab.sendOne(to: [mail])
    let delivery = try waitFor("Postfix's own word for it", seen: lab.log) {
      lab.deliveries.first { $0.recipient == mail }
    }
    #expect(delivery.relay == "\(own)[\(own)]:25" && delivery.status == .bounced, "\(delivery)")
    #expect(delivery.reason.contains("loops back to myself"), "\(delivery)")

    func probe(_ arguments: String...) throws -> FinishedProcess {
      try runRandmap(
        ["--status", "-c", lab.configDirectory, "--format", "json"] + arguments,
        environment: ["XDG_CONFIG_HOME": lab.directory.path])
    }
    for finished in [try probe(), try probe("smtp:[\(own)]")] {
      let gateway = try status(of: finished)
      #expect(gateway.gateway == "[\(own)]:25")
      #expect(gateway.state == "down", "\(finished.summary)")
      #expect(gateway.reason == "answers with our own name, Loop.randmap.test: a mail loop")
      #expect(gateway.addresses.map(\.reason) == [gateway.reason])
      // It is alive: it greeted.
      #expect(gateway.addresses.first?.latency != nil)
    }

    let other = try probe("smtp:\(lab.address)")
    #expect(other.status == .exited(0), "\(other.summary)")
  }
}
