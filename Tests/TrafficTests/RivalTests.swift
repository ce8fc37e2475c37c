// Which mail is that of a pool, where other settings of the configuration name its gateways too.

import PostfixFiles
import Routing
import Testing

@testable import Traffic

@Suite struct RivalTests {
  /// The list that follows each result of a pool, as `randmap pool` writes it, is no route beside the pool.
  @Test(arguments: [
    ("unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}", "", false),
    // As it is written behind the tables of some senders.
    (
      "pipemap:{unionmap:{inline:{<>=pool}, regexp:{{/^@/ pool}}}, "
        + "unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}}", "", false
    ),
    (
      "inline:{{@customer.example = [127.0.0.3]}}, pipemap:{unionmap:{inline:{<>=pool}, regexp:{{/^@/ pool}}}, "
        + "unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}}", "", true
    ),
    ("randmap:{[127.0.0.2], [127.0.0.3]}", "smtp_fallback_relay = [127.0.0.2], [127.0.0.3]", false),
    (
      "unionmap:{randmap:{[127.0.0.2], [127.0.0.3]}, static:{[127.0.0.2],[127.0.0.3]}}",
      "transport_maps = inline:{{x.example = smtp:[127.0.0.3]}}", true
    ),
  ]) func thePoolsOwnNetIsNoOtherRoute(tables: String, more: String, isOther: Bool) throws {
    let config = MailConfig(
      directory: "/etc/postfix", main: "sender_dependent_relayhost_maps = \(tables)\n\(more)\n",
      master: "smtp unix - - n - - smtp\n")
    let channels = Channels(config.channels(of: config.pools()))
    var tally = Tally(channels, latest: start)
    for number in 0..<400 {
      let sample = Sample.sent(
        "A\(100_000 + number)", to: "u\(number)@x.example", by: "127.0.0.3[127.0.0.3]:25")
      tally.feed(Array((LogFormat.rfc3339.line(sample) + "\n").utf8))
    }
    let report = TrafficReport(tally.counts, channels, config: config, pools: config.pools())
    let pool = try #require(report.pools.first)
    #expect(pool.messages == 400 && pool.members.allSatisfy(\.differs))
    #expect(report.hasUnexplainedShare == !isOther, "\(pool)")
    if isOther {
      #expect(pool.members[0].why == "other routes of the configuration lead to [127.0.0.3]:25 too")
    }
  }

  /// A relayhost that is overridden for all mail has none that could be taken for that of the pool.
  @Test func aPoolWithoutMailIsNoRival() throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: """
        relayhost = [127.0.0.2]
        sender_dependent_default_transport_maps = randmap:{smtp:[127.0.0.2], smtp:[127.0.0.3]}
        default_transport = smtp:[127.0.0.2]

        """, master: "smtp unix - - n - - smtp\n")
    let pools = config.pools()
    let channels = Channels(config.channels(of: pools))
    var tally = Tally(channels, latest: start)
    for number in 0..<100 {
      let relay = "127.0.0.\(2 + number % 2)"
      let sample = Sample.sent("A\(100_000 + number)", by: "\(relay)[\(relay)]:25")
      tally.feed(Array((LogFormat.rfc3339.line(sample) + "\n").utf8))
    }
    let report = TrafficReport(tally.counts, channels, config: config, pools: pools)
    let pool = try #require(report.pools.first { $0.id == "sender_dependent_default_transport_maps" })
    #expect(pool.messages == 100 && pool.members.map(\.observed) == [0.5, 0.5], "\(report.pools)")
    for id in ["relayhost", "default_transport"] {
      let other = try #require(report.pools.first { $0.id == id })
      #expect(other.messages == nil && other.members[0].why?.hasPrefix("no mail comes here: ") == true)
    }
  }

  @Test func whatTheLogCannotTellIsNotSplit() throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: """
        # randmap: agent
        default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]
        relay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.4]
        local_transport = randmap:!smtp:[127.0.0.5]!smtp:[127.0.0.6]
        """, master: "smtp unix - - n - - smtp\n")
    let pools = config.pools()
    let channels = Channels(config.channels(of: pools))
    var tally = Tally(channels, latest: start)
    for number in 0..<100 {
      let relay = "127.0.0.\(2 + number % 5)"
      tally.feed(
        Array(
          (LogFormat.rfc3339.line(.sent("A\(100_000 + number)", by: "\(relay)[\(relay)]:25")) + "\n").utf8))
    }
    let report = TrafficReport(tally.counts, channels, config: config, pools: pools)
    for id in ["default_transport", "relay_transport"] {
      let pool = try #require(report.pools.first { $0.id == id })
      #expect(pool.messages == nil)
      #expect(pool.members.allSatisfy { $0.observed == nil && $0.why?.contains("does not tell") == true })
    }
    let told = try #require(report.pools.first { $0.id == "local_transport" })
    #expect(told.messages == 40 && told.members.map(\.observed) == [0.5, 0.5])
    #expect(report.gateways.map(\.cell.sent) == [20, 20, 20, 20, 20])
  }
}
