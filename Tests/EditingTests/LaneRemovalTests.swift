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
}
