// A list of tables with a mistake inside is never written anew: its other tables would be lost. And entries inside of a unionmap.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct ReadableListTests {
  @Test(
    arguments: [
      ("inline:{@c.example=[c]}, regexp:{{/@p\\.example$/ [p]}}", "empty macro name"),
      ("inline:{@c.example=[c]}, inline:{x}", "bad syntax: \"inline:{x}\""),
      ("inline:{@c.example=[c]}, nothing", "expecting \"type:name\" form instead of \"nothing\""),
    ], [PoolWish.Notation.stock, .agent])
  func theMistakeComesFirst(list: (text: String, problem: String), notation: PoolWish.Notation) {
    let config = configToPlan("relayhost = [a]\nsender_dependent_relayhost_maps = \(list.text)\n")
    let words = refused(
      config,
      PoolWish(
        .outbound, [WantedMember(.text("[a]")), WantedMember(.text("[b]"))], notation: notation))
    #expect(words.contains(list.problem) && words.contains("correct that first"), "\(words)")
  }

  private static let main = """
    relayhost = [gw]
    transport_maps = unionmap:{inline:{example.com=smtp:[in1]}, inline:{f.example=smtp:[f1]}}, \
    pipemap:{inline:{c.example=x}, inline:{x=smtp:[c1]}}, inline:{d.example=smtp:[d1]}

    """

  @Test(arguments: ["example.com", "f.example", "c.example", "d.example"])
  func aPoolComesInFrontOfWhatDecides(domain: String) throws {
    let plan = try planned(Self.main, "to:\(domain)", "smtp:[in1]", "smtp:[in2]", notation: .stock)
    #expect(plan.guards.isEmpty)
    let answer = Resolver(plan.config).route("u@\(domain)")
    #expect(Set(answer.firstHops.keys.map(\.nextHop)) == ["[in1]", "[in2]"])
    for other in ["example.com", "f.example", "c.example", "d.example", "x.example"] where other != domain {
      let before = Resolver(configToPlan(Self.main)).route("u@\(other)")
      #expect(Resolver(plan.config).route("u@\(other)").goals == before.goals, "\(other)")
    }
  }

  @Test func everyEntryIsListed() {
    let decisions = configToPlan(Self.main).scopeDecisions()
    #expect(
      decisions.map { "\($0.scope)" } == [
        "outbound", "to:example.com", "to:f.example", "to:c.example", "to:d.example",
      ])
    #expect(decisions.allSatisfy { $0.file == "/d/main.cf" })
  }
}
