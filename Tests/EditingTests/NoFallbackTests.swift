// What a person has to know of a pool's gateways: that no other one takes the mail of a dead one, that smtp_fallback_relay takes other
// mail along, and that a lane reaches none of them.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct NoFallbackTests {
  // MARK: - No fallback

  @Test(arguments: [
    ["outbound", "relay:[gw1]", "smtp:[gw2]"], ["to:a.example", "relay:[gw1]", "smtp:[gw2]"],
    ["from:a.example", "relay:[gw1]", "smtp:[gw2]"],
  ])
  func membersOfSeveralTransportsDoNotFollowEachOther(call: [String]) throws {
    let plan = try configToPlan("relayhost = [gw1]\n").planning(
      wishInWords(call[0], Array(call.dropFirst())), on: plannersMachine)
    #expect(
      plan.notes.contains {
        $0.hasSuffix(
          " has no fallback: while relay:[gw1] is dead, 50.0% of its mail waits; only gateways of one transport follow each other"
        )
      }, "\(plan.notes)")
  }

  @Test func lanesAndTheirGatewayDieTogether() throws {
    func notes(_ members: String...) throws -> [String] {
      try configToPlan("relayhost = [gw1]\n").planning(wishInWords("outbound", members), on: plannersMachine)
        .notes.filter { $0.contains("has no fallback") }
    }
    let id = "sender_dependent_default_transport_maps"
    #expect(
      try notes("lane:192.0.2.1", "lane:192.0.2.2=3")
        == ["\(id) has no fallback: while [gw1] is dead, 100.0% of its mail waits"])
    #expect(
      try notes("lane:192.0.2.1=3", "[gw2]") == [
        "\(id) has no fallback: while lane-192-0-2-1:[gw1] is dead, 75.0% of its mail waits; only gateways of one transport follow each other"
      ])
  }

  @Test func aReleaseWithoutListsSaysSoForEachPool() throws {
    let version = PostfixVersion(3, 4)
    let notes = try planned("", "to:a.example", "[gw1]", "[gw2]", version: version).notes
    #expect(
      notes == [
        "transport_maps has no fallback: while smtp:[gw1] is dead, 50.0% of its mail waits; Postfix 3.4 has no next-hop lists"
      ])
    // What the conversion has said is said once.
    let outbound = try planned(
      "relay_domains = r.example\nrelayhost = [gw1]\n", "outbound", "[gw1]", "[gw2]", version: version)
    #expect(outbound.notes.count { $0.contains("has no fallback") } == 1)
  }

  @Test(arguments: [PoolWish.Notation.stock, .agent, .file])
  func aPoolWithAFallbackSaysNothing(notation: PoolWish.Notation) throws {
    for call in [["outbound", "[gw1]", "[gw2]"], ["to:a.example", "[gw1]", "[gw2]=3"]] {
      let plan = try configToPlan("relayhost = [gw1]\n").planning(
        wishInWords(call[0], Array(call.dropFirst()), notation), on: plannersMachine)
      #expect(!plan.notes.contains { $0.contains("fallback") }, "\(plan.notes)")
    }
    let net = try planned(
      "smtp_fallback_relay = [gw9]\nrelayhost = [gw1]\n", "outbound", "relay:[gw1]", "smtp:[gw2]")
    #expect(!net.notes.contains { $0.contains("allback") })
  }

  // MARK: - A fallback that takes other mail along

  /// In whichever order the two are made.
  @Test(arguments: ["from:x.example", "from:u@x.example"])
  func theFallbackOfAnOldReleaseTakesNoOtherMail(scope: String) throws {
    let before = configToPlan("relayhost = [gw1]\n", version: PostfixVersion(3, 4))
    let pool = try before.planning(wishInWords(scope, ["[x]", "[y]"]), on: plannersMachine)
    let plan = try pool.config.planning(wishInWords("outbound", ["[gw1]", "[gw2]"]), on: plannersMachine)
    #expect(!plan.config.main.document.bytes.text.contains("smtp_fallback_relay"))
    #expect(
      plan.notes.contains {
        $0.hasSuffix(
          "has no fallback: Postfix 3.4 has no next-hop lists, and smtp_fallback_relay would take other mail along"
        )
      })
  }

  /// A filter would be passed by, and mailboxes would go to the relays.
  @Test(arguments: [
    ("content_filter = smtp:[127.0.0.1]:10024", true), ("content_filter = relay:[127.0.0.1]:10024", false),
    ("virtual_transport = smtp:[store]", true), ("mailbox_transport = lmtp:unix:store", false),
    ("local_transport = smtp:[store]", true), ("fallback_transport = smtp:[store]", true), ("", false),
    ("mailbox_transport_maps = inline:{{u=smtp:[store]}}", true),
    ("mailbox_transport_maps = inline:{{u=lmtp:[store]}}", false),
    ("fallback_transport_maps = texthash:/d/none", true),
    ("smtpd_client_restrictions = check_client_access static:{FILTER smtp:[127.0.0.1]:10024}", true),
    (
      "smtpd_sender_restrictions = check_sender_access { inline:{{a.example=filter smtp:[f]}}, search_order = x }",
      true
    ),
    ("smtpd_client_restrictions = check_client_access static:{FILTER scan:[127.0.0.1]:10024}", false),
    // A file that cannot be read may say it where Postfix acts on FILTER, and not elsewhere.
    ("smtpd_client_restrictions = check_client_access texthash:/d/none", true),
    (
      "smtpd_sender_restrictions = permit_mynetworks, { check_sender_access { texthash:/d/none, search_order = x } }",
      true
    ),
    ("header_checks = pcre:/d/none", true), ("alias_maps = texthash:/d/none", false),
    ("smtpd_client_restrictions = reject_rbl_client none, check_policy_service unix:/d/none", false),
    ("header_checks = regexp:{{/^X-Scan/ FILTER smtp:[127.0.0.1]:10024}}", true),
    (
      "smtpd_client_restrictions = permit_mynetworks, reject, check_policy_service unix:private/policy", false
    ),
  ])
  func whatElseTakesTheTransportKeepsItsWay(line: String, isOther: Bool) throws {
    let main = "relayhost = [gw1]\n\(line)\n"
    let plan = try planned(main, "outbound", "[gw1]", "[gw2]", version: PostfixVersion(3, 4))
    #expect(plan.config.main.document.bytes.text.contains("smtp_fallback_relay") != isOther)
    #expect(plan.notes.contains { $0.hasSuffix("would take other mail along") } == isOther)
  }

  /// What a service sets, with the value of a name that only it knows; and what a table in a file says.
  @Test func servicesAndFilesAreAskedToo() throws {
    func takesFallback(_ service: String, checks: String = "") throws -> Bool {
      let main = "relayhost = [gw1]\nscanner = smtp:[127.0.0.1]:10024\nheader_checks = pcre:/d/checks\n"
      var config = MailConfig(
        directory: "/d", environment: Environment(hostName: "mx.here.example", version: PostfixVersion(3, 4)),
        main: main, master: plannedServices + service)
      config.files["/d/checks"] = .read(Document(path: "/d/checks", bytes: Bytes(checks.utf8)))
      let plan = try config.planning(wishInWords("outbound", ["[gw1]", "[gw2]"]), on: plannersMachine)
      return plan.config.main.document.bytes.text.contains("smtp_fallback_relay")
    }
    #expect(try takesFallback("smtp inet n - n - - smtpd\n"))
    #expect(try !takesFallback("smtp inet n - n - - smtpd\n  -o content_filter=$scanner\n"))
    #expect(try !takesFallback("smtp inet n - n - - smtpd\n  -o own=smtp:[f]\n  -o content_filter=$own\n"))
    #expect(try takesFallback("smtp inet n - n - - smtpd\n  -o content_filter=scan:$scanner\n"))
    #expect(try !takesFallback("", checks: "/^X-Scan: yes/\tFILTER smtp:[127.0.0.1]:10024\n"))
    #expect(try takesFallback("", checks: "  # /^X-Scan: yes/ FILTER smtp:[127.0.0.1]:10024\n/x/ REJECT\n"))
  }

  @Test(arguments: ["to:x.example", "from:x.example"])
  func aFallbackThatIsThereIsSaid(scope: String) throws {
    let before = configToPlan("relayhost = [gw1]\n", version: PostfixVersion(3, 4))
    let pool = try before.planning(wishInWords("outbound", ["[gw1]", "[gw2]"]), on: plannersMachine)
    #expect(pool.config.main.document.bytes.text.contains("smtp_fallback_relay = [gw1], [gw2]\n"))
    let plan = try pool.config.planning(wishInWords(scope, ["[x]", "[y]"]), on: plannersMachine)
    #expect(
      plan.notes == [
        "where none of these gateways answers, this mail goes to [gw1]:25 or [gw2]:25: smtp_fallback_relay is for all mail"
      ])
    #expect(
      try pool.config.planning(wishInWords(scope, ["[gw1]", "[gw2]"]), on: plannersMachine).notes == [])
  }

  // MARK: - Lanes that reach nothing

  @Test func aLaneOfTheOtherFamilyIsRefused() {
    func words(_ main: String, _ lane: String) -> String {
      refused(main, "outbound", lane, lane == "lane:192.0.2.1" ? "lane:192.0.2.2" : "lane:192.0.2.1")
    }
    #expect(
      words("relayhost = [192.0.2.7]:25\n", "lane:2001:db8::1")
        == "\"lane:2001:db8::1\": no gateway can be reached from 2001:db8::1: [192.0.2.7]:25 is an IPv4 address; need a lane of an IPv4 address, or another gateway"
    )
    #expect(
      words("relayhost = [ipv6:2001:db8::7]\n", "lane:192.0.2.1")
        == "\"lane:192.0.2.1\": no gateway can be reached from 192.0.2.1: [ipv6:2001:db8::7] is an IPv6 address; need a lane of an IPv6 address, or another gateway"
    )
    #expect(
      words("inet_protocols = ipv4\nrelayhost = [gw]\n", "lane:2001:db8::1")
        == "\"lane:2001:db8::1\": no gateway can be reached from 2001:db8::1: inet_protocols is \"ipv4\"; need a lane of an IPv4 address, or inet_protocols = all"
    )
    for main in [
      "relayhost = [192.0.2.7], [gw]\n", "relayhost = [gw]\n", "", "relayhost = [gw]\ninet_protocols = all\n",
    ] {
      #expect(words(main, "lane:2001:db8::1") == "")
    }
  }

  @Test func lanesInFrontOfAPoolReachOneOfItsGateways() throws {
    let pool = try planned("relayhost = [192.0.2.7]\n", "outbound", "[192.0.2.7]", "[192.0.2.8]").config
    #expect(
      refused(pool, try wishInWords("outbound", ["lane:2001:db8::1", "lane:192.0.2.1"])).contains(
        "no gateway can be reached from 2001:db8::1: [192.0.2.7] and [192.0.2.8] are IPv4 addresses"))
    let mixed = try planned("relayhost = [192.0.2.7]\n", "outbound", "[192.0.2.7]", "[gw]").config
    #expect(refused(mixed, try wishInWords("outbound", ["lane:2001:db8::1", "lane:192.0.2.1"])) == "")
  }
}
