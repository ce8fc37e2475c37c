// The pool of the relay domains, or of the mailbox domains, in each notation: it stays one pool, and its scope names it.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct ClassConversionTests {
  private static let relay = "relay_domains = example.com, example.org\nrelay_transport = relay:[a]:25\n"
  private static let mailboxes =
    "virtual_mailbox_domains = example.com, example.org\nvirtual_transport = lmtp:[a]:24\n"

  private func weights(_ config: MailConfig) -> [[Int]] {
    config.pools().filter { $0.notation != .single }.map { $0.members.map(\.weight) }
  }

  @Test(
    arguments: [(relay, "class:relay", "relay:[a]:25"), (mailboxes, "class:virtual", "lmtp:[a]:24")],
    ["", "transport_maps = inline:{{far.example=smtp:[far]}}\n"])
  func theAgentHasItInTheParameterOfTheClass(
    _ call: (main: String, scope: String, own: String), tables: String
  ) throws {
    let second = call.own.replacing("[a]", with: "[b]")
    func made(_ notation: PoolWish.Notation) throws -> MailConfig {
      try planned(call.main + tables, call.scope, "\(call.own)=2", second, notation: notation).config
    }
    let stock = try made(.stock).applying(
      .add(pool: call.scope, member: call.own.replacing("[a]", with: "[c]"), weight: 1)
    )
    .applying(.drain(pool: call.scope, member: call.own.replacing("[a]", with: "[c]")))
    for names in [[call.scope], []] {
      let agent = try stock.converting(names, to: .agent).config
      #expect(weights(agent) == [[2, 1, 1]])
      #expect(agent.main.document.bytes.text.contains("_transport = randmap:!\(call.own)!"))
      #expect(agent.pools().first { $0.notation != .single }?.members.count(where: \.isDrained) == 1)
      for recipient in ["u@example.com", "u@example.org", "u@far.example", "u@sub.example.com"] {
        #expect(agent.route(recipient) == stock.route(recipient), "\(recipient)")
      }
      // Its name stays, and it leads back.
      #expect(
        weights(try agent.applying(.setWeight(pool: call.scope, member: second, weight: 5))) == [[2, 5, 1]])
      let file = try agent.converting([call.scope], to: .file).config
      #expect(weights(file) == [[2, 1, 1]])
      let back = try agent.converting([call.scope], to: .stock).config
      #expect(weights(back) == [[2, 1, 1]])
      #expect(
        weights(try back.applying(.setWeight(pool: call.scope, member: second, weight: 5))) == [[2, 5, 1]])
    }
    // Without a drained member it is what `pool` makes in that notation.
    let plain = try made(.stock).converting([], to: .agent).config
    #expect(
      Set(plain.main.document.bytes.text.split(separator: "\n"))
        == Set(try made(.agent).main.document.bytes.text.split(separator: "\n")))
  }

  /// One of its domains gets a pool of its own: the others keep theirs, and nobody has to say yes to that.
  @Test(arguments: ["to:example.com", "to:example.org", "to:far.example", "to:u@example.com"])
  func aDomainBesideThePoolOfItsClassNeedsNoYes(scope: String) throws {
    let stock = try planned(Self.relay, "class:relay", "relay:[a]:25=2", "relay:[b]:25", notation: .stock)
      .config
    for members in [["relay:[c]:25", "relay:[d]:25"], ["relay:[c]:25"]] {
      let plan = try stock.planning(wishInWords(scope, members), on: plannersMachine)
      #expect(plan.guards.isEmpty)
      #expect(stock.guards(against: plan.config, states: [:]).isEmpty, "\(members)")
      let left = scope == "to:example.org" ? "u@example.com" : "v@example.org"
      #expect(plan.config.route(left) == stock.route(left))
    }
  }

  @Test func bothClassesGoAtOnce() throws {
    let main = Self.relay + Self.mailboxes.replacing("example.", with: "v.")
    let stock = try configToPlan(main)
      .planning(wishInWords("class:relay", ["relay:[a]:25", "relay:[b]:25"]), on: plannersMachine).config
      .planning(wishInWords("class:virtual", ["lmtp:[a]:24", "lmtp:[b]:24"]), on: plannersMachine).config
    let agent = try stock.converting([], to: .agent).config
    #expect(
      agent.pools().filter { $0.notation != .single }.map(\.id).sorted() == [
        "relay_transport", "virtual_transport",
      ])
    #expect(agent.main[.transportMaps] == nil)
  }

  /// Where another table would decide then, the keys stay.
  @Test func aPoolThatHidesAnEntryKeepsItsKeys() throws {
    let pool = "pipemap:{inline:{example.com=x}, randmap:{relay:[a], relay:[b]}}"
    let before = configToPlan(
      "parent_domain_matches_subdomains = transport_maps, relay_domains\nrelay_domains = example.com\n"
        + "transport_maps = \(pool), inline:{{example.com=relay:[hidden]}}\n")
    let agent = try before.converting([], to: .agent).config
    #expect(agent.route("u@example.com") == before.route("u@example.com"))
    #expect(agent.main[.relayTransport] == nil)
  }

  @Test func aDatabaseTakesItAndGivesItBack() throws {
    let bench = try DatabaseBench()
    let stock = try bench.config(Self.relay)
      .planning(wishInWords("class:relay", ["relay:[a]:25=2", "relay:[b]:25"]), on: plannersMachine).config
    let database = try stock.converting([], to: .agent).config.converting([], to: .database).config
    #expect(weights(database) == [[2, 1]])
    #expect(
      weights(try database.applying(.setWeight(pool: "class:relay", member: "relay:[b]:25", weight: 7))) == [
        [2, 7]
      ])
    let agent = try database.converting(["class:relay"], to: .agent).config
    #expect(agent.main[.relayTransport]?.value.text == "randmap:!relay:[a]:25!relay:[a]:25!relay:[b]:25")
  }
}
