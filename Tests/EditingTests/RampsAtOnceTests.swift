// What is due at one time in one pool is one edit of it: plans beside plans, and many drains that end together.

import Editing
import PostfixFiles
import Routing
import Testing

private let start = 1_795_888_800
private let day = 86_400

@Suite struct RampsAtOnceTests {
  private func followed(_ config: MailConfig) -> (config: MailConfig, outcomes: [MailConfig.Followed]) {
    let (moved, outcomes) = config.following(config.ramps().map { ($0, $0.ramp) }) { _ in true }
    return (moved, outcomes)
  }

  private func shares(_ config: MailConfig) throws -> [String: Double] {
    let pool = try #require(config.pools().first)
    return Dictionary(uniqueKeysWithValues: pool.members.map { ($0.result, pool.share($0)) })
  }

  private static let b =
    "# randmap: ramp smtp:[b] from=10% to=50% start=2026-11-28T18:00Z over=4d steps=daily\n"
  private static let c =
    "# randmap: ramp smtp:[c] from=20% to=4% start=2026-11-28T18:00Z over=2d steps=daily\n"

  /// Before, the second plan moved the share that the first one had set.
  @Test(arguments: [
    "relay_transport = randmap:!smtp:[a]!smtp:[a]!smtp:[a]!smtp:[b]!smtp:[c]!smtp:[d]\n" + b + c,
    "relay_transport =\n    randmap:\n        !smtp:[a]!smtp:[a]!smtp:[a]\n        !smtp:[b]\n        !smtp:[c]\n        !smtp:[d]\n"
      + b + c,
    "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[a], smtp:[a], smtp:[b], smtp:[c], smtp:[d]}\n"
      + b + c,
    "sender_dependent_default_transport_maps =\n    unionmap:{randmap:{smtp:[a], smtp:[a], smtp:[a], smtp:[b], smtp:[c], smtp:[d]}, static:{[a],[b],[c],[d]}}\n"
      + b + c,
  ])
  func twoPlansOfAPoolHaveTheirSharesTogether(main: String) throws {
    var text = main
    for (days, b, c) in [(0, 0.1, 0.2), (1, 0.2, 0.12), (2, 0.3, 0.04), (3, 0.4, nil), (4, 0.5, nil)] {
      let before = timedConfig(text, at: start + days * day)
      let (moved, outcomes) = followed(before)
      let found = try shares(moved)
      #expect(abs((found["smtp:[b]"] ?? 0) - b) <= min(0.005, b / 10) + 1e-9, "\(days) \(found)")
      if let c {
        #expect(abs((found["smtp:[c]"] ?? 0) - c) <= min(0.005, c / 10) + 1e-9, "\(days) \(found)")
      }
      #expect(abs((found["smtp:[a]"] ?? 0) / (found["smtp:[d]"] ?? 1) - 3) < 1e-9, "\(days) \(found)")
      #expect(outcomes.allSatisfy { if case .done = $0 { true } else { false } }, "\(outcomes)")
      text = moved.main.document.bytes.text
      #expect(text.contains("ramp smtp:[b]") == (days < 4) && text.contains("ramp smtp:[c]") == (days < 2))
      // Followed again at the same time, nothing moves.
      let again = followed(timedConfig(text, at: start + days * day))
      #expect(again.config.main.document.bytes.text == text)
      #expect(again.outcomes.allSatisfy { if case .same = $0 { true } else { false } }, "\(again.outcomes)")
    }
  }

  /// The plan of a drained member waits, and what waits is held beside what moves.
  @Test func aPausedPlanIsHeldBesideOneThatMoves() throws {
    let main =
      "relay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c]\n" + Self.b
      + "# randmap: ramp smtp:[c] from=20% to=4% start=2026-11-28T18:00Z over=2d steps=daily paused=2026-11-28T18:00Z\n"
    let before = timedConfig(main, at: start + 2 * day)
    let due = before.ramps().filter { $0.ramp.pause == nil }
    #expect(due.count == 1 && before.ramps().count == 2)
    let (moved, _) = before.following(due.map { ($0, $0.ramp) }) { _ in true }
    let found = try shares(moved)
    #expect(
      abs((found["smtp:[b]"] ?? 0) - 0.3) <= 0.005
        && abs((found["smtp:[c]"] ?? 0) - 0.2) <= 0.005)
  }

  @Test func plansThatComeToAllMailLeaveTheOthersAHundredth() throws {
    let full = { (member: String) in
      "# randmap: ramp smtp:[\(member)] from=10% to=60% start=2026-01-28T18:00Z over=400d steps=daily\n"
    }
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c]\n" + full("b") + full("c")
    let found = try shares(followed(timedConfig(main, at: start + 90 * day)).config)
    #expect(abs((found["smtp:[a]"] ?? 0) - 0.01) < 0.002, "\(found)")
    // Without others they share all of it.
    let alone = "relay_transport = randmap:!smtp:[b]!smtp:[c]\n" + full("b") + full("c")
    let half = try shares(followed(timedConfig(alone, at: start)).config)["smtp:[b]"] ?? 0
    #expect(abs(half - 0.5) < 0.001)
  }

  @Test func drainsThatEndTogetherComeBackWithTheFallback() throws {
    let over = (0..<5).map { "# randmap: drained smtp:[g\($0)] x\($0 + 1) until=2020-01-01T00:00Z\n" }
      .joined()
    let main =
      "sender_dependent_default_transport_maps =\n    unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\n"
      + over
    let before = timedConfig(main, at: start)
    let ends = before.endedDrains(at: start)
    #expect(ends.count == 5)
    let (back, done, barred, rest) = before.returning(ends) { _ in true }
    #expect(done.count == 5 && barred.isEmpty && rest.isEmpty)
    var single = before
    for end in ends { single = try single.returning(end) }
    #expect(back.main.document.bytes.text == single.main.document.bytes.text)
    #expect(back.main.document.bytes.text.contains("static:{[a],[b],[g0],[g1],[g2],[g3],[g4]}"))
    let refused = before.returning(ends) { _ in false }
    #expect(refused.barred.map(\.end) == ends && refused.barred.first?.file == "/etc/postfix/main.cf")
  }

  /// A plan is a share for each time, whichever time came before.
  @Test func aPlanFollowsAClockThatGoesBack() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]\n" + Self.b
    let forward = followed(timedConfig(main, at: start + 3 * day)).config.main.document.bytes.text
    let back = followed(timedConfig(forward, at: start - 2 * day)).config.main.document.bytes.text
    let share = try shares(timedConfig(back, at: start))["smtp:[b]"] ?? 0
    #expect(abs(share - 0.1) < 0.005)
    #expect(back.contains("ramp smtp:[b] from=10%"))
    #expect(followed(timedConfig(back, at: start + 3 * day)).config.main.document.bytes.text == forward)
    // A drain with an end stays, and comes back at its end.
    let drained =
      "relay_transport = randmap:!smtp:[a]!smtp:[b]\n# randmap: drained smtp:[c] x2 until=2026-11-28T18:00Z\n"
    #expect(timedConfig(drained, at: start - day).endedDrains(at: start - day).isEmpty)
    #expect(timedConfig(drained, at: start + day).endedDrains(at: start + day).count == 1)
  }
}
