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
}
