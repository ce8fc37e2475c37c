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
        // A table that was made stays, empty.
        let hasTable = made.files.keys.contains { $0.hasSuffix("transport") }
        if !hasTable, notation == nil || notation == .stock && !before.saysAgent {
          #expect(bare.main.document.bytes == before.main.document.bytes, "\(members)")
        }
        #expect(throws: EditRefusal.noDecision(scope)) { try removed(bare, scope) }
      }
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
