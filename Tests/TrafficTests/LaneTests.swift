// The mail of lanes without a next hop: each lane has what its service sent, and each relay what any lane brought.

import Gateways
import PostfixFiles
import Routing
import Testing

@testable import Traffic

private let lanesInFront =
  "sender_dependent_default_transport_maps = randmap:{lane1:, lane1:, lane1:, lane2:}\n"
private let relays = "sender_dependent_relayhost_maps = randmap:{[127.0.0.2], [127.0.0.3]}\n"

private func config(_ main: String) -> MailConfig {
  MailConfig(
    directory: "/etc/postfix", main: main,
    master: """
      smtp unix - - n - - smtp
      lane1 unix - - n - - smtp -o syslog_name=postfix/lane1
      lane2 unix - - n - - smtp -o syslog_name=postfix/lane2
      lane3 unix - - n - - smtp -o syslog_name=postfix/lane3

      """)
}

@Suite struct LaneTests {
  private func report(_ config: MailConfig, _ samples: [Sample]) -> TrafficReport {
    let pools = config.pools()
    let channels = Channels(
      config.channels(of: pools, beside: config.gateways(in: pools)), lanes: config.lanes(of: pools),
      suspending: config.suspendingTags)
    var tally = Tally(channels, latest: start + 3_600)
    for sample in samples { tally.feed(Array((LogFormat.rfc3339.line(sample) + "\n").utf8)) }
    return TrafficReport(tally.counts, channels, config: config, pools: pools)
  }

  private func sent(_ number: Int, _ lane: Int, by host: String) -> Sample {
    .sent(
      "4B\(100_000 + number)C", to: "u\(number)@x.example", by: host, at: number,
      tag: "postfix/lane\(lane)/smtp")
  }

  private func pool(_ report: TrafficReport, _ id: String) throws -> TrafficReport.PoolTraffic {
    try #require(report.pools.first { $0.id == id })
  }

  /// Every lane brings mail to every relay: the counts are those of both.
  @Test(arguments: [
    relays,
    "sender_dependent_relayhost_maps = pipemap:{unionmap:{inline:{<>=pool}, regexp:{{/^@/ pool}}}, "
      + "unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}}\n",
    "sender_dependent_relayhost_maps = unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}\n",
  ]) func lanesInFrontOfRelays(relays: String) throws {
    let main = lanesInFront + relays
    let samples = (0..<80).map { number in
      sent(
        number, number % 4 == 0 ? 2 : 1,
        by: number < 40 ? "127.0.0.2[127.0.0.2]:25" : "127.0.0.3[127.0.0.3]:25")
    }
    let report = report(config(main), samples)
    let lanes = try pool(report, "sender_dependent_default_transport_maps")
    #expect(lanes.messages == 80 && lanes.members.map(\.messages) == [60, 20], "\(lanes)")
    #expect(lanes.members.map(\.observed) == [0.75, 0.25] && lanes.members.allSatisfy { $0.why == nil })
    let behind = try #require(report.pools.last)
    #expect(behind.messages == 80 && behind.members.map(\.messages) == [40, 40], "\(behind)")
    #expect(behind.members.map(\.observed) == [0.5, 0.5])
    #expect(report.gateways.map(\.cell.sent) == [40, 40] && report.counts.elsewhere == 0)
    #expect(!report.hasUnexplainedShare && !report.hasLanesToDomains)
  }

  /// Where each domain's own exchangers take the mail, its name in the log is any.
  @Test func lanesToTheExchangersOfDomains() throws {
    var samples = (0..<80).map { number in
      sent(number, number % 4 == 0 ? 2 : 1, by: "mx\(number).example[127.1.0.\(number)]:25")
    }
    // No host took these: one waits, and one is tried again by the other lane.
    samples.append(.deferred("4B900001C", "Host or domain name not found", at: 90, tag: "postfix/lane1/smtp"))
    samples.append(.deferred("4B900002C", "Host or domain name not found", at: 90, tag: "postfix/lane1/smtp"))
    samples.append(.sent("4B900002C", by: "mx.example[127.1.1.1]:25", at: 400, tag: "postfix/lane2/smtp"))
    // Of another service, and of no lane.
    samples.append(.sent("4B900003C", by: "mx.example[127.1.1.1]:25", tag: "postfix/lane3/smtp"))
    let report = report(config(lanesInFront), samples)
    let lanes = try pool(report, "sender_dependent_default_transport_maps")
    #expect(lanes.messages == 83 && lanes.members.map(\.messages) == [62, 21], "\(lanes)")
    #expect(lanes.cell?.deferred == 2 && lanes.cell?.sent == 81 && lanes.cell?.moved == 1)
    #expect(lanes.cell?.repeats == 1)
    #expect(report.gateways.isEmpty && report.counts.elsewhere == 0 && report.hasLanesToDomains)
  }

  /// What is far from the weights is said to be so.
  @Test func aLaneThatGetsTooLittleDiffers() throws {
    let samples = (0..<200).map { sent($0, 2, by: "mx\($0).example[127.1.0.\($0)]:25") }
    let report = report(config(lanesInFront), samples)
    let lanes = try pool(report, "sender_dependent_default_transport_maps")
    #expect(lanes.members.allSatisfy { $0.differs && $0.why == nil } && report.hasUnexplainedShare)
  }

  /// Mail that another member sends by the same service to a gateway of its own is not that of the lane.
  @Test func aMemberWithANextHopOfTheSameServiceIsAnother() throws {
    let config = config(
      lanesInFront + "transport_maps = inline:{own.example=a}, pipemap:{inline:{b.example=pool}, "
        + "randmap:{lane1:[127.0.0.9], lane2:[127.0.0.9]}}\n")
    let samples =
      (0..<40).map { sent($0, 1, by: "mx.example[127.1.0.1]:25") }
      + (100..<140).map { sent($0, 1, by: "127.0.0.9[127.0.0.9]:25") }
    let report = report(config, samples)
    #expect(try pool(report, "sender_dependent_default_transport_maps").members.map(\.messages) == [40, 0])
    #expect(try pool(report, "transport_maps").members.map(\.messages) == [40, 0])
  }

  /// A table of senders that is no pool leaves the next hop to the relays too.
  @Test func aTransportOfATableInFrontOfRelays() throws {
    let config = config("sender_dependent_default_transport_maps = static:lane3:\n" + relays)
    let report = report(config, (0..<10).map { sent($0, 3, by: "127.0.0.3[127.0.0.3]:25") })
    #expect(report.pools.map(\.messages) == [10] && report.pools[0].members.map(\.messages) == [0, 10])
  }

  /// The relays share out the mail of the lanes: it is one mail, and counts once.
  @Test func theMailOfLanesIsThatOfTheRelays() throws {
    let both: [Gateway] = [.host("127.0.0.2", port: 25), .host("127.0.0.3", port: 25)]
    let inFront = config(
      lanesInFront + "sender_dependent_relayhost_maps = randmap:{[127.0.0.2], [127.0.0.2], [127.0.0.3]}\n")
    let pools = inFront.pools()
    let dead = GatewayStates(uniqueKeysWithValues: both.map { ($0, .down) })
    #expect(pools.atRisk(dead) == 1 && Expectation(pools, dead).atRisk == 1)
    #expect(!pools.sharesAreMeans && pools.liveShares([both[0]: .down]) == [both[1]: 1])
    let answer = WhatIf(pools, of: inFront, gateways: both, then: [both[0]: .down], WhatIf.Mail())
    #expect(answer.rows.map { ($0.before * 3).rounded() } == [2, 1] && (answer.atRisk * 3).rounded() == 2)
    #expect(answer.expectation.pools["sender_dependent_default_transport_maps"] == [0.75, 0.25])
    #expect(inFront.gateways().map { ($0.share * 3).rounded() } == [2, 1])
    // One relay, by hand.
    let single = config(lanesInFront + "relayhost = [127.0.0.2]\n").pools()
    #expect(Expectation(single, [:]).shares == [both[0]: 1] && single.atRisk(dead) == 1)
  }
}
