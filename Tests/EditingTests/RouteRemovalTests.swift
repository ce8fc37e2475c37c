// What decides for a key taken away, in each notation and place: its mail goes by what decides next.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct RouteRemovalTests {
  private func removed(_ config: MailConfig, _ scope: String) throws -> MailConfig {
    try config.applying(.removeRoute(key: scope, table: nil))
  }

  @Test(
    arguments: ["to:a.example", "to:u@a.example", "from:s.example", "from:u@s.example"],
    [nil, PoolWish.Notation.agent, .stock, .file])
  func whatPoolMadeGoesAwayWithoutATrace(scope: String, notation: PoolWish.Notation?) throws {
    for main in ["relayhost = [gw]\n", "relayhost = [gw]\n# randmap: agent\n"] {
      let before = configToPlan(main)
      for members in [["smtp:[a]"], ["smtp:[a]", "smtp:[b]=2"]] {
        let made = try before.planning(wishInWords(scope, members, notation), on: plannersMachine).config
        let bare = try removed(made, scope)
        #expect(Resolver(bare).route("u@a.example", from: "u@s.example").words == "smtp:[gw]")
        // A table that was made is not even named.
        #expect(bare.tablePaths.isEmpty, "\(bare.main.document.bytes.text)")
        #expect(!bare.editedDocuments.contains { $0.path.hasSuffix("transport") })
        if !before.saysAgent, notation == nil || notation == .stock {
          #expect(bare.main.document.bytes == before.main.document.bytes, "\(members)")
        }
        #expect(throws: EditRefusal.noDecision(scope)) { try removed(bare, scope) }
      }
    }
  }

  /// Written in between, the file stays without a name, and is taken up again.
  @Test func aTableThatWasMadeIsNamedWhileItHasEntries() throws {
    let before = configToPlan("relayhost = [gw]\n# randmap: agent\n")
    func making(_ config: MailConfig, _ scope: String) throws -> MailConfig {
      let wish = try wishInWords(scope, ["smtp:[a]", "smtp:[b]"], .agent)
      return try config.planning(wish, on: plannersMachine).config.written
    }
    let made = try making(try making(before, "to:a.example"), "to:b.example")
    let text = try #require(made.document("/d/transport")?.bytes.text)
    #expect(text.hasPrefix("# randmap: table\na.example\trandmap:") && text.contains("\nb.example\t"))
    let one = try removed(made, "a.example").written
    #expect(one.tablePaths == ["/d/transport"])
    for key in ["b.example", "to:b.example"] {
      let bare = try removed(one, key)
      #expect(bare.tablePaths.isEmpty && !bare.main.document.bytes.text.contains("transport_maps"))
      #expect(bare.document("/d/transport")?.bytes.text == "# randmap: table\n")
      #expect(
        one.notesOnWhatIsLeft(by: bare)
          == ["Postfix uses /d/transport until it is reloaded; you can remove it after that"])
      let again = try making(bare.written, "to:c.example")
      #expect(again.tablePaths == ["/d/transport"])
      #expect(again.document("/d/transport")?.bytes.text.hasPrefix("# randmap: table\nc.example\t") ?? false)
    }
  }

  /// What others made stays named, also when it is empty; and so does one that a person wrote more into.
  @Test(arguments: ["", "# randmap: table\n# of the office\n", "# my table\n"])
  func aTableOfOthersStays(comment: String) throws {
    var before = configToPlan("transport_maps = hash:/d/own\n")
    before.files["/d/own"] = .read(
      Document(path: "/d/own", bytes: Bytes("\(comment)a.example smtp:[a]\n".utf8)))
    for key in ["a.example", "to:a.example"] {
      let bare = try removed(before, key)
      #expect(bare.main.document.bytes == before.main.document.bytes)
      #expect(bare.document("/d/own")?.bytes.text == comment)
    }
  }

  /// What is beside it stays byte for byte.
  @Test func itsNeighboursStay() throws {
    let before = configToPlan(
      """
      relayhost = [gw]
      transport_maps =
          pipemap:{inline:{c.example=x, d.example=x}, randmap:{smtp:[c1], smtp:[c2]}},
          inline:{{e.example=smtp:[e]}, {f.example=smtp:[f]}}
      # randmap: drained smtp:[c3] x1
      sender_dependent_default_transport_maps = inline:{{@s.example=smtp:[s]}}
      sender_dependent_relayhost_maps = inline:{{@s.example=[s2]}, {@t.example=[t]}}

      """)
    let text = before.main.document.bytes.text
    func expect(_ scopes: String..., old: String, new: String) throws {
      var config = before
      for scope in scopes { config = try removed(config, scope) }
      #expect(config.main.document.bytes.text == text.replacing(old, with: new))
    }
    try expect("to:d.example", old: "c.example=x, d.example=x", new: "c.example=x")
    try expect("to:e.example", old: "{e.example=smtp:[e]}, ", new: "")
    try expect(
      "to:e.example", "to:f.example", old: ",\n    inline:{{e.example=smtp:[e]}, {f.example=smtp:[f]}}",
      new: "")
    try expect(
      "to:c.example", "to:d.example",
      old:
        "pipemap:{inline:{c.example=x, d.example=x}, randmap:{smtp:[c1], smtp:[c2]}},\n    inline:{{e.example=smtp:[e]}, {f.example=smtp:[f]}}\n# randmap: drained smtp:[c3] x1\n",
      new: "inline:{{e.example=smtp:[e]}, {f.example=smtp:[f]}}\n")
    try expect(
      "from:s.example", old: "sender_dependent_default_transport_maps = inline:{{@s.example=smtp:[s]}}\n",
      new: "")
    try expect(
      "from:s.example", "from:s.example",
      old:
        "sender_dependent_default_transport_maps = inline:{{@s.example=smtp:[s]}}\nsender_dependent_relayhost_maps = inline:{{@s.example=[s2]}, {@t.example=[t]}}",
      new: "sender_dependent_relayhost_maps = inline:{{@t.example=[t]}}")
    var table = configToPlan("transport_maps = texthash:/d/transport\n")
    table.files["/d/transport"] = .read(
      Document(path: "/d/transport", bytes: Bytes("a.example smtp:[a]\nB.example\n  smtp:[b]\n".utf8)))
    #expect(
      try removed(table, "to:b.example").files["/d/transport"]?.document?.bytes.text == "a.example smtp:[a]\n"
    )
  }

  @Test func aPoolInADatabaseGoesOutOfItsRoutes() throws {
    let bench = try DatabaseBench()
    var config = try bench.config("relayhost = [gw]\n")
    let main = config.main.document.bytes
    for scope in ["to:a.example", "to:b.example"] {
      config = try config.planning(
        wishInWords(scope, ["smtp:[a]", "smtp:[b]"], .database), on: plannersMachine
      ).config
    }
    config = try removed(config, "to:a.example")
    #expect(config.rows(bench.database).routes.map(\.key) == ["b.example"])
    let bare = try removed(config, "to:b.example")
    #expect(bare.main.document.bytes == main)
    #expect(
      config.notesOnWhatIsLeft(by: bare).contains { $0.hasPrefix("the rows stay in \(bench.database)") })
  }
}
