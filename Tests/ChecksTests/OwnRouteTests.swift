// RM215 in a directory whose domains have entries of their own outside the table with `*`.

import PostfixFiles
import Routing
import Testing

@testable import Checks

@Suite struct OwnRouteTests {
  @Test(arguments: [
    ("", true), ("inline:{{example.org=relay:[a]}},", false), ("inline:{{.org=relay:[a]}},", false),
    ("pipemap:{inline:{example.org=x}, randmap:{relay:[a], relay:[b]}},", false),
    ("pipemap:{inline:{example.net=x}, randmap:{relay:[a], relay:[b]}},", true),
  ])
  func aDomainWithAnEntryOfMainCfIsNotTakenAlong(table: String, isFound: Bool) {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "mx.here.example"),
      main: "mydestination =\nrelay_domains = example.org\ntransport_maps = \(table) texthash:/d/transport\n")
    config.files["/d/transport"] = .read(
      Document(path: "/d/transport", bytes: Bytes("* smtp:[c]\nmx.here.example :\n".utf8)))
    #expect(Linter().lint(config).diagnostics.contains { $0.code == "RM215" } == isFound)
  }
}
