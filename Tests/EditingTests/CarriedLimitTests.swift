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

  /// The way back takes nothing away that somebody else wrote: neither other limits, nor the line that they belong to.
  @Test func whatSomebodyElseWroteStays() throws {
    let own =
      "# randmap: agent\nrandmap_destination_concurrency_limit = 99\nrandmap_destination_rate_delay = 9s\n"
    let main = own + "default_transport = smtp:[a]\n"
    let pool = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    let one = try pool.planning(wishInWords("outbound", ["smtp:[a]"]), on: plannersMachine).config
    #expect(one.main.document.bytes.text.hasPrefix(own))
    #expect(try pool.converting([], to: .stock).config.main.document.bytes.text.hasPrefix(own))
    // What the pools needed goes beside it.
    let partly = own.replacing("randmap_destination_concurrency_limit = 99\n", with: "")
    let other = try planned(
      partly + "default_transport = smtp:[a]\n", "outbound", "smtp:[a]", "smtp:[b]", notation: .agent
    ).config
    #expect(other.parameters.text("randmap_destination_concurrency_limit") == "40")
    let back = try other.planning(wishInWords("outbound", ["smtp:[a]"]), on: plannersMachine).config
    #expect(back.main.document.bytes.text == partly + "default_transport = smtp:[a]\n")
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

  private static let twoClasses =
    "relay_domains = r.example\nrelay_transport = relay:[r]\ndefault_transport = smtp:[a]\n"

  /// Each time that one destination comes to stand for several, and back.
  @Test func aLaterPoolTakesItsLimitsAlong() throws {
    let main = Self.twoClasses + Self.limits + "relay_transport_rate_delay = 3s\n"
    let first = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    #expect(first.parameters.text("randmap_destination_concurrency_limit") == "40")
    #expect(!first.parameters.isSet("randmap_transport_rate_delay"))
    let both = try first.planning(
      wishInWords("class:relay", ["relay:[r]", "relay:[s]", "relay:[t]"]), on: plannersMachine)
    let parameters = both.config.parameters
    #expect(parameters.text("randmap_transport_rate_delay") == "3s")
    #expect(parameters.text("randmap_destination_rate_delay") == "2s")
    #expect(parameters.text("randmap_destination_concurrency_limit") == "60")
    #expect(parameters.text("randmap_initial_destination_concurrency") == "15")
    #expect(
      both.notes.contains { $0.hasPrefix("randmap_transport_rate_delay = 3s, as relay_transport_rate") })
    let back = try both.config.planning(wishInWords("class:relay", ["relay:[r]"]), on: plannersMachine).config
    #expect(back.main.document.bytes == first.main.document.bytes)
    // A conversion of a second pool does the same.
    let stock = try planned(main, "class:relay", "relay:[r]", "relay:[s]", notation: .stock).config
    let one = try stock.planning(
      wishInWords("outbound", ["smtp:[a]", "smtp:[b]"], .agent), on: plannersMachine
    ).config
    #expect(!one.parameters.isSet("randmap_transport_rate_delay"))
    let conversion = try one.converting([], to: .agent)
    #expect(conversion.config.parameters.text("randmap_transport_rate_delay") == "3s")
    #expect(conversion.notes.contains { $0.hasPrefix("randmap_transport_rate_delay = 3s") })
  }

  /// A relayhost becomes two pools, of two transports.
  @Test(arguments: [
    ("relay_domains = r.example\n", "smtp_destination_rate_delay = 2s\n", "2s", "1"),
    ("relay_domains = r.example\n", "relay_destination_rate_delay = 2s\n", "2s", "1"),
    ("relay_domains = r.example\n", "", "", "1"), ("", "relay_destination_rate_delay = 2s\n", "", ""),
  ])
  func theSecondTwinTakesItsLimitsAlong(
    _ call: (domains: String, delay: String, wanted: String, recipients: String)
  ) throws {
    let main =
      "relayhost = [a]\nrelay_destination_recipient_limit = 1\ncompatibility_level = 3.6\n\(call.domains)\(call.delay)"
    let plan = try planned(main, "outbound", "[a]", "[b]", notation: .agent)
    #expect(plan.config.pools().filter { $0.members.count > 1 }.count == 2)
    #expect(plan.config.parameters.text("randmap_destination_rate_delay") == call.wanted)
    #expect(plan.config.parameters.text("randmap_destination_recipient_limit") == call.recipients)
    let back = try plan.config.planning(wishInWords("outbound", ["[a]"]), on: plannersMachine).config
    #expect(back.main.document.bytes.text == main)
  }

  @Test func aTwinThatSaysAnotherLimitIsSaid() throws {
    let main = "relayhost = [a]\nrelay_domains = r.example\n\(Self.limits)relay_destination_rate_delay = 3s\n"
    let plan = try planned(main, "outbound", "[a]", "[b]", notation: .agent)
    #expect(plan.config.parameters.text("randmap_destination_rate_delay") == "2s")
    #expect(
      plan.notes.contains(
        "relay_destination_rate_delay = 3s: does not apply to pools of the agent, where randmap_destination_rate_delay = 2s does"
      ))
  }

  @Test func whatAPersonHasSetStays() throws {
    let main = Self.twoClasses + "relay_destination_recipient_limit = 2\n" + Self.limits
    var first = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    let own = first.main.document.bytes.text.replacing(
      "concurrency_limit = 40", with: "concurrency_limit = 7")
    first = configToPlan(own)
    let both = try first.planning(
      wishInWords("class:relay", ["relay:[r]", "relay:[s]", "relay:[t]"]), on: plannersMachine)
    #expect(both.config.parameters.text("randmap_destination_concurrency_limit") == "7")
    #expect(both.config.parameters.text("randmap_destination_recipient_limit") == "1")
    #expect(
      both.notes.contains(
        "relay_destination_recipient_limit = 2: does not apply to pools of the agent, where randmap_destination_recipient_limit = 1 does"
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
    } throws: { ($0 as? EditError)?.message.contains(words) ?? false }
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

  /// An edit of one member is as good as `pool` with all of them.
  @Test func anAddedMemberTakesItsLimitsAlong() throws {
    let main = "default_transport = smtp:[a]\n\(Self.limits)relay_transport_rate_delay = 3s\n"
    let pool = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    let whole = try pool.planning(
      wishInWords("outbound", ["smtp:[a]", "smtp:[b]", "relay:[c]"]), on: plannersMachine)
    let added = try pool.applying(.add(pool: "outbound", member: "relay:[c]", weight: 1))
    #expect(added.main.document.bytes == whole.config.main.document.bytes)
    #expect(added.parameters.text("randmap_destination_concurrency_limit") == "60")
    #expect(added.parameters.text("randmap_transport_rate_delay") == "3s")
    let note = whole.notes.filter {
      $0.hasPrefix("randmap_transport_rate_delay = 3s, as relay_transport_rate")
    }
    #expect(note.count == 1 && pool.remarks(on: added) == note)
    // The way back.
    let removed = try added.applying(.remove(pool: "outbound", member: "relay:[c]"))
    #expect(removed.main.document.bytes == pool.main.document.bytes)
    // A drained member keeps its part, and one that comes back has it once.
    let drained = try added.applying(.drain(pool: "outbound", member: "relay:[c]"))
    let back = try drained.applying(.restore(pool: "outbound", member: "relay:[c]"))
    #expect(back.main.document.bytes == added.main.document.bytes)
  }

  @Test func anAddedMemberWithAStricterLimitIsSaid() throws {
    let main = "default_transport = smtp:[a]\n\(Self.limits)relay_destination_rate_delay = 9s\n"
    let pool = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    let added = try pool.applying(.add(pool: "outbound", member: "relay:[c]", weight: 1))
    #expect(
      pool.remarks(on: added) == [
        "relay_destination_rate_delay = 9s: does not apply to pools of the agent, where randmap_destination_rate_delay = 2s does"
      ])
    #expect(pool.remarks(on: try pool.applying(.add(pool: "outbound", member: "smtp:[c]", weight: 1))) == [])
  }

  /// A second member by `add` or `set`, beside a pool that is there, and an entry that is set as text.
  @Test func eachEditThatMakesOrEndsAPoolSeesToTheLimits() throws {
    let main = Self.twoClasses + "relay_transport_rate_delay = 3s\n"
    let first = try planned(main, "outbound", "smtp:[a]", "smtp:[b]", notation: .agent).config
    #expect(!first.parameters.isSet("randmap_transport_rate_delay"))
    for edit in [
      Edit.add(pool: "class:relay", member: "relay:[s]", weight: 1),
      .setWeight(pool: "class:relay", member: "relay:[s]", weight: 2),
      .setShare(pool: "class:relay", member: "relay:[s]", share: 0.5, tolerance: 0.005),
      .setRoute(key: "relay_transport", value: "randmap:!relay:[r]!relay:[s]", table: nil),
    ] {
      let both = try first.applying(edit)
      #expect(both.parameters.text("randmap_transport_rate_delay") == "3s", "\(edit)")
      let bare = try both.applying(.removeRoute(key: "class:relay", table: nil))
      #expect(!bare.parameters.isSet("randmap_transport_rate_delay"))
      #expect(bare.parameters.text("randmap_destination_concurrency_limit") == "40")
    }
  }

  /// Where nothing says that the agent is in use, and in a stock pool, there is nothing to carry.
  @Test func aStockPoolHasNoLimits() throws {
    let pool = try planned("default_transport = smtp:[a]\n\(Self.limits)", "outbound", "smtp:[a]", "smtp:[b]")
      .config
    let added = try pool.applying(.add(pool: "outbound", member: "smtp:[c]", weight: 1))
    #expect(!added.main.document.bytes.text.contains("randmap_"))
  }
}
