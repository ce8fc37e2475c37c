// Probes of real servers on the loopback network: sound ones, and some that mean harm.

import Demo
import Foundation
import Gateways
import NIOCore
import System
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct ProberTests {
  /// What a healthy server says after its greeting.
  private static let rest: [Step] = [
    .hear, .send("250-mx\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"), .hear, .send("221 bye\r\n"), .close,
  ]

  private func finding(_ steps: [Step], _ values: [ProbeSetting: Int] = [:]) async throws -> ProbeFinding {
    let server = try ScriptedServer(steps)
    defer { server.stop() }
    return try await reading(of: server.gateway(), try settings(values)).finding
  }

  @Test func saysNothingBeforeTheLastLineOfTheGreeting() async throws {
    let server = try ScriptedServer(
      [.send("220-mx\r\n"), .pause(.milliseconds(300)), .send("220 mx ESMTP\r\n")] + Self.rest)
    defer { server.stop() }
    let reading = try await reading(of: server.gateway())
    #expect(reading.finding == .answers)
    #expect(reading.address == "127.0.0.1" && reading.port == server.port)
    #expect(reading.capabilities == ["PIPELINING", "SIZE 1000"])
    let latency = try #require(reading.latency)
    #expect(latency >= 300 && latency < 10_000)
    try waitUntil("the connection to end") { server.seen.connections == 0 }
    #expect(
      server.seen.transcript == [
        "S: 220-mx", "S: 220 mx ESMTP", "C: EHLO relay.example", "S: 250-mx|250-PIPELINING|250 SIZE 1000",
        "C: QUIT", "S: 221 bye", "end",
      ])
  }

  @Test func understandsAReplyThatComesByteByByte() async throws {
    let finding = try await finding([.drip("220-mx\r\n220 mx\r\n", every: .milliseconds(5))] + Self.rest)
    #expect(finding == .answers)
  }

  @Test func needsNoAnswerToQuit() async throws {
    let start: [Step] = [.send("220 mx\r\n"), .hear, .send("250 mx\r\n"), .hear]
    #expect(try await finding(start + [.close]) == .answers)
    #expect(try await finding(start, [.quitTimeLimit: 100]) == .answers)
  }

  @Test func tellsBusyFromRefusing() async throws {
    let quit: [Step] = [.hear, .send("221 bye\r\n"), .close]
    #expect(
      try await finding([.send("421 mx too busy\r\n"), .close])
        == .busy(Reply(code: 421, text: "mx too busy")))
    #expect(
      try await finding([.send("554 go away\r\n")] + quit) == .refusedUs(Reply(code: 554, text: "go away")))
    // Measured: smtp(8) returns the mail for it.
    #expect(
      try await finding([.send("354 go on\r\n")] + quit) == .refusedUs(Reply(code: 354, text: "go on")))
    #expect(
      try await finding([.send("220 mx\r\n"), .hear, .send("450 not now\r\n")] + quit)
        == .ehloRejected(Reply(code: 450, text: "not now")))
    #expect(
      try await finding(
        [.send("220 mx\r\n"), .hear, .send("550 no\r\n"), .hear, .send("550 still no\r\n")] + quit)
        == .ehloRejected(Reply(code: 550, text: "still no")))
  }

  @Test func tellsWhereAConnectionWasLost() async throws {
    #expect(try await finding([.close]) == .closedEarly(.greeting))
    // The reset may be there before this side has heard that it is connected: then that is what failed.
    let reset = try await finding([.reset])
    #expect(reset == .closedEarly(.greeting) || reset == .closedEarly(.connect), "\(reset)")
    #expect(
      try await finding([.send("220-mx\r\n"), .pause(.milliseconds(50)), .reset]) == .closedEarly(.greeting))
    #expect(try await finding([.send("220 mx\r\n"), .hear, .close]) == .closedEarly(.ehlo))
    #expect(try await finding([.send("220 mx\r\n"), .hear, .reset]) == .closedEarly(.ehlo))
  }

  @Test func waitsNoLongerThanItsLimit() async throws {
    let limit = [ProbeSetting.probeTimeLimit: 300]
    #expect(try await finding([], limit) == .timedOut(.greeting))
    #expect(try await finding([.send("220 mx\r\n")], limit) == .timedOut(.ehlo))
    // A byte now and then does not buy more time.
    let start = ContinuousClock.now
    let drip = Step.drip("220-" + String(repeating: "x", count: 1000), every: .milliseconds(50))
    #expect(try await finding([drip], limit) == .timedOut(.greeting))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  /// The 6 seconds for which postscreen(8) holds its greeting back, with the settings as they are.
  @Test func aDelayedGreetingIsSlowAndNotDeath() async throws {
    let server = try ScriptedServer([.pause(.seconds(6)), .send("220 mx\r\n")] + Self.rest)
    defer { server.stop() }
    let target = Target(server.gateway(), approach)
    let status = try #require(GatewayStatus.of(await probe([target])).first)
    #expect(status.state == .up && status.reason.isEmpty)
    #expect(status.remark?.words.hasPrefix("slow: greets after 6.") == true, "\(status.known)")
  }

  @Test func endsAnEndlessReply() async throws {
    let line = String(repeating: "220-and on\r\n", count: 1000)
    #expect(try await finding([.flood(line)]) == .endlessReply(.greeting))
    #expect(try await finding([.flood("220 and on and on")]) == .endlessReply(.greeting))
    #expect(
      try await finding([.send("220 mx\r\n"), .hear, .flood(String(repeating: "250-X\r\n", count: 10_000))])
        == .endlessReply(.ehlo))
  }

  @Test func namesWhatIsNotSMTP() async throws {
    #expect(try await finding([.send("SSH-2.0-OpenSSH_9.2p1\r\n")]) == .notSMTP("SSH-2.0-OpenSSH_9.2p1"))
    #expect(try await finding([.send("\u{01}\u{02}binary"), .close]) == .notSMTP("?binary"))
    #expect(
      try await finding([.send("\u{16}\u{03}")], [.probeTimeLimit: 3_000]) == .notSMTP("?"))
  }

  @Test func showsNoControlCharacterOfAStranger() async throws {
    let nasty = "a\0b\u{1B}[2J\u{1B}]0;title\u{07}\u{9B}1m\r"
    let refusal = try await finding([.send("554 \(nasty)\r\n"), .hear, .close])
    #expect(refusal.reason == "refuses us: 554 a?b?[2J?]0;title?1m?")
    let server = try ScriptedServer(
      [.send("220 \(nasty)\r\n"), .hear, .send("250-mx\r\n250 \(nasty)\r\n"), .hear, .close])
    defer { server.stop() }
    let reading = try await reading(of: server.gateway())
    #expect(reading.capabilities == ["a?b?[2J?]0;title?1m?"])
  }

  @Test func namesWhyThereIsNoConnection() async throws {
    let toy = try ToyGateway.start(.refusing, on: ScriptedServer.group)
    defer { toy.stop() }
    #expect(try await reading(of: toy.gateway).finding == .connectionRefused)
    let missing = try await reading(
      of: .unix("/nonexistent/lmtp"), by: Approach(mailProtocol: .lmtp, heloName: "x"))
    #expect(missing.finding == .networkError("No such file or directory"))
    let elsewhere = try await reading(of: toy.gateway, by: Approach(source: "192.0.2.222", heloName: "x"))
    #expect(elsewhere.finding.state == .unknown, "\(elsewhere)")
  }

  /// What cannot be brought about on the loopback network.
  @Test func eachFailureToConnectHasItsWords() {
    let words: [(Int32, String, GatewayState)] = [
      (ECONNREFUSED, "connection refused", .down), (ENETUNREACH, "no route to host", .down),
      (EHOSTUNREACH, "no route to host", .down), (EAFNOSUPPORT, "no route to host", .down),
      (ETIMEDOUT, "timed out while connecting", .down),
      (ECONNRESET, "closed the connection while connecting", .down), (EACCES, "Permission denied", .down),
      (EMFILE, "not probed: Too many open files", .unknown),
      (EADDRNOTAVAIL, "not probed: Cannot assign requested address", .unknown),
    ]
    for (number, reason, state) in words {
      let finding = ProbeFinding(connectError: IOError(errnoCode: number, reason: "connect"))
      #expect(finding.reason == reason && finding.state == state)
    }
  }

  @Test func waitsForAConnectionNoLongerThanItsLimit() throws {
    // Its queue is full, so further connections are left without an answer.
    let listener = socket(AF_INET, SocketKind.inheritedStream, 0)
    defer { close(listener) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var clients: [Int32] = []
    defer { for client in clients { close(client) } }
    withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        #expect(bind(listener, address, length) == 0 && listen(listener, 0) == 0)
        #expect(getsockname(listener, address, &length) == 0)
        for _ in 0..<4 {
          let client = socket(AF_INET, SocketKind.nonblockingStream, 0)
          _ = connect(client, address, length)
          clients.append(client)
        }
      }
    }
    let gateway = Gateway.host("127.0.0.1", port: Int(in_port_t(bigEndian: place.sin_port)))
    let start = ContinuousClock.now
    let reading = try readingAtOnce(of: gateway, try settings([.probeTimeLimit: 400]))
    #expect(reading.finding == .timedOut(.connect))
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func speaksLMTPToALocalSocket() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "randmap-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "lmtp").path
    let server = try ScriptedServer([.send("220 store LMTP\r\n")] + Self.rest, path: path)
    defer { server.stop() }
    let reading = try await reading(
      of: .unix(path), by: Approach(mailProtocol: .lmtp, source: "127.0.0.77", heloName: "relay.example"))
    #expect(reading.finding == .answers)
    #expect(reading.address == path && reading.port == nil)
    #expect(server.seen.transcript.contains("C: LHLO relay.example"))
  }

  @Test func connectsFromTheSourceOfItsLane() async throws {
    let server = try ScriptedServer([.send("220 mx\r\n")] + Self.rest)
    defer { server.stop() }
    let lane = Approach(source: "127.0.0.77", heloName: "lane.example")
    #expect(try await reading(of: server.gateway(), by: lane).finding == .answers)
    #expect(server.seen.client == "127.0.0.77")
    // The other family is left to the system.
    let other = Approach(source: "::1", heloName: "lane.example")
    #expect(try await reading(of: server.gateway(), by: other).finding == .answers)
    #expect(server.seen.client == "127.0.0.1")
  }

  @Test func tellsOfANameThatDoesNotResolve() async throws {
    let reading = try await reading(of: .host("no-such-host.invalid", port: 25))
    guard case .unresolved = reading.finding else {
      Issue.record("\(reading)")
      return
    }
    #expect(reading.address == nil && reading.port == 25)
  }

  @Test func probesManyGatewaysInOneRoundAndOnce() async throws {
    let server = try ScriptedServer([.pause(.milliseconds(20)), .send("220 mx\r\n")] + Self.rest)
    defer { server.stop() }
    let targets = (0..<300).map { Target(server.gateway("127.0.\(1 + $0 / 200).\(1 + $0 % 200)"), approach) }
    let round = await probe(targets + targets, try settings([.connectionLimit: 50]))
    #expect(round.count == 300)
    #expect(round.values.allSatisfy { $0.map(\.finding) == [.answers] })
    #expect(server.seen.total == 300)
    #expect(server.seen.peak <= 50)
    let statuses = GatewayStatus.of(round)
    #expect(statuses.count == 300 && statuses.allSatisfy { $0.state == .up })
  }

  @Test func opensFewConnectionsToOneAddress() async throws {
    let server = try ScriptedServer([.pause(.milliseconds(20)), .send("220 mx\r\n")] + Self.rest)
    defer { server.stop() }
    let targets = (0..<20).map { Target(server.gateway(), Approach(heloName: "lane\($0).example")) }
    let round = await probe(targets, try settings([.addressConnectionLimit: 2]))
    #expect(round.count == 20 && server.seen.total == 20)
    #expect(server.seen.peak <= 2)
  }

  @Test func twoNamesOfOneAddressShareAProbe() async throws {
    let server = try ScriptedServer([.pause(.milliseconds(200)), .send("220 mx\r\n")] + Self.rest)
    defer { server.stop() }
    let v4 = Gateway.host("127.0.0.1", port: server.port)
    let literal = Gateway.mx("127.0.0.1", port: server.port)
    let round = await probe([Target(v4, approach), Target(literal, approach)])
    #expect(round.values.allSatisfy { $0.map(\.finding) == [.answers] })
    #expect(server.seen.total == 1)
  }

  @Test func anEmptyRoundEnds() async {
    #expect(await probe([]).isEmpty)
  }
}
