// Rise and fall, flapping and the schedule, with given times.

import Gateways
import Testing

@testable import Liveness
@testable import Routing

@Suite struct GatewayStatusTests {
  private let start = ContinuousClock.now
  private let good = ProbeFinding.answers
  private let bad = ProbeFinding.connectionRefused
  private let refusal = ProbeFinding.refusedUs(Reply(code: 554, text: "no"))
  private let busy = ProbeFinding.busy(Reply(code: 421, text: "later"))

  /// The status after these findings of one address, 10 seconds apart.
  private func status(after findings: [ProbeFinding], _ values: [ProbeSetting: Int] = [:]) throws
    -> GatewayStatus
  {
    var status = GatewayStatus(.host("gw", port: 25))
    for (count, finding) in findings.enumerated() {
      let reading = Reading(address: "192.0.2.1", port: 25, finding: finding)
      status.take(
        [approach: [reading]], at: start + .seconds(10 * count), settings: try settings(values))
    }
    return status
  }

  @Test func theFirstReadingDecides() throws {
    #expect(try status(after: []).state == .unknown)
    #expect(try status(after: [good]).state == .up)
    #expect(try status(after: [bad]).state == .down)
    #expect(try status(after: [refusal]).state == .refused)
    #expect(try status(after: [busy]).state == .degraded)
  }

  @Test func threeBadReadingsTakeItDown() throws {
    let one = try status(after: [good, bad])
    #expect(one.state == .up && one.pending == .goingDown(1, of: 3))
    #expect(one.reason == "connection refused")
    #expect(try #require(one.pending).description == "going down 1/3")
    #expect(try status(after: [good, bad, bad]).pending == .goingDown(2, of: 3))
    let three = try status(after: [good, bad, bad, bad])
    #expect(three.state == .down && three.pending == nil)
    #expect(three.since == start + .seconds(30))
    #expect(three.changes.last?.reason == "connection refused")
  }

  @Test func twoGoodReadingsBringItUp() throws {
    let one = try status(after: [bad, good])
    #expect(one.state == .down && one.pending == .comingUp(1, of: 2))
    let two = try status(after: [bad, good, good])
    #expect(two.state == .up && two.pending == nil && two.reason.isEmpty)
  }

  @Test func aGoodReadingBetweenStartsTheCountAnew() throws {
    #expect(try status(after: [good, bad, bad, good, bad]).pending == .goingDown(1, of: 3))
    #expect(try status(after: [good, bad, bad, good]).pending == nil)
  }

  @Test func riseAndFallAreSettings() throws {
    #expect(try status(after: [good, bad], [.fall: 1]).state == .down)
    #expect(try status(after: [bad, good], [.rise: 1]).state == .up)
  }

  @Test func changesThatMoveNoMailCountAtOnce() throws {
    #expect(try status(after: [good, busy]).state == .degraded)
    #expect(try status(after: [busy, good]).state == .up)
    #expect(try status(after: [bad, refusal]).state == .refused)
    // Down and refused count together on the way down.
    #expect(try status(after: [good, bad, refusal, bad]).state == .down)
  }

  @Test func aProbeThatWasNotSentCountsForNothing() throws {
    let unsent = ProbeFinding.notProbed("Too many open files")
    #expect(try status(after: [unsent]).state == .unknown)
    let status = try status(after: [good, bad, unsent])
    #expect(status.state == .up && status.pending == .goingDown(1, of: 3))
  }

  @Test func fourChangesInTenMinutesAreFlapping() throws {
    let turns: [ProbeFinding] = [good, bad, good, bad, good]
    #expect(try status(after: Array(turns.dropLast()), [.rise: 1, .fall: 1]).isFlapping == false)
    #expect(try status(after: turns, [.rise: 1, .fall: 1]).isFlapping)
    // 40 s of changes, looked at through a window of 30 s.
    #expect(try status(after: turns, [.rise: 1, .fall: 1, .flapWindow: 29_000]).isFlapping == false)
    let calm = turns + Array(repeating: good, count: 70)
    #expect(try status(after: calm, [.rise: 1, .fall: 1]).isFlapping == false)
  }

  @Test func theWorstApproachDecides() {
    var status = GatewayStatus(.host("gw", port: 25))
    let lane = Approach(source: "192.0.2.9", heloName: "relay.example")
    status.take(
      [
        approach: [Reading(address: "192.0.2.1", port: 25, finding: good, latency: 3)],
        lane: [Reading(address: "192.0.2.1", port: 25, finding: refusal, latency: 9)],
      ], at: start, settings: ProbeSettings())
    #expect(status.state == .refused)
    #expect(status.reason == "refuses us: 554 no")
    #expect(status.latency == 9)
    #expect(status.addresses.map(\.finding) == [refusal])
  }

  @Test func someAddressesFailingIsDegraded() {
    var status = GatewayStatus(.host("gw", port: 25))
    status.take(
      [
        approach: [
          Reading(address: "192.0.2.1", port: 25, finding: good),
          Reading(address: "192.0.2.2", port: 25, finding: bad),
        ]
      ], at: start, settings: ProbeSettings())
    #expect(status.state == .degraded)
    #expect(status.reason == "connection refused")
    #expect(status.addresses.map(\.address) == ["192.0.2.1", "192.0.2.2"])
  }

  @Test func historyIsBounded() throws {
    let findings = Array(repeating: good, count: 30) + [bad]
    let status = try status(after: findings, [.historyLimit: 10])
    #expect(status.history.count == 10)
    #expect(status.history.last?.found == .down)
    #expect(status.history.first?.time == start + .seconds(210))
  }

  @Test func theStripShowsTheWorstOfEachCell() throws {
    let minute = { (count: Int) in start + .seconds(60 * count) }
    let points = [
      HistoryPoint(time: minute(0), found: .down, latency: nil),
      HistoryPoint(time: minute(1), found: .up, latency: 1),
      HistoryPoint(time: minute(10), found: .down, latency: nil),
      HistoryPoint(time: minute(11), found: .up, latency: 2),
      HistoryPoint(time: minute(25), found: .degraded, latency: 3),
    ]
    let strip = points.strip(columns: 6, until: minute(32)).map { $0?.found }
    #expect(strip == [.up, .down, .up, .up, .degraded, .degraded])
    let early = points.strip(columns: 3, until: minute(5)).map { $0?.found }
    #expect(early == [nil, nil, .down])
    #expect(points.strip(columns: 0, until: minute(5)).isEmpty)
  }

  @Test func slowIsSaidAndNotPunished() throws {
    var status = GatewayStatus(.host("gw", port: 25))
    for (latency, remark) in [(6040.0, "slow: greets after 6.0 s"), (2999, nil)] {
      let reading = Reading(address: "192.0.2.1", port: 25, finding: good, latency: latency)
      status.take([approach: [reading]], at: start, settings: ProbeSettings())
      #expect(status.state == .up && status.reason.isEmpty && status.remark?.words == remark)
    }
  }

  @Test func thePaceFollowsTheState() throws {
    let settings = ProbeSettings()
    #expect(try status(after: [good]).pause(spread: 0, settings: settings) == .seconds(30))
    #expect(try status(after: [good, bad]).pause(spread: 0, settings: settings) == .seconds(5))
    #expect(try status(after: [bad]).pause(spread: 0, settings: settings) == .seconds(15))
    #expect(try status(after: [bad, good]).pause(spread: 0, settings: settings) == .seconds(5))
    #expect(try status(after: [good]).pause(spread: -1, settings: settings) == .seconds(27))
    #expect(try status(after: [good]).pause(spread: 1, settings: settings) == .seconds(33))
  }

  @Test func settingsRefuseWhatIsOutOfRange() throws {
    for setting in ProbeSetting.allCases {
      #expect(setting.range.contains(setting.standard), "\(setting)")
      var settings = ProbeSettings()
      let value = setting.range.upperBound + 1
      #expect(throws: ProbeSettingError.outOfRange(setting, value)) {
        try settings.set(setting, to: value)
      }
      #expect(settings[setting] == setting.standard)
    }
    #expect(ProbeSettingError.outOfRange(.interval, 5).description == "interval = 5ms: need 1s to 1d")
    #expect(ProbeSettingError.outOfRange(.rise, 0).description == "rise = 0: need 1 to 100")
  }

  @Test func settingsAreReadAsPeopleWriteThem() throws {
    var settings = ProbeSettings()
    for (text, value) in ["1500ms": 1500, "7": 7000, "2m": 120_000, "1h": 3_600_000] {
      try settings.set("interval", to: text)
      #expect(settings[.interval] == value)
    }
    try settings.set("jitter", to: "20%")
    #expect(settings[.jitter] == 20)
    #expect(throws: ProbeSettingError.unknown("intervall")) { try settings.set("intervall", to: "1") }
    for text in ["", "s", "1.5s", "-1", "1 s", "3w"] {
      #expect(throws: ProbeSettingError.malformed(.interval, text)) { try settings.set("interval", to: text) }
    }
    #expect(throws: ProbeSettingError.outOfRange(.interval, .max)) {
      try settings.set("interval", to: "9223372036854775807d")
    }
  }

  /// Such a gateway greets every probe: what it does with the mail is another matter.
  @Test func deliveriesDegradeAGatewayThatGreets() throws {
    let trouble = DeliveryTrouble(
      sent: 1, deferred: 49, refused: 0, words: "452 4.2.2 full", limits: DeliveryLimits())
    var status = GatewayStatus(.host("gw", port: 25))
    let good: [Approach: [Reading]] = [
      Approach(heloName: "h"): [Reading(address: "127.0.0.2", port: 25, finding: .answers)]
    ]
    let bad: [Approach: [Reading]] = [
      Approach(heloName: "h"): [Reading(address: "127.0.0.2", port: 25, finding: .connectionRefused)]
    ]
    let settings = ProbeSettings()
    let time = ContinuousClock.now
    status.take(good, at: time, settings: settings)
    #expect(status.state == .up)
    status.take(trouble, at: time)
    #expect(status.state == .degraded && status.pending == nil)
    #expect(status.reason == "defers 98 % of the mail (452 4.2.2 full)")
    // Probes go on as before: a good one changes nothing, three bad ones take it down.
    status.take(good, at: time, settings: settings)
    #expect(status.state == .degraded)
    for _ in 0..<3 { status.take(bad, at: time, settings: settings) }
    #expect(status.state == .down)
    #expect(status.reason == "connection refused; defers 98 % of the mail (452 4.2.2 full)")
    for _ in 0..<2 { status.take(good, at: time, settings: settings) }
    #expect(status.state == .degraded)
    status.take(nil, at: time)
    #expect(status.state == .up && status.reason.isEmpty)
    #expect(status.changes.map(\.to) == [.up, .degraded, .down, .degraded, .up])
  }
}
