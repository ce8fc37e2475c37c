// Which gateways a configuration names, wherever it names them, and how each is reached.

import PostfixFiles
import Testing

@testable import Routing

@Suite struct GatewayMapTests {
  private static let master = """
    smtp unix - - n - - smtp
    lmtp unix - - n - - lmtp
    lane unix - - n - - smtp -o smtp_bind_address=192.0.2.7 -o smtp_helo_name=lane.$mydomain
      -o smtp_fallback_relay=[lane-fallback]

    """

  private func uses(_ main: String, table: String = "") -> [GatewayUse] {
    var config = MailConfig(directory: "/etc/postfix", main: main, master: Self.master)
    config.files["/t"] = .read(Document(path: "/t", bytes: Bytes(table.utf8)))
    return config.gateways()
  }

  @Test func findsThemWhereverTheyAreNamed() {
    let found = uses(
      """
      relay_transport = randmap:!smtp:[pool1]!lane:[pool2],[second]
      # randmap: drained smtp:[drained] x2
      default_transport = smtp:single
      virtual_transport = lmtp:unix:private/store
      relayhost = [relay]:587
      smtp_fallback_relay = [fallback]
      lmtp_fallback_relay = [fallback]
      transport_maps = texthash:/t, inline:{b.example=smtp:[inline]}, static:smtp:[static]
      sender_dependent_relayhost_maps = inline:{@c.example=[sender]}

      """, table: "a.example smtp:[entry]:26\nd.example local:\ne.example :[no-transport]\n")
    #expect(
      Set(found.map { "\($0.gateway)" }) == [
        "[pool1]:25", "[pool2]:25", "[second]:25", "[drained]:25", "single:25", "unix:private/store",
        "[relay]:587", "[fallback]:25", "[fallback]:24", "[entry]:26", "[inline]:25", "[static]:25",
        "[sender]:25", "[lane-fallback]:25",
      ])
    #expect(found.filter(\.isDrained).map { "\($0.gateway)" } == ["[drained]:25"])
  }

  @Test func aLaneGoesByItsOwnSettings() throws {
    let found = uses(
      "mydomain = own.example\nmyhostname = mx.own.example\nrelay_transport = lane:[a]\nrelayhost = [a]\n")
    let use = try #require(found.first { $0.gateway.name == "a" })
    let approaches = use.approaches.sorted { $0.heloName < $1.heloName }
    #expect(approaches.map(\.heloName) == ["lane.own.example", "mx.own.example"])
    #expect(approaches.map(\.source) == ["192.0.2.7", nil])
    let fallback = try #require(found.first { $0.gateway.name == "lane-fallback" })
    #expect(fallback.approaches.map(\.heloName) == ["lane.own.example"])
  }

  @Test func eachPlaceThatNamesAGatewayCountsOnce() throws {
    let main = """
      relay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[a]
      virtual_transport = $relay_transport
      relayhost = [c]
      smtp_fallback_relay = [d], [a]
      transport_maps = texthash:/t
      relay_recipient_maps = texthash:/t

      """
    let found = uses(main, table: "x.example smtp:[b]\ny.example smtp:[e],[b]\nz.example smtp:[b]\n")
    func use(_ name: String) throws -> GatewayUse { try #require(found.first { $0.gateway.name == name }) }
    func text(_ use: GatewayUse) throws -> Substring {
      let place = try #require(use.place)
      return try #require(String(main.utf8.dropFirst(place.range.lowerBound).prefix(place.range.count)))[...]
    }
    #expect(try use("a").mentions == 2)
    #expect(try use("a").roles == [.nextHop, .fallback])
    #expect(try text(use("a")) == "smtp:[a]")
    #expect(try use("b").mentions == 4)
    #expect(try text(use("b")) == "smtp:[b]")
    #expect(try use("c").mentions == 1)
    #expect(try use("c").roles == [.relayhost])
    #expect(try text(use("c")) == "[c]")
    #expect(try use("d").roles == [.fallback])
    #expect(try use("e").place == FileRange(file: "/t", range: 29..<41))
    // A lane's own fallback relay stands in master.cf.
    let lane = uses("relay_transport = lane:[a]\nrelayhost = [b],[c]\n")
    #expect(lane.first { $0.gateway.name == "lane-fallback" }?.place?.file == "/etc/postfix/master.cf")
    // smtp(8) does not know a list for its relayhost.
    #expect(lane.first { $0.gateway.name == "b" }?.roles == [.nextHop])
  }

  @Test func oneGatewayOfTenPoolsIsProbedOnce() throws {
    let table = (0..<10).map { "d\($0).example randmap:!smtp:[A]!smtp:[a]:25!smtp:[b\($0)]\n" }.joined()
    let found = uses("# randmap: agent\ntransport_maps = texthash:/t\n", table: table)
    let use = try #require(found.first { $0.gateway == .host("a", port: 25) })
    #expect(found.count == 11)
    #expect(use.targets.count == 1)
    #expect(use.pools == (0..<10).map { "t:d\($0).example" })
    #expect(abs(use.share - 2.0 / 3) < 1e-9)
  }
}
