// A gateway of a protocol that is turned off asks first: Postfix never connects to it.

import PostfixFiles
import Testing

@testable import Editing

@Suite struct FamilyGuardTests {
  private func guards(_ main: String, _ edit: Edit) throws -> [String] {
    let config = configToPlan(main)
    return config.guards(against: try config.applying(edit), states: [:]).map(\.message)
  }

  @Test(arguments: [
    ("ipv4", "[2001:db8::1]:587", "IPv6"), ("ipv4", "[IPv6:2001:db8::1]:587", "IPv6"),
    ("ipv6", "[192.0.2.1]:587", "IPv4"),
  ])
  func anAddressOfAProtocolThatIsOffAsks(protocols: String, gateway: String, family: String) throws {
    let main = "inet_protocols = \(protocols)\nrelayhost = [gw]:587\n"
    let edits = [
      Edit.add(pool: "relayhost", member: gateway, weight: 1),
      .setRoute(key: "relayhost", value: gateway, table: nil),
      .pool(try wishInWords("outbound", [gateway, "[gw2]:587"])),
    ]
    for edit in edits {
      let found = try guards(main, edit)
      #expect(found.count { $0.hasPrefix("no mail reaches [") } == 1, "\(found)")
      #expect(
        found.contains {
          $0.hasSuffix(
            ": it is an \(family) address, and inet_protocols is \(protocols); need a gateway with an address of that protocol, or inet_protocols = all"
          )
        }, "\(found)")
    }
    for other in ["inet_protocols = all\n", "inet_protocols = ipv4, ipv6\n", ""] {
      let plain = main.replacing("inet_protocols = \(protocols)\n", with: other)
      for edit in edits { #expect(try guards(plain, edit).allSatisfy { !$0.hasPrefix("no mail reaches") }) }
    }
    // What is there already is no reason to ask again.
    let there = "inet_protocols = \(protocols)\nrelayhost = \(gateway)\n"
    #expect(
      try guards(there, .add(pool: "relayhost", member: "[gw]:587", weight: 1)).allSatisfy {
        !$0.hasPrefix("no mail reaches")
      })
  }

  /// A service may name its own protocols.
  @Test func theTransportDecides() throws {
    var config = configToPlan("relayhost = [gw]:587\n")
    config.update(
      Document(
        path: "/d/master.cf",
        bytes: Bytes("\(plannedServices)\nsix unix - - n - - smtp\n  -o inet_protocols=ipv4\n".utf8)))
    func guards(_ value: String) throws -> [EditGuard] {
      let edited = try config.applying(.setRoute(key: "default_transport", value: value, table: nil))
      return config.familyGuards(against: edited)
    }
    #expect(try guards("six:[2001:db8::1]").count == 1)
    #expect(try guards("smtp:[2001:db8::1]").isEmpty && guards("six:[192.0.2.1]").isEmpty)
    // A gateway that another transport reaches is new to this one.
    config = try config.applying(.setRoute(key: "relay_transport", value: "smtp:[2001:db8::1]", table: nil))
    #expect(try guards("six:[2001:db8::1]").count == 1)
    #expect(try guards("smtp:[2001:db8::1]").isEmpty)
  }
}
