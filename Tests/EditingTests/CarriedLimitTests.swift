// What the transports of the members are limited to goes along to the agent's transport, and back out.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct CarriedLimitTests {
  private static let limits = "smtp_destination_rate_delay = 2s\nsmtp_destination_recipient_limit = 1\n"

  @Test func theDelaysAreThoseOfThePool() throws {
    let main = "default_transport = smtp:[a]\n\(Self.limits)smtp_transport_rate_delay = 1s\n"
    let plan = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent)
    let parameters = plan.config.parameters
    #expect(parameters.text("randmap_destination_rate_delay") == "2s")
    #expect(parameters.text("randmap_destination_recipient_limit") == "1")
    #expect(parameters.text("randmap_transport_rate_delay") == "1s")
    #expect(
      plan.notes.contains {
        $0.hasPrefix("randmap_destination_rate_delay = 2s, as smtp_destination_rate_delay")
      })
    let one = try plan.config.planning(wishInWords("outbound", ["smtp:[a]"]), on: plannersMachine).config
    #expect(one.main.document.bytes.text == main)
    #expect(
      !(try plan.config.converting([], to: .stock).config.main.document.bytes.text.contains("randmap_")))
  }

  @Test func differentOnesAreSaid() throws {
    let main = "default_transport = smtp:[a]\n\(Self.limits)relay_destination_rate_delay = 3s\n"
    let plan = try planned(main, "outbound", "smtp:[a]", "relay:[b]", notation: .agent)
    #expect(!plan.config.parameters.isSet("randmap_destination_rate_delay"))
    #expect(
      plan.notes.contains(
        "relay_destination_rate_delay and smtp_destination_rate_delay do not apply to pools of the agent, and differ: set randmap_destination_rate_delay"
      ))
  }

  @Test(arguments: ["DUNNO", "dunno"])
  func aWordForNoAnswerIsNoGateway(word: String) throws {
    let words = "it is no gateway; need a host such as [gw1.example]:587"
    #expect(refused("relayhost = [a]\n", "outbound", word, "[b]").contains(words))
    #expect(refused("relayhost = [a]\n", "to:x.example", word).contains(words))
    let pool = try planned("relayhost = [a]\n", "outbound", "[a]", "[b]").config
    #expect {
      _ = try pool.applying(.add(pool: "outbound", member: word, weight: 1))
    } throws: { ($0 as? EditRefusal)?.message.contains(words) ?? false }
  }

  @Test func theListOfScopesNamesWhatDecidesForTheRelayDomains() throws {
    func decided(_ main: String) -> String? {
      configToPlan("relay_domains = r.example\n\(main)").scopeDecisions()
        .first { $0.scope == .relayDomains }?.decidedBy
    }
    #expect(decided("relayhost = [a]\n") == "relayhost")
    #expect(
      decided("sender_dependent_relayhost_maps = randmap:{[a], [b]}\n") == "sender_dependent_relayhost_maps")
    #expect(decided("relayhost = [a]\nrelay_transport = relay:[b]\n") == "relay_transport")
    #expect(decided("") == "relay_transport")
  }
}
