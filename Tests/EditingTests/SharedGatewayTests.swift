// A pool that goes, and whose gateways have other mail: that says nothing of its own.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct SharedGatewayTests {
  private func words(_ main: String, without key: String) throws -> [String] {
    let before = configToPlan(main)
    let after = try before.applying(.removeRoute(key: key, table: nil))
    return before.guards(against: after, states: [:]).map(\.message)
  }

  private let others = "{b.example=smtp:[gw8]}, {c.example=smtp:[gw7]}"
  private let pool = "pipemap:{inline:{a.example=x}, randmap:{smtp:[gw8], smtp:[gw7]}}"

  @Test func otherMailOfItsGatewaysKeepsNoneOfItsOwn() throws {
    let main = "transport_maps = inline:{\(others)}, \(pool)\n"
    #expect(
      try words(main, without: "to:a.example").contains { $0.hasPrefix("removes 100.0% of the live share") })
  }

  @Test func whatGoesToTheSameGatewayByAnotherSettingIsKept() throws {
    let main = "relayhost = [gw8], [gw7]\ntransport_maps = inline:{\(others)}, \(pool)\n"
    #expect(try words(main, without: "to:a.example").allSatisfy { !$0.contains("live share") })
  }
}
