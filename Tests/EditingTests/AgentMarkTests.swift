// Who wrote the line that says that the agent is in use, and the limits that go with it: with the last pool goes just what
// randmap wrote.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct AgentMarkTests {
  private func wished(_ config: MailConfig, _ scope: String, _ members: String...) throws -> MailConfig {
    try config.planning(wishInWords(scope, members, .agent), on: plannersMachine).config
  }

  @Test(arguments: ["outbound", "to:a.example", "from:c.example"])
  func aLineThatAPersonWroteStays(scope: String) throws {
    let main = "relayhost = [gw1]\n# randmap: agent\n"
    let config = configToPlan(main)
    let pool = try wished(config, scope, "[gw1]", "[gw2]")
    #expect(pool.pools().contains { $0.notation.needsAgent })
    #expect(try wished(pool, scope, "[gw1]").saysAgent)
    let gone = try pool.applying(.removeRoute(key: scope, table: nil))
    #expect(gone.saysAgent)
    #expect(!gone.main.document.bytes.text.contains("randmap_"))
  }

  @Test(arguments: ["outbound", "to:a.example", "from:c.example"])
  func aLineThatRandmapWroteGoes(scope: String) throws {
    let main = "relayhost = [gw1]\n"
    let pool = try wished(configToPlan(main), scope, "[gw1]", "[gw2]")
    // As scripts look for it: a line of its own, word by word.
    #expect(pool.main.document.bytes.text.split(separator: "\n").contains("# randmap: agent"))
    let gone = try pool.applying(.removeRoute(key: scope, table: nil))
    #expect(!gone.saysAgent)
    #expect(!gone.main.document.bytes.text.contains("randmap"))
    if scope == "outbound" {
      #expect(try wished(pool, scope, "[gw1]").main.document.bytes.text == main)
    }
  }

  /// What a person wrote stays, and is said; an agent that still serves it needs nothing of what randmap wrote.
  @Test func whatStaysIsSaid() throws {
    let written = try wished(
      configToPlan("relayhost = [gw1]\n# randmap: agent\n"), "outbound", "[gw1]", "[gw2]")
    let plan = try written.planning(wishInWords("outbound", ["[gw1]"]), on: plannersMachine)
    #expect(
      plan.notes.contains(
        "no pool needs the agent any more: main.cf keeps \"# randmap: agent\", because randmap did not write it; if nothing else needs it, run randmap convert --to stock"
      ), "\(plan.notes)")
    #expect(try !plan.config.written.converting([], to: .stock).config.saysAgent)
    var served = try wished(configToPlan("relayhost = [gw1]\n"), "outbound", "[gw1]", "[gw2]")
    served.update(
      Document(
        path: "/d/master.cf", bytes: Bytes("\(plannedServices)\nrandmap unix - - n - - randmap\n".utf8)))
    let back = try served.planning(wishInWords("outbound", ["[gw1]"]), on: plannersMachine)
    #expect(back.config.main.document.bytes.text == "relayhost = [gw1]\n")
    #expect(
      back.notes.contains(
        "no pool needs the agent any more: the service randmap stays in master.cf; take its line out if nothing else uses it"
      ), "\(back.notes)")
  }

  /// Who converts the last pool says so, whoever wrote the line.
  @Test func aConversionTakesTheLineAway() throws {
    let pool = try wished(
      configToPlan("# randmap: agent\ndefault_transport = smtp:[a]\n"), "outbound", "smtp:[a]", "smtp:[b]")
    #expect(!(try pool.converting([], to: .stock).config.saysAgent))
  }

  // MARK: - Limits

  private let relays = "relay_domains = r.example\nrelayhost = [gw1]\n"

  private func limits(_ config: MailConfig) -> [String] {
    SharedLimit.allCases.map { config.parameters.text($0.rawValue) }
  }

  /// relayhost becomes two pools, and the limit of smtp holds for the gateways of both.
  @Test func theLimitOfARelayhostFollowsItsPool() throws {
    let main = relays + "smtp_destination_concurrency_limit = 4\nsmtp_initial_destination_concurrency = 2\n"
    let pool = try wished(configToPlan(main), "outbound", "[gw1]", "[gw2]")
    #expect(limits(pool) == ["8", "4"])
    var more = pool
    for edit in try pool.editsOfPools(.add(pool: "outbound", member: "[gw3]", weight: 1)) {
      more = try more.applying(edit)
    }
    #expect(limits(more) == ["12", "6"])
    for config in [pool, more] {
      #expect(try wished(config, "outbound", "[gw1]").main.document.bytes.text == main)
    }
  }

  @Test func theLimitIsTheSameInEachOrder() throws {
    let main = relays + "smtp_destination_concurrency_limit = 4\n"
    let first = try wished(configToPlan(main), "outbound", "[gw1]", "[gw2]")
    let second = try wished(configToPlan(main), "from:c.example", "smtp:[gw1]", "smtp:[gw2]")
    #expect(
      limits(try wished(first, "from:c.example", "smtp:[gw1]", "smtp:[gw2]"))
        == limits(try wished(second, "outbound", "[gw1]", "[gw2]")))
    #expect(limits(try wished(second, "outbound", "[gw1]", "[gw2]")) == ["8", "10"])
  }

  /// Two transports that say different things: what came of it goes away again too.
  @Test func aLimitOfBothTransportsGoesWithThePool() throws {
    let main =
      relays + "smtp_destination_recipient_limit = 3\nrelay_destination_recipient_limit = 7\n"
    let pool = try wished(configToPlan(main), "outbound", "[gw1]", "[gw2]")
    #expect(pool.parameters.text("randmap_destination_recipient_limit") == "3")
    #expect(try wished(pool, "outbound", "[gw1]").main.document.bytes.text == main)
  }
}
