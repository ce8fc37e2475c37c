// smtp(8) asks for the credentials of a sender before those of a gateway, where smtp_sender_dependent_authentication says so: then
// no gateway of a pool for that sender needs a line of its own.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct SenderCredentialTests {
  private func main(isForSenders: Bool = true) -> String {
    """
    relayhost = [gw1]:587
    smtp_sender_dependent_authentication = \(isForSenders ? "yes" : "no")
    recipient_delimiter = +
    smtp_sasl_auth_enable = yes
    smtp_sasl_password_maps = inline:{{[gw1]:587=u:p},{v@c.example=v:p},{@d.example=v:p}}

    """
  }

  private func isHeld(_ scope: String, isForSenders: Bool = true) throws -> Bool {
    try planned(main(isForSenders: isForSenders), scope, "smtp:[gw1]:587", "smtp:[gw2]:587").guards.contains {
      if case .missingCredentials = $0 { true } else { false }
    }
  }

  @Test(arguments: ["from:v@c.example", "from:v+x@c.example", "from:d.example", "from:u@d.example"])
  func aSenderWithAnEntryNeedsNoneForTheGateway(scope: String) throws {
    #expect(try !isHeld(scope))
    #expect(try isHeld(scope, isForSenders: false))
  }

  @Test(arguments: ["from:c.example", "from:u@c.example", "outbound", "to:c.example"])
  func allOthersNeedIt(scope: String) throws { #expect(try isHeld(scope)) }

  /// The same of an edit of the pool that is there.
  @Test(
    arguments: [("from:v@c.example", false), ("from:d.example", false), ("from:c.example", true)],
    [PoolWish.Notation.stock, .agent])
  func aNewGatewayOfSuchAPool(_ wish: (scope: String, isHeld: Bool), notation: PoolWish.Notation) throws {
    let (scope, isHeld) = wish
    let pool = try planned(main(), scope, "smtp:[gw1]:587", "smtp:[gw2]:587", notation: notation).config
    let edited = try pool.applying(.add(pool: scope, member: "smtp:[gw3]:587", weight: 1))
    let guards = pool.guards(against: edited, states: [:])
    #expect(guards.contains { $0.message.hasPrefix("[gw3]:587 has no entry") } == isHeld)
  }
}
