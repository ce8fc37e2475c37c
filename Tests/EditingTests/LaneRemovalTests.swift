// The service of a lane goes with its last place, where randmap has written it and nothing else names it.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct LaneRemovalTests {
  private let lanes = ["lane:192.0.2.1=2", "lane:192.0.2.2", "lane:2001:db8::1"]

  private func names(_ config: MailConfig) -> [String] {
    (config.master?.services ?? []).map(\.name).filter { $0.hasPrefix("lane") }
  }

  private func pool(_ main: String, _ notation: PoolWish.Notation? = nil) throws -> MailConfig {
    try configToPlan(main).planning(wishInWords("outbound", lanes, notation), on: plannersMachine).config
  }

  @Test(arguments: [PoolWish.Notation.stock, .agent, .file])
  func theServiceGoesWithItsMember(notation: PoolWish.Notation) throws {
    let made = try pool("", notation)
    #expect(names(made) == ["lane-192-0-2-1", "lane-192-0-2-2", "lane-2001-db8--1"])
    let edited = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(edited) == ["lane-192-0-2-1", "lane-2001-db8--1"])
    // What it did not take with it is as it was.
    let text = edited.master?.document.bytes.text ?? ""
    #expect(text.hasPrefix(plannedServices) && text.contains("smtp_bind_address6=2001:db8::1"))
    #expect(!text.contains("192.0.2.2"))
  }

  @Test func aDrainedMemberNeedsItsService() throws {
    let made = try pool("").applying(.drain(pool: "outbound", member: "lane:192.0.2.2"))
    let other = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.1"))
    #expect(names(other) == ["lane-192-0-2-2", "lane-2001-db8--1"])
    let own = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(own) == ["lane-192-0-2-1", "lane-2001-db8--1"])
    // One member less by `pool` leaves the drained one what it needs.
    let fewer = try made.planning(
      wishInWords("outbound", ["lane:192.0.2.1", "lane:2001:db8::1"]), on: plannersMachine
    ).config
    #expect(
      fewer.pools().flatMap(\.members).compactMap(\.transport).allSatisfy {
        fewer.master?.transport($0) != nil
      })
  }

  @Test(arguments: [
    "transport_maps = inline:{{far.example=lane-192-0-2-2:[gw]}}\n",
    "relay_transport = lane-192-0-2-2:[in]\n",
  ])
  func whatElseNamesItKeepsIt(main: String) throws {
    let made = try pool("").main.document.bytes.text
    var config = try pool("")
    config.main = MainCf(Document(path: config.main.document.path, bytes: Bytes((made + main).utf8)))
    let edited = try config.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(edited).contains("lane-192-0-2-2"))
    // The last place is an entry, or a parameter.
    let key = main.hasPrefix("relay") ? "relay_transport" : "to:far.example"
    #expect(!names(try edited.applying(.removeRoute(key: key, table: nil))).contains("lane-192-0-2-2"))
    if main.hasPrefix("relay") {
      let set = try edited.applying(.setRoute(key: key, value: "smtp:[in]", table: nil))
      #expect(!names(set).contains("lane-192-0-2-2"))
    }
  }

  @Test func aServiceOfMasterCfMayNameIt() throws {
    var config = try pool("")
    let text =
      (config.master?.document.bytes.text ?? "")
      + "in inet n - n - - smtpd\n  -o content_filter=lane-192-0-2-2:[x]\n"
    config.master = MasterCf(Document(path: "/d/master.cf", bytes: Bytes(text.utf8)))
    #expect(names(try config.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))).count == 3)
  }

  @Test func aServiceThatAPersonWroteStays() throws {
    var config = configToPlan("default_transport = randmap:!smtp:[a]!mine:[a]\n# randmap: agent\n")
    let own = "# ours\nmine unix - - n - - smtp\n  -o smtp_bind_address=192.0.2.1\n"
    config.master = MasterCf(Document(path: "/d/master.cf", bytes: Bytes((plannedServices + own).utf8)))
    let edited = try config.applying(.remove(pool: "default_transport", member: "mine:[a]"))
    #expect(edited.master?.document.bytes.text == plannedServices + own)
  }

  /// With `old` of master.cf written by hand as `new`.
  private func byHand(_ config: MailConfig, _ old: String, _ new: String) -> MailConfig {
    var edited = config
    let text = (config.master?.document.bytes.text ?? "").replacing(old, with: new)
    edited.master = MasterCf(Document(path: "/d/master.cf", bytes: Bytes(text.utf8)))
    return edited
  }

  private static let left =
    "the service lane-192-0-2-2 stays in master.cf, because it is not as randmap wrote it; nothing names it any more"

  /// What a person wrote into a lane is not lost with its last place, and the lane has it again later.
  @Test(arguments: [
    "syslog_name=postfix/lane-192-0-2-2\n  -o smtp_tls_security_level=encrypt",
    "smtp_helo_name=out2.example\n  -o syslog_name=postfix/lane-192-0-2-2",
    "syslog_name=ours", "syslog_name=postfix/lane-192-0-2-2\n  -v",
    "syslog_name=postfix/lane-192-0-2-2\n# that is for a customer\n  -o smtp_tls_note=1",
  ])
  func whatAPersonWroteIntoItStays(option: String) throws {
    let made = byHand(try pool(""), "syslog_name=postfix/lane-192-0-2-2", option)
    let edited = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(edited) == names(made))
    #expect(edited.master?.document.bytes == made.master?.document.bytes)
    #expect(made.remarks(on: edited) == [Self.left])
    let single = try made.planning(wishInWords("outbound", ["smtp:[gw]"]), on: plannersMachine)
    #expect(names(single.config) == ["lane-192-0-2-2"])
    #expect(single.notes.contains(Self.left))
    let bare = try made.applying(.removeRoute(key: "outbound", table: nil))
    #expect(names(bare) == ["lane-192-0-2-2"] && made.remarks(on: bare) == [Self.left])
    // It is said once, and taken up again.
    #expect(
      edited.remarks(on: try edited.applying(.remove(pool: "outbound", member: "lane:192.0.2.1"))) == [])
    let again = try edited.planning(wishInWords("outbound", lanes), on: plannersMachine)
    #expect(again.config.master?.document.bytes == made.master?.document.bytes)
    #expect(again.config.pools().flatMap(\.members).contains { $0.transport == "lane-192-0-2-2" })
    // Another notation needs it as this one does.
    let other = try made.converting([], to: .database).config
    #expect(other.master?.document.bytes == made.master?.document.bytes)
  }

  /// The other columns are a person's too.
  @Test func aChangedColumnStays() throws {
    let made = byHand(
      try pool(""), "lane-192-0-2-2 unix - - n - - smtp", "lane-192-0-2-2 unix - - n - 2 smtp")
    let edited = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(edited) == names(made))
  }

  /// The name that the DNS had for its address is randmap's, and so are the options of smtp, whatever the white space is.
  @Test func whatRandmapWroteGoes() throws {
    var machine = plannersMachine
    machine.nameOfAddress = { $0.hasSuffix(".2") ? "out2.example" : nil }
    var config = configToPlan("")
    config = byHand(config, "smtp unix - - n - - smtp", "smtp unix - - n - - smtp -o { smtp_tls_note = a b }")
    let before = config.master?.document.bytes
    let made = byHand(
      try config.planning(wishInWords("outbound", lanes), on: machine).config,
      "-o smtp_helo_name", "   -o   smtp_helo_name")
    #expect(made.master?.document.bytes.text.contains("\n# randmap: lane 192.0.2.2 out2.example\n") ?? false)
    let edited = try made.applying(.remove(pool: "outbound", member: "lane:192.0.2.2"))
    #expect(names(edited) == ["lane-192-0-2-1", "lane-2001-db8--1"] && made.remarks(on: edited) == [])
    let bare = try made.applying(.removeRoute(key: "outbound", table: nil))
    #expect(bare.master?.document.bytes == before)
    // Another name is a person's.
    let own = byHand(made, "smtp_helo_name=out2.example", "smtp_helo_name=mail.example")
    #expect(names(try own.applying(.removeRoute(key: "outbound", table: nil))) == ["lane-192-0-2-2"])
  }

  @Test func anAddressInAnotherSpellingIsTheSameLane() throws {
    let made = try pool("")
    let again = try made.planning(
      wishInWords("outbound", ["lane:192.0.2.1=2", "lane:192.0.2.2", "lane:2001:DB8:0::1"]),
      on: plannersMachine)
    #expect(again.config.master?.document.bytes == made.master?.document.bytes)
  }
}
