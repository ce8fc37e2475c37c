// What a refusal of the way in names as the setting that is in the way.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct WayInCauseTests {
  @Test func anOptionOfTheRewriteServiceIsNamed() throws {
    let master = plannedServices.replacing(
      "trivial-rewrite\n", with: "trivial-rewrite\n  -o { transport_maps = }\n")
    let config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example"), main: "relayhost = [r]\n",
      master: master
    ).readingFiles()
    for gateways in [["[a]"], ["[a]", "[b]"]] {
      #expect(
        refused(config, try wishInWords("to:x.example", gateways))
          == "to:x.example: service rewrite of master.cf sets transport_maps: take that -o out first")
    }
  }

  /// Of a class whose domains all have entries, these are what a person means.
  @Test(arguments: ["relay:[x]", "randmap:!relay:[x]!relay:[y]"])
  func entriesOfTheDomainsOfAClassAreNamed(value: String) throws {
    func words(_ list: String) throws -> String {
      refused(
        configToPlan(
          "# randmap: agent\nrelay_domains = \(list)\ntransport_maps = texthash:/d/t\n",
          tables: ["t": "r.example \(value)\ns.example relay:[x]\n"]),
        try wishInWords("class:relay", ["relay:[a]", "relay:[b]"]))
    }
    #expect(
      try words("r.example, s.example").hasSuffix(
        "; the domains of relay_domains have entries of their own: change those, such as with randmap pool to:r.example"
      ))
    #expect(try words("r.example, s.example, t.example") == "")
  }
}
