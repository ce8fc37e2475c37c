// Wrong names for a parameter of routing: what people type for it, and that no real parameter is taken for one.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct ParameterNamesTests {
  @Test(arguments: [
    ("relayhsot", "relayhost"), ("realyhost", "relayhost"), ("relay_host", "relayhost"),
    ("transprot_maps", "transport_maps"), ("transport_map", "transport_maps"),
    ("defualt_transprot", "default_transport"), ("mydesitnation", "mydestination"),
  ])
  func aSlipOfTheHandIsKnown(name: String, meant: String) {
    #expect(ParameterNames.meant(by: name) == meant)
  }

  @Test func noParameterOfPostfixIsTakenForAnother() {
    let names = Parameters.knownDefaults(of: PostfixVersion(3, 7)).keys
    #expect(names.count > 300)
    #expect(names.filter { ParameterNames.meant(by: $0) != nil } == [])
  }
}
