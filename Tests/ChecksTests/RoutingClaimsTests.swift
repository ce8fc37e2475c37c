// What the rules claim of where mail goes, asked of a real trivial-rewrite(8): the bad example of each goes where the rule
// says, the good one where it should.

import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

/// Where mail for an address goes, with the bad example of a rule and with the good one.
struct RoutingClaim: Sendable, CustomTestStringConvertible {
  let code: String
  let address: String
  let sender: String
  /// `transport nexthop`, or `unavailable`.
  let bad: Set<String>
  let good: Set<String>

  init(
    _ code: String, _ address: String = "u@example.com", from sender: String = "", bad: Set<String>,
    good: Set<String>
  ) {
    self.code = code
    self.address = address
    self.sender = sender
    self.bad = bad
    self.good = good
  }

  var testDescription: String { code }

  private static let first = "smtp [gw1.example]"
  private static let both: Set = [first, "smtp [gw2.example]"]
  /// No entry was found: the recipient's own domain.
  private static let direct: Set = ["smtp example.com"]

  static let all: [RoutingClaim] = [
    RoutingClaim("RM101", bad: ["unavailable"], good: both),
    RoutingClaim("RM102", bad: ["unavailable"], good: both),
    RoutingClaim("RM103", bad: ["unavailable"], good: both),
    RoutingClaim("RM105", bad: ["unavailable"], good: both),
    RoutingClaim("RM106", bad: ["unavailable"], good: both),
    RoutingClaim(
      "RM107", bad: ["{smtp [gw1.example], [gw2.example]}", "smtp [gw2.example]"], good: both),
    RoutingClaim("RM108", bad: ["randmap {smtp:[gw1.example], smtp:[gw2.example]}"], good: both),
    RoutingClaim("RM109", bad: ["randmap {smtp:[gw1.example], smtp:[gw2.example]}"], good: both),
    RoutingClaim("RM110", bad: both, good: ["smtp [inside.example]"]),
    RoutingClaim("RM111", "root@example.com", bad: both, good: ["local mx1.example"]),
    RoutingClaim("RM113", bad: both, good: both),
    RoutingClaim("RM114", bad: [first, "[gw2.example] example.com"], good: both),
    RoutingClaim("RM115", bad: ["smtp smtp:[gw1.example]"], good: [first]),
    RoutingClaim(
      "RM116", bad: both.union(["smtp [gw3.example]"]), good: both.union(["smtp [gw3.example]"])),
    RoutingClaim("RM118", bad: [first], good: both),
    RoutingClaim(
      "RM119", bad: both.union(["relay [gw1.example]", "relay [gw2.example]"]), good: both),
    RoutingClaim(
      "RM121", bad: ["smtp randmap:![gw1.example]![gw2.example]"],
      good: ["randmap !smtp:[gw1.example]!smtp:[gw2.example]"]),
    RoutingClaim(
      "RM125", "u@elsewhere.example", from: "s@example.com", bad: ["smtp [gw2.example]"], good: [first]),
    RoutingClaim("RM201", bad: ["[gw1.example] 25"], good: ["smtp [gw1.example]:25"]),
    RoutingClaim("RM202", bad: ["smtps [gw1.example]:465"], good: ["smtp [gw1.example]:587"]),
    RoutingClaim(
      "RM203", bad: ["smtp [gw1.example], smtp:[gw2.example]"],
      good: ["smtp [gw1.example], [gw2.example]"]),
    RoutingClaim("RM205", bad: [first], good: ["smtp [gw1.example], [gw2.example]"]),
    RoutingClaim(
      "RM207", bad: ["scan [gw1.example], [gw2.example]"], good: ["smtp [gw1.example], [gw2.example]"]),
    RoutingClaim(
      "RM208", "u@example.net", bad: ["smtp example.net"], good: ["smtp [gw2.example]"]),
    RoutingClaim("RM209", bad: direct, good: [first]),
    RoutingClaim("RM210", "u@example.net", bad: ["smtp example.net"], good: ["smtp [gw2.example]"]),
    RoutingClaim("RM211", bad: direct, good: [first]),
    RoutingClaim("RM212", "u@sub.example.com", bad: ["smtp sub.example.com"], good: [first]),
    RoutingClaim("RM213", "u@sub.example.com", bad: ["smtp sub.example.com"], good: [first]),
    RoutingClaim("RM214", bad: [first], good: [first]),
    RoutingClaim("RM215", "root@example.com", bad: [first], good: ["local mx1.example"]),
    RoutingClaim("RM217", bad: ["smtp [gw1.example] # the first"], good: [first]),
    RoutingClaim("RM228", bad: direct, good: [first]), RoutingClaim("RM218", bad: direct, good: [first]),
    RoutingClaim(
      "RM219", bad: ["error Address is undeliverable"], good: ["error 5.1.2 this domain gets no mail"]),
    RoutingClaim(
      "RM221", "\"john doe\"@example.com", bad: direct, good: [first]),
    RoutingClaim("RM222", bad: direct, good: [first]),
    RoutingClaim(
      "RM223", "u@elsewhere.example", from: "s@example.com", bad: ["smtp elsewhere.example"], good: [first]),
    RoutingClaim(
      "RM224", "u@sub.example.com", bad: ["smtp sub.example.com"], good: [first]),
    RoutingClaim("RM227", bad: ["smtp  discard"], good: ["discard example.com"]),
    RoutingClaim("RM229", bad: [first], good: ["smtp [gw2.example]"]),
    RoutingClaim("RM302", bad: ["relay example.com"], good: both),
    RoutingClaim("RM303", bad: [first], good: ["smtp [gw2.example]"]),
    RoutingClaim("RM304", bad: ["smtp [gw3.example]"], good: ["smtp [gw3.example]"]),
    RoutingClaim("RM304", "u@elsewhere.example", bad: ["smtp [gw3.example]"], good: both),
    RoutingClaim("RM306", bad: ["smtp [gw2.example]"], good: ["smtp [gw2.example]"]),
    RoutingClaim("RM307", bad: direct, good: [first]),
    RoutingClaim("RM308", bad: ["unavailable"], good: [first]),
    RoutingClaim(
      "RM313", "u@elsewhere.example", from: "s@other.example", bad: ["smtp elsewhere.example"],
      good: ["smtp [gw2.example]"]),
    RoutingClaim("RM317", bad: direct, good: [first]), RoutingClaim("RM328", bad: direct, good: [first]),
    RoutingClaim("RM329", bad: direct, good: [first]),
    RoutingClaim("RM521", bad: ["smtp none"], good: direct),
    RoutingClaim("RM321", bad: ["unavailable"], good: ["relay example.com"]),
    RoutingClaim("RM322", bad: ["local mx1.example"], good: ["lmtp unix:private/store"]),
    RoutingClaim("RM323", bad: ["smtp example.com"], good: ["relay example.com"]),
    RoutingClaim(
      "RM331", "u@b.example", bad: ["relay [in1.example]"],
      good: Set(["[in1.example]", "[in2.example]"].map { "relay \($0),[in1.example],[in2.example]" })),
    RoutingClaim("RM334", "u@example.net", bad: ["smtp example.net"], good: ["relay example.net"]),
    RoutingClaim("RM804", "u@example.net", bad: ["smtp [gw2.example]"], good: ["smtp example.net"]),
  ]
}

@Suite(.waits) struct RoutingClaimsTests {
  @Test(arguments: RoutingClaim.all)
  func mailGoesWhereTheRuleSays(claim: RoutingClaim) throws {
    let rule = try #require(Rule.named(claim.code))
    let bad = try RunningExample(rule.bad).destinations(claim.address, from: claim.sender)
    #expect(bad == claim.bad, "the bad example")
    let good = try RunningExample(rule.good).destinations(claim.address, from: claim.sender)
    #expect(good == claim.good, "the good example")
  }

  /// RM110, RM111, RM125, RM215 and RM322: their further examples go wrong as the first ones do.
  @Test(arguments: [
    ("RM110", 0, "u@example.com", "", "smtp [gw1.example]"),
    ("RM110", 1, "u@example.com", "", "smtp [gw1.example]"),
    ("RM111", 0, "root@example.com", "", "smtp [gw1.example]"),
    ("RM125", 0, "u@elsewhere.example", "s@example.com", "smtp [gw2.example]"),
    ("RM125", 1, "u@elsewhere.example", "s@example.com", "smtp [gw2.example]"),
    ("RM125", 2, "u@elsewhere.example", "s@example.com", "smtp [gw2.example]"),
    ("RM215", 0, "root@example.com", "", "smtp [gw1.example]"),
    ("RM322", 1, "u@example.com", "", "local mx1.example"),
  ])
  func furtherExamplesGoTheSameWay(
    code: String, number: Int, address: String, sender: String, destination: String
  ) throws {
    let rule = try #require(Rule.named(code))
    let running = try RunningExample(rule.moreBad[number])
    #expect(try running.destinations(address, from: sender) == [destination])
  }

  /// RM110 in the other order of the tables.
  @Test func aDomainBehindACatchAllIsNeverFoundInEitherOrder() throws {
    let rule = try #require(Rule.named("RM110"))
    let turned = try RunningExample(rule.bad) { text in
      let pool = "randmap:{smtp:[gw1.example], smtp:[gw2.example]}"
      return text.replacing(", \(pool)", with: "")
        .replacing("transport_maps = ", with: "transport_maps = \(pool), ")
    }
    #expect(try turned.destinations("u@example.com") == ["smtp [gw1.example]", "smtp [gw2.example]"])
  }

  @Test func aPoolOnAStarIsDrawnOnceInThirtySeconds() throws {
    /// How often the next hop changes from one address to the next: about half of the time in a fair draw.
    func changes(_ example: Example) throws -> Int {
      let running = try RunningExample(example)
      let found = try (0..<100).map { try running.resolve("u\($0)@d\($0).example").nexthop }
      return zip(found, found.dropFirst()).count { $0 != $1 }
    }
    let rule = try #require(Rule.named("RM112"))
    // The 30 seconds may end once while we ask.
    #expect(try changes(rule.bad) <= 1)
    #expect(try changes(rule.good) > 10)
  }

  static let fatal = ["RM104", "RM117", "RM310", "RM315", "RM316", "RM320", "RM327"]

  @Test(arguments: fatal)
  func trivialRewriteDoesNotStart(code: String) throws {
    let rule = try #require(Rule.named(code))
    let bad = try RunningExample(rule.bad)
    try waitUntil("the end of trivial-rewrite") { bad.status != nil }
    #expect(bad.status == .exited(1))
    let good = try RunningExample(rule.good)
    #expect(try good.destinations("u@example.com") != ["unavailable"])
    #expect(good.status == nil)
  }
}
