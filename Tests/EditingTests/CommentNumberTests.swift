// The comments of drained members and of plans say by a number which pool of their line they belong to: an edit that puts a pool
// before theirs, or takes one away, leaves them with their pool.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct CommentNumberTests {
  private static let plan =
    "# randmap: ramp smtp:[a2] from=10% to=50% start=2126-11-28T18:00Z over=4w steps=daily\n"

  private func planning(
    _ config: MailConfig, _ scope: String, _ members: String...
  ) throws(EditError) -> PoolPlan {
    try config.planning(wishInWords(scope, members), on: plannersMachine)
  }

  /// The drained members and those with a plan, by the pool that they belong to now.
  private func marked(_ config: MailConfig) -> [Set<String>: [String]] {
    Dictionary(
      uniqueKeysWithValues: config.pools().compactMap { pool in
        let marked = pool.members.filter { $0.isDrained || $0.ramp != nil }.map(\.result)
        return marked.isEmpty ? nil : (Set(pool.members.map(\.result)), marked)
      })
  }

  @Test(arguments: ["from:a.example", "to:a.example"], ["from:b.example", "to:b.example"])
  func aDrainedMemberStaysWithItsCustomer(first: String, second: String) throws {
    var config = try planned("myorigin = x\n", first, "smtp:[a1]", "smtp:[a2]").config
    let id = try #require(config.pools().first?.id)
    config = try config.applying(.drain(pool: id, member: "smtp:[a2]"))
    let own = [Set(["smtp:[a1]", "smtp:[a2]"]): ["smtp:[a2]"]]
    // The customers share a gateway.
    let both = try planning(config, second, "smtp:[a1]", "smtp:[b2]").config
    #expect(marked(both) == own)
    // The other one has a member drained too, and then one destination.
    let other = try #require(both.pools().first { $0.members.contains { $0.result == "smtp:[b2]" } })
    let two = try both.applying(.drain(pool: other.id, member: "smtp:[b2]"))
    #expect(marked(two).count == 2)
    let one = try planning(two, second, "smtp:[b2]").config
    #expect(marked(one) == own)
    let left = try #require(one.pools().first { $0.members.contains(where: \.isDrained) })
    let back = try one.applying(.restore(pool: left.id, member: "smtp:[a2]"))
    #expect(
      Set(back.pools().first { $0.members.count == 2 }?.members.map(\.result) ?? []) == [
        "smtp:[a1]", "smtp:[a2]",
      ])
    #expect(!back.main.document.bytes.text.contains("randmap: drained"))
  }

  @Test func thePoolThatGoesTakesItsCommentAndNoOther() throws {
    let two = try planned(
      """
      sender_dependent_default_transport_maps =
          pipemap:{inline:{@b.example=x}, randmap:{smtp:[b1]}},
          pipemap:{inline:{@a.example=x}, randmap:{smtp:[a1], smtp:[a2]}}
      # randmap: drained smtp:[b2] x1
      # randmap: drained smtp:[a3] x1 #2

      """, "from:b.example", "smtp:[b1]"
    ).config
    #expect(marked(two) == [["smtp:[a1]", "smtp:[a2]", "smtp:[a3]"]: ["smtp:[a3]"]])
    #expect(!two.main.document.bytes.text.contains("drained smtp:[b2]"))
  }

  @Test func aPlanStaysWithItsCustomer() throws {
    let config = configToPlan(
      """
      sender_dependent_default_transport_maps =
          pipemap:{inline:{@a.example=x}, randmap:{smtp:[a1], smtp:[a2]}}
      \(Self.plan)
      """)
    let both = try planning(config, "from:b.example", "smtp:[b1]", "smtp:[b2]").config
    #expect(marked(both) == [["smtp:[a1]", "smtp:[a2]"]: ["smtp:[a2]"]])
    #expect(both.main.document.bytes.text.contains("# randmap: ramp smtp:[a2] #2 from=10%"))
    let one = try planning(both, "from:b.example", "smtp:[b1]").config
    #expect(one.main.document.bytes.text.contains(Self.plan))
  }

  /// In each notation the pool of the other key is another one, with its own comments.
  @Test func aConversionOfOnePoolLeavesThePlanOfTheOther() throws {
    let before = configToPlan(
      """
      # randmap: agent
      transport_maps = inline:{{b.example=randmap:!smtp:[b1]!smtp:[b2]}},
          inline:{{a.example=randmap:!smtp:[a1]!smtp:[a2]}}
      \(Self.plan.replacing("[a2]", with: "[a2] #2"))
      """)
    #expect(marked(before) == [["smtp:[a1]", "smtp:[a2]"]: ["smtp:[a2]"]])
    let after = try before.converting(["transport_maps"], to: .stock).config
    #expect(marked(after) == marked(before))
  }

  @Test func aRouteThatPutsAPoolInFrontMovesTheNumber() throws {
    let own = "pipemap:{inline:{@a.example=x}, randmap:{smtp:[a1], smtp:[a2]}}"
    let new = "pipemap:{inline:{@b.example=x}, randmap:{smtp:[b1], smtp:[b2]}}"
    let name = "sender_dependent_default_transport_maps"
    let text = try edited(
      "\(name) = \(own)\n# randmap: drained smtp:[a3] x2 until=2126-01-01T00:00Z why=\"a #1 disk\"\n",
      .setRoute(key: name, value: "\(new), \(own)", table: nil))
    #expect(
      text == "\(name) = \(new), \(own)\n"
        + "# randmap: drained smtp:[a3] x2 #2 until=2126-01-01T00:00Z why=\"a #1 disk\"\n")
    #expect(
      try edited(text, .setRoute(key: name, value: own, table: nil))
        == "\(name) = \(own)\n# randmap: drained smtp:[a3] x2 until=2126-01-01T00:00Z why=\"a #1 disk\"\n")
  }

  /// The line of a pool goes: its comment would be one of the line before.
  @Test func aRouteThatGoesLeavesNoMemberToThePoolBefore() throws {
    let first = "relay_transport = randmap:!smtp:[a]!smtp:[b]\n# randmap: drained smtp:[d] x1\n"
    #expect(
      try edited(
        first + "virtual_transport = randmap:!smtp:[c]!smtp:[e]\n# randmap: drained smtp:[d] x1\n",
        .removeRoute(key: "virtual_transport", table: nil)) == first)
  }

  /// Nothing is taken from the customer whose pool has another number now.
  @Test func aSecondCustomerNeedsNoForce() throws {
    let one = try planned("myorigin = x\n", "from:a.example", "smtp:[a1]", "smtp:[a2]").config
    let plan = try planning(one, "from:b.example", "smtp:[b1]", "smtp:[b2]")
    #expect(plan.guards.isEmpty && one.guards(against: plan.config, states: [:]).isEmpty)
    // What is really taken is still said, by the name that the person knows.
    let less = try plan.config.applying([
      .setWeight(pool: "sender_dependent_default_transport_maps#2", member: "smtp:[a1]", weight: 3),
      .drain(pool: "sender_dependent_default_transport_maps#2", member: "smtp:[a1]"),
    ])
    let weighted = try plan.config.applying(
      .setWeight(pool: "sender_dependent_default_transport_maps#2", member: "smtp:[a1]", weight: 3))
    #expect(
      weighted.guards(against: less, states: [:]) == [
        .takesOutLiveShare(pool: "sender_dependent_default_transport_maps#2", share: 0.75)
      ])
    // The one that becomes the first again loses nothing either.
    let back = try planning(plan.config, "from:b.example", "smtp:[b1]")
    #expect(plan.config.guards(against: back.config, states: [:]).isEmpty)
  }
}
