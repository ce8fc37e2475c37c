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

  /// A gateway that no pool has, but a table names, has its figures where mail came to it. The mail of
  /// a pool is what it was.
  @Test(arguments: [
    "transport_maps = inline:{{x.example = smtp:[127.0.0.4]}, {y.example = smtp:[127.0.0.5]}, {z.example = relay:[127.0.0.2]}}",
    "sender_dependent_default_transport_maps = inline:{{@x.example = smtp:[127.0.0.4]}, {@y.example = smtp:[127.0.0.5]}}",
  ]) func theGatewaysOfRoutesHaveFigures(routes: String) throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: "default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\n# randmap: agent\n\(routes)\n",
      master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp -o syslog_name=postfix/relay\n")
    let pools = config.pools()
    let uses = config.gateways(in: pools)
    let channels = Channels(config.channels(of: pools, beside: uses))
    var tally = Tally(channels, latest: start)
    for (gateway, count) in [("127.0.0.2", 5), ("127.0.0.3", 4), ("127.0.0.4", 3), ("127.0.0.9", 2)] {
      for number in 0..<count {
        let sample = Sample.sent(
          "\(count)A\(100_000 + number)", to: "u@x.example", by: "\(gateway)[\(gateway)]:25")
        tally.feed(Array((LogFormat.rfc3339.line(sample) + "\n").utf8))
      }
    }
    var knowledge = TrafficReport.Knowledge()
    knowledge.uses = uses
    let report = TrafficReport(tally.counts, channels, config: config, pools: pools, knowing: knowledge)
    let rows = report.gateways.map { "\($0.gateway) \($0.cell.messages)" }
    #expect(rows == ["[127.0.0.2]:25 5", "[127.0.0.3]:25 4", "[127.0.0.4]:25 3"])
    #expect(report.pools.first?.messages == 9)
    #expect(report.pools.first?.members.map(\.messages) == [5, 4])
  }

  /// A table may have a million of them.
  @Test func theGatewaysOfRoutesAreAThousandAtMost() {
    let entries = (0..<3_000).map { "d\($0).example smtp:[10.0.\($0 / 250).\($0 % 250)]" }
    var config = MailConfig(
      directory: "/etc/postfix",
      main: "relayhost = [127.0.0.2]\ntransport_maps = texthash:/etc/postfix/transport\n",
      master: "smtp unix - - n - - smtp\n")
    config.update(
      Document(path: "/etc/postfix/transport", bytes: Bytes((entries.joined(separator: "\n") + "\n").utf8)))
    let channels = config.channels(of: config.pools(), beside: config.gateways())
    #expect((1_000...1_001).contains(channels.count), "\(channels.count)")
  }
}
