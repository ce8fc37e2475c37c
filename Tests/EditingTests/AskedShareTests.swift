// "Asked for 89.9%, got 89.9%" says nothing: what differs is said with the digits that show it.

import Testing

@testable import Editing

@Suite struct AskedShareTests {
  @Test(arguments: [
    (0.9, 0.899, "90.0%"), (0.899, 0.899, "89.9%"), (0.8992, 0.899, "89.92%"), (1.0 / 3, 0.3333, "33.333%"),
    (0.00049, 0.0004, "0.05%"), (0.5, 0.5 + 1e-12, "50.0%"), (0.10004, 0.1, "10.004%"),
  ])
  func theDigitsTellTheTwoApart(share: Double, asked: Double, words: String) {
    #expect(percent(share, apartFrom: asked) == words)
  }
}
