// Shares and durations in words, and how long poll(2) is to wait.

import System
import Testing

@Suite struct QuantitiesTests {
  @Test func aShareHasOneDecimal() {
    #expect(percent(1.0 / 3) == "33.3%")
    #expect(percent(0) == "0.0%")
    #expect(percent(0.99999) == "100.0%")
  }

  @Test(arguments: [
    (0, "<1 min"), (59, "<1 min"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (172_799, "47 h"),
    (172_800, "2 d"),
  ])
  func aDurationIsInTheLargestUnitThatSaysIt(seconds: Int, expected: String) {
    #expect(words(for: .seconds(seconds)) == expected)
  }

  @Test(arguments: [(0.4, "<1"), (12.4, "12"), (9_999, "9999"), (12_600, "13s")])
  func aLatencyIsInMillisecondsUpToTenSeconds(milliseconds: Double, expected: String) {
    #expect(words(forMilliseconds: milliseconds) == expected)
  }

  @Test func aTimerIsNeverEarly() {
    let now = ContinuousClock.now
    #expect(timeout(until: nil) == -1)
    #expect(timeout(until: now) == 0)
    #expect((1...10).contains(timeout(until: now + .milliseconds(10))))
    #expect(timeout(until: now + .seconds(1_000_000_000)) == .max)
    #expect(timeout(until: now + .seconds(1_000), longest: 60_000) == 60_000)
  }
}
