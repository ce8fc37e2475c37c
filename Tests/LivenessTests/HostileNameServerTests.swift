// A name server that means ill: answers by TCP that never come or never end, lengths that lie, thousands of addresses, answers to
// other questions. All addresses in answers are of the loopback network, and nothing connects to them.

import Gateways
import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct HostileNameServerTests {
  private typealias Outcome = Result<[HostAddress], ResolutionError>

  private func lookUp(_ server: StrangeNameServer) throws -> (outcome: Outcome, time: Duration) {
    var settings = ProbeSettings()
    settings.nameServer = .init(address: server.address.host, port: 53)
    let lookup = NameLookup(
      Target(.host("gw.test", port: 25), Approach(heloName: "relay.example", lookup: .dns)),
      settings: settings)
    let start = ContinuousClock.now
    return (lookup.addresses(), .now - start)
  }

  private func reason(_ outcome: Outcome) -> String {
    if case .failure(let error) = outcome { error.words } else { "\(outcome)" }
  }

  /// The resolver library would wait for ever, and the thread with it.
  @Test(arguments: [[], [0xFF, 0xFF, 0, 0]])
  func anAnswerByTCPThatDoesNotEndHoldsNoThread(beginning: [UInt8]) throws {
    let server = try StrangeNameServer(
      byDatagram: StrangeNameServer.cut,
      byTCP: { connection, _ in
        // A byte now and then is no answer either.
        while send(connection, beginning, beginning.count, Int32(MSG_NOSIGNAL)) >= 0 {
          var entry = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
          if poll(&entry, 1, 200) != 0 { return }
        }
      })
    let (outcome, time) = try lookUp(server)
    #expect(reason(outcome).contains("temporary failure"))
    #expect(time < .seconds(40), "\(time)")
  }

  @Test func ofThousandsOfAddressesAFewAreTaken() throws {
    let hosts: [[UInt8]] = (0..<4_000).map { [127, 7, UInt8($0 / 250), UInt8($0 % 250 + 1)] }
    let server = try StrangeNameServer(
      byDatagram: StrangeNameServer.cut, byTCP: { reply($0, StrangeNameServer.addresses(hosts, to: $1)) })
    let (outcome, time) = try lookUp(server)
    let found = try outcome.get()
    #expect(found.count == ProbeSettings()[.addressLimit] && found.first?.address == "127.7.0.1")
    #expect(time < .seconds(20), "\(time)")
  }

  @Test(arguments: Lie.allCases) func aLieIsNoAddress(lie: Lie) throws {
    for isCut in [false, true] {
      let server = try StrangeNameServer(
        byDatagram: { isCut ? StrangeNameServer.cut($0) : lie.answer(to: $0) },
        byTCP: { reply($0, lie.answer(to: $1)) })
      let (outcome, _) = try lookUp(server)
      #expect(throws: ResolutionError.self, "\(lie) \(isCut)") { _ = try outcome.get() }
    }
  }

  enum Lie: String, CaseIterable {
    case otherIdentifier, otherQuestion, longRecord, longAddress, manyCounted, nameOutside, noQuestion, short

    func answer(to query: [UInt8]) -> [UInt8] {
      var message = StrangeNameServer.addresses([[127, 7, 0, 1]], to: query)
      // Questions for other records have no answer: there is nothing to lie about.
      guard message.count > query.count, message[7] == 1 else { return message }
      let end = message.count
      switch self {
      case .otherIdentifier: message[0] ^= 1
      case .otherQuestion: message[13] ^= 1
      case .longRecord: message[end - 6] = 0xEA
      case .longAddress:
        message[end - 5] = 6
        message += [127, 7]
      case .manyCounted: message[6] = 0xFF
      case .nameOutside: message[end - 15] = 0xFF
      case .noQuestion:
        message[5] = 0
        message.removeSubrange(12..<query.count)
      case .short: message.removeSubrange(7...)
      }
      return message
    }
  }
}

private func reply(_ connection: Int32, _ message: [UInt8]) {
  let framed = [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
  _ = send(connection, framed, framed.count, Int32(MSG_NOSIGNAL))
}
