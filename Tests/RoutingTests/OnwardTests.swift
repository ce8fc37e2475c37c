// Where the mail of members without a next hop goes.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct OnwardTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let main: String
    /// Of the pool of `id`.
    let onward: Onward?
    var id = "sender_dependent_default_transport_maps"
    var handsOn = false
    var carriers: [String: [String]] = [:]

    var testDescription: String { main }
  }

  private static let lanes = "sender_dependent_default_transport_maps = randmap:{lane1:, lane2:}\n"
  private static let relays = "sender_dependent_relayhost_maps = randmap:{[a], [b]}\n"

  static let cases = [
    Case(main: lanes, onward: .domains),
    Case(
      main: lanes + relays, onward: .relays(of: .senderRelayhostMaps), handsOn: true,
      carriers: ["sender_dependent_relayhost_maps": ["lane1", "lane2"]]),
    Case(
      main: lanes + "relayhost = [a]\n", onward: .relays(of: .relayhost), handsOn: true,
      carriers: ["relayhost": ["lane1", "lane2"]]),
    // The relays of some senders are no answer for the others; they are behind the lanes all the same.
    Case(
      main: lanes + "sender_dependent_relayhost_maps = pipemap:{inline:{@x.test=pool}, randmap:{[a], [b]}}\n",
      onward: .domains, carriers: ["sender_dependent_relayhost_maps": ["lane1", "lane2"]]),
    Case(
      main: lanes
        + "sender_dependent_relayhost_maps = pipemap:{inline:{@x.test=pool}, randmap:{[a], [b]}}\nrelayhost = [c]\n",
      onward: .relays(of: .relayhost), handsOn: true,
      carriers: ["sender_dependent_relayhost_maps": ["lane1", "lane2"], "relayhost": ["lane1", "lane2"]]),
    // With a next hop of its own a member is no lane.
    Case(
      main: "sender_dependent_default_transport_maps = randmap:{lane1:[x], lane2:}\n" + relays,
      onward: .relays(of: .senderRelayhostMaps), carriers: ["sender_dependent_relayhost_maps": ["lane2"]]),
    Case(main: "sender_dependent_default_transport_maps = randmap:{lane1:[x], lane2:[y]}\n", onward: nil),
    // Neither is what delivers to no gateway.
    Case(main: "sender_dependent_default_transport_maps = randmap:{local:, lane2:[y]}\n", onward: nil),
    // trivial-rewrite(8) asks no relayhost after transport_maps.
    Case(
      main: "transport_maps = randmap:{lane1:, lane2:}\n" + relays, onward: .domains, id: "transport_maps",
      carriers: ["sender_dependent_relayhost_maps": []]),
    // The agent asks no relayhost either.
    Case(
      main: "default_transport = randmap:!lane1:!lane2:\n# randmap: agent\nrelayhost = [a]\n",
      onward: .domains, id: "default_transport", carriers: ["relayhost": []]),
  ]

  @Test(arguments: cases) func whatDecidesTheNextHop(_ known: Case) throws {
    let config = MailConfig(
      directory: "/etc/postfix", main: known.main,
      master: """
        smtp unix - - n - - smtp
        local unix - n n - - local
        lane1 unix - - n - - smtp
        lane2 unix - - n - - smtp

        """)
    let pools = config.pools()
    let pool = try #require(pools.first { $0.id == known.id })
    #expect(pool.onward == known.onward && pool.handsOn == known.handsOn && pool.counts != known.handsOn)
    for (id, carriers) in known.carriers {
      let relays = try #require(pools.first { $0.id == id })
      #expect(relays.carriers == carriers)
      #expect(relays.transports(of: try #require(relays.members.first)).filter { $0 != "smtp" } == carriers)
    }
    #expect(pools.filter { $0.kind == .destination }.allSatisfy { $0.carriers.isEmpty })
  }
}
