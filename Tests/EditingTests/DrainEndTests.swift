// Drains that end: the comment that says until when and why, other terms for it, and the way back by the clock.

import Editing
import PostfixFiles
import Routing
import Testing

private let end = 1_795_888_800
private let pool = "relay_transport"

@Suite struct DrainEndTests {
  private let lines =
    "relay_transport =\n    randmap:\n        !smtp:[a]\n        !smtp:[b]\n        !smtp:[b]\n"

  @Test func theCommentHasTheEndAndTheReason() throws {
    let drain = Drain(until: end, why: "new disk")
    let drained = try edited(lines, .drain(pool: pool, member: "smtp:[b]", drain))
    #expect(
      drained
        == "relay_transport =\n    randmap:\n        !smtp:[a]\n        # randmap: drained smtp:[b] x2 until=2026-11-28T18:00Z why=\"new disk\"\n"
    )
    #expect(try edited(drained, .restore(pool: pool, member: "smtp:[b]")) == lines)
    #expect(
      Edit.drain(pool: pool, member: "smtp:[b]", drain).summary
        == "drain smtp:[b] of relay_transport until 2026-11-28T18:00Z: new disk")
  }

  @Test func aDrainedMemberGetsOtherTermsInItsPlace() throws {
    let drained = try edited(lines, .drain(pool: pool, member: "smtp:[b]"))
    let later = try edited(drained, .drain(pool: pool, member: "smtp:[b]", Drain(until: end + 60)))
    #expect(later == drained.replacing("x2", with: "x2 until=2026-11-28T18:01Z"))
    #expect(refusal(later, .drain(pool: pool, member: "smtp:[b]")) == .isDrained("smtp:[b]"))
    #expect(
      refusal(later, .drain(pool: pool, member: "smtp:[b]", Drain(until: end + 60))) == .isDrained("smtp:[b]")
    )
  }

  /// In a pool file the agent heeds the end by itself: what has ended comes as a member.
  @Test func aPoolWithAnEndedDrainBecomesAFile() throws {
    let main =
      "# randmap: agent\nrelay_transport = randmap:!smtp:[a]!smtp:[b]\n# randmap: drained smtp:[c] x2 until=2026-11-28T18:00Z\n"
    let before = timedConfig(main, at: end - 60)
    let waiting = try before.converting([], to: .file).config.pools()
    #expect(waiting.first?.members.first { $0.result == "smtp:[c]" }?.isDrained == true)
    let conversion = try timedConfig(main, at: end + 60).converting([], to: .file)
    let members = try #require(conversion.config.pools().first).members
    #expect(
      members.map(\.result) == ["smtp:[a]", "smtp:[b]", "smtp:[c]"] && !members.contains(where: \.isDrained))
    #expect(members.map(\.weight) == [1, 1, 2])
    #expect(conversion.notes.contains { $0.contains("smtp:[c] of relay_transport is back") })
  }

  /// Every notation and layout: what a drain with an end took out is back in the same bytes, and not before its time.
  @Test(arguments: [
    "relay_transport = randmap:!smtp:[a]!smtp:[b]\n",
    "relay_transport =\n    randmap:\n        !smtp:[a]\n        !smtp:[b]\n        !smtp:[b]\n",
    "sender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\n",
    "sender_dependent_default_transport_maps =\n    randmap:{\n        smtp:[a],\n        smtp:[b]\n    }\n",
    """
    sender_dependent_default_transport_maps =
        unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}

    """,
  ])
  func whatIsDueIsBackInTheSameBytes(main: String) throws {
    let before = timedConfig(main, at: end - 60)
    let id = try #require(before.pools().first?.id)
    let drained = try before.applying(.drain(pool: id, member: "smtp:[b]", Drain(until: end, why: "x")))
    let text = drained.main.document.bytes.text
    #expect(timedConfig(text, at: end - 1).endedDrains(at: end - 1).isEmpty)
    let now = timedConfig(text, at: end)
    let due = now.endedDrains(at: end)
    #expect(due.map(\.pool) == [id] && due.map(\.member) == ["smtp:[b]"])
    var back = now
    for one in due { back = try back.returning(one) }
    #expect(back.main.document.bytes.text == main)
    #expect(back.endedDrains(at: end).isEmpty)
  }

  @Test func ofTwoPoolsInALineEachGetsItsOwn() throws {
    let main =
      "transport_maps = pipemap:{static:x, randmap:{smtp:[a], smtp:[b]}}, randmap:{smtp:[c], smtp:[b]}\n"
    var drained = timedConfig(main, at: end - 60)
    let ids = drained.pools().map(\.id)
    try #require(ids.count == 2)
    for id in ids {
      drained = try drained.applying(.drain(pool: id, member: "smtp:[b]", Drain(until: end)))
    }
    var back = timedConfig(drained.main.document.bytes.text, at: end)
    #expect(back.endedDrains(at: end).map(\.pool) == ids)
    for one in back.endedDrains(at: end) { back = try back.returning(one) }
    #expect(back.main.document.bytes.text == main)
  }

  @Test func whatIsListedAgainByHandOnlyLosesItsComment() throws {
    let main =
      "relay_transport = randmap:!smtp:[a]!smtp:[b]\n# randmap: drained smtp:[b] x4 until=2020-01-01T00:00Z\n"
    var back = timedConfig(main, at: end)
    for one in back.endedDrains(at: end) { back = try back.returning(one) }
    #expect(back.main.document.bytes.text == "relay_transport = randmap:!smtp:[a]!smtp:[b]\n")
  }

  // MARK: - The agent's pool files

  private let main = "# randmap: agent\ndefault_transport = randmap:/etc/postfix/out\n"
  private let poolFile =
    "smtp:[a]\n# randmap: drained smtp:[b] x2 until=2026-11-28T18:00Z why=\"x\"\nsmtp:[c]\n"
  private let path = "/etc/postfix/out"

  private func file(after edit: Edit, at now: Int = end) throws -> String? {
    try timedConfig(main, [path: poolFile], at: now).applying(edit).document(path)?.bytes.text
  }

  @Test func anEditOfAPoolFileIsAnEditOfWhatTheAgentHas() throws {
    #expect(
      try file(after: .setWeight(pool: path, member: "smtp:[b]", weight: 1))
        == "smtp:[a]\nsmtp:[b]\nsmtp:[c]\n")
    #expect(
      try file(after: .restore(pool: path, member: "smtp:[b]")) == "smtp:[a]\nsmtp:[b]\nsmtp:[b]\nsmtp:[c]\n")
    #expect(
      try file(after: .drain(pool: path, member: "smtp:[b]"))
        == "smtp:[a]\n# randmap: drained smtp:[b] x2\nsmtp:[c]\n")
    #expect(try file(after: .remove(pool: path, member: "smtp:[b]")) == "smtp:[a]\nsmtp:[c]\n")
    #expect(
      try file(after: .setShare(pool: path, member: "smtp:[b]", share: 1.0 / 3, tolerance: 0.005))
        == "smtp:[a]\nsmtp:[b]\nsmtp:[c]\n")
    // Before that it is drained.
    #expect(
      try file(after: .restore(pool: path, member: "smtp:[b]"), at: end - 1)
        == "smtp:[a]\nsmtp:[b]\nsmtp:[b]\nsmtp:[c]\n")
    #expect(throws: EditError.isDrained("smtp:[b]")) {
      try self.file(after: .setWeight(pool: path, member: "smtp:[b]", weight: 1), at: end - 1)
    }
  }

  @Test func aTickWritesIt() throws {
    var back = timedConfig(main, [path: poolFile], at: end)
    #expect(back.endedDrains(at: end).count == 1)
    for one in back.endedDrains(at: end) { back = try back.returning(one) }
    #expect(back.document(path)?.bytes.text == "smtp:[a]\nsmtp:[b]\nsmtp:[b]\nsmtp:[c]\n")
  }

  // MARK: - Conversion

  @Test func aConversionKeepsTheEndAndTheReason() throws {
    let text = """
      # randmap: agent
      default_transport = randmap:!smtp:[a]!smtp:[c]
      # randmap: drained smtp:[b] x2 until=2026-11-28T18:00Z why="a \\"disk\\""

      """
    let before = timedConfig(text, at: end - 60)
    for target in [ConversionTarget.file, .stock] {
      let converted = try before.converting([], to: target).config
      let drains = converted.pools().flatMap(\.members).compactMap(\.drain)
      #expect(drains == [Drain(until: end, why: "a \"disk\"")], "\(target)")
    }
  }
}
