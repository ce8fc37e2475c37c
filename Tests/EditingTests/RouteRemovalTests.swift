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
        #expect(throws: EditError.noDecision(scope)) { try removed(bare, scope) }
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
        one.notesOnWhatIsLeft(by: bare).first
          == "Postfix uses /d/transport until it is reloaded; you can remove it after that")
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

  private static let classes = "relay_domains = r.example\nvirtual_mailbox_domains = v.example\n"

  /// The other scopes too, in each notation, from one destination and from a pool, and from nothing at all.
  @Test(
    arguments: [
      ("outbound", "", "u@a.example", "smtp:a.example"),
      ("outbound", "relayhost = [gw]\n", "u@a.example", "smtp:a.example"),
      ("outbound", "default_transport = smtp:[gw]\n", "u@a.example", "smtp:a.example"),
      ("class:relay", "", "u@r.example", "relay:r.example"),
      ("class:relay", "relayhost = [gw]\n", "u@r.example", "relay:[gw]"),
      ("class:relay", "relay_transport = relay:[gw]\n", "u@r.example", "relay:r.example"),
      ("class:virtual", "virtual_transport = smtp:[gw]\n", "u@v.example", "virtual:v.example"),
    ],
    [nil, PoolWish.Notation.agent, .stock, .file])
  func whatDecidesForAScopeGoes(
    _ call: (scope: String, main: String, recipient: String, goal: String), notation: PoolWish.Notation?
  ) throws {
    for mark in ["", "# randmap: agent\n"] {
      let before = configToPlan(Self.classes + call.main + mark)
      for members in [["smtp:[a]"], ["smtp:[a]", "smtp:[b]=2"], ["smtp:[a]", "smtp:[b]", "smtp:[c]"]] {
        var made = try before.planning(
          wishInWords(call.scope, members, notation), on: plannersMachine
        ).config
        if members.count > 2 {
          made = try made.applying(.drain(pool: call.scope, member: "smtp:[c]"))
        }
        #expect(Resolver(made).route(call.recipient, from: "u@s.example").words != call.goal)
        var bare = try removed(made, call.scope)
        // Where a relayhost came before the pool, it decides next.
        if call.scope == "outbound", Resolver(bare).route(call.recipient).words == "smtp:[gw]" {
          bare = try removed(bare, call.scope)
        }
        #expect(Resolver(bare).route(call.recipient, from: "u@s.example").words == call.goal, "\(members)")
        #expect(bare.pools().allSatisfy { $0.members.count < 2 })
        #expect(!bare.main.document.bytes.text.contains("drained"))
        #expect(throws: EditError.noDecision(call.scope)) { try removed(bare, call.scope) }
        // Other mail goes as before.
        let other = ["u@r.example", "u@v.example", "u@mx.here.example"].filter { $0 != call.recipient }
        for recipient in other where !(call.scope == "outbound" && recipient == "u@r.example") {
          #expect(Resolver(bare).route(recipient).words == Resolver(before).route(recipient).words)
        }
      }
    }
  }

  @Test func aScopeGoesBackToTheBytes() throws {
    for (scope, members, main) in [
      ("class:relay", ["relay:[a]", "relay:[b]"], Self.classes),
      (
        "class:relay", ["relay:[a]", "relay:[b]"],
        Self.classes + "transport_maps = inline:{{t.example=smtp:[t]}}\n"
      ),
      ("outbound", ["[a]", "[b]"], ""), ("outbound", ["smtp:[a]", "lmtp:[b]"], "myorigin = x.example\n"),
    ] {
      let before = configToPlan(main)
      let made = try before.planning(wishInWords(scope, members), on: plannersMachine).config
      #expect(made.pools().contains { $0.members.count == 2 })
      #expect(try removed(made, scope).main.document.bytes == before.main.document.bytes, "\(scope) \(main)")
    }
  }

  @Test func aScopeIsRefusedWithTheReason() throws {
    func words(_ main: String, _ scope: String) -> String {
      do throws(EditError) {
        _ = try configToPlan(main).applying(.removeRoute(key: scope, table: nil))
        return ""
      } catch { return error.message }
    }
    #expect(words("relay_domains =\n", "class:relay").hasPrefix("class:relay: relay_domains is empty"))
    #expect(words("", "class:other").contains("need class:relay or class:virtual"))
    #expect(words("", "outbound").hasPrefix("nothing is set for outbound"))
    #expect(words("default_transport = smtp\n", "outbound").hasPrefix("nothing is set for outbound"))
    #expect(
      words(
        "relay_domains = r.example\nrelay_transport = smtp:[a]\ndefault_transport = $relay_transport\n",
        "class:relay")
        == "relay_transport: default_transport refers to $relay_transport: write out the value there first")
    // A table that answers for all mail decides, and is no entry of it.
    for (main, what) in [
      ("transport_maps = static:smtp:[t]\n", "transport_maps"),
      ("sender_dependent_relayhost_maps = static:[t]\n", "sender_dependent_relayhost_maps"),
      (
        "sender_dependent_default_transport_maps = static:smtp:[t]\n",
        "sender_dependent_default_transport_maps"
      ),
    ] {
      #expect(
        words(main, "outbound")
          == "nothing is set for outbound, so there is nothing to remove: \(what) (/d/main.cf:1) decides for all mail to the outside, which goes to smtp:[t]; to take that away: randmap remove-route \(what)"
      )
      let config = configToPlan("relayhost = [gw]\n\(main)")
      let edit = Edit.removeRoute(key: "outbound", table: nil)
      #expect(
        config.remarks(on: try config.applying(edit), after: [edit]) == [
          "\(what) (/d/main.cf) decides first for all mail to the outside, which goes to smtp:[t]: taking this away changes nothing for it",
          "to take away what decides: randmap remove-route \(what)",
        ])
      let bare = try configToPlan(main).applying(.removeRoute(key: what, table: nil))
      #expect(Resolver(bare).route("u@far.example").words == "smtp:far.example")
    }
    // Of several tables one is not taken away with the others.
    #expect(
      words("transport_maps = inline:{{t.example=smtp:[a]}}, static:smtp:[t]\n", "outbound").hasSuffix(
        "decides for all mail to the outside, which goes to smtp:[t]; edit /d/main.cf:1 for that"))
    // Each entry of a table is for other mail.
    #expect(
      words(
        "transport_maps = inline:{{b.example=smtp:[b]}, {sub.a.example=smtp:[a]}}\n", "to:u@b.example"
      ).hasSuffix("; edit /d/main.cf:1 for that"))
    // A line that an earlier one would take the place of.
    let twice = try configToPlan("relayhost = [a]\nrelayhost = [b]\n")
      .applying(.removeRoute(key: "outbound", table: nil))
    #expect(twice.main.document.bytes.isEmpty)
  }

  /// A table may have a key of that name, and a scope is no key.
  @Test func aScopeIsNoKey() throws {
    var config = configToPlan("transport_maps = texthash:/d/transport\nrelayhost = [gw]\n")
    func table(_ text: String) {
      config.files["/d/transport"] = .read(Document(path: "/d/transport", bytes: Bytes(text.utf8)))
    }
    table("a.example smtp:[a]\n")
    for scope in ["outbound", "class:relay"] {
      #expect {
        _ = try config.applying(.setRoute(key: scope, value: "smtp:[b]", table: nil))
      } throws: { ($0 as? EditError)?.message.contains("randmap pool \(scope) 'smtp:[b]'") ?? false }
    }
    table("outbound smtp:[a]\n")
    #expect {
      _ = try removed(config, "outbound")
    } throws: { ($0 as? EditError)?.message.contains("--table /d/transport") ?? false }
  }

  /// The line of a parameter may hold the routes of several kinds of mail.
  @Test(arguments: [
    ("transport_maps", "{b.example=smtp:[b]}, {a.example=smtp:[a]}", "b.example, a.example", "to:b.example"),
    (
      "sender_dependent_relayhost_maps", "{@b.example=[b]}, {@a.example=[a]}", "@b.example, @a.example",
      "from:b.example"
    ),
    (
      "sender_dependent_default_transport_maps", "{u@b.example=smtp:[b]}, {<>=smtp:[a]}", "u@b.example, <>",
      "from:u@b.example"
    ),
  ])
  func severalEntriesAreNotRemovedUnasked(parameter: String, entries: String, keys: String, scope: String)
    throws
  {
    func guards(_ main: String, _ key: String, tables: [String: String] = [:]) throws -> [String] {
      let config = configToPlan("relayhost = [gw]\n\(main)", tables: tables)
      let edited = try config.applying(.removeRoute(key: key, table: nil))
      return config.guards(against: edited, states: [:]).map(\.message)
    }
    let words = "removes 2 entries of \(parameter): \(keys); for one of them: randmap remove-route \(scope)"
    #expect(try guards("\(parameter) = inline:{\(entries)}\n", parameter) == [words])
    let lines = entries.replacing("}, {", with: "\n").filter { !"{}".contains($0) }.replacing("=", with: " ")
    #expect(
      try guards("\(parameter) = texthash:/d/t\n", parameter, tables: ["t": "\(lines)\n"]) == [words])
    let (first, _) = (entries.split(separator: ", ")[0], 0)
    #expect(try guards("\(parameter) = inline:{\(first)}\n", parameter).isEmpty)
    #expect(try guards("\(parameter) = inline:{\(entries)}\n", scope).isEmpty)
  }
}
