// What becomes of the mail for a destination: what is wrong with the program of its transport, or with its next hop.

import PostfixFiles
import Routing
import Testing

@Suite struct DestinationFateTests {
  private func fate(
    _ main: String = "", _ master: String = "smtp unix - - n - - smtp\n", transport: String = "smtp",
    nextHop: String = "[gw.example]"
  ) -> DestinationFate? {
    DestinationFates(MailConfig(directory: "/etc/postfix", main: main, master: master))
      .fate(transport: transport, nextHop: nextHop)
  }

  @Test func aTransportThatCannotStartDeliversNothing() {
    let broken = fate("", "smtp unix - - n - - smtp -o smtp_bind_address = 192.0.2.1\n")
    #expect(broken?.isTrouble == true)
    #expect(broken?.words.hasPrefix("the mail waits: smtp(8) ends with an error when it starts: ") == true)
    let range = fate("", "smtp unix - - n - - smtp -o smtp_mx_address_limit=few\n")
    #expect(range?.words.contains("smtp_mx_address_limit") == true, "\(String(describing: range))")
    #expect(fate("message_size_limit = 10M\n")?.isTrouble == true)
  }

  /// Each transport is judged by its own service.
  @Test func anotherTransportDelivers() {
    let master = "smtp unix - - n - - smtp -o a = b\nlane unix - - n - - smtp\n"
    #expect(fate("", master)?.isTrouble == true)
    #expect(fate("", master, transport: "lane") == nil)
    #expect(fate("", master, transport: "nowhere") == .missingTransport("nowhere"))
  }

  @Test func aNextHopThatEndsTheAgentIsNamed() {
    #expect(fate(nextHop: "[gw.example")?.isTrouble == true)
    #expect(fate(nextHop: "[a.example],[b.example")?.isTrouble == false)
    #expect(fate() == nil)
  }
}
