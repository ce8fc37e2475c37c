// Going back to one gateway for one domain or sender: what randmap made for the pool goes with it, as far as mail goes there anyway.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct EntriesLeftTests {
  private let relays = "relayhost = [gw]\nsender_dependent_relayhost_maps = texthash:/d/s\n"

  private func back(
    _ config: MailConfig, _ scope: String, _ result: String, _ notation: PoolWish.Notation
  ) throws -> MailConfig {
    let pool = try config.planning(wishInWords(scope, ["[a]", "[b]"], notation), on: plannersMachine).config
    #expect(Resolver(pool).route("u@far.example").words == Resolver(config).route("u@far.example").words)
    return try pool.planning(wishInWords(scope, [result]), on: plannersMachine).config
  }

  /// Of a sender with a relay, of one without, and of a domain.
  @Test(
    arguments: [("from:c.example", "[c]"), ("from:d.example", "[gw]"), ("to:d.example", "[gw]")],
    [PoolWish.Notation.agent, .stock])
  func whatRandmapMadeGoes(wish: (scope: String, gateway: String), notation: PoolWish.Notation) throws {
    let config = configToPlan(relays, tables: ["s": "@c.example\t[c]\n"])
    let back = try back(config, wish.scope, wish.gateway, notation)
    #expect(back.main.document.bytes.text == config.main.document.bytes.text)
    #expect(back.files["/d/s"]?.document?.bytes == config.files["/d/s"]?.document?.bytes)
    #expect(back.files.values.allSatisfy { $0.document.map(\.path) == "/d/s" })
  }

  /// Another gateway than the one that is next needs the entry, and what a person wrote stays.
  @Test func whatDecidesStays() throws {
    let config = configToPlan(relays, tables: ["s": "@c.example\t[c]\n"])
    let other = try back(config, "from:d.example", "[c]", .agent)
    #expect(Resolver(other).route("u@far.example", from: "u@d.example").words == "smtp:[c]")
    let pinned = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n", tables: ["t": "d.example\tsmtp:[gw]\n"])
    for notation in [PoolWish.Notation.agent, .stock] {
      let back = try back(pinned, "to:d.example", "[gw]", notation)
      #expect(back.files["/d/t"]?.document?.bytes.text == "d.example\tsmtp:[gw]\n")
      #expect(back.main.document.bytes == pinned.main.document.bytes)
    }
  }
}
