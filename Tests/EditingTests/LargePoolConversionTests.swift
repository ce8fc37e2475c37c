// Pools of thousands of members as tables of stock Postfix: the work grows with the members, not with their square.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite(.timeLimit(.minutes(5))) struct LargePoolConversionTests {
  private func agent(_ members: [String]) -> MailConfig {
    MailConfig(
      directory: "/etc/postfix",
      main: "# randmap: agent\ndefault_transport = randmap:\n"
        + members.map { "    !\($0)\n" }.joined(),
      master: "smtp unix - - n - - smtp\nlane unix - - n - - smtp\n")
  }

  /// Once each hop was written after each member: 2,000 members took 72 s and 236 MB.
  @Test func fiveThousandMembersAreConvertedThereAndBack() throws {
    let before = agent((0..<5_000).map { "smtp:[gw\($0).example]" })
    let stock = try before.converting([], to: .stock).config
    #expect(stock.pools().map(\.members.count) == [5_000])
    let back = try stock.converting([], to: .agent).config
    #expect(back.pools().first?.members.map(\.result) == before.pools().first?.members.map(\.result))
  }

  /// With two transports each member has a list of its own.
  @Test func listsThatGrowWithTheSquareAreRefused() throws {
    let members = (0..<3_000).map { "\($0 % 2 == 0 ? "smtp" : "lane"):[gw\($0).example]" }
    #expect(throws: EditError.self) { _ = try agent(members).converting([], to: .stock) }
    let small = try agent(Array(members.prefix(20))).converting([], to: .stock).config
    #expect(small.pools().map(\.members.count) == [20])
  }

  /// Each of the keys was a message to route, for which all domains were looked at: 800 took 2 s, and 5,000 more than ten minutes.
  @Test func aClassOfThousandsOfDomainsGetsItsPool() throws {
    let domains = (0..<2_000).map { "r\($0).example" }
    var before = configToPlan(
      "relay_domains = \(domains.joined(separator: ", "))\ntransport_maps = texthash:/d/transport\n")
    let entries = domains.indices.map { "d\($0).example smtp:[kept]\n" }.joined()
    before.files["/d/transport"] = .read(Document(path: "/d/transport", bytes: Bytes(entries.utf8)))
    let plan = try before.planning(
      wishInWords("class:relay", ["relay:[a]", "relay:[b]"], .stock), on: plannersMachine)
    #expect(plan.guards == [] && plan.routes.contains { $0.isChanged })
    // Not each of the keys is shown.
    #expect(plan.routes.count < 100)
    let last = domains.last ?? ""
    #expect(Resolver(plan.config).route("u@\(last)").hops == ["[a]", "[b]"])
    let one = try plan.config.planning(
      wishInWords("class:relay", ["relay:[a]"]), on: plannersMachine)
    #expect(Resolver(one.config).route("u@\(last)").hops == ["[a]"])
  }

  @Test func aTailThatIsNoFirstHopIsKept() throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: "sender_dependent_relayhost_maps = unionmap:{randmap:{[a.example],[b.example]},"
        + "static:{[b.example],[c.example],[a.example]}}\n",
      master: "smtp unix - - n - - smtp\n")
    let agent = try config.converting([], to: .agent).config
    let text = String(decoding: agent.main.document.bytes, as: UTF8.self)
    #expect(text.contains("[a.example],[b.example],[c.example]"), "\(text)")
    #expect(text.contains("[b.example],[b.example],[c.example]"), "\(text)")
  }
}
