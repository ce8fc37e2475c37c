// What no mail uses is said before it is written: a key, the line of an empty class, a pool after lanes.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct NeverAskedTests {
  private func remarks(_ config: MailConfig, _ edit: Edit) throws -> [String] {
    config.remarks(on: try config.applying(edit), after: [edit])
  }

  private static let senders = "sender_dependent_relayhost_maps"

  @Test(arguments: [
    ("transport_maps", "@c.example", "is never looked up in transport_maps; need \"c.example\""),
    ("transport_maps", "@", "is never looked up in transport_maps; need \"*\""),
    ("transport_maps", "c.example", nil), ("transport_maps", "u@c.example", nil),
    ("transport_maps", ".c.example", nil),
    // They may be users of this host.
    (
      senders, "c.example",
      "is looked up in \(senders) only for a user of this host with that name; for the domain need \"@c.example\""
    ),
    (
      senders, "john.doe",
      "is looked up in \(senders) only for a user of this host with that name; for the domain need \"@john.doe\""
    ),
    (
      senders, ".example.com",
      "is never looked up in \(senders), as senders have no parent domains there; need one \"@domain\" for each domain"
    ),
    (senders, "@c.example", nil), (senders, "<>", nil), (senders, "alice", nil),
  ])
  func aKeyThatIsNeverAskedForIsSaid(parameter: String, key: String, said: String?) throws {
    let hop = parameter == "transport_maps" ? "smtp:[c]" : "[c]"
    let config = configToPlan(
      "relayhost = [gw]\n\(parameter) = texthash:/d/t\n", tables: ["t": "@x.example \(hop)\n"])
    let words = try remarks(config, .setRoute(key: key, value: hop, table: nil))
    #expect(words == [said].compactMap(\.self).map { "\"\(key)\" \($0)" })
    // Patterns are no keys.
    let patterns = configToPlan(
      "relayhost = [gw]\n\(parameter) = pcre:/d/t\n", tables: ["t": "/x\\.example$/ \(hop)\n"])
    let route = RouteName(key: "/\(key)$/", table: "/d/t")
    #expect(patterns.noteOnKeyNeverAsked(for: route).isEmpty)
  }

  @Test(arguments: [
    ("relay_transport", "relay_domains ="), ("virtual_transport", "virtual_mailbox_domains ="),
  ])
  func theLineOfAnEmptyClassIsSaid(parameter: String, list: String) throws {
    let edit = Edit.setRoute(key: parameter, value: "smtp:[c]", table: nil)
    let name = list.split(separator: " ")[0]
    #expect(
      try remarks(configToPlan("\(list)\n"), edit)
        == ["\(name) names no domain, so no mail uses \(parameter): this line changes nothing"])
    #expect(try remarks(configToPlan("\(list) r.example\n"), edit).isEmpty)
  }

  /// Of two tables with the same key one decides, whichever parameters name them.
  @Test(arguments: [
    ("sender_dependent_relayhost_maps = texthash:/d/a, texthash:/d/b\n", "[a]", "[b]"),
    (
      "sender_dependent_default_transport_maps = texthash:/d/a\nsender_dependent_relayhost_maps = texthash:/d/b\n",
      "smtp:[a]", "[b]"
    ),
  ])
  func theTableThatDecidesIsSaid(main: String, first: String, second: String) throws {
    let config = configToPlan(
      main, tables: ["a": "@c.example \(first)\n", "b": "@c.example \(second)\n"])
    for edit in [
      Edit.setRoute(key: "@c.example", value: "[x]", table: nil), .removeRoute(key: "@c.example", table: nil),
    ] {
      #expect {
        _ = try config.applying(edit)
      } throws: {
        ($0 as? EditError)?.message
          == "\"@c.example\" is in /d/a, /d/b, and the entry in /d/a decides; choose one with --table FILE"
      }
    }
    let hidden = Edit.setRoute(key: "@c.example", value: "[x]", table: "b")
    #expect(
      try remarks(config, hidden).first?.contains("(/d/a:1) decides first for mail from c.example") == true)
    #expect(try remarks(config, .setRoute(key: "@c.example", value: first, table: "a")).isEmpty)
  }

  /// The call that does it is named, and does it.
  @Test func aRelayhostAfterLanesIsSaid() throws {
    let lanes = try planned("relayhost = [gw]\n", "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    let words = refused(lanes, try wishInWords("relayhost", ["[a]", "[b]"]))
    #expect(words.hasSuffix("; for all mail to the outside: randmap pool outbound '[a]' '[b]'"), "\(words)")
    let pool = try lanes.planning(wishInWords("outbound", ["[a]", "[b]"]), on: plannersMachine).config
    #expect(Resolver(pool).route("u@far.example").words == "smtp:[a] 50.0%, smtp:[b] 50.0%")
  }

  /// The comment that keeps the place of an entry goes with its pool, however that goes.
  @Test func aStaleMarkGoes() throws {
    let config = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n",
      tables: ["t": "a.example smtp:[x]\nb.example smtp:[y]\n"])
    let pool = try config.planning(wishInWords("to:a.example", ["[a]", "[b]"]), on: plannersMachine).config
    let marked = "# randmap: the entry for a.example is in main.cf\nb.example smtp:[y]\n"
    func table(_ config: MailConfig) -> String? { config.files["/d/t"]?.document?.bytes.text }
    #expect(table(pool) == marked)
    for edit in [
      Edit.setRoute(key: "transport_maps", value: "texthash:/d/t", table: nil),
      .removeRoute(key: "transport_maps", table: nil),
    ] {
      #expect(table(try pool.applying(edit)) == "b.example smtp:[y]\n")
    }
    // Where the pool stays, and where a person took it away by hand and another entry changes.
    let other = Edit.setRoute(key: "b.example", value: "smtp:[z]", table: nil)
    #expect(table(try pool.applying(other)) == marked.replacing("[y]", with: "[z]"))
    let byHand = configToPlan("transport_maps = texthash:/d/t\n", tables: ["t": marked])
    #expect(table(try byHand.applying(other)) == "b.example smtp:[z]\n")
  }

  /// An entry in an earlier table decides first, and the pool is still there.
  @Test func theMarkOfAPoolThatAnotherEntryHidesStays() throws {
    let config = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n",
      tables: ["t": "a.example smtp:[x]\nb.example smtp:[y]\n"])
    var pool = try config.planning(wishInWords("to:a.example", ["[a]", "[b]"]), on: plannersMachine).config
    let list = try #require(pool.main["transport_maps"]).value.text
    pool = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/e, \(list)\n",
      tables: ["t": try #require(pool.files["/d/t"]?.document).bytes.text, "e": "a.example smtp:[e]\n"])
    let edited = try pool.applying(.setRoute(key: "b.example", value: "smtp:[z]", table: "t"))
    #expect(
      edited.files["/d/t"]?.document?.bytes.text
        == "# randmap: the entry for a.example is in main.cf\nb.example smtp:[z]\n")
  }
}
