// Gateways that greet and take no mail: what the agent makes of their results.

import Gateways
import Glibc
import PostfixFiles
import Routing
import System
import TestSupport
import TestTraits
import Testing

@testable import Agent

private func pool(_ text: String) throws -> AgentPool {
  let lanes = (1...3).map { "lane\($0) unix - - n - - smtp\n" }.joined()
  let config = MailConfig(directory: "/etc/postfix", main: "", master: lanes)
  let parsed = try #require(PoolText(value: SourcedText(builtIn: "randmap:" + text)))
  return try AgentPool(name: text, text: parsed, in: config)
}

@Suite struct DeliveryResultsTests {
  private let gateway = Gateway.host("a", port: 25)
  private let start = ContinuousClock.now

  /// `count` results, a second apart.
  private func note(
    _ result: DeliveryResult, _ count: Int, of gateway: Gateway, from second: Int,
    _ results: inout DeliveryResults
  ) -> [String] {
    (0..<count).compactMap {
      results.note(result, of: gateway, took: .milliseconds(200), at: start + .seconds(second + $0))
    }
  }

  @Test func aGatewayThatDefersMostOfTheMailRests() {
    var results = DeliveryResults()
    #expect(note(.sent, 5, of: gateway, from: 0, &results).isEmpty)
    let words = note(.deferred, 15, of: gateway, from: 5, &results)
    #expect(words == ["gateway [a]:25 defers 75 % of the mail: others get its mail for 60 s, where they can"])
    #expect(results.trouble(of: gateway, at: start + .seconds(20))?.reason == "defers 75 % of the mail")
    #expect(results.trouble(of: gateway, at: start + .seconds(79)) == nil)
    #expect(results.records[gateway]?.total == .init(sent: 5, deferred: 15, refused: 0))
    // What is remembered of large pools is worked out anew when a rest begins, and when it ends.
    #expect(results.changes == 1)
    _ = note(.sent, 1, of: gateway, from: 100, &results)
    #expect(results.changes == 2)
  }

  @Test func fewOrGoodResultsSayNothing() {
    var results = DeliveryResults()
    #expect(note(.refused, 19, of: gateway, from: 0, &results).isEmpty)
    // What came before the last five minutes does not count.
    #expect(note(.sent, 20, of: gateway, from: 400, &results).isEmpty)
    #expect(note(.refused, 19, of: gateway, from: 420, &results).isEmpty)
  }

  @Test func eachRestIsTwiceAsLongUntilItIsGoodAgain() {
    var results = DeliveryResults()
    var second = 0
    for length in [60, 120, 240] {
      let words = note(.refused, 20, of: gateway, from: second, &results)
      #expect(words.count == 1 && words[0].contains("for \(length) s"), "\(words)")
      second += 20 + length
    }
    #expect(note(.sent, 25, of: gateway, from: second, &results).isEmpty)
    let again = note(.refused, 100, of: gateway, from: second + 400, &results)
    #expect(again.first?.contains("for 60 s") == true, "\(again)")
  }

  @Test func neverMoreThanHalfOfAPoolIsPassedBy() throws {
    var results = DeliveryResults()
    let pool = try pool("!lane1:[a]!lane2:[b]!lane3:[c]!lane3:[c]")
    for name in ["a", "b", "c"] {
      _ = note(.refused, 20, of: .host(name, port: 25), from: 0, &results)
    }
    #expect(results.passedBy(pool, at: start + .seconds(25)) == ["lane1:[a]", "lane2:[b]"])
    #expect(results.passedBy(pool, at: start + .seconds(100)).isEmpty)
    var one = DeliveryResults()
    _ = note(.refused, 20, of: .host("c", port: 25), from: 0, &one)
    #expect(one.passedBy(pool, at: start + .seconds(25)) == ["lane3:[c]"])
    #expect(one.passedBy(try self.heavy(), at: start + .seconds(25)).isEmpty)
  }

  @Test(
    arguments: [(0, []), (0.4, ["lane1:[a]"]), (0.7, ["lane1:[a]"]), (1, ["lane1:[a]", "lane3:[c]"])]
      as [(Double, Set<String>)])
  func howMuchOfAPoolIsPassedByIsASetting(share: Double, passedBy: Set<String>) throws {
    var limits = DeliveryLimits()
    limits.passedByShare = share
    var results = DeliveryResults(limits: limits)
    for name in ["a", "c"] { _ = note(.refused, 20, of: .host(name, port: 25), from: 0, &results) }
    #expect(results.passedBy(try heavy(), at: start + .seconds(25)) == passedBy)
  }

  private func heavy() throws -> AgentPool { try pool("!lane1:[a]!lane3:[c]!lane3:[c]") }
}

@Suite(.waits) struct DeliveryResultsFlowTests {
  /// It greets, and bounces everything: the mail goes to the other one before long, and the counts tell.
  @Test func aGatewayThatRefusesEveryRecipientIsPassedBy() throws {
    let good = try SmtpSink()
    let bad = try SmtpSink(options: ["-f", "RCPT", "-B", "550 5.7.1 not from you"])
    let lab = try PostfixLab(
      main: """
        # randmap: agent
        default_transport = randmap:!lane1:\(good.address)!lane2:\(bad.address)
        notify_classes =
        """,
      master: """
        lane1 unix - - n - - smtp
        lane2 unix - - n - - smtp
        """)
    let place = try TemporaryDirectory()
    chmod(place.path, 0o777)
    let told = place.file("told")
    let words = "$RANDMAP_GATEWAY $RANDMAP_BEFORE $RANDMAP_STATE $RANDMAP_REASON"
    let agent = try RunningAgent(beside: lab, ["--notify", "echo \"\(words)\" >> \(told)"])
    try lab.send(200, to: "user@example.net", from: "")
    try lab.waitUntilDrained(limit: .seconds(200))
    #expect(agent.log.contains("gateway \(bad.address) refuses 100 % of the mail"), "\(agent.log)")
    let bounced = lab.deliveries.filter { $0.status == .bounced }.count
    #expect(bounced >= 20 && bounced < 60 && good.count + bounced == 200, "\(bounced)")
    let config = try MailConfig(directory: lab.configDirectory, environment: Environment())
    let report = try #require(reportOfRunningAgent(config))
    let state = report.gateways.first { $0.name == "\(bad.address)" }
    #expect(state?.state == .degraded && state?.reason.hasPrefix("refuses 100 % of the mail") == true)
    // What it says is what the log and the gateway say.
    let pool = try #require(config.pools().first { $0.id == "default_transport" })
    let counts = pool.members.map { report.counts(of: $0, in: pool) }
    #expect(counts[0]?.delivered == good.count && counts[0]?.refused == 0)
    #expect(counts[1]?.delivered == 0 && counts[1]?.refused == bounced, "\(counts)")
    let metrics = try AgentMetrics(lab)
    #expect(metrics.contains("randmap_gateway_state{gateway=\"\(bad.address)\",state=\"degraded\"} 1"))
    #expect(metrics.contains("randmap_gateway_state{gateway=\"\(bad.address)\",state=\"down\"} 0"))
    #expect(
      metrics.contains(
        "randmap_gateway_deliveries_total{gateway=\"\(bad.address)\",result=\"refused\"} \(bounced)"))
    // One call where its rest began, and one where it ended.
    let changes = ["up degraded refuses 100 % of the mail", "degraded up "].map { "\(bad.address) \($0)\n" }
      .joined()
    try waitUntil("the command to be told", limit: .seconds(120), seen: agent.log) {
      (try? readText(told)) == changes
    }
    #expect(
      metrics.contains(
        "randmap_gateway_delivery_seconds_bucket{gateway=\"\(good.address)\",le=\"+Inf\"} \(good.count)"))
    try agent.stop()
  }
}

/// The metrics of a running agent.
private struct AgentMetrics {
  private let lines: Set<Substring>

  init(_ lab: PostfixLab) throws {
    let file = try LocalSocket.connect(to: "\(lab.queueDirectory)/private/randmap-status").get()
    defer { close(file) }
    let answer = AgentSocket.ask(file, "GET /metrics HTTP/1.0\r\n\r\n")
    lines = Set(try #require(answer?.text).split(separator: "\n"))
  }

  func contains(_ line: String) -> Bool { lines.contains(line[...]) }
}
