// The mail that is meant is in what is shown before a write, and in the list of scopes after it, wherever its pool is.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct ScopeSampleTests {
  @Test(arguments: ["from:s.example", "from:u@s.example", "to:new.example", "to:.new.example"])
  func aPoolInADatabaseIsShownAndListed(scope: String) throws {
    let bench = try DatabaseBench()
    let before = try bench.config("relayhost = [127.0.0.2]:587\n")
    let wish = try wishInWords(scope, ["[127.0.0.4]:587", "[127.0.0.5]:587"], .database)
    let plan = try before.planning(wish, on: plannersMachine)
    let route = plan.routes.first { $0.sample.scope == wish.scope }
    #expect(route?.isChanged == true)
    #expect(plan.guards.isEmpty)
    let decision = plan.config.scopeDecisions().first { $0.scope == wish.scope }
    let id = scope.split(separator: ":").last?.split(separator: "@", maxSplits: 1).joined(separator: "@")
    #expect(decision?.pool == id)
    #expect(decision?.answer.firstHops.count == 2)
  }

  /// transport(5): a key with a dot in front is for the subdomains, and not for the domain itself.
  @Test func thePoolOfSubdomainsIsForThemOnly() throws {
    let before = configToPlan(
      "relayhost = [gw]\ntransport_maps = inline:{{.a.example=smtp:[s]}, {a.example=smtp:[t]}}\n")
    #expect(before.scopeDecisions().map(\.scope).contains(.to(".a.example")))
    let plan = try before.planning(wishInWords("to:.A.example", ["[s]", "[b]"]), on: plannersMachine)
    #expect(plan.guards.isEmpty)
    #expect(plan.config.route("u@sub.a.example") == ["smtp:[s]": 0.5, "smtp:[b]": 0.5])
    #expect(plan.config.route("u@a.example") == ["smtp:[t]": 1])
    #expect(plan.config.route("u@b.example") == ["smtp:[gw]": 1])
    #expect(try plan.config.poolNamed("to:.a.example")?.members.count == 2)
    let one = try plan.config.planning(wishInWords("to:.a.example", ["[s]"]), on: plannersMachine)
    #expect(one.config.route("u@sub.a.example") == ["smtp:[s]": 1])
    // Postfix does not ask for such a key there.
    let other = configToPlan("parent_domain_matches_subdomains = transport_maps\n")
    let refusal = #expect(throws: EditError.self) {
      try other.planning(wishInWords("to:.a.example", ["[s]", "[b]"]), on: plannersMachine)
    }
    #expect(refusal?.message.contains("say to:a.example") == true)
  }

  @Test(arguments: ["to:.", "to:..a.example", "from:.a.example"])
  func noOtherDotStartsAScope(scope: String) {
    #expect(throws: EditError.self) { try Scope(scope) }
  }

  /// What an agent would do with a new pool says nothing of what decides today.
  @Test(arguments: ["", "# randmap: agent\n"])
  func theRelayOfASenderIsListed(mark: String) throws {
    let config = configToPlan("\(mark)sender_dependent_relayhost_maps = inline:{{@s.example=[s]}}\n")
    let decision = config.scopeDecisions().first { $0.scope == .from("s.example") }
    #expect(decision?.decidedBy == "sender_dependent_relayhost_maps")
    #expect(try config.membersToday(of: .from("s.example")).map(\.description) == ["[s]"])
  }

  /// A table that comes before the setting of a scope decides, and one that cannot be asked makes the answer incomplete.
  @Test(arguments: [
    ("static:{smtp:[s]}", "transport_maps", "transport_maps", true),
    ("regexp:{{/@r.example/ smtp:[p]}}", "relayhost", "transport_maps", true),
    ("inline:{{*=smtp:[s]}}", "transport_maps", "transport_maps", true),
    ("inline:{{d.example=smtp:[s]}}", "relayhost", "relayhost", true),
    ("ldap:/d/servers", "relayhost", "relayhost", false),
  ])
  func aTableThatComesFirstIsSaidToDecide(
    _ call: (table: String, outbound: String, relay: String, isComplete: Bool)
  ) {
    let config = configToPlan(
      "relay_domains = r.example\nrelayhost = [gw]\ntransport_maps = \(call.table)\n")
    for (scope, decidedBy) in [(Scope.outbound, call.outbound), (.relayDomains, call.relay)] {
      let decision = config.scopeDecisions().first { $0.scope == scope }
      #expect(decision?.decidedBy == decidedBy, "\(scope)")
      #expect(decision?.line == (decidedBy == "relayhost" ? 2 : 3), "\(scope)")
      #expect(decision?.answer.isComplete == call.isComplete)
    }
  }

  /// Of a long table a few keys are shown, and the one that is meant in any case.
  @Test func theKeyThatIsMeantIsShownBesideManyOthers() throws {
    let keys = (1...50).map { "{d\($0).example=smtp:[a]}" }.joined(separator: ", ")
    for main in ["transport_maps = inline:{\(keys)}\n", "transport_maps = texthash:/d/transport\n"] {
      var before = configToPlan(main)
      let table = (1...50).map { "d\($0).example smtp:[a]\n" }.joined()
      before.files["/d/transport"] = .read(Document(path: "/d/transport", bytes: Bytes(table.utf8)))
      let plan = try before.planning(
        wishInWords("to:d40.example", ["smtp:[a]", "smtp:[b]"]), on: plannersMachine)
      #expect(plan.routes.contains { $0.sample.scope == .to("d40.example") && $0.isChanged })
      #expect(plan.routes.count < 60)
    }
  }
}
