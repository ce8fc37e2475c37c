// STARTTLS and TLS from the first byte, on servers that do it well and on some that lie.

import Gateways
import NIOSSL
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct TLSTests {
  /// Up to the answer to STARTTLS.
  private static let offer: [Step] = [
    .send("220 mx\r\n"), .hear, .send("250-mx\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"), .hear,
  ]
  private static let ready = Step.send("220 go ahead\r\n")
  private static let rest: [Step] = [
    .hear, .send("250-mx\r\n250 AUTH PLAIN\r\n"), .hear, .send("221 bye\r\n"), .close,
  ]
  private static let mandatory = TLSPolicy(.encrypt)

  private func context(_ names: [String], days: Int) throws -> NIOSSLContext {
    let made = try TestCertificate(for: names, days: days)
    let chain = try NIOSSLCertificate.fromPEMFile(made.certificateFile)
    let key = try NIOSSLPrivateKey(file: made.keyFile, format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
  }

  private func probed(
    _ steps: [Step], _ policy: TLSPolicy = mandatory, host: String = "127.0.0.1",
    limits values: [ProbeSetting: Int] = [:]
  ) async throws -> (reading: Reading, said: [String]) {
    let server = try ScriptedServer(steps)
    defer { server.stop() }
    var limits = try settings(values)
    limits.families = .ipv4
    let reading = try await reading(
      of: server.gateway(host), by: Approach(heloName: "relay.example", tls: policy), limits)
    try waitUntil("the connection to end") { server.seen.connections == 0 }
    return (reading, server.seen.transcript)
  }

  @Test func goesThroughTheWholeConversation() async throws {
    let tls = try context(["mx.example", "*.gw.example"], days: 100)
    for policy in [TLSPolicy(.none), TLSPolicy(.may), Self.mandatory] {
      let (reading, said) = try await probed(Self.offer + [Self.ready, .tls(tls)] + Self.rest, policy)
      #expect(reading.finding == .answers)
      let certificate = try #require(reading.encryption.certificate)
      #expect(certificate.names == ["mx.example", "*.gw.example"])
      #expect(certificate.daysLeft == 100)
      #expect(reading.capabilities == ["AUTH PLAIN"])
      #expect(
        said.filter { !$0.hasPrefix("S:") }
          == ["C: EHLO relay.example", "C: STARTTLS", "C: EHLO relay.example", "C: QUIT", "end"])
    }
  }

  @Test func speaksTLSFromTheFirstByteWhereTheTransportDoes() async throws {
    let tls = try context(["mx.example"], days: 100)
    let wrapped = TLSPolicy(.encrypt, isWrapped: true)
    let (reading, said) = try await probed([.tls(tls), .send("220 mx\r\n")] + Self.rest, wrapped)
    #expect(reading.finding == .answers && reading.latency != nil)
    #expect(reading.encryption.certificate?.names == ["mx.example"])
    #expect(!said.contains("C: STARTTLS"))
    let clear = try await probed([.send("220 mx\r\n")] + Self.rest, wrapped)
    guard case .tlsFailed(let words) = clear.reading.finding else {
      Issue.record("\(clear.reading)")
      return
    }
    #expect(!words.isEmpty)
    let silent = try await probed([], wrapped, limits: [.probeTimeLimit: 300])
    #expect(silent.reading.finding == .timedOut(.tls))
  }

  @Test func judgesTheCertificateWhereTLSIsAskedFor() async throws {
    func finding(
      _ names: [String], days: Int, _ policy: TLSPolicy, host: String = "localhost"
    ) async throws -> ProbeFinding {
      let tls = try context(names, days: days)
      return try await probed(Self.offer + [Self.ready, .tls(tls)] + Self.rest, policy, host: host).reading
        .finding
    }
    #expect(try await finding(["localhost"], days: 14, Self.mandatory) == .answers)
    #expect(try await finding(["localhost"], days: 13, Self.mandatory) == .certificateExpiresSoon(days: 13))
    #expect(try await finding(["localhost"], days: -3, Self.mandatory) == .certificateExpired(days: 3))
    #expect(
      try await finding(["mx.example"], days: 99, Self.mandatory) == .certificateOfAnother(["mx.example"]))
    // No certificate is for an address, unless somebody insists.
    #expect(try await finding(["mx.example"], days: 99, Self.mandatory, host: "127.0.0.1") == .answers)
    #expect(
      try await finding(["mx.example"], days: 99, TLSPolicy(.verify), host: "127.0.0.1")
        == .certificateOfAnother(["mx.example"]))
    for policy in [TLSPolicy(.none), TLSPolicy(.may)] {
      #expect(try await finding(["mx.example"], days: -3, policy) == .answers)
    }
  }

  @Test func missesSTARTTLSOnlyWhereItIsAskedFor() async throws {
    let plain: [Step] = [.send("220 mx\r\n")] + Self.rest
    let (reading, _) = try await probed(plain)
    #expect(reading.finding == .noTLS && reading.encryption == .notOffered)
    #expect(GatewayState.of([reading]) == .degraded)
    #expect(try await probed(plain, TLSPolicy(.may)).reading.finding == .answers)
    let refused = Self.offer + [.send("454 not now\r\n"), .hear, .send("221 bye\r\n"), .close]
    #expect(try await probed(refused).reading.finding == .tlsFailed("454 not now"))
    let content = try await probed(refused, TLSPolicy(.may))
    #expect(content.reading.finding == .answers)
    #expect(content.said.contains("C: QUIT"))
  }

  @Test func aHandshakeThatStallsHasItsEnd() async throws {
    let stalls = Self.offer + [Self.ready]
    let limit = [ProbeSetting.probeTimeLimit: 400]
    #expect(try await probed(stalls, limits: limit).reading.finding == .timedOut(.tls))
    let content = try await probed(stalls, TLSPolicy(.may), limits: limit).reading
    // Measured: smtp(8) defers the message, and sends it in clear text the next time.
    #expect(
      content.finding == .fallsBack("timed out in TLS") && content.encryption == .failed(.timedOut(.tls)))
    #expect(content.finding.state == .degraded)
    #expect(try await probed(stalls, TLSPolicy(.none), limits: limit).reading.finding == .answers)
    #expect(
      try await probed(stalls + [.pause(.milliseconds(100)), .close]).reading.finding == .closedEarly(.tls))
    #expect(
      try await probed(stalls + [.pause(.milliseconds(100)), .reset]).reading.finding == .closedEarly(.tls))
  }

  @Test func aHandshakeThatLiesIsNone() async throws {
    let lies = Self.offer + [Self.ready, .pause(.milliseconds(100)), .send("HTTP/1.1 400 \u{1B}[2J\r\n\r\n")]
    let (reading, _) = try await probed(lies)
    guard case .tlsFailed(let words) = reading.finding else {
      Issue.record("\(reading)")
      return
    }
    #expect(words == "wrong version number" || words == "http request", "\(words)")
    // Words in front of the handshake would count as the gateway's own.
    let injected = Self.offer + [.send("220 go ahead\r\n250 AUTH PLAIN\r\n")]
    let second = try await probed(injected).reading
    #expect(second.finding == .tlsFailed("clear text after the answer to STARTTLS"))
    // Measured: smtp(8) throws such text away and goes on with TLS.
    #expect(try await probed(injected, TLSPolicy(.may)).reading.finding == .answers)
    guard case .fallsBack = try await probed(lies, TLSPolicy(.may)).reading.finding else {
      Issue.record("junk in the place of a handshake is nothing that mail passes")
      return
    }
    // Garbage without end.
    let flood = Self.offer + [Self.ready, .flood(String(repeating: "x", count: 10_000))]
    let third = try await probed(flood, limits: [.probeTimeLimit: 5_000]).reading
    #expect(third.finding.state == .down)
  }

  @Test func namesInACertificateMayBeWild() {
    let certificate = Certificate(names: ["*.gw.example", "MX.example", "a\u{1B}b"], expires: 0, now: 0)
    #expect(certificate.isFor("one.gw.example") && certificate.isFor("mx.EXAMPLE"))
    #expect(!certificate.isFor("gw.example") && !certificate.isFor("a.b.gw.example"))
    #expect(certificate.names.last == "a?b")
  }
}
