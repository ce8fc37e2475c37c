// Destinations, and the host and port of a next hop, as smtp(8) takes and refuses them.
import PostfixFiles
import Testing

private typealias Problem = NextHopError

@Suite struct NextHopTests {
  @Test(arguments: [
    ("[gw.example]", "gw.example", true, nil), ("gw.example", "gw.example", false, nil),
    ("[gw.example]:587", "gw.example", true, 587), ("gw.example:587", "gw.example", false, 587),
    ("[gw.example]:", "gw.example", true, nil), ("[192.0.2.1]:25", "192.0.2.1", true, 25),
    ("[ipv6:2001:db8::1]:25", "2001:db8::1", true, 25), ("[IPv6:2001:db8::1]", "2001:db8::1", true, nil),
    ("[2001:db8::1]", "2001:db8::1", true, nil), ("gw:smtp", "gw", false, 25), ("[gw]:lmtp", "gw", true, 24),
    ("[gw]:0025", "gw", true, 25), ("[a_b.example]", "a_b.example", true, nil),
  ])
  func aHostAndAPortAreRead(text: String, host: String, isBracketed: Bool, port: Int?) throws {
    let parsed = try HostPort(text)
    #expect(parsed.host == host)
    #expect(parsed.isBracketed == isBracketed)
    #expect(parsed.port == port)
  }

  @Test(arguments: [
    ("[gw.example", Problem.missingBracket), ("[gw]25", .garbageAfterBracket), ("[ipv6:x]", .malformedIPv6),
    ("ipv6:2001:db8::1", .malformedIPv6), ("", .notAHost), ("[]", .notAHost), ("a b", .notAHost),
    ("-a.example", .notAHost), ("a..b", .notAHost), ("1.2.3", .notAHost), ("a.example.", .notAHost),
    ("[gw]:25x", .garbageAfterService), ("[gw]:0", .badPort("0")), ("[gw]:65536", .badPort("65536")),
    ("[gw]:no-such-service", .unknownService("no-such-service")),
  ])
  fileprivate func whatStopsTheTransportIsNamed(text: String, problem: Problem) {
    #expect(throws: problem) { try HostPort(text) }
  }

  @Test func aNameHasLabelsOf63BytesAnd255InAll() {
    let label = String(repeating: "a", count: 63)
    #expect(HostName.isValid(label))
    #expect(!HostName.isValid(label + "a"))
    #expect(HostName.isValid([label, label, label, String(label.dropLast())].joined(separator: ".")))
    #expect(!HostName.isValid([label, label, label, label + ".a"].joined(separator: ".")))
    #expect(HostName.isValid("b\u{FC}cher.example"))
    #expect(!HostName.isValid("b\u{FFFD}cher.example"), "that is no UTF-8")
  }

  @Test(arguments: [
    ("smtp:[gw]:25", "smtp", "[gw]:25", true), ("smtp:", "smtp", "", true), (":[gw]", "", "[gw]", true),
    ("smtp", "smtp", "", false), ("", "", "", false), ("[gw]:25", "[gw]", "25", true),
  ])
  func aDestinationIsSplitAtItsFirstColon(text: String, transport: String, nextHop: String, hasColon: Bool) {
    let destination = Destination(SourcedText(builtIn: text))
    #expect(destination.transport.text == transport)
    #expect(destination.nextHop.text == nextHop)
    #expect(destination.hasColon == hasColon)
  }

  @Test func aNextHopMayBeAList() {
    #expect(nextHopItems(SourcedText(builtIn: "[a]:25, [b] c")).map(\.text) == ["[a]:25", "[b]", "c"])
  }

  @Test(arguments: [
    ("25", 25), ("0", nil), ("65536", nil), ("smtp", 25), ("lmtp", 24), ("no-such-service", nil),
  ])
  func aServiceNameIsAPort(name: String, port: Int?) { #expect(servicePort(name) == port) }
}
