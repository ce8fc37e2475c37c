// The name of a new gateway that does not exist: one sentence, and nothing is written, without a connection to anything.

import FoundationEssentials
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UnknownNameTests {
  private let directory: TemporaryDirectory

  /// - Parameter isInUse: whether it is where Postfix's own configuration is.
  private func edit(_ server: String, _ arguments: String..., isInUse: Bool = true) throws -> FinishedProcess
  {
    let place = isInUse ? "/etc/postfix" : directory.path
    let script =
      "mount --bind '\(server)' /etc/resolv.conf && mount --bind '\(directory.path)' /etc/postfix && exec \"$0\" \"$@\""
    return try run(
      requiredTool("unshare", package: "util-linux"),
      ["--mount", "bash", "-c", script, randmapProgram()] + arguments + ["-c", place],
      environment: ["XDG_CONFIG_HOME": directory.path, "XDG_STATE_HOME": directory.path],
      limit: .seconds(60))
  }

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.2]:587\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\n")
  }

  @Test(.timeLimit(.minutes(2))) func aNameThatDoesNotExistIsNotWritten() throws {
    let server = try NameServer(hosts: ["gw2.acme.net": "127.0.0.3"], domains: ["acme.net"])
    let before = try readText(directory.file("main.cf"))
    for call in [
      ["pool", "outbound", "[127.0.0.2]:587=70", "[gw9.acme.net]:587=30"],
      ["add", "relayhost", "[gw9.acme.net]:587"], ["set-route", "relayhost", "[gw9.acme.net]:587"],
    ] {
      let finished = try edit(
        server.resolverConfiguration, call[0], call[1], call[2], call.count > 3 ? call[3] : "--write",
        "--write")
      #expect(finished.status == .exited(1), "\(finished.summary)")
      #expect(
        finished.standardError.contains(
          "randmap: [gw9.acme.net]:587 does not resolve: not in the DNS; \(call[0] == "set-route" ? "its mail would wait" : "mail for it would be returned"): correct the name, or add it to the DNS first\n"
        ), "\(finished.summary)")
      #expect(try readText(directory.file("main.cf")) == before)
    }
    let known = try edit(server.resolverConfiguration, "add", "relayhost", "[gw2.acme.net]:587", "--write")
    #expect(known.status == .exited(0), "\(known.summary)")
    // The name servers of the host that a copy is of may know others.
    let copy = try edit(
      server.resolverConfiguration, "add", "relayhost", "[gw9.acme.net]:587", isInUse: false)
    #expect(copy.status == .exited(0) && !copy.standardError.contains("resolve"), "\(copy.summary)")
    // A person who knows better goes on, and of a gateway that is there nobody is asked again.
    let forced = try edit(
      server.resolverConfiguration, "add", "outbound", "[gw9.acme.net]:587", "--write", "--force")
    #expect(forced.status == .exited(0), "\(forced.summary)")
    let weight = try edit(
      server.resolverConfiguration, "set", "outbound", "[gw9.acme.net]:587", "3", "--write")
    #expect(weight.status == .exited(0), "\(weight.summary)")
  }

  /// Names for examples, and one that no server answers for.
  @Test(.timeLimit(.minutes(2))) func whatIsNotKnownIsNoReason() throws {
    let server = try NameServer(hosts: [:], domains: ["example", "test", "example.com"])
    for gateway in ["[gw1.example]:587", "[gw1.test]:587", "[gw1.example.com]:587", "[gw2]:587"] {
      let finished = try edit(server.resolverConfiguration, "add", "relayhost", gateway)
      #expect(finished.status == .exited(0), "\(finished.summary)")
      #expect(!finished.standardError.contains("resolve"), "\(finished.summary)")
    }
    let address = try LoopbackAddress.own(port: 53)
    let socket = try address.boundDatagramSocket()
    defer { close(socket) }
    try directory.write("silent.conf", "nameserver \(address.host)\noptions timeout:5 attempts:3\n")
    let silent = try edit(directory.file("silent.conf"), "add", "relayhost", "[gw9.acme.net]:587", "--write")
    #expect(silent.status == .exited(0), "\(silent.summary)")
    #expect(
      silent.standardError.contains(
        "randmap: whether [gw9.acme.net]:587 exists is not known: no name server has answered; --probe asks for longer\n"
      ),
      "\(silent.summary)")
  }
}
