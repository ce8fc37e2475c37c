// What is taken for a host with a port, at a glance, has no login in it: a closer look at it finds none.

import TestSupport
import Testing

@testable import PostfixFiles

@Suite struct PlainNextHopTests {
  private func findsNone(_ text: String) -> Bool {
    let bytes = Bytes(text.utf8)
    return bytes.nextHopLogins.isEmpty && bytes.loginsOfNextHops.isEmpty
  }

  @Test(arguments: [
    "[gw1.example]:587", "[127.0.0.1]:25", "gw1.example", "gw1.example:25", "[gw_1-a.example]", "a:", "",
  ])
  func isPlain(text: String) {
    #expect(Bytes(text.utf8)[...].isHostAndPort && findsNone(text))
  }

  @Test(arguments: [
    "user:password@[gw1.example]", "[gw1.example]:user:password", "gw1.example:password",
    "gw1.example:123456",
    "user@gw1.example", "[user:password@gw1.example]:25",
  ])
  func isNotPlain(text: String) { #expect(!Bytes(text.utf8)[...].isHostAndPort) }

  @Test func nothingPlainHasALogin() {
    var random = SeededGenerator(seed: 308)
    let signs = Array("ab1[]:@./-_,= 25smtp")
    var plain = 0
    for _ in 0..<20_000 {
      let text = String(
        (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in signs.randomElement(using: &random) })
      guard Bytes(text.utf8)[...].isHostAndPort else { continue }
      plain += 1
      #expect(findsNone(text), "\(text)")
    }
    #expect(plain > 100)
  }
}
