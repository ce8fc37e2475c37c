// A line or an entry that nothing comes to: whoever writes it, or takes it away, is told what decides first, and what to do.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct DecidesFirstTests {
  private func remarks(_ config: MailConfig, _ edit: Edit) throws -> [String] {
    config.remarks(on: try config.applying(edit), after: [edit])
  }

  private func withPool(_ scope: String, _ members: String..., behind: String = "") throws -> MailConfig {
    let config = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n", tables: ["t": "x.example smtp:[x]\n\(behind)"])
    return try config.planning(wishInWords(scope, members), on: plannersMachine).config
  }

  @Test func anEntryBehindAPoolIsSaid() throws {
    let config = try withPool("to:a.example", "[a]", "[b]")
    let set = Edit.setRoute(key: "a.example", value: "smtp:[c]", table: nil)
    let words =
      "transport_maps (/d/main.cf:2) decides first for mail for a.example, which goes to smtp:[a] 50.0%, smtp:[b] 50.0%: "
    #expect(
      try remarks(config, set) == [
        words + "this entry changes nothing for it",
        "to send it to smtp:[c]: randmap pool to:a.example 'smtp:[c]'",
        "to let this one decide: randmap remove-route to:a.example --force",
      ])
    let both = try config.applying(set)
    #expect(
      try remarks(both, .removeRoute(key: "a.example", table: nil)) == [
        words + "taking this away changes nothing for it",
        "to take away what decides: randmap remove-route to:a.example --force",
      ])
    // Both ways that are said lead there.
    let pool = try both.planning(wishInWords("to:a.example", ["smtp:[c]"]), on: plannersMachine).config
    let bare = try both.applying(.removeRoute(key: "to:a.example", table: nil))
    for config in [pool, bare] { #expect(Resolver(config).route("u@a.example").words == "smtp:[c]") }
  }

  @Test func aRelayhostBehindAPoolIsSaid() throws {
    let config = try withPool("outbound", "[a]", "[b]")
    let set = Edit.setRoute(key: "relayhost", value: "[c]", table: nil)
    let words = try remarks(config, set)
    #expect(
      words.first?.hasPrefix("sender_dependent_relayhost_maps (/d/main.cf:1) decides first for all mail to ")
        == true)
    #expect(words.first?.hasSuffix("this line changes nothing for it") == true)
    #expect(
      words.dropFirst() == [
        "to send it to [c]: randmap pool outbound '[c]'",
        "to let this one decide: randmap remove-route outbound --force",
      ])
    let both = try config.applying(set)
    #expect(
      try remarks(both, .removeRoute(key: "relayhost", table: nil)).dropFirst() == [
        "to take away what decides: randmap remove-route outbound --force"
      ])
  }

  @Test func anEntryForAllMailDecidesBeforeALine() throws {
    let config = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n", tables: ["t": "* smtp:[x]\n"])
    let set = Edit.setRoute(key: "relayhost", value: "[c]", table: nil)
    #expect(
      try remarks(config, set) == [
        "transport_maps (/d/t:1) decides first for all mail to the outside, which goes to smtp:[x]: this line changes nothing for it",
        "to send it to [c]: randmap pool outbound '[c]' --force",
        "to let this one decide: randmap remove-route outbound",
      ])
    #expect(
      try remarks(config, .removeRoute(key: "relayhost", table: nil)).last
        == "to take away what decides: randmap remove-route outbound")
  }

  /// Where nothing that is known here helps, nothing is promised.
  @Test func aPatternBeforeAnEntryIsSaid() throws {
    let config = configToPlan(
      "transport_maps = regexp:/d/re, texthash:/d/t\n",
      tables: ["re": "/@a\\.example$/ smtp:[p]\n", "t": "a.example smtp:[x]\n"])
    for key in ["a.example", "to:a.example"] {
      let words = try remarks(config, .removeRoute(key: key, table: nil))
      #expect(words.first?.hasSuffix("taking this away changes nothing for it") == true)
      #expect(words.dropFirst() == ["edit /d/main.cf:1 first"])
    }
    let set = try remarks(config, .setRoute(key: "a.example", value: "smtp:[c]", table: nil))
    #expect(
      set.last?.hasPrefix(
        "line 1 of /d/re answers for it: put a line \"if !/") == true,
      "\(set)")
  }

  @Test(arguments: [
    Edit.setRoute(key: "x.example", value: "smtp:[c]", table: nil),
    // The same as what decides without it.
    .setRoute(key: "new.example", value: "smtp:[gw]", table: nil),
    .setRoute(key: "*", value: "smtp:[gw]", table: nil),
    .setRoute(key: "relayhost", value: "[c]", table: nil),
    .setRoute(key: "default_transport", value: "smtp:[c]", table: nil),
    .setRoute(key: "relay_transport", value: "smtp:[c]", table: nil),
    .setRoute(key: "transport_maps", value: "", table: nil),
    .removeRoute(key: "x.example", table: nil), .removeRoute(key: "to:x.example", table: nil),
    .removeRoute(key: "relayhost", table: nil), .removeRoute(key: "outbound", table: nil),
    .removeRoute(key: "to:a.example", table: nil),
  ])
  func whatDecidesSaysNothing(edit: Edit) throws {
    let config = try withPool("to:a.example", "[a]", "[b]")
    #expect(try remarks(config, edit) == [])
  }

  /// What stands behind the pool says the same.
  @Test func aPoolThatGoesHasDecided() throws {
    let config = try withPool("to:a.example", "[a]", "[b]").applying(
      .setRoute(key: "a.example", value: "smtp:[c]", table: nil))
    #expect(try remarks(config, .removeRoute(key: "to:a.example", table: nil)) == [])
  }

  // MARK: - What may be written there

  @Test func aTableOfRelayhostsTakesNextHops() throws {
    let config = configToPlan(
      "sender_dependent_relayhost_maps = texthash:/d/s\n", tables: ["s": "@s.example [a]\n"])
    func problem(_ value: String, _ table: String?) -> String? {
      config.problem(withRoute: value, key: "@s.example", table: table)
    }
    for table in [nil, "s", "/d/s", "sender_dependent_relayhost_maps"] {
      #expect(problem("[b]:587", table) == nil)
      #expect(problem("smtp:[b]:587", table) != nil)
    }
    let other = configToPlan(
      "sender_dependent_default_transport_maps = texthash:/d/s\n", tables: ["s": "@s.example smtp:[a]\n"])
    #expect(other.problem(withRoute: "[b]:587", key: "@s.example", table: nil) != nil)
    // Of a table that is still to be made the parameter says it.
    for (parameter, isHop) in [("sender_dependent_relayhost_maps", true), ("transport_maps", false)] {
      #expect(
        (configToPlan("").problem(withRoute: "[b]:587", key: "@s.example", table: parameter) == nil) == isHop)
    }
  }
}
