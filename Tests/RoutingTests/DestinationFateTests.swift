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

  @Test func aWordThatIsNoOptionEndsTheProgram() {
    let stray = fate("", "smtp unix - - n - - smtp -o smtp_fallback_relay=[a.example], [b.example]\n")
    #expect(stray == .noStart(program: "smtp", "unknown attribute name: [b.example]"))
    #expect(fate("", "smtp unix - - n - - smtp flags=D\n") == nil)
    #expect(fate("", "smtp unix - - n - - smtp -o\n")?.isTrouble == true)
    let mailbox = fate("", "local unix - n n - - local x\n", transport: "local", nextHop: "mx1.example")
    #expect(mailbox == .noStart(program: "local", "unexpected command-line argument: x"))
  }

  @Test func tlsThatCannotBeginDelaysTheMail() {
    let wrapped = "smtp_tls_wrappermode = Yes\n"
    let port465 = "[gw.example]:465"
    for level in ["", "smtp_tls_security_level = may\n"] {
      #expect(fate(wrapped + level, nextHop: port465)?.isTrouble == true)
    }
    let encrypted = wrapped + "smtp_tls_security_level = Encrypt\n"
    #expect(fate(encrypted, nextHop: port465) == nil)
    for plain in ["[gw.example]", "[gw.example]:587", "example.com"] {
      #expect(fate(encrypted, nextHop: plain)?.isTrouble == true, "\(plain)")
    }
    // Of several one may take the mail.
    #expect(fate(encrypted, nextHop: "[a.example]:587,\(port465)") == nil)
    let lowered = encrypted + "smtp_tls_policy_maps = inline:{{\(port465) = may}}\n"
    #expect(fate(lowered, nextHop: port465)?.isTrouble == true)
    let raised = wrapped + "smtp_tls_policy_maps = inline:{{\(port465) = encrypt}}\n"
    #expect(fate(raised, nextHop: port465) == nil)
    let wrong = "smtp_tls_policy_maps = inline:{{\(port465) = encript}}\n"
    #expect(fate(wrong, nextHop: port465)?.isTrouble == true)
    #expect(fate(wrong) == nil)
  }

  @Test func knownPortsHaveNames() {
    let ports = "known_tcp_ports = own=other=2525\n"
    for name in ["own", "other", "submission"] {
      #expect(fate(ports, nextHop: "[gw.example]:\(name)") == nil)
    }
    #expect(fate(ports, nextHop: "[gw.example]:third")?.isTrouble == true)
    #expect(fate(nextHop: "[gw.example]:other")?.isTrouble == true)
  }

  @Test func serviceRecordsAreNamedWhereTheReleaseHasThem() {
    func fate(_ main: String, _ version: PostfixVersion, _ nextHop: String) -> DestinationFate? {
      let config = MailConfig(
        directory: "/etc/postfix", environment: Environment(version: version), main: main,
        master: "smtp unix - - n - - smtp\n")
      return DestinationFates(config).fate(transport: "smtp", nextHop: nextHop)
    }
    let new = PostfixVersion(3, 10)
    let lookup = "use_srv_lookup = submission\n"
    let name = "_submission._tcp.pool.example"
    #expect(
      fate(lookup, new, "pool.example:submission") == .serviceRecords(name, fate: "comes back to its sender"))
    let falls = fate(lookup + "allow_srv_lookup_fallback = yes\n", new, "pool.example:submission")
    #expect(falls == .serviceRecords(name, fate: nil) && falls?.isTrouble == false)
    #expect(fate(lookup, new, "[pool.example]:submission") == nil)
    #expect(fate(lookup, new, "pool.example:587") == nil)
    #expect(fate(lookup, PostfixVersion(3, 7), "pool.example:submission") == nil)
    #expect(
      fate("use_srv_lookup = smtp\n", new, "example.com")?.words.contains("_smtp._tcp.example.com") == true)
  }
}
