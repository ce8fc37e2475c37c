// A screen that is left open stays as it is while nothing happens that a person wants to know.

import Gateways
import Liveness
import Testing

@testable import Console
@testable import Routing

@Suite struct QuietScreenTests {
  init() { #expect(utf8Locale) }

  private let gateway = Gateway.host("out-gw1.example", port: 25)

  /// A probe every half minute, each with the time that it took to greet.
  private func screens(_ latencies: [Double]) -> [String] {
    var driver = Driver.ready(sampleConfig(main: "relayhost = [out-gw1.example]:25\n"))
    var status = GatewayStatus(gateway)
    return latencies.enumerated().map { index, latency in
      let time = driver.start + .seconds(30 * index)
      let reading = Reading(
        address: "192.0.2.1", port: 25, finding: .answers, latency: latency, time: time)
      status.take([Approach(heloName: "mx1.example"): [reading]], at: time, settings: ProbeSettings())
      driver.send(.message(.status(status)), after: .seconds(30 * index))
      // The detail below the list has each figure.
      return driver.screen(80, 24).split(separator: "\n").filter { $0.contains("[out-gw1.example]:25  +") }
        .joined()
    }
  }

  @Test func aFewMillisecondsMorePaintNothing() {
    // The strip of the last half hour is full by then.
    let noise = (0..<80).map { 12 + Double($0 % 5) }
    let last = screens(noise).suffix(10)
    #expect(Set(last).count == 1, "\(last)")
    #expect(last.first?.contains(" 12 ") == true, "\(last)")
  }

  @Test func whatIsSlowerByHalfShows() {
    let found = screens([12, 14, 40])
    #expect(found[0] == found[1] && found[2].contains(" 40 "), "\(found)")
  }

  @Test func agesGoInStepsThatGrow() {
    let minutes = [0, 3, 9, 10, 14, 15, 59, 60, 119].map { age(.seconds(60 * $0)) }
    #expect(
      minutes == ["<1 min", "3 min", "9 min", "10 min", "10 min", "15 min", "55 min", "1 h", "1 h"])
  }
}
