// Edits that make a plan, follow it and end it, in each notation.

import Editing
import PostfixFiles
import Routing
import Testing

private let start = 1_795_888_800
private let day = 86_400

@Suite struct RampEditTests {
  private let plan = Ramp(from: 0.1, to: 0.5, start: start, over: 4 * day, step: .daily)

  @Test(arguments: [
    "relay_transport = randmap:!smtp:[a]!smtp:[b]\n",
    "relay_transport =\n    randmap:\n        !smtp:[a]\n        !smtp:[b]\n",
    "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\n",
    "sender_dependent_default_transport_maps =\n    unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\n",
  ])
  func aPlanIsFollowedToItsEndAndLeavesNothingBehind(main: String) throws {
    var now = timedConfig(main, at: start)
    let id = try #require(now.pools().first?.id)
    now = try now.applying(.ramp(pool: id, member: "smtp:[b]", plan))
    var text = now.main.document.bytes.text
    #expect(
      text.contains("# randmap: ramp smtp:[b] from=10% to=50% start=2026-11-28T18:00Z over=4d steps=daily\n"))
    for (later, share) in [(0, 0.1), (1, 0.2), (2, 0.3), (3, 0.4), (4, 0.5)] {
      now = timedConfig(text, at: start + later * day)
      let found = try #require(now.ramps().first)
      #expect(found.pool == id && found.ramp == plan && found.isActive)
      let moved = try now.following(found, as: found.ramp)
      let pool = try #require(moved.pools().first)
      let member = try #require(pool.members.first { $0.result == "smtp:[b]" })
      #expect(abs(pool.share(member) - share) <= 0.005, "\(later): \(pool.share(member))")
      // Followed again at the same time, nothing moves.
      text = moved.main.document.bytes.text
      if later < 4 {
        let again = timedConfig(text, at: start + later * day)
        let plan = try #require(again.ramps().first)
        #expect(try again.following(plan, as: plan.ramp).main.document.bytes.text == text)
      }
    }
    #expect(text == main)
  }

  @Test func othersKeepTheirRatios() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[a]!smtp:[a]!smtp:[b]!smtp:[c]\n"
    let moved = try timedConfig(main, at: start).applying(
      .ramp(pool: "relay_transport", member: "smtp:[c]", plan))
    let pool = try #require(moved.pools().first)
    let weights = Dictionary(uniqueKeysWithValues: pool.members.map { ($0.result, $0.weight) })
    #expect(weights["smtp:[a]"] == (weights["smtp:[b]"] ?? 0) * 3)
  }

  @Test func aShareWithAPlanIsNotMovedByHand() throws {
    let planned = try timedConfig("relay_transport = randmap:!smtp:[a]!smtp:[b]\n", at: start)
      .applying(.ramp(pool: "relay_transport", member: "smtp:[b]", plan))
    let refusal = EditError.isRamped("smtp:[b]")
    #expect(refusal.message.contains("--cancel"))
    #expect(throws: refusal) {
      try planned.applying(.setWeight(pool: "relay_transport", member: "smtp:[b]", weight: 2))
    }
    #expect(throws: refusal) {
      try planned.applying(
        .setShare(pool: "relay_transport", member: "smtp:[b]", share: 0.3, tolerance: 0.01))
    }
    // A conversion would lose it.
    #expect(throws: EditError.self) { try planned.converting([], to: .file) }
    let ended = try planned.applying(.endRamp(pool: "relay_transport", member: "smtp:[b]"))
    #expect(!ended.main.document.bytes.text.contains("# randmap: ramp"))
    #expect(throws: EditError.notRamped("smtp:[b]")) {
      try ended.applying(.endRamp(pool: "relay_transport", member: "smtp:[b]"))
    }
    // Who leaves takes the plan along.
    let removed = try planned.applying(.remove(pool: "relay_transport", member: "smtp:[b]"))
    #expect(!removed.main.document.bytes.text.contains("smtp:[b]"))
  }

  @Test func aDrainedMemberKeepsItsPlanAndMovesNothing() throws {
    let planned = try timedConfig("relay_transport = randmap:!smtp:[a]!smtp:[b]\n", at: start)
      .applying(.ramp(pool: "relay_transport", member: "smtp:[b]", plan))
      .applying(.drain(pool: "relay_transport", member: "smtp:[b]"))
    let found = try #require(planned.ramps().first)
    #expect(!found.isActive)
    var paused = found.ramp
    paused.pause = Ramp.Pause(since: start, why: "the member is drained")
    let moved = try planned.following(found, as: paused)
    #expect(moved.pools().first?.totalWeight == planned.pools().first?.totalWeight)
    #expect(moved.ramps().first?.ramp == paused)
  }

  @Test func inAPoolFileThePlanIsBesideItsMember() throws {
    let path = "/etc/postfix/out"
    let planned = try timedConfig(
      "# randmap: agent\ndefault_transport = randmap:\(path)\n", [path: "smtp:[a]\n  smtp:[b]\nsmtp:[c]\n"],
      at: start
    ).applying(.ramp(pool: path, member: "smtp:[b]", plan))
    let text = try #require(planned.document(path)?.bytes.text)
    #expect(text.contains("\n  # randmap: ramp smtp:[b] from=10%"))
    #expect(planned.pools().first.map { abs($0.share($0.members[1]) - 0.1) < 1e-9 } == true)
  }
}
