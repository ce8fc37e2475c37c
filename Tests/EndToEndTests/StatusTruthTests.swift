// --status beside a real Postfix: a gateway that greets and takes no mail, and the mail that waits for it.

import Foundation
import TestSupport
import TestTraits
import Testing

/// What the JSON of --status says of deliveries.
private struct Answer: Decodable {
  struct Gateway: Decodable {
    let gateway, state, reason: String
    let observed, deferredShare, share: Double?
    let queued, sent, deferred: Int?
    let queuedSince: String?
  }
  struct Log: Decodable {
    let source: String?
    let problem: String?
  }
  let gateways: [Gateway]
  let atRisk: Double
  let log: Log?

  subscript(_ sink: SmtpSink) -> Gateway? { gateways.first { $0.gateway == "\(sink.address)" } }
}

@Suite(.waits, .timeLimit(.minutes(10))) struct StatusTruthTests {
  private func status(_ lab: PostfixLab, _ arguments: String...) throws -> FinishedProcess {
    try runRandmap(
      ["--status", "-c", lab.configDirectory] + arguments,
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory])
  }

  private func answer(_ lab: PostfixLab) throws -> Answer {
    let finished = try status(lab, "--format", "json")
    return try JSONDecoder().decode(Answer.self, from: Data(finished.standardOutputBytes))
  }

  /// smtp(8) goes on to the next gateway of the list, so no delivery is logged as deferred.
  @Test func aGatewayOfAListThatTurnsMailAwayIsDegraded() throws {
    let full = try SmtpSink(options: ["-r", "RCPT", "-b", "452 4.2.2 mailbox full"])
    let good = try SmtpSink(port: full.address.port)
    let lab = try PostfixLab(main: "relayhost = \(full.address), \(good.address)")
    try lab.send(30, to: "user@x.example")
    try lab.waitUntilDrained(limit: .seconds(100))
    #expect(good.count == 30, "\(lab.log)")
    var last: Answer?
    // The words wait a moment for further recipients of a message.
    try waitUntil("the words of the gateway", limit: .seconds(60)) { () throws(TestFailure) in
      last = try? answer(lab)
      return last?[full]?.reason.contains("(") == true
    }
    #expect(last?[full]?.state == "degraded")
    #expect(last?[full]?.reason == "turns away 100 % of the mail (452 4.2.2 mailbox full)")
    #expect(last?[good]?.state == "up" && last?[good]?.sent == 30, "\(lab.log)")
  }

  @Test func aGatewayThatGreetsAndDefersIsDegraded() throws {
    let good = try SmtpSink()
    let full = try SmtpSink(options: ["-r", "RCPT", "-b", "452 4.2.2 mailbox full"])
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:\(good.address), smtp:\(full.address)}
        transport_maps = inline:{good.example=smtp:\(good.address), full.example=smtp:\(full.address)}
        """)
    // Nothing was sent yet, and that is known.
    let before = try answer(lab)
    #expect(before[full]?.state == "up" && before[full]?.observed == nil && before[full]?.queued == 0)
    try lab.send(30, to: "user@good.example")
    try lab.send(60, to: "user@full.example")
    try waitUntil("every message to be tried", limit: .seconds(100), seen: lab.log) {
      Set(lab.deliveries.map(\.recipient)).count >= 90
    }
    try lab.waitUntilSettled()
    let found = try answer(lab)
    let gateway = try #require(found[full])
    #expect(gateway.state == "degraded")
    #expect(gateway.reason == "defers 100 % of the mail (452 4.2.2 mailbox full)")
    #expect(gateway.deferredShare == 1 && gateway.deferred == 60 && gateway.sent == 0)
    #expect(gateway.queued == 60 && gateway.queuedSince != nil)
    #expect(abs((gateway.observed ?? 0) - 2.0 / 3) < 0.001)
    let other = try #require(found[good])
    #expect(other.state == "up" && other.sent == good.count && other.sent == 30 && other.queued == 0)
    #expect(found.log?.source == lab.logFile && found.atRisk == 0)

    let nagios = try status(lab, "--format", "nagios")
    #expect(nagios.status == .exited(1), "\(nagios.summary)")
    #expect(
      nagios.standardOutput.hasPrefix(
        "RANDMAP WARNING - \(full.address) degraded: defers 100 % of the mail (452 4.2.2 mailbox full)"
          + " (60 messages wait); "), "\(nagios.summary)")
    let lines = try status(lab, "--format", "prometheus").standardOutput.split(separator: "\n")
    let name = "{gateway=\"\(full.address)\""
    #expect(lines.contains("randmap_gateway_state\(name),state=\"degraded\"} 1"))
    #expect(lines.contains("randmap_gateway_state\(name),state=\"down\"} 0"))
    #expect(lines.contains("randmap_gateway_recent_messages\(name),result=\"deferred\"} 60"))
    #expect(lines.contains("randmap_gateway_waiting_messages\(name)} 60"))
    #expect(lines.contains { $0.hasPrefix("randmap_gateway_observed_share_ratio\(name)} 0.666") })
    let text = try status(lab)
    #expect(text.status == .exited(0))
    let row = text.standardOutput.split(separator: "\n").first { $0.contains("\(full.address)") } ?? ""
    #expect(
      row.hasPrefix("~ ") && row.contains("66.7%") && row.contains("100.0%") && row.contains("  60  "),
      "\(row)")
    #expect(text.standardOutput.contains("the share of the last 15 minutes, from the mail log"))
    // More than 60 messages are needed now.
    let calm = try status(lab, "--format", "json", "-o", "delivery_messages=61")
    #expect(calm.standardOutput.contains("\"state\" : \"up\"") && !calm.standardOutput.contains("degraded"))
  }

  @Test func watchingSaysWhenAGatewayBeginsToDefer() throws {
    let full = try SmtpSink(options: ["-f", "RCPT", "-B", "550 5.7.1 not from you"])
    let lab = try PostfixLab(main: "default_transport = smtp:\(full.address)\nnotify_classes =")
    let process = try ChildProcess(
      randmapProgram(), ["--status", "--watch", "-c", lab.configDirectory, "-o", "interval=1s"],
      environment: ["XDG_CONFIG_HOME": lab.queueDirectory])
    func printed() -> String { String(decoding: process.standardOutputBytes, as: UTF8.self) }
    try waitUntil("the first state", seen: printed()) {
      printed().contains("\(full.address) unknown -> up\n")
    }
    try lab.send(25, to: "user@example.net", from: "")
    try waitUntil("the change", limit: .seconds(90), seen: printed() + process.standardError) {
      printed().contains(
        "\(full.address) up -> degraded: refuses 100 % of the mail (550 5.7.1 not from you)\n")
    }
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
  }

  @Test func aLogThatCannotBeReadIsSaid() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: "default_transport = smtp:\(sink.address)")
    try FileManager.default.removeItem(atPath: lab.logFile)
    try FileManager.default.createDirectory(atPath: lab.logFile, withIntermediateDirectories: false)
    let found = try answer(lab)
    #expect(found.log?.problem?.contains(lab.logFile) == true && found[sink]?.observed == nil)
    #expect(try status(lab).standardOutput.contains("the mail log is not read: \(lab.logFile): "))
  }
}
