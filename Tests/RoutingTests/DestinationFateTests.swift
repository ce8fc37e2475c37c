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

  @Test func aQueueManagerThatEndsDeliversNothing() {
    let master = "smtp unix - - n - - smtp\nlane unix - - n - - smtp\nqmgr unix n - n 300 1 qmgr\n"
    let all = fate("minimal_backoff_time = soon\n", master)
    #expect(
      all?.words.hasPrefix("all mail waits: qmgr(8) ends with an error: ") == true && all?.isTrouble == true)
    let limit = "lane_destination_concurrency_limit = 20 # limit\n"
    #expect(fate(limit, master) == nil)
    #expect(fate(limit, master, transport: "lane")?.words.contains("= 20 # limit") == true)
    // qmgr(8) alone reads it, so that its own override counts.
    #expect(fate(limit, master + "  -o lane_destination_concurrency_limit=20\n", transport: "lane") == nil)
    let held = fate("held = lane\ndefer_transports = uucp, $held\n", master, transport: "lane")
    #expect(held == .deferred(transport: "lane") && held?.isTrouble == true)
  }

  /// Each transport is judged by its own service.
  @Test func anotherTransportDelivers() {
    let master = "smtp unix - - n - - smtp -o a = b\nlane unix - - n - - smtp\n"
    #expect(fate("", master)?.isTrouble == true)
    #expect(fate("", master, transport: "lane") == nil)
    #expect(fate("", master, transport: "nowhere") == .missingTransport("nowhere"))
  }

  @Test func anAddressToSendFromThatIsNoneEndsTheAgent() {
    for value in ["out1.example", "192.0.2.1:25", "192.0.2.1/32", "::1"] {
      let found = fate("", "smtp unix - - n - - smtp -o smtp_bind_address=\(value)\n")
      #expect(found == .badSource(program: "smtp", "bad smtp_bind_address parameter: \(value)"))
      #expect(found?.isTrouble == true)
    }
    // An address of this host cannot be told from another one's in a copy.
    #expect(fate("", "smtp unix - - n - - smtp -o smtp_bind_address=192.0.2.1\n") == nil)
  }

  @Test func anAddressOfAnotherHostIsNotSentFrom() {
    func fate(_ value: String, _ main: String = "") -> DestinationFate? {
      var config = MailConfig(
        directory: "/etc/postfix", main: "smtp_bind_address = \(value)\n" + main,
        master: "smtp unix - - n - - smtp\n")
      config.surroundings = Surroundings(addresses: ["127.0.0.1", "192.0.2.1"])
      return DestinationFates(config).fate(transport: "smtp", nextHop: "[gw.example]")
    }
    #expect(fate("192.0.2.1") == nil)
    #expect(fate("127.0.0.9") == nil)
    let sent = fate("192.0.2.9")
    #expect(sent == .foreignSource("192.0.2.9", isEnforced: false) && sent?.isTrouble == false)
    #expect(fate("192.0.2.9", "smtp_bind_address_enforce = yes\n")?.isTrouble == true)
  }

  @Test func aNextHopThatEndsTheAgentIsNamed() {
    #expect(fate(nextHop: "[gw.example")?.isTrouble == true)
    #expect(fate(nextHop: "[a.example],[b.example")?.isTrouble == false)
    #expect(fate() == nil)
  }
}
