// An edit of a pool that gets no mail: whoever makes it is told what decides in its place, or that no mail uses it.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct IdlePoolTests {
  private func remarks(_ config: MailConfig, _ edit: Edit) throws -> [String] {
    config.remarks(on: try config.applying(edit), after: [edit])
  }

  private static let relayhosts = "sender_dependent_relayhost_maps"

  private static let edits: [Edit] = [
    .add(pool: relayhosts, member: "[c]", weight: 1), .setWeight(pool: relayhosts, member: "[b]", weight: 3),
    .drain(pool: relayhosts, member: "[b]"), .remove(pool: relayhosts, member: "[b]"),
    .setShare(pool: relayhosts, member: "[b]", share: 0.2, tolerance: 0.005),
  ]

  @Test(arguments: edits) func aPoolThatALineOverridesIsSaid(edit: Edit) throws {
    let config = configToPlan(
      "default_transport = smtp:[x]\n\(Self.relayhosts) = randmap:{[a], [b]}\n")
    #expect(
      try remarks(config, edit) == [
        "default_transport (/d/main.cf:1) decides first for all mail to the outside, which goes to smtp:[x]: this edit of sender_dependent_relayhost_maps changes nothing for it",
        "to let this pool decide: randmap remove-route outbound",
      ])
    // What is said leads there.
    let bare = try config.applying(.removeRoute(key: "outbound", table: nil))
    #expect(Resolver(bare).route("u@far.example").words == "smtp:[a] 50.0%, smtp:[b] 50.0%")
    #expect(try remarks(bare, edit).allSatisfy { $0.contains(" has one member now; ") })
  }

  @Test func anEntryBeforeThePoolOfItsKeyIsSaid() throws {
    let pool = "pipemap:{inline:{a.example=x}, randmap:{smtp:[a], smtp:[b]}}"
    let edit = Edit.setWeight(pool: "transport_maps", member: "smtp:[a]", weight: 3)
    let config = configToPlan(
      "transport_maps = texthash:/d/t, \(pool)\n", tables: ["t": "a.example smtp:[x]\n"])
    #expect(
      try remarks(config, edit) == [
        "transport_maps (/d/t:1) decides first for mail for a.example, which goes to smtp:[x]: this edit of transport_maps changes nothing for it",
        "to let this pool decide: randmap remove-route to:a.example",
      ])
    let other = configToPlan(
      "transport_maps = \(pool), texthash:/d/t\n", tables: ["t": "a.example smtp:[x]\n"])
    #expect(try remarks(other, edit).isEmpty)
  }

  @Test(arguments: [("relay_domains =", true), ("relay_domains = r.example", false)])
  func aPoolThatNothingAsksIsSaid(domains: String, isIdle: Bool) throws {
    let config = configToPlan(
      "# randmap: agent\n\(domains)\nrelay_transport = randmap:!relay:[a]!relay:[b]\n")
    #expect(
      try remarks(config, .setWeight(pool: "relay_transport", member: "relay:[a]", weight: 3))
        == (isIdle
          ? [
            "relay_domains names no domain, so no mail uses relay_transport: this edit of relay_transport changes nothing for it"
          ] : []))
  }
}
