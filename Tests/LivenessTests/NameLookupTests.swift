// Names to addresses: literals, and mail exchangers from a name server of the test's own.

import Gateways
import NIOCore
import NIOPosix
import Synchronization
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct NameLookupTests {
  private func lookup(
    _ gateway: Gateway, _ mailProtocol: MailProtocol = .smtp, _ families: AddressFamilies = .all,
    _ server: ToyNameServer? = nil, by lookup: HostLookup = .native, limits: [ProbeSetting: Int] = [:]
  ) -> NameLookup {
    var settings = ProbeSettings()
    settings.families = families
    if let server { settings.nameServer = .init(address: "127.0.0.1", port: server.port) }
    let approach = Approach(mailProtocol: mailProtocol, heloName: "relay.example", lookup: lookup)
    return NameLookup(Target(gateway, approach), settings: settings)
  }

  @Test func literalsNeedNoLookup() throws {
    #expect(try lookup(.host("192.0.2.1", port: 25)).literal?.get().map(\.address) == ["192.0.2.1"])
    #expect(try lookup(.host("ipv6:2001:db8::1", port: 25)).literal?.get().map(\.address) == ["2001:db8::1"])
    #expect(try lookup(.host("IPv6:2001:db8::1", port: 25)).literal?.get().map(\.address) == ["2001:db8::1"])
    #expect(try lookup(.unix("/run/lmtp")).literal?.get().map(\.address) == ["/run/lmtp"])
    #expect(lookup(.host("gw.example", port: 25)).literal == nil)
  }

  @Test func familiesAreRespected() throws {
    #expect(throws: ResolutionError.self) {
      try lookup(.host("192.0.2.1", port: 25), .smtp, .ipv6).literal?.get().map(\.address)
    }
    #expect(throws: ResolutionError.self) {
      try lookup(.host("ipv6:::1", port: 25), .smtp, .ipv4).literal?.get().map(\.address)
    }
    #expect(
      try lookup(.host("localhost", port: 25), .smtp, .ipv4).addresses().get().map(\.address) == ["127.0.0.1"]
    )
  }

  @Test func exchangersComeInTheOrderOfPreference() throws {
    let server = try ToyNameServer([(20, ["second", "example"]), (10, ["first", "example"])])
    defer { server.stop() }
    let dns = DNSLookup(nameServer: .init(address: "127.0.0.1", port: server.port))
    #expect(try dns.mailExchangers(of: "domain.example") == ["first.example", "second.example"])
  }

  @Test func exchangersLeadToAddresses() throws {
    let server = try ToyNameServer([(20, ["localhost"]), (10, ["no-such-host", "invalid"])])
    defer { server.stop() }
    #expect(
      try lookup(.mx("domain.example", port: 25), .smtp, .ipv4, server).addresses().get().map(\.address) == [
        "127.0.0.1"
      ])
  }

  @Test func aDomainWithoutExchangersIsItsOwn() throws {
    let server = try ToyNameServer([])
    defer { server.stop() }
    #expect(
      try lookup(.mx("localhost", port: 25), .smtp, .ipv4, server).addresses().get().map(\.address) == [
        "127.0.0.1"
      ])
  }

  @Test func lmtpAsksForNoExchangers() throws {
    let server = try ToyNameServer([(10, ["no-such-host", "invalid"])])
    defer { server.stop() }
    #expect(
      try lookup(.mx("localhost", port: 24), .lmtp, .ipv4, server).addresses().get().map(\.address) == [
        "127.0.0.1"
      ])
  }

  @Test func aNullExchangerTakesNoMail() throws {
    let server = try ToyNameServer([(0, [])])
    defer { server.stop() }
    let failure = #expect(throws: ResolutionError.self) {
      try lookup(.mx("domain.example", port: 25), .smtp, .all, server).addresses().get().map(\.address)
    }
    #expect(failure == ResolutionError(.absent, "accepts no mail (null MX)"))
  }

  @Test func aNameServerThatIsSilentHoldsNothingUp() async throws {
    // Bound, and never read.
    let silent = try ToyNameServer(nil)
    defer { silent.stop() }
    var settings = try settings([.probeTimeLimit: 300])
    settings.nameServer = .init(address: "127.0.0.1", port: silent.port)
    let reading = try await reading(of: .mx("domain.example", port: 25), settings)
    #expect(reading.finding == .unresolved(ResolutionError(.unanswered, "no answer within 0.3 s")))
  }

  /// All of them take longer than a probe may, and each of them does not.
  @Test func aSlowNameServerAnswersForAllThatWait() async throws {
    let server = try ToyNameServer([], addresses: ["127.0.0.1"], delay: .milliseconds(300))
    defer { server.stop() }
    var settings = try settings([.probeTimeLimit: 1_500, .resolverThreads: 2])
    settings.families = .ipv4
    settings.nameServer = .init(address: "127.0.0.1", port: server.port)
    let approach = Approach(heloName: "relay.example", lookup: .dns)
    let targets = (0..<16).map { Target(.host("gw\($0).example", port: 1), approach) }
    let readings = await probe(targets, settings)
    #expect(readings.count == 16)
    for (target, readings) in readings {
      #expect(readings.map(\.address) == ["127.0.0.1"], "\(target) \(readings)")
    }
  }

  /// Thousands of names must not wait for a server that is dead, a few at a time.
  @Test func nobodyWaitsLongForADeadNameServer() async throws {
    let silent = try ToyNameServer(nil)
    defer { silent.stop() }
    var settings = try settings([.probeTimeLimit: 300, .resolverThreads: 1])
    settings.nameServer = .init(address: "127.0.0.1", port: silent.port)
    let targets = (0..<50).map {
      Target(.mx("gw\($0).example", port: 1), Approach(heloName: "relay.example"))
    }
    let readings = await probe(targets, settings)
    let unanswered = ProbeFinding.unresolved(ResolutionError(.unanswered, "no answer within 0.3 s"))
    #expect(readings.count == 50 && readings.values.allSatisfy { $0.map(\.finding) == [unanswered] })
  }

  @Test func postfixAsksTheDNSAlone() throws {
    let server = try ToyNameServer([], addresses: ["192.0.2.1", "192.0.2.2"])
    defer { server.stop() }
    // A name that the system would find.
    let name = Gateway.host("localhost", port: 25)
    for way in [HostLookup.dns, .dnsThenNative] {
      #expect(
        try lookup(name, .smtp, .ipv4, server, by: way).addresses().get().map(\.address) == [
          "192.0.2.1", "192.0.2.2",
        ])
      #expect(try lookup(name, .smtp, .all, server, by: way).addresses().get().map(\.address).count == 2)
    }
    for way in [HostLookup.native, .withoutDNS] {
      #expect(
        try lookup(name, .smtp, .ipv4, server, by: way).addresses().get().map(\.address) == ["127.0.0.1"])
    }
  }

  @Test func theSystemIsAskedAfterTheDNSWherePostfixDoes() throws {
    let server = try ToyNameServer([])
    defer { server.stop() }
    let name = Gateway.host("localhost", port: 25)
    #expect(
      try lookup(name, .smtp, .ipv4, server, by: .dnsThenNative).addresses().get().map(\.address) == [
        "127.0.0.1"
      ])
    let failure = #expect(throws: ResolutionError.self) {
      try lookup(name, .smtp, .all, server, by: .dns).addresses().get().map(\.address)
    }
    #expect(
      failure
        == ResolutionError(
          .absent,
          "not in the DNS; /etc/hosts has it, but is not asked without smtp_host_lookup = dns, native"))
    let other = #expect(throws: ResolutionError.self) {
      try lookup(.host("nowhere.example", port: 25), .smtp, .all, server, by: .dns).addresses().get()
    }
    #expect(other == ResolutionError(.absent, "not in the DNS"))
  }

  /// It exists, and Postfix does not use the protocol of its addresses: that is no typing error.
  @Test func aNameOfTheOtherProtocolIsNoUnknownName() throws {
    let loopback = [UInt8](repeating: 0, count: 15) + [1]
    let name = Gateway.host("gw.example", port: 25)
    let sixth = try ToyNameServer([], sixth: [loopback])
    defer { sixth.stop() }
    #expect(
      lookup(name, .smtp, .ipv4, sixth, by: .dns).addresses().map(\.count)
        == .failure(
          ResolutionError(.otherFamily, "it has only IPv6 addresses, and inet_protocols is ipv4")))
    #expect(try lookup(name, .smtp, .ipv6, sixth, by: .dns).addresses().get().map(\.address) == ["::1"])
    let fourth = try ToyNameServer([], addresses: ["127.0.0.2"])
    defer { fourth.stop() }
    #expect(
      lookup(name, .smtp, .ipv6, fourth, by: .dns).addresses().map(\.count)
        == .failure(
          ResolutionError(.otherFamily, "it has only IPv4 addresses, and inet_protocols is ipv6")))
    let none = try ToyNameServer([])
    defer { none.stop() }
    #expect(
      lookup(name, .smtp, .ipv4, none, by: .dns).addresses().map(\.count)
        == .failure(ResolutionError(.absent, "not in the DNS")))
  }

  @Test func aDomainInBracketsIsTold() throws {
    let server = try ToyNameServer([(20, ["second", "example"]), (10, ["first", "example"])])
    defer { server.stop() }
    let failure = #expect(throws: ResolutionError.self) {
      try lookup(.host("domain.example", port: 25), .smtp, .all, server, by: .dns).addresses().get()
    }
    #expect(
      failure == ResolutionError(.domain, "not in the DNS, but it has mail exchangers, first.example first"))
  }

  @Test func aNameServerThatFailsMayYetAnswer() throws {
    let server = try ToyNameServer([(10, ["mx", "example"])], isBroken: true)
    defer { server.stop() }
    let failure = #expect(throws: ResolutionError.self) {
      try lookup(.host("gw.example", port: 25), .smtp, .all, server, by: .dns).addresses().get()
    }
    #expect(failure?.kind == .unanswered)
  }

  @Test func withoutTheDNSNobodyAsksForExchangers() throws {
    let server = try ToyNameServer([(10, ["no-such-host", "invalid"])])
    defer { server.stop() }
    let name = Gateway.mx("localhost", port: 25)
    #expect(
      try lookup(name, .smtp, .ipv4, server, by: .withoutDNS).addresses().get().map(\.address) == [
        "127.0.0.1"
      ])
  }

  @Test func fiveHundredAddressesAreCutShort() async throws {
    let many = (0..<500).map { "127.7.\($0 / 250).\(1 + $0 % 250)" }
    let server = try ToyNameServer([], addresses: many)
    defer { server.stop() }
    let name = Gateway.host("many.example", port: 25)
    #expect(
      try lookup(name, .smtp, .ipv4, server, by: .dns).addresses().get().map(\.address)
        == Array(many.prefix(16)))
    let gateway = try ScriptedServer([.send("220 mx\r\n"), .hear, .send("250 mx\r\n"), .hear, .close])
    defer { gateway.stop() }
    var settings = ProbeSettings()
    settings.nameServer = .init(address: "127.0.0.1", port: server.port)
    let target = Target(
      .host("many.example", port: gateway.port), Approach(heloName: "relay.example", lookup: .dns))
    let readings = try #require(await probe([target], settings)[target])
    #expect(readings.compactMap(\.address) == Array(many.prefix(16)))
    #expect(gateway.seen.total == 16)
  }

  @Test func anEndlessListOfExchangersHoldsNothingUp() throws {
    let server = try ToyNameServer((0..<500).map { (UInt16($0), ["mx\($0)", "invalid"]) })
    defer { server.stop() }
    let start = ContinuousClock.now
    #expect(throws: ResolutionError.self) {
      try lookup(.mx("domain.example", port: 25), .smtp, .all, server, by: .dns).addresses().get().map(
        \.address)
    }
    // Two questions for each of the first 16 exchangers, and for no other.
    #expect(server.questions == 33)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test func garbageIsNoAnswer() throws {
    let server = try ToyNameServer([(10, ["mx", "example"])], isBroken: true)
    defer { server.stop() }
    for gateway in [Gateway.mx("domain.example", port: 25), .host("gw.example", port: 25)] {
      #expect(throws: ResolutionError.self) {
        try lookup(gateway, .smtp, .all, server, by: .dns).addresses().get().map(\.address)
      }
    }
  }
}

/// Answers every question for MX records with the same ones, and every question for addresses with the same ones.
final class ToyNameServer: Sendable {
  typealias MX = (preference: UInt16, labels: [String])

  let port: Int
  private let channel: any Channel

  /// - Parameters:
  ///   - records: nil for a server that never answers.
  ///   - sixth: the bytes of its IPv6 addresses.
  ///   - delay: How long it thinks about each question.
  init(
    _ records: [MX]?, addresses: [String] = [], sixth: [[UInt8]] = [], isBroken: Bool = false,
    delay: TimeAmount = .zero
  ) throws {
    let box = Answerer.Count()
    count = box
    channel = try DatagramBootstrap(group: ScriptedServer.group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let records {
            try channel.pipeline.syncOperations.addHandler(
              Answerer(
                records, addresses: addresses, sixth: sixth, isBroken: isBroken, delay: delay, count: box))
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = channel.localAddress?.port ?? 0
  }

  private let count: Answerer.Count

  /// How many came.
  var questions: Int { count.value.withLock { $0 } }

  func stop() { channel.close(promise: nil) }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    final class Count: Sendable {
      let value = Mutex(0)
    }

    private let records: [MX]
    private let addresses: [String]
    private let sixth: [[UInt8]]
    private let isBroken: Bool
    private let delay: TimeAmount
    private let count: Count

    init(
      _ records: [MX], addresses: [String], sixth: [[UInt8]], isBroken: Bool, delay: TimeAmount, count: Count
    ) {
      self.sixth = sixth
      self.delay = delay
      self.records = records
      self.addresses = addresses
      self.isBroken = isBroken
      self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      let query = Array(envelope.data.readableBytesView)
      guard query.count > 12, let nameEnd = query[12...].firstIndex(of: 0) else { return }
      count.value.withLock { $0 += 1 }
      let type = query[nameEnd + 2]
      let answers: [[UInt8]] =
        switch type {
        case 15: records.map { exchanger($0) }
        case 1: addresses.map { $0.split(separator: ".").compactMap { UInt8($0) } }
        case 28: sixth
        default: []
        }
      var answer = ByteBuffer(bytes: query.prefix(2))
      // A recursive answer without an error; one question, our answers.
      answer.writeMultipleIntegers(
        UInt16(0x8180), UInt16(1), UInt16(isBroken ? 9 : answers.count), UInt16(0), UInt16(0))
      answer.writeBytes(query[12..<nameEnd + 5])
      for data in answers {
        // The question's name; its type, IN, a minute.
        answer.writeMultipleIntegers(UInt16(0xC00C), UInt16(type), UInt16(1), UInt32(60))
        answer.writeInteger(UInt16(data.count))
        answer.writeBytes(data)
      }
      let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer)
      context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
        context.writeAndFlush(self.wrapOutboundOut(reply), promise: nil)
      }
    }

    private func exchanger(_ record: MX) -> [UInt8] {
      var name: [UInt8] = []
      for label in record.labels { name += [UInt8(label.utf8.count)] + Array(label.utf8) }
      return [UInt8(record.preference >> 8), UInt8(record.preference & 0xFF)]
        + (isBroken ? [0xC0] : name + [0])
    }
  }
}
