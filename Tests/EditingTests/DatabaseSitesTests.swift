// A pool that decides at several places, on its way into a database and out of it: no place is left behind.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct DatabaseSitesTests {
  /// One pool file for two parameters, for entries of a table, and two pools in one parameter: all of the mail goes over, and
  /// all of it comes back.
  @Test(arguments: [
    (
      "# randmap: agent\nrelay_domains = r.example\nrelay_transport = randmap:POOL\ndefault_transport = randmap:POOL\n",
      ["outbound", "relay"]
    ),
    (
      "# randmap: agent\ntransport_maps = texthash:TABLE\n",
      ["one.example", "three.example", "two.example"]
    ),
    (
      "transport_maps = pipemap:{inline:{one.example=x}, randmap:{smtp:[gw1], smtp:[gw2]}}, pipemap:{inline:{two.example=x}, randmap:{smtp:[gw1], smtp:[gw2], smtp:[gw2]}}\n",
      ["one.example", "two.example"]
    ),
  ])
  func everySiteOfAPoolGoesOverAndBack(main: String, ids: [String]) throws {
    let bench = try DatabaseBench()
    let pool = bench.directory.file("p")
    let text = main.replacing("POOL", with: pool).replacing("TABLE", with: bench.directory.file("t"))
    let before = try bench.config(
      text,
      files: [
        "p": "smtp:[gw1]\nsmtp:[gw2]\nsmtp:[gw2]\n",
        "t": ["one", "two", "three"].map { "\($0).example randmap:\(pool)\n" }.joined(),
      ])
    let recipients = ["one", "two", "three", "r", "elsewhere"].map { "u@\($0).example" }
    let there = try before.converting([], to: .database).config
    #expect(there.pools().filter { $0.notation.name == "database" }.map(\.id).sorted() == ids)
    #expect(!there.pools().contains { $0.notation.needsAgent })
    for recipient in recipients { #expect(there.route(recipient) == before.route(recipient), "\(recipient)") }
    for target in [ConversionTarget.stock, .agent] {
      let back = try there.converting([], to: target).config
      #expect(!back.pools().contains { $0.notation.name == "database" })
      for recipient in recipients {
        #expect(back.route(recipient) == before.route(recipient), "\(target) \(recipient)")
      }
    }
  }

  /// A domain that was in the list of its class, and a pool that several parameters ask for: written by hand, or left by edits.
  @Test func everyRouteOfAPoolComesBack() throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      "relay_domains = one.example, two.example\nrelay_transport = relay:[a]\ndefault_transport = smtp:[a]\n")
    let wish = PoolWish(
      .relayDomains, try ["relay:[a]=3", "relay:[b]"].map { try WantedMember($0) }, notation: .database)
    var there = try before.planning(wish, on: Machine(addresses: [])).config
    there = try there.planning(
      PoolWish(.outbound, try ["smtp:[a]", "smtp:[b]"].map { try WantedMember($0) }, notation: .database),
      on: Machine(addresses: [])
    ).config
    let main = there.main.document.bytes.text.replacing("one.example, two.example", with: "one.example")
    there.update(Document(path: there.main.document.path, bytes: Bytes(main.utf8)))
    let rows = try #require(there.document(bench.database)).bytes.text
    let map = "sender_dependent_default_transport_maps"
    let shared = rows.replacing("route \(map) * to outbound", with: "route \(map) * to relay")
    try #require(shared != rows)
    there.update(Document(path: bench.database, bytes: Bytes(shared.utf8), storage: .database))
    let recipients = ["one", "two", "elsewhere"].map { "u@\($0).example" }
    for recipient in recipients {
      #expect(there.route(recipient) == ["relay:[a]": 0.75, "relay:[b]": 0.25], "\(recipient)")
    }
    for target in [ConversionTarget.stock, .agent] {
      let back = try there.converting([], to: target).config
      for recipient in recipients {
        #expect(back.route(recipient) == there.route(recipient), "\(target) \(recipient)")
      }
    }
  }

  /// Of a pool file that several entries name, one of them alone can get a destination of its own.
  @Test func anEntryLeavesASharedPool() throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      "# randmap: agent\ntransport_maps = texthash:\(bench.directory.file("t"))\n",
      files: [
        "p": "smtp:[gw1]\nsmtp:[gw2]\n",
        "t": ["one", "two"].map { "\($0).example randmap:\(bench.directory.file("p"))\n" }.joined(),
      ])
    let scope = try Scope("to:two.example")
    let after = try before.planning(
      PoolWish(scope, [try WantedMember("smtp:[gw3]")]), on: Machine(addresses: []))
    #expect(after.config.route("u@two.example") == ["smtp:[gw3]": 1])
    #expect(after.config.route("u@one.example") == before.route("u@one.example"))
    #expect(after.notes.contains("\(bench.directory.file("p")) stays: other mail goes by it"))
    let members = try ["smtp:[gw3]", "smtp:[gw4]"].map { try WantedMember($0) }
    do throws(EditError) {
      _ = try before.planning(PoolWish(scope, members), on: Machine(addresses: []))
      Issue.record("two entries share the pool")
    } catch { #expect(error.message.contains("decides for one.example too")) }
  }

  /// A database is asked first: a route in it must hide no entry that decides today.
  @Test(arguments: [
    (
      "# randmap: agent\nrelay_domains = one.example, two.example\nrelay_transport = randmap:!relay:[a]!relay:[b]\n",
      ""
    ),
    (
      "relay_domains = one.example, two.example\n",
      "pipemap:{inline:{{one.example=x}, {two.example=x}}, randmap:{relay:[a], relay:[b]}}"
    ),
    (
      "",
      "pipemap:{inline:{{one.example=x}, {two.example=x}, {three.example=x}}, randmap:{smtp:[a], smtp:[b]}}"
    ),
  ])
  func anEntryThatDecidesIsNotHidden(main: String, more: String) throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      main + "transport_maps = texthash:\(bench.directory.file("t")) \(more)\n",
      files: ["t": "one.example smtp:[own]\n"])
    let there = try before.converting([], to: .database)
    let back = try there.config.converting([], to: .stock)
    for recipient in ["one", "two", "three", "elsewhere"].map({ "u@\($0).example" }) {
      #expect(there.config.route(recipient) == before.route(recipient), "\(recipient)")
      #expect(back.config.route(recipient) == before.route(recipient), "back: \(recipient)")
    }
    #expect(there.notes.contains { $0.contains("has an entry for one.example") })
    #expect(!back.notes.contains { $0.contains("now decides for") })
  }

  /// What a server answers cannot be known here. It was asked before the pool, and the database would be asked before it.
  @Test(arguments: [
    ("ldap:/etc/postfix/t.cf", true), ("pipemap:{ldap:/etc/postfix/t.cf, texthash:/etc/postfix/u}", true),
    ("static:smtp:[own]", true), ("pcre:/etc/postfix/patterns", false), ("pcre:{{/x/ smtp:[own]}}", false),
  ])
  func aTableThatMayDecideIsNotHidden(first: String, isRefused: Bool) throws {
    let bench = try DatabaseBench()
    let pools = "pipemap:{inline:{one.example=x}, randmap:{smtp:[gw1], smtp:[gw2]}}"
    let before = try bench.config("transport_maps = \(first), \(pools)\n")
    if isRefused {
      let refusal = try #require(throws: EditError.self) { try before.converting([], to: .database) }
      #expect("\(refusal)".contains(first.hasPrefix("static") ? "decides first" : "not known here"))
    } else {
      _ = try before.converting([], to: .database)
    }
    // One that is asked after the pool changes nothing.
    _ = try bench.config("transport_maps = \(pools), \(first)\n").converting([], to: .database)
  }

  /// Patterns are asked for whole addresses: the entry of an address comes after them, that of a domain always did.
  @Test func patternsDecideForAddresses() throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      "transport_maps = pcre:/etc/postfix/patterns, pipemap:{inline:{u@one.example=x}, randmap:{smtp:[gw1], smtp:[gw2]}}\n"
    )
    let refusal = try #require(throws: EditError.self) { try before.converting([], to: .database) }
    #expect("\(refusal)".contains("make pcre:/etc/postfix/patterns the last table"))
  }

  /// A route of the database decides too: the pool of a class leaves it alone.
  @Test func aRouteThatDecidesStays() throws {
    let bench = try DatabaseBench()
    let machine = Machine(addresses: [])
    let members = try ["smtp:[own1]", "smtp:[own2]"].map { try WantedMember($0) }
    let before = try bench.config(
      "# randmap: agent\nrelay_domains = one.example, two.example\nrelay_transport = randmap:!relay:[a]!relay:[b]\n"
    )
    .planning(PoolWish(try Scope("to:one.example"), members, notation: .database), on: machine).config
    let there = try before.converting(["relay_transport"], to: .database)
    for recipient in ["u@one.example", "u@two.example"] {
      #expect(there.config.route(recipient) == before.route(recipient), "\(recipient)")
    }
    #expect(there.config.route("u@one.example") == ["smtp:[own1]": 0.5, "smtp:[own2]": 0.5])
    #expect(there.notes.contains { $0.contains("has an entry for one.example") })
  }

  /// A parameter that has the pool of another one by its name keeps it, also where only the other one is named.
  @Test(
    arguments: [[], ["relay_transport"], ["default_transport"]],
    ["$relay_transport", "randmap:relay_transport"])
  func aPoolByTheNameOfAParameterStays(names: [String], value: String) throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      "# randmap: agent\nrelay_domains = r.example\nrelay_transport =\n    randmap:!smtp:[a]\n    !smtp:[b]!smtp:[b]\ndefault_transport = \(value)\n"
    )
    let there = try before.converting(names, to: .database).config
    #expect(there.pools().contains { $0.notation.name == "database" })
    if names.isEmpty { #expect(!there.pools().contains { $0.notation.needsAgent }) }
    let back = try there.converting([], to: .agent).config
    for recipient in ["u@r.example", "u@elsewhere.example"] {
      #expect(there.route(recipient) == before.route(recipient), "\(recipient)")
      #expect(back.route(recipient) == before.route(recipient), "back: \(recipient)")
    }
  }
}
