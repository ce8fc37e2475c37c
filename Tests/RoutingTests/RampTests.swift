// Plans of shares: what they say at each moment, how they are written, and what the agent makes of them in a pool file.

import PostfixFiles
import Testing

@testable import Routing

private let start = 1_795_888_800
private let day = 86_400

private func plan(
  from: Double = 0.01, to: Double = 0.25, over: Int = 28 * day, step: Ramp.Step = .daily
) -> Ramp {
  Ramp(from: from, to: to, start: start, over: over, step: step)
}

@Suite struct RampTests {
  @Test func aShareGrowsInEqualStepsFromTheFirstToTheLast() {
    let ramp = plan()
    #expect(ramp.stepCount == 28)
    #expect(ramp.share(at: start - 1) == 0.01 && ramp.share(at: start) == 0.01)
    #expect(ramp.share(at: start + day - 1) == 0.01)
    #expect(abs(ramp.share(at: start + day) - (0.01 + 0.24 / 28)) < 1e-9)
    #expect(abs(ramp.share(at: start + 14 * day) - 0.13) < 1e-9)
    #expect(ramp.share(at: ramp.end) == 0.25 && ramp.share(at: .max) == 0.25)
    #expect(ramp.isOver(at: ramp.end) && !ramp.isOver(at: ramp.end - 1))
    // It never goes back, and each step is reached at the time that is announced.
    var last = 0.0
    for position in 0...28 {
      let time = ramp.time(of: position)
      #expect(
        ramp.position(at: time) == position && (position == 0 || ramp.position(at: time - 1) == position - 1))
      #expect(ramp.share(at: time) > last)
      last = ramp.share(at: time)
      #expect(ramp.nextChange(after: time) == (position == 28 ? nil : ramp.time(of: position + 1)))
    }
  }

  @Test(arguments: [(60, Ramp.Step.weekly), (3 * 86_400 + 1, .daily), (7_200, .minutely), (1, .minutely)])
  func anySpanEndsWithTheLastShare(over: Int, step: Ramp.Step) {
    let ramp = plan(from: 0.5, to: 0.1, over: over, step: step)
    #expect(ramp.share(at: start) == 0.5)
    #expect(abs(ramp.share(at: start + over) - 0.1) < 1e-9)
    for position in 0...ramp.stepCount { #expect(ramp.position(at: ramp.time(of: position)) == position) }
  }

  @Test func aPauseStopsTheClockOfThePlan() {
    var ramp = plan()
    ramp.pause = Ramp.Pause(since: start + 10 * day)
    let share = ramp.share(at: start + 10 * day)
    #expect(ramp.share(at: start + 100 * day) == share)
    #expect(ramp.nextChange(after: start + 100 * day) == nil && !ramp.isOver(at: start + 100 * day))
    let resumed = ramp.resumed(at: start + 100 * day)
    #expect(resumed.share(at: start + 100 * day) == share)
    #expect(resumed.end == start + 118 * day && resumed.resumed == start + 100 * day)
    ramp.pause = nil
    ramp.cap = 0.05
    #expect(ramp.share(at: start) == 0.01 && ramp.share(at: ramp.end) == 0.05)
  }

  @Test func aPlanIsReadBackAsItIsWritten() throws {
    var full = plan(from: 0.015, to: 0.255, over: 90, step: .minutely)
    full.most = 500
    full.cap = 0.0325
    full.stopAt = 0.05
    full.resumed = start + 5
    full.pause = Ramp.Pause(since: start + 60, why: "\"x\"\nrelayhost = [evil] from=99%")
    for (ramp, pool) in [(plan(), 1), (full, 2)] {
      let line = RampItem.comment(result: "smtp:[a], [b]", ramp: ramp, pool: pool)
      #expect(printable(line) == line)
      let item = try #require(
        RampItem(line: Bytes(line.utf8), at: FileRange(file: "/d", range: 0..<1)), "\(line)")
      #expect(item.ramp == ramp && item.result == "smtp:[a], [b]" && item.pool == pool)
    }
    #expect(
      RampItem.comment(result: "smtp:[a]", ramp: plan(), pool: 1)
        == "# randmap: ramp smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily")
  }

  @Test(arguments: [
    "smtp:[a]", "smtp:[a] from=1%", "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w",
    "smtp:[a] from=0% to=25% start=2026-11-28T18:00Z over=4w steps=daily",
    "smtp:[a] from=1% to=100% start=2026-11-28T18:00Z over=4w steps=daily",
    "smtp:[a] from=1% to=nan% start=2026-11-28T18:00Z over=4w steps=daily",
    "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=999999999w steps=daily",
    "smtp:[a] from=1% to=25% start=soon over=4w steps=daily",
    "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=often",
    "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily max=0/day",
    "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily why=\"x\"",
    "smtp:[a] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily color=red",
  ])
  func anythingElseIsNoPlan(rest: String) {
    let line = "# randmap: ramp \(rest)"
    #expect(RampItem(line: Bytes(line.utf8), at: FileRange(file: "/d", range: 0..<1)) == nil)
    #expect(
      Document(path: "/d", bytes: Bytes("\(line)\n".utf8)).rampComments.map { $0.item == nil } == [true])
  }

  // MARK: - In a pool file

  private let file = """
    smtp:[a]
    smtp:[b]
    smtp:[b]
    # randmap: ramp smtp:[c] from=1% to=25% start=2026-11-28T18:00Z over=4w steps=daily
    smtp:[c]

    """

  private func pool(at now: Int) throws -> Pool {
    var environment = Environment()
    environment.clock = { now }
    var config = MailConfig(
      directory: "/etc/postfix", environment: environment,
      main: "# randmap: agent\ndefault_transport = randmap:/etc/postfix/pool\n")
    let path = "/etc/postfix/pool"
    config.files[path] = .read(Document(path: path, bytes: Bytes(file.utf8)))
    return try #require(config.pools().first)
  }

  @Test(arguments: [(0, 0.01), (14 * 86_400, 0.13), (99 * 86_400, 0.25)])
  func theAgentGoesByThePlanAtOnce(later: Int, share: Double) throws {
    let pool = try pool(at: start + later)
    let shares = pool.members.map { pool.share($0) }
    #expect(abs(shares[2] - share) < 1e-9)
    // The others keep their ratio.
    #expect(abs(shares[0] * 2 - shares[1]) < 1e-9 && abs(shares.reduce(0, +) - 1) < 1e-9)
    #expect(pool.members[2].ramp?.to == 0.25)
    #expect(pool.text.nextChange == (later < 28 * day ? start + later + day : nil))
  }

  @Test func plansThatComeToAllMailLeaveTheOthersALittle() throws {
    let bytes = Bytes(
      """
      smtp:[a]
      smtp:[b]
      smtp:[c]
      # randmap: ramp smtp:[a] from=90% to=90% start=2020-01-01T00:00Z over=1d steps=daily
      # randmap: ramp smtp:[b] from=90% to=90% start=2020-01-01T00:00Z over=1d steps=daily

      """.utf8)
    let text = PoolText(file: Document(path: "/d/pool", bytes: bytes), at: start)
    let shares = text.shares(of: text.results).map(\.share)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares.allSatisfy { $0 > 0.009 }, "\(shares)")
    let alone = text.shares(of: ["smtp:[a]", "smtp:[b]"]).map(\.share)
    #expect(abs(alone.reduce(0, +) - 1) < 1e-9, "\(alone)")
  }
}
