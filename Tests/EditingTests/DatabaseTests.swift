// Pools in a database: into it and back with the same shares, and every edit as rows.

import Glibc
import PostfixFiles
import Routing
import Store
import TestSupport
import Testing

@testable import Editing

@Suite struct DatabaseTests {
  private static let main = """
    # randmap: agent
    relay_domains = relay.example
    relay_transport = randmap:!relay:[in1]!relay:[in2]!relay:[in2]
    default_transport = randmap:!smtp:[gw1]:587!smtp:[gw1]:587!smtp:[gw1]:587!smtp:[gw2]
    # randmap: drained smtp:[gw3] x2
    transport_maps = inline:{{example.com=randmap:!smtp:[c1]!smtp:[c2]}}

    """

  @Test func poolsKeepTheirSharesThereAndBack() throws {
    let bench = try DatabaseBench()
    let before = try bench.config(Self.main)
    let there = try before.converting([], to: .database).config
    #expect(there.pools().map(\.id).sorted() == ["example.com", "outbound", "relay"])
    #expect(there.pools().allSatisfy { $0.notation.name == "database" })
    #expect(there.shares("outbound") == ["smtp:[gw1]:587": 0.75, "smtp:[gw2]": 0.25, "smtp:[gw3]": 0])
    #expect(!there.main.document.bytes.text.contains("# randmap: agent"))
    for address in ["u@elsewhere.example", "u@relay.example", "u@sub.relay.example", "u@example.com"] {
      #expect(there.route(address) == before.route(address), "\(address)")
    }
    #expect(there.route("postmaster@mx.test.example") == ["local:mx.test.example": 1])
    for target in [ConversionTarget.stock, .agent] {
      let back = try there.converting([], to: target).config
      #expect(back.pools().allSatisfy { $0.notation.name != "database" })
      // The drained one comes along.
      #expect(
        back.pools().flatMap(\.members).contains {
          $0.result == "smtp:[gw3]" && $0.isDrained && $0.weight == 2
        })
      for address in ["u@elsewhere.example", "u@relay.example", "u@example.com"] {
        #expect(back.route(address) == before.route(address), "\(target) \(address)")
      }
    }
  }

  /// The row for all senders comes before default_transport and relayhost; one for a domain leaves the rest of the mail to them.
  @Test func aPoolForAllSendersOverridesTheParameters() throws {
    let bench = try DatabaseBench()
    let before = try bench.config(
      "relayhost = [only]\nsender_dependent_default_transport_maps = randmap:{smtp:[gw1], smtp:[gw2]}\n")
    let all = try before.converting(["sender_dependent_default_transport_maps"], to: .database).config
    func words(_ config: MailConfig) -> String? {
      config.pools().first { $0.id == "relayhost" }?.overriddenWords
    }
    #expect(words(all) == "no mail comes here: sender_dependent_default_transport_maps overrides it")
    #expect(words(all) == words(before))
    #expect(all.route("u@elsewhere.example") == ["smtp:[gw1]": 0.5, "smtp:[gw2]": 0.5])
    var one = all
    let document = try #require(one.document(bench.database))
    let text = document.bytes.text.replacing(" * ", with: " @s.example ")
    try #require(text != document.bytes.text)
    one.files[bench.database] = .read(Document(path: bench.database, bytes: Bytes(text.utf8)))
    // The others go by default_transport, which has a next hop since the conversion.
    #expect(words(one) == "no mail comes here: default_transport overrides it")
  }

  @Test func aClassGoesThereFromOneDestination() throws {
    let bench = try DatabaseBench()
    let before = try bench.config("relay_domains = r.example, s.example\nrelay_transport = relay:[a]\n")
    let plan = try before.planning(
      PoolWish(.relayDomains, [try WantedMember("[a]=3"), WantedMember("[b]")], notation: .database),
      on: Machine(addresses: []))
    for address in ["u@r.example", "u@sub.s.example"] {
      #expect(plan.config.route(address) == ["relay:[a]": 0.75, "relay:[b]": 0.25], "\(address)")
    }
    #expect(plan.config.route("u@elsewhere.example") == before.route("u@elsewhere.example"))
    #expect(plan.guards.isEmpty)
    let back = try plan.config.planning(
      PoolWish(.relayDomains, [WantedMember("[a]")], notation: nil), on: Machine(addresses: [])
    ).config
    #expect(back.route("u@r.example") == before.route("u@r.example"))
    #expect(back.pools().allSatisfy { $0.notation.name != "database" })
  }

  @Test func editsAreRows() throws {
    let bench = try DatabaseBench()
    var config = try bench.config(
      "default_transport = smtp:[gw1]\nsender_dependent_default_transport_maps = randmap:{smtp:[gw1], smtp:[gw2]}\n"
    )
    config = try config.converting([], to: .database).config
    func line(_ text: String) -> Bool {
      config.document(bench.database)?.bytes.text.split(separator: "\n").contains { $0 == text } ?? false
    }
    config = try config.applying(.setWeight(pool: "outbound", member: "[gw1]", weight: 123_456))
    #expect(line("member outbound to smtp:[gw1] weight 123456"))
    config = try config.applying(.add(pool: "outbound", member: "smtp:[gw3]:587", weight: 5))
    #expect(line("member outbound to smtp:[gw3]:587 weight 5"))
    config = try config.applying(
      .drain(pool: "outbound", member: "smtp:[gw2]", Drain(until: 4_000_000_000, why: "new disk")))
    #expect(line("member outbound to smtp:[gw2] weight 1 drained until 2096-10-02T07:06:40Z why new disk"))
    #expect(config.shares("outbound")["smtp:[gw2]"] == 0)
    config = try config.applying(.restore(pool: "outbound", member: "smtp:[gw2]"))
    #expect(line("member outbound to smtp:[gw2] weight 1"))
    config = try config.applying(.remove(pool: "outbound", member: "smtp:[gw1]"))
    #expect(config.rows(bench.database).members.map(\.nextHop) == ["[gw2]", "[gw3]:587"])
    config = try config.applying(
      .setShare(pool: "outbound", member: "smtp:[gw2]", share: 0.9, tolerance: usualTolerance))
    #expect(abs(config.shares("outbound")["smtp:[gw2]", default: 0] - 0.9) < 0.005)
    #expect(throws: EditError.self) {
      try config.applying(.setWeight(pool: "outbound", member: "smtp:[gw2]", weight: 1_000_001))
    }
    #expect(throws: EditError.self) {
      try config.applying(.add(pool: "outbound", member: "smtp:[a], [b]", weight: 1))
    }
  }

  @Test func aDrainThatHasEndedIsOver() throws {
    let bench = try DatabaseBench()
    var config = try bench.config(
      "sender_dependent_default_transport_maps = randmap:{smtp:[gw1], smtp:[gw2]}\n")
    config = try config.converting([], to: .database).config
    for (until, share) in [
      (Int64(config.environment.clock()) + 60, 0.0), (Int64(config.environment.clock()) - 60, 0.5),
    ] {
      var rows = config.rows(bench.database)
      rows.members[0].drain = MemberRow.Drain(until: until, author: "root", reason: "new disk")
      config.files[bench.database] = .read(
        Document(path: bench.database, bytes: Bytes(rows.text.utf8), storage: .database))
      #expect(config.shares("outbound")["smtp:[gw1]"] == share)
    }
  }

  @Test func aPoolOfASenderIsBesideThatOfAll() throws {
    let bench = try DatabaseBench()
    var config = try bench.config("relayhost = [gw1]\n")
    let machine = Machine(addresses: [])
    func wish(_ scope: String, _ members: String...) throws -> PoolWish {
      PoolWish(try Scope(scope), try members.map { try WantedMember($0) }, notation: .database)
    }
    config = try config.planning(wish("outbound", "smtp:[gw1]=3", "smtp:[gw2]=1"), on: machine).config
    config = try config.planning(wish("from:customer.example", "smtp:[c1]=1", "smtp:[c2]=1"), on: machine)
      .config
    #expect(
      config.route("u@elsewhere.example", from: "a@customer.example") == ["smtp:[c1]": 0.5, "smtp:[c2]": 0.5])
    #expect(
      config.route("u@elsewhere.example", from: "a@other.example") == [
        "smtp:[gw1]": 0.75, "smtp:[gw2]": 0.25,
      ])
    // One member makes it one destination again.
    let single = try config.planning(
      PoolWish(try Scope("outbound"), [try WantedMember("[gw9]")]), on: machine
    ).config
    #expect(single.route("u@elsewhere.example", from: "a@other.example") == ["smtp:[gw9]": 1])
  }

  /// A stock pool may have several keys: those of a class stay one pool, others become one of each.
  @Test func allKeysOfAStockPoolGoOver() throws {
    let bench = try DatabaseBench()
    func inDatabase(_ main: String) throws -> MailConfig {
      try bench.config(main).converting([], to: .database).config
    }
    let table = "unionmap:{randmap:{relay:[a], relay:[b]}, static:{[a],[b]}}"
    var config = try inDatabase(
      """
      relay_domains = one.example, two.example
      parent_domain_matches_subdomains = transport_maps, relay_domains
      transport_maps = pipemap:{inline:{one.example=pool, two.example=pool}, \(table)}

      """)
    #expect(config.pools().filter { $0.members.count > 1 }.map(\.id) == ["relay"])
    let wish = PoolWish(
      try Scope("class:relay"), [try WantedMember("relay:[a]=3"), try WantedMember("relay:[b]")])
    config = try config.planning(wish, on: Machine(addresses: [])).config
    for recipient in ["u@one.example", "u@two.example"] {
      #expect(config.route(recipient, from: "") == ["relay:[a]": 0.75, "relay:[b]": 0.25])
    }
    config = try inDatabase(
      "transport_maps = pipemap:{inline:{one.example=pool, two.example=pool}, \(table)}\n")
    #expect(config.pools().map(\.id) == ["one.example", "two.example"])
    for recipient in ["u@one.example", "u@two.example"] {
      #expect(config.route(recipient, from: "") == ["relay:[a]": 0.5, "relay:[b]": 0.5])
    }
    // With the drained member each.
    config = try inDatabase(
      "transport_maps = pipemap:{inline:{{a.example=x},{b.example=x}}, randmap:{smtp:[a], smtp:[b]}}\n# randmap: drained smtp:[c] x2\n"
    )
    for id in ["a.example", "b.example"] {
      #expect(config.shares(id) == ["smtp:[a]": 0.5, "smtp:[b]": 0.5, "smtp:[c]": 0], "\(id)")
    }
    #expect(!config.main.document.bytes.text.contains("drained"))
  }

  /// relay_domains may grow after the pool of the class came into the database.
  @Test func aClassThatHasGrownKeepsItsPool() throws {
    let bench = try DatabaseBench()
    let recipients = ["u@one.example", "u@two.example", "u@new.example"]
    func grown() throws -> MailConfig {
      let before = try bench.config(
        "# randmap: agent\nrelay_domains = one.example, two.example\nrelay_transport = randmap:!relay:[a]!relay:[b]\n"
      )
      var config = try before.converting([], to: .database).config
      config = try config.applying(.drain(pool: "relay", member: "relay:[b]"))
        .applying(.add(pool: "relay", member: "relay:[c]", weight: 1))
      let text = config.main.document.bytes.text.replacing("two.example", with: "two.example, new.example")
      config.update(
        config.main.document.applying([
          Splice(range: 0..<config.main.document.count, bytes: Bytes(text.utf8))
        ]))
      return config
    }
    for scope in ["class:relay", "relay"] {
      let members = [try WantedMember("relay:[a]=3"), try WantedMember("relay:[c]")]
      let other = try grown().planning(PoolWish(try Scope(scope), members), on: Machine(addresses: [])).config
      for recipient in recipients {
        #expect(
          other.route(recipient) == ["relay:[a]": 0.75, "relay:[c]": 0.25], "\(scope) \(recipient)")
      }
      #expect(other.shares("relay")["relay:[b]"] == 0)
    }
    for target in [ConversionTarget.stock, .agent] {
      let back = try grown().converting([], to: target)
      for recipient in recipients {
        #expect(
          back.config.route(recipient) == ["relay:[a]": 0.5, "relay:[c]": 0.5], "\(target) \(recipient)")
      }
      #expect(back.config.pools().allSatisfy { $0.notation.name != "database" })
      #expect(
        back.notes.contains("relay: the pool now decides for new.example too, as relay_domains says"))
    }
  }

  /// Each file of a pool that goes into the database, once, and whether other mail goes by it.
  @Test func poolFilesThatAreLeftAreSaid() throws {
    let bench = try DatabaseBench()
    let path = bench.directory.file("p")
    func said(_ main: String) throws -> [String] {
      try bench.config(
        "# randmap: agent\ndefault_transport = randmap:\(path)\n\(main)",
        files: ["p": "relay:[a]\nrelay:[b]\n"]
      )
      .converting(["default_transport"], to: .database).notes.filter {
        $0.contains(path) && !$0.hasPrefix("pool ")
      }
    }
    #expect(
      try said("") == ["Postfix uses \(path) until it is reloaded; you can remove it after that"])
    #expect(
      try said("relay_domains = r.example\nrelay_transport = randmap:\(path)\n")
        == [
          "\(path) decided for 2 kinds of mail: each has a pool of its own now",
          "Postfix uses \(path) until it is reloaded; you can remove it after that",
        ])
  }

  /// The way back leaves files that a daemon may still read, and rows that other hosts may read.
  @Test func whatADatabaseLeavesIsSaid() throws {
    let bench = try DatabaseBench()
    let members = ["[127.0.0.2]", "[127.0.0.3]"]
    let there = try bench.config("relayhost = [127.0.0.2]\n")
      .planning(try wishInWords("outbound", members, .database), on: plannersMachine).config
    let words = [
      "Postfix uses \(bench.directory.file("randmap_sender_dependent_relayhost_maps.cf")) until it is reloaded; you can remove it after that",
      "the rows stay in \(bench.database): other hosts, and daemons that were not reloaded, may ask for them",
    ]
    let one = try there.planning(try wishInWords("outbound", ["[127.0.0.2]"]), on: plannersMachine)
    #expect(one.notes.suffix(2) == words)
    #expect(try there.converting([], to: .stock).notes.suffix(2) == words)
    // Another weight leaves nothing.
    let other = try there.planning(
      try wishInWords("outbound", ["[127.0.0.2]=2", "[127.0.0.3]"]), on: plannersMachine)
    #expect(!other.notes.contains { words.contains($0) })
  }

  @Test func whatCannotBeInADatabaseIsRefused() throws {
    let bench = try DatabaseBench()
    func reason(_ main: String, path: String? = nil) throws -> String {
      let config = try bench.config(main)
      do throws(EditError) {
        _ = try config.converting([], to: .database, database: path)
        return "converted"
      } catch { return error.message }
    }
    #expect(
      try reason("# randmap: agent\nvirtual_transport = randmap:!lmtp:[a]!lmtp:[b]\n")
        .contains(
          "virtual_mailbox_domains is empty, so no mail takes virtual_transport"
        ))
    #expect(
      try reason(
        "# randmap: agent\nrelay_domains = texthash:/x\nrelay_transport = randmap:!relay:[a]!relay:[b]\n"
      ).contains("is not a plain list of names: need the domains themselves there"))
    #expect(
      try reason(
        "# randmap: agent\nvirtual_mailbox_domains = .a.example\nvirtual_transport = randmap:!lmtp:[a]!lmtp:[b]\n"
      ).contains("no name in virtual_mailbox_domains matches any mail"))
    #expect(
      try reason("# randmap: agent\nlocal_transport = randmap:!lmtp:[a]!lmtp:[b]\n")
        .contains("no parameter that takes a table in place of local_transport"))
    let pool = "# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[b]\n"
    #expect(try reason(pool, path: "/no/such/directory/pools.db").contains("does not exist: make it"))
    #expect(
      try reason(pool, path: "/no/such/directory/pools.db").hasPrefix("default_transport is not converted"))
    if geteuid() == 0 {
      let closed = try TemporaryDirectory()
      let inside = try closed.makeDirectory("inside")
      chmod(closed.path, 0o700)
      #expect(
        try reason(pool, path: "\(inside)/pools.db").contains("may not enter \(closed.path), which is above"))
    }
    let there = try bench.config(pool).converting([], to: .database).config
    let wish = PoolWish(
      try Scope("from:a.example"), try ["smtp:[a]", "smtp:[b]"].map { try WantedMember($0) },
      notation: .database, database: bench.directory.file("other.db"))
    do throws(EditError) {
      _ = try there.planning(wish, on: Machine(addresses: []))
      Issue.record("a second database")
    } catch {
      #expect(error.message.contains("main.cf names the database \(bench.database): leave --database out"))
    }
    try writeFile(
      bench.directory.file("text"), "this is a text, and long enough that SQLite reads a first page\n")
    #expect(try reason(pool, path: bench.directory.file("text")).contains("no SQLite database"))
    #expect(
      try reason(pool + "sender_dependent_default_transport_maps = inline:{{a@b.example=smtp:[c]}}\n")
        .contains("other tables"))
  }

  @Test func resultsOfManyMembersAddUp() throws {
    let bench = try DatabaseBench()
    let members = (1...7).map { "!smtp:[gw\($0)]" }.joined()
    let config = try bench.config("# randmap: agent\ndefault_transport = randmap:\(members)!smtp:[gw1]\n")
      .converting([], to: .database).config
    let shares = config.route("u@elsewhere.example")
    #expect(shares.count == 7)
    #expect(shares["smtp:[gw1]"] == 0.25)
    // Of few, each order is an answer of its own, as Postfix gives it.
    let few = try bench.config("# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[a]!smtp:[b]\n")
    let routes = Resolver(try few.converting([], to: .database).config).route("u@elsewhere.example").outcomes
    #expect(
      routes.contains {
        $0.value == .destination(transport: Bytes("smtp".utf8), nextHop: Bytes("[a], [b]".utf8))
          && abs($0.share - 2.0 / 3) < 1e-9
      })
  }
}
