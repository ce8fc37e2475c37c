// Names to addresses: literals, and mail exchangers from a name server of the test's own.

import NIOCore
import NIOPosix
import Testing

@testable import Liveness
@testable import Routing

@Suite(.timeLimit(.minutes(2))) struct NameLookupTests {
  private func lookup(
    _ gateway: Gateway, _ mailProtocol: MailProtocol = .smtp, _ families: AddressFamilies = .all,
    _ server: ToyNameServer? = nil
  ) -> NameLookup {
    var settings = ProbeSettings()
    settings.families = families
    if let server { settings.nameServer = .init(address: "127.0.0.1", port: server.port) }
    return NameLookup(gateway: gateway, mailProtocol: mailProtocol, settings: settings)
  }

  @Test func literalsNeedNoLookup() throws {
    #expect(try lookup(.host("192.0.2.1", port: 25)).literal?.get() == ["192.0.2.1"])
    #expect(try lookup(.host("ipv6:2001:db8::1", port: 25)).literal?.get() == ["2001:db8::1"])
    #expect(try lookup(.host("IPv6:2001:db8::1", port: 25)).literal?.get() == ["2001:db8::1"])
    #expect(try lookup(.unix("/run/lmtp")).literal?.get() == ["/run/lmtp"])
    #expect(lookup(.host("gw.example", port: 25)).literal == nil)
  }

  @Test func familiesAreRespected() throws {
    #expect(throws: Unresolved.self) {
      try lookup(.host("192.0.2.1", port: 25), .smtp, .ipv6).literal?.get()
    }
    #expect(throws: Unresolved.self) {
      try lookup(.host("ipv6:::1", port: 25), .smtp, .ipv4).literal?.get()
    }
    #expect(try lookup(.host("localhost", port: 25), .smtp, .ipv4).addresses().get() == ["127.0.0.1"])
  }

  @Test func exchangersComeInTheOrderOfPreference() throws {
    let server = try ToyNameServer([(20, ["second", "example"]), (10, ["first", "example"])])
    defer { server.stop() }
    let name = ProbeSettings.NameServer(address: "127.0.0.1", port: server.port)
    #expect(
      try mailExchangers(of: "domain.example", nameServer: name) == ["first.example", "second.example"])
  }

  @Test func exchangersLeadToAddresses() throws {
    let server = try ToyNameServer([(20, ["localhost"]), (10, ["no-such-host", "invalid"])])
    defer { server.stop() }
    #expect(
      try lookup(.mx("domain.example", port: 25), .smtp, .ipv4, server).addresses().get() == ["127.0.0.1"])
  }

  @Test func aDomainWithoutExchangersIsItsOwn() throws {
    let server = try ToyNameServer([])
    defer { server.stop() }
    #expect(try lookup(.mx("localhost", port: 25), .smtp, .ipv4, server).addresses().get() == ["127.0.0.1"])
  }

  @Test func lmtpAsksForNoExchangers() throws {
    let server = try ToyNameServer([(10, ["no-such-host", "invalid"])])
    defer { server.stop() }
    #expect(try lookup(.mx("localhost", port: 24), .lmtp, .ipv4, server).addresses().get() == ["127.0.0.1"])
  }

  @Test func aNullExchangerTakesNoMail() throws {
    let server = try ToyNameServer([(0, [])])
    defer { server.stop() }
    let failure = #expect(throws: Unresolved.self) {
      try lookup(.mx("domain.example", port: 25), .smtp, .all, server).addresses().get()
    }
    #expect(failure?.words == "accepts no mail (null MX)")
  }

  @Test func aNameServerThatIsSilentHoldsNothingUp() async throws {
    // Bound, and never read.
    let silent = try ToyNameServer(nil)
    defer { silent.stop() }
    var settings = try settings([.probeTimeLimit: 300])
    settings.nameServer = .init(address: "127.0.0.1", port: silent.port)
    let start = ContinuousClock.now
    let reading = try await reading(of: .mx("domain.example", port: 25), settings)
    #expect(reading.finding == .unresolved("no answer within 0.3 s"))
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func garbageIsNoAnswer() throws {
    let server = try ToyNameServer([(10, ["mx", "example"])], isBroken: true)
    defer { server.stop() }
    #expect(throws: Unresolved.self) {
      try lookup(.mx("domain.example", port: 25), .smtp, .all, server).addresses().get()
    }
  }
}

/// Answers every question with the same MX records.
private final class ToyNameServer: Sendable {
  let port: Int
  private let channel: any Channel

  /// - Parameter records: nil for a server that never answers.
  init(_ records: [(preference: UInt16, labels: [String])]?, isBroken: Bool = false) throws {
    channel = try DatagramBootstrap(group: ScriptedServer.group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let records {
            try channel.pipeline.syncOperations.addHandler(Answerer(records, isBroken: isBroken))
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = channel.localAddress?.port ?? 0
  }

  func stop() { channel.close(promise: nil) }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let records: [(preference: UInt16, labels: [String])]
    private let isBroken: Bool

    init(_ records: [(preference: UInt16, labels: [String])], isBroken: Bool) {
      self.records = records
      self.isBroken = isBroken
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      let query = Array(envelope.data.readableBytesView)
      guard query.count > 12, let nameEnd = query[12...].firstIndex(of: 0) else { return }
      var answer = ByteBuffer(bytes: query.prefix(2))
      // A recursive answer without an error; one question, our answers.
      answer.writeMultipleIntegers(
        UInt16(0x8180), UInt16(1), UInt16(isBroken ? 9 : records.count), UInt16(0), UInt16(0))
      answer.writeBytes(query[12..<nameEnd + 5])
      for record in records {
        var name: [UInt8] = []
        for label in record.labels { name += [UInt8(label.utf8.count)] + Array(label.utf8) }
        name = isBroken ? [0xC0] : name + [0]
        // The question's name; MX, IN, a minute.
        answer.writeMultipleIntegers(UInt16(0xC00C), UInt16(15), UInt16(1), UInt32(60))
        answer.writeMultipleIntegers(UInt16(2 + name.count), record.preference)
        answer.writeBytes(name)
      }
      context.writeAndFlush(
        wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer)), promise: nil)
    }
  }
}
