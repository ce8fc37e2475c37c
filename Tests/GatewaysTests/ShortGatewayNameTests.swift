// What people type for a gateway: a part of its name, or the host without its port.

import Testing

@testable import Gateways

@Suite struct ShortGatewayNameTests {
  private static let gateways: [Gateway] = [
    .host("gw1.example", port: 587), .mx("gw1.example", port: 25), .host("gw2.example", port: 25),
  ]

  @Test(arguments: [
    ("gw2", ["[gw2.example]:25"]), ("GW2.example", ["[gw2.example]:25"]),
    ("[gw2.example]", ["[gw2.example]:25"]),
    ("gw1.example", ["[gw1.example]:587", "gw1.example:25"]),
    // In brackets it is no name of mail exchangers.
    ("[gw1.example]", ["[gw1.example]:587"]), ("gw", []), ("example", []),
  ])
  func aNameMeansWhatItCanBe(word: String, names: [String]) throws {
    #expect(try #require(ShortGatewayName(word)).names(among: Self.gateways) == names)
  }

  @Test(arguments: ["", "[]", "gw2:25", "[gw2.example]:25", "a/b"])
  func aPortOrASignMakesItNone(word: String) {
    #expect(ShortGatewayName(word) == nil)
  }
}
