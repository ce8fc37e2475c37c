// The nearest name, by letters.

import System
import Testing

@Suite struct NearNameTests {
  @Test(arguments: [
    ("staus", "status"), ("chekc", "check"), ("PoolS", "pools"), ("undoo", "undo"), ("gateways", nil),
    ("x", nil),
  ])
  func theNearestIsFound(word: String, name: String?) {
    #expect(NearName.of(word, in: ["pool", "pools", "status", "check", "undo", "set", "log"]) == name)
  }
}
