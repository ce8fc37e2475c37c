// The pool of a class beside pattern tables in transport_maps: what they decide stays, and what cannot be told is refused.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct PatternsBesidePoolsTests {
  private static let classes = "relay_domains = r.example, s.example\nrelay_transport = relay:[in1]\n"

  private func config(_ table: String, rules: String? = nil) -> MailConfig {
    var config = configToPlan(Self.classes + "transport_maps = \(table)\n")
    if let rules {
      let path = "/d/patterns"
      config.files[path] = .read(Document(path: path, bytes: Bytes(rules.utf8)))
    }
    return config
  }

  private func pool(_ config: MailConfig, _ notation: PoolWish.Notation = .stock) throws -> PoolPlan {
    try config.planning(
      wishInWords("class:relay", ["relay:[in1]=2", "relay:[in2]"], notation), on: plannersMachine)
  }

  /// Postfix asks patterns for the whole address first, wherever they stand.
  @Test(
    arguments: ["regexp:/d/patterns", "inline:{{far.example=smtp:[far]}}, regexp:/d/patterns"],
    [PoolWish.Notation.stock, .agent])
  func whatAPatternDecidesStays(table: String, notation: PoolWish.Notation) throws {
    let before = config(table, rules: "/^vip@r\\.example$/ smtp:[vip]\n/^(.*)@else\\.example$/ smtp:[$1]\n")
    let plan = try pool(before, notation)
    #expect(plan.guards.isEmpty)
    let after = plan.config
    for (address, hops) in [
      ("vip@r.example", ["[vip]"]), ("u@r.example", ["[in1]", "[in2]"]), ("u@s.example", ["[in1]", "[in2]"]),
      ("u@far.example", table.contains("far") ? ["[far]"] : ["far.example"]),
    ] {
      #expect(Resolver(after).route(address).hops == Set(hops), "\(address)")
    }
    // It goes to the agent's notation and back.
    let other = try after.converting(["class:relay"], to: notation == .stock ? .agent : .stock).config
    for address in ["vip@r.example", "u@r.example", "u@s.example"] {
      #expect(Resolver(other).route(address).firstHops == Resolver(after).route(address).firstHops)
    }
    #expect((other.main[.relayTransport]?.value.text.contains("randmap:") ?? false) == (notation == .stock))
  }

  @Test(arguments: [
    (
      "/^vip@r\\.example$/ :[vip]\n",
      "the result \":[vip]\" of \"regexp:/d/patterns\" in transport_maps takes its transport from relay_transport: write one there first, such as smtp:[vip]"
    ),
    (
      "/^[^@]*$/ smtp:[rest]\n",
      "a rule of \"regexp:/d/patterns\" in transport_maps answers for \"*\", and so decides before relay_transport now, and would not any more: put a line \"if /@/\" before that rule and \"endif\" after it"
    ),
  ])
  func whatWouldChangeIsRefused(rules: String, words: String) {
    let error = #expect(throws: EditError.self) {
      try pool(config("regexp:/d/patterns", rules: rules))
    }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func oneThatDecidesForAllIsNamed() {
    let error = #expect(throws: EditError.self) {
      try pool(config("regexp:/d/patterns", rules: "if /@/\n/./ smtp:[all]\nendif\n"))
    }
    #expect(error?.message.contains("transport_maps (/d/main.cf:3) decides first") == true)
  }

  @Test func oneThatCannotBeReadIsRefused() {
    let error = #expect(throws: EditError.self) { try pool(config("pcre:/d/nothing-there")) }
    #expect(
      error?.message.contains("\"pcre:/d/nothing-there\" in transport_maps cannot be read here") == true,
      "\(error?.message ?? "")")
  }

  /// The agent's default_transport gives no transport to a next hop alone.
  @Test func aNextHopAloneIsNotGivenToTheAgent() throws {
    func refusal(_ rules: String) -> String {
      do throws(EditError) {
        _ = try config("regexp:/d/patterns", rules: rules).planning(
          wishInWords("outbound", ["smtp:[a]", "smtp:[b]"], .agent), on: plannersMachine)
        return ""
      } catch { return error.message }
    }
    #expect(refusal("/^vip@x\\.example$/ smtp:[vip]\n") == "")
    #expect(refusal("/^vip@x\\.example$/ :[vip]\n").contains("takes its transport from the pool"))
  }
}
