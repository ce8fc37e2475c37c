// A new gateway without the credentials that others of its pool have: the lookup of smtp(8) says so, whatever tables it asks.

import Glibc
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct GatewayLineTests {
  private static let files = [
    "re": "/^\\[gw1\\]:587$/ u:Hunter2\n/^\\[gw3\\]/ u:Hunter2\n",
    "text": "[gw1]:587 u:Hunter2\n[gw3]:587 u:Hunter2\n",
  ]

  private func config(_ table: String, tables: [String: String] = files) -> MailConfig {
    configToPlan(
      "relayhost = [gw1]:587\nsmtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = \(table)\n",
      tables: tables
    )
  }

  /// What a plan and an edit of a pool ask, for a new gateway.
  private func asked(
    _ config: MailConfig, _ gateway: String, _ context: RouteContext = RouteContext()
  ) throws -> Set<String> {
    let machine = Machine(addresses: [], context: context)
    let plan = try config.planning(wishInWords("outbound", ["[gw1]:587", gateway]), on: machine)
    let pool = try config.planning(wishInWords("outbound", ["[gw1]:587", "[gw1]:26"]), on: machine).config
    let edited = try pool.applying(
      .add(pool: "sender_dependent_relayhost_maps", member: gateway, weight: 1))
    let guards = plan.guards + pool.guards(against: edited, states: [:], context: context)
    return Set(
      guards.compactMap { if case .missingCredentials(_, _, let words) = $0 { words } else { nil } })
  }

  @Test(arguments: [
    (
      "inline:{{[gw1]:587=u:Hunter2},{[gw3]:587=u:Hunter2}}", "inline:{...}",
      "the entry {[gw2]:587=USER:PASSWORD}"
    ),
    ("texthash:/d/text", "/d/text", "the line \"[gw2]:587 USER:PASSWORD\""),
    (
      "hash:/d/text", "/d/text",
      "the line \"[gw2]:587 USER:PASSWORD\", and run: postmap hash:/d/text"
    ),
    ("inline:{x=y}, proxy:texthash:/d/text", "/d/text", "the line \"[gw2]:587 USER:PASSWORD\""),
    ("regexp:/d/re", "/d/re", "the line \"/^\\[gw2\\]:587$/ USER:PASSWORD\""),
    (
      "regexp:{{/^\\[gw[13]\\]/ u:Hunter2}}", "regexp:{...}",
      "the entry {/^\\[gw2\\]:587$$/ USER:PASSWORD}"
    ),
    (
      "unionmap:{texthash:/d/text, inline:{x=y}}", "/d/text", "the line \"[gw2]:587 USER:PASSWORD\""
    ),
    (
      "pipemap:{texthash:/d/text, static:u:Hunter2}", "pipemap:...",
      "an entry for [gw2]:587 such as that of [gw1]:587"
    ),
  ])
  func everyKindOfTableIsAsked(table: String, name: String, advice: String) throws {
    let config = config(table)
    #expect(
      try asked(config, "[gw2]:587") == [
        "[gw2]:587 has no entry in \(name) (smtp_sasl_password_maps); [gw1]:587 has: add \(advice)"
      ])
    #expect(try asked(config, "[gw3]:587").isEmpty)
  }

  /// The line that the message says is the one that helps.
  @Test func withTheAdvisedLineNothingIsAsked() throws {
    let lines = ["re": "/^\\[gw2\\]:587$/ USER:PASSWORD\n", "text": "[gw2]:587 USER:PASSWORD\n"]
    for (name, type) in [("re", "regexp"), ("text", "texthash")] {
      let table = config("\(type):/d/\(name)", tables: [name: (Self.files[name] ?? "") + (lines[name] ?? "")])
      #expect(try asked(table, "[gw2]:587").isEmpty, "\(type)")
    }
    for table in [
      "inline:{{[gw1]:587=u:p},{[gw2]:587=USER:PASSWORD}}",
      "regexp:{{/^\\[gw1\\]/ u:p},{/^\\[gw2\\]:587$$/ USER:PASSWORD}}",
    ] {
      #expect(try asked(config(table), "[gw2]:587").isEmpty, "\(table)")
    }
  }

  /// Only postmap(1) knows what pcre: makes of its rules.
  @Test func aTableThatIsNotReadIsAskedFor() throws {
    let context = RouteContext(ask: { table, key in
      table == "pcre:/d/re" && [Bytes("[gw1]:587".utf8), Bytes("[gw3]:587".utf8)].contains(key)
        ? .found(Bytes("u:p".utf8)) : .notFound
    })
    let words = try asked(config("pcre:/d/re"), "[gw2]:587", context)
    #expect(
      words.count == 1 && words.allSatisfy { $0.hasPrefix("[gw2]:587 has no entry in /d/re") }, "\(words)")
    #expect(try asked(config("pcre:/d/re"), "[gw3]:587", context).isEmpty)
  }

  @Test(arguments: ["ldap:/etc/postfix/l.cf", "texthash:/d/none", "pcre:/d/re"])
  func whatCannotBeReadIsANote(table: String) throws {
    let before = config(table)
    let note =
      "smtp_sasl_password_maps: \(table) cannot be read here, so it is not known whether it has an entry for [gw2]:587"
    let plan = try before.planning(wishInWords("outbound", ["[gw1]:587", "[gw2]:587"]), on: plannersMachine)
    #expect(plan.notes.contains(note), "\(plan.notes)")
    let id = "sender_dependent_relayhost_maps"
    let edited = try plan.config.applying(.add(pool: id, member: "[gw4]:587", weight: 1))
    #expect(plan.config.remarks(on: edited).contains(note.replacing("[gw2]", with: "[gw4]")))
    #expect(try asked(before, "[gw2]:587").isEmpty)
  }

  /// A text that was written without postmap(1): Postfix does not know the new line.
  @Test func aLineThatIsNotInTheIndexIsAskedFor() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("h", "[gw1]:587 u:Hunter2\n[gw2]:587 u:Hunter2\n")
    try directory.write("h.db", "")
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, "\(path).db", &times, 0) == 0)
    let words =
      "[gw2]:587 has a line in \(path) (smtp_sasl_password_maps), but the index is older than that, and Postfix reads the index: run: postmap hash:\(path)"
    let table = config("hash:\(path)")
    #expect(try asked(table, "[gw2]:587") == [words])
    // Where the index can be asked, it says which lines are new.
    let index = RouteContext(ask: { _, key in key == Bytes("[gw1]:587".utf8) ? .found([1]) : .notFound })
    #expect(try asked(table, "[gw2]:587", index) == [words])
    let entries = table.gateways().flatMap(\.entries)
    #expect(
      entries.words(.credentials)
        == "not known: the index of a table is older than its text; run: postmap hash:\(path)")
  }

  /// The line that is asked for is no secret; that of a person is.
  @Test func theLineToWriteIsShown() {
    for text in [
      "{[gw2.example]:587=USER:PASSWORD}", "{[gw2.example]:587=USER:PASSWORD}; say: x",
      "{/^\\[gw2\\.example\\]:587$$/ USER:PASSWORD}",
    ] {
      #expect(printable("add the entry \(text)") == "add the entry \(text)")
    }
    #expect(!printable("add the entry {[gw2.example]:587=user:Hunter2}").contains("Hunter2"))
  }
}
