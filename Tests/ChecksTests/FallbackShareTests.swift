// How much of the mail waits for a gateway that has no fallback (RM301): of lanes to one gateway, all of them.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct FallbackShareTests {
  private func message(_ list: String) -> String? {
    let lane = "\n  -o smtp_bind_address=127.0.0."
    let config = MailConfig(
      directory: "/etc/postfix",
      main: "relayhost = [gw1]\nsender_dependent_default_transport_maps = randmap:{\(list)}\n",
      master: "smtp unix - - n - - smtp\nl1 unix - - n - - smtp\(lane)11\nl2 unix - - n - - smtp\(lane)12\n")
    return Linter().lint(config).diagnostics.first { $0.code == "RM301" }?.message
  }

  @Test(arguments: [
    ("l1:[gw1], l1:[gw1], l1:[gw1], l1:[gw1], l2:[gw1]", "100%"),
    ("l1:[gw1], l2:[gw1], l2:[gw2], l1:[gw2]", "50%"),
    ("smtp:[gw1], smtp:[gw2], smtp:[gw3], smtp:[gw4]", "25%"),
  ])
  func lanesToOneGatewayDieTogether(list: String, share: String) {
    let start = "when this gateway is dead, \(share) of the mail is deferred; "
    #expect(message(list)?.hasPrefix(start) == true, "\(message(list) ?? "nothing")")
  }
}
