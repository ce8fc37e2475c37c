// `randmap report` beside gateways that count what they get: its figures are theirs, exactly.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

/// What `report --format json` prints, as far as the tests look.
struct PrintedReport: Decodable {
  struct Reason: Decodable {
    let text: String
    let count: Int
  }
  struct Gateway: Decodable, Equatable {
    let gateway: String
    let messages, recipients, sent, deferred, refused, connectFailures: Int
    let delayMedian: Double?
    let reasons: [Reason]

    static func == (left: Gateway, right: Gateway) -> Bool {
      left.gateway == right.gateway && left.messages == right.messages && left.recipients == right.recipients
        && left.sent == right.sent && left.deferred == right.deferred && left.refused == right.refused
        && left.reasons.map(\.text) == right.reasons.map(\.text)
    }
  }
  struct Member: Decodable, Equatable {
    let result: String
    let share: Double
    let messages: Int?
    let observed: Double?
    let differs: Bool
    let why: String?
  }
  struct Pool: Decodable, Equatable {
    let id: String
    let messages: Int?
    let members: [Member]
  }
  let sources: [String]
  let gateways: [Gateway]
  let pools: [Pool]

  init(_ finished: FinishedProcess) throws {
    self = try JSONDecoder().decode(PrintedReport.self, from: Data(finished.standardOutputBytes))
  }

  func gateway(_ sink: SmtpSink) throws -> Gateway {
    try #require(gateways.first { $0.gateway == "\(sink.address)" })
  }

  func pool(_ id: String) throws -> Pool { try #require(pools.first { $0.id == id }) }
}

@Suite(.waits, .timeLimit(.minutes(30))) struct ReportTruthTests {
  private func sinks(_ count: Int, options: [String] = []) throws -> [SmtpSink] {
    try (0..<count).map { _ in try SmtpSink(options: options) }
  }

  private func report(_ lab: PostfixLab, _ arguments: [String] = []) throws -> (
    PrintedReport, FinishedProcess
  ) {
    let finished = try runRandmap(["report", "-c", lab.configDirectory, "--format", "json"] + arguments)
    return (try PrintedReport(finished), finished)
  }

  /// Three thousand messages by a stock pool, and a hundred by a lane that is in no pool.
  @Test func countsAreThoseOfTheGateways() throws {
    let sinks = try sinks(4)
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps =
          randmap:{smtp:\(sinks[0].address), smtp:\(sinks[1].address), smtp:\(sinks[1].address)}
        transport_maps = inline:{lanes.example=lane1:\(sinks[2].address), other.example=lane2:\(sinks[3].address)}
        """,
      master: """
        lane1 unix - - n - - smtp -o syslog_name=postfix/lane1
        lane2 unix - - n - - smtp -o syslog_name=postfix/$service_name
        """)
    try lab.send(3_000, to: "user@example.net")
    try lab.send(100, to: "user@lanes.example", recipients: 3)
    try lab.waitUntilDrained(limit: .seconds(200))
    let (found, finished) = try report(lab)
    // Chance alone makes a share differ once in a thousand times; the status says so then.
    let differs = found.pools.contains { $0.members.contains(where: \.differs) }
    #expect(finished.status == .exited(differs ? 1 : 0), "\(finished.summary)")
    for sink in sinks[0...1] {
      let gateway = try found.gateway(sink)
      #expect(
        gateway.sent == sink.count && gateway.messages == sink.count && gateway.recipients == sink.count)
      #expect(gateway.deferred == 0 && gateway.refused == 0 && gateway.reasons.isEmpty)
    }
    let pool = try found.pool("sender_dependent_default_transport_maps")
    #expect(pool.messages == 3_000 && pool.members.map(\.messages) == [sinks[0].count, sinks[1].count])
    #expect(isFair(sinks[0].count, of: 3_000, share: 1 / 3.0), "\(finished.summary)")
    #expect(found.sources == [lab.logFile])
  }

  @Test func theAgentsDeliveriesAndLanesAreTold() throws {
    let sinks = try sinks(3)
    let lab = try PostfixLab(
      main: """
        # randmap: agent
        default_transport = randmap:!lane1:\(sinks[0].address)!lane2:\(sinks[1].address)!lane2:\(sinks[1].address)
        relay_domains = branch.example
        relay_transport = randmap:!lane1:\(sinks[1].address)!smtp:\(sinks[2].address)
        """,
      master: """
        lane1 unix - - n - - smtp -o syslog_name=postfix/lane1
        lane2 unix - - n - - smtp -o syslog_name=postfix/$service_name
        """)
    let agent = try RunningAgent(beside: lab)
    try lab.send(1_800, to: "user@example.net")
    try lab.send(1_200, to: "user@branch.example", recipients: 2)
    try lab.waitUntilDrained(limit: .seconds(200))
    let (found, finished) = try report(lab)
    // Chance alone makes a share differ once in a thousand times; the status says so then.
    let differs = found.pools.contains { $0.members.contains(where: \.differs) }
    #expect(finished.status == .exited(differs ? 1 : 0), "\(finished.summary) \(agent.log)")
    for sink in sinks { #expect(try found.gateway(sink).sent == sink.count, "\(finished.summary)") }
    let first = try found.pool("default_transport")
    let second = try found.pool("relay_transport")
    // One gateway is in both pools, by lanes of different names.
    #expect(first.messages == 1_800 && first.members[0].messages == sinks[0].count)
    // Five standard deviations of 1,800 draws at a third.
    #expect((500...700).contains(sinks[0].count), "\(finished.summary)")
    #expect(second.members[1].messages == sinks[2].count)
    #expect((first.members[1].messages ?? 0) + (second.members[0].messages ?? 0) == sinks[1].count)
    try agent.stop()
  }

  /// One gateway is dead, and the lists of a stock pool take its mail to the other.
  @Test func aDeadGatewayShowsThoughFailoverHidesIt() throws {
    let sinks = try sinks(2)
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = pipemap:{randmap:{one, two}, inline:{
          {one = smtp:\(sinks[0].address), \(sinks[1].address)}
          {two = smtp:\(sinks[1].address), \(sinks[0].address)}}}
        """)
    try sinks[1].stop()
    try lab.send(3_000, to: "user@example.net")
    try lab.waitUntilDrained(limit: .seconds(200))
    let (found, finished) = try report(lab)
    #expect(sinks[0].count == 3_000)
    #expect(try found.gateway(sinks[0]).sent == 3_000, "\(finished.summary) \(lab.log)")
    #expect(try found.gateway(sinks[1]).sent == 0 && found.gateway(sinks[1]).connectFailures > 0)
    let pool = try found.pool("sender_dependent_default_transport_maps")
    #expect(pool.members.allSatisfy { $0.differs && $0.why?.hasPrefix("failover") == true }, "\(pool)")
    #expect(finished.status == .exited(0))
  }

  /// Gateways that are alive and do not take the mail: each is told with its reason, and no address is.
  @Test func whatIsTurnedAwayIsToldWithItsReason() throws {
    let good = try SmtpSink()
    let deferring = try SmtpSink(options: [
      "-r", "RCPT", "-b", "452 4.2.2 mailbox of jane.doe@x.example full, 4711 bytes",
    ])
    let refusing = try SmtpSink(options: ["-f", "RCPT", "-B", "550 5.1.1 no such user here, ask 4711"])
    let late = try SmtpSink(options: ["-f", ".", "-B", "554 5.7.1 this looks like spam"])
    let slow = try SmtpSink(options: ["-w", "1"])
    let all = [good, deferring, refusing, late, slow]
    let domains = ["good", "deferring", "refusing", "late", "slow"]
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps = randmap:{\(all.map { "smtp:\($0.address)" }.joined(separator: ", "))}
        transport_maps = inline:{\(zip(domains, all).map { "{\($0).example = smtp:\($1.address)}" }.joined(separator: " "))}
        bounce_queue_lifetime = 0
        notify_classes =
        """)
    for domain in domains { try lab.send(20, to: "jane.doe@\(domain).example", from: "") }
    try waitUntil("every message to be tried", limit: .seconds(100), seen: lab.log) {
      Set(lab.deliveries.map(\.recipient)).count >= 100
    }
    try lab.waitUntilSettled()
    let (found, finished) = try report(lab, ["--fail-deferred", "90%"])
    #expect(finished.status == .exited(1))
    #expect(try found.gateway(good).sent == 20, "\(finished.summary)")
    #expect(try found.gateway(slow).sent == 20 && (found.gateway(slow).delayMedian ?? 0) >= 900)
    let waiting = try found.gateway(deferring)
    #expect(waiting.messages == 20 && waiting.deferred == 20 && waiting.sent == 0, "\(finished.summary)")
    #expect(try found.gateway(refusing).refused == 20, "\(finished.summary)")
    #expect(try found.gateway(late).refused == 20, "\(finished.summary)")
    #expect(try found.gateway(refusing).reasons.count == 1)
    #expect(
      try found.gateway(deferring).reasons.first?.text
        == "452 4.2.2 mailbox of <address> full, N bytes (in reply to RCPT TO command)", "\(finished.summary)"
    )
    for format in ["text", "json", "csv", "prometheus"] {
      let printed = try runRandmap(["report", "-c", lab.configDirectory, "--format", format, "--verbose"])
      #expect(
        !printed.standardOutput.contains("jane") && !printed.standardOutput.contains("doe"),
        "\(printed.summary)")
    }
  }

  /// The same deliveries as every daemon writes them, packed or not, give the same report. What strangers write into the
  /// log by a subject changes no count.
  @Test func everyFormatOfTheSameDeliveriesGivesTheSameReport() throws {
    let sinks = try sinks(2)
    let dead = try LoopbackAddress.own()
    let lab = try PostfixLab(
      main: """
        sender_dependent_default_transport_maps =
          randmap:{smtp:\(sinks[0].address), smtp:\(sinks[1].address), smtp:\(dead)}
        header_checks = static:WARN
        """)
    let relay = "\(sinks[0].address.host)[\(sinks[0].address.host)]:\(sinks[0].address.port)"
    let forged =
      "ABCDEF1: to=<x@y.example>, relay=\(relay), delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"
    try runSuccessfully(
      postfixTool("smtp-source"),
      [
        "-N", "-m", "60", "-s", "4", "-f", "a@lab.randmap.test", "-t", "user@example.net", "-S",
        "Nov 28 18:00:00 lab postfix/smtp[1]: \(forged)", "\(lab.address.host):\(lab.address.port)",
      ])
    try lab.waitUntilSettled()
    #expect(
      lab.log.contains("warning: header Subject: Nov 28 18:00:00 lab postfix/smtp[1]: ABCDEF1: to=<x@y"))
    let (first, finished) = try report(lab)
    #expect(
      try first.gateway(sinks[0]).sent == sinks[0].count && first.gateway(sinks[1]).sent == sinks[1].count)
    let all = first.gateways.reduce(0) { $0 + $1.messages }
    #expect(all == 60, "\(finished.summary)")

    let rfc3339 = DateFormatter()
    rfc3339.locale = Locale(identifier: "en_US_POSIX")
    rfc3339.dateFormat = "yyyy-MM-dd'T'HH:mm:ssXXXXX"
    let stamp = DateFormatter()
    stamp.locale = rfc3339.locale
    stamp.dateFormat = "yyyy MMM d HH:mm:ss"
    let year = Calendar.current.component(.year, from: Date())
    let lines = try lab.log.split(separator: "\n").map {
      line -> (date: Date, plain: Substring, rest: Substring) in
      let date = try #require(stamp.date(from: "\(year) \(line.prefix(15))"))
      return (date, line, line.dropFirst(16))
    }
    func json(_ object: [String: String]) throws -> String {
      String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }
    let formats: [String: String] = [
      "rfc3339": lines.map { "\(rfc3339.string(from: $0.date)) \($0.rest)" }.joined(separator: "\n"),
      "compose": lines.map { "mail-1  | \($0.plain)" }.joined(separator: "\n"),
      "rfc5424": lines.map { line in
        let parts = line.rest.split(separator: " ", maxSplits: 2).map(String.init)
        let tag = parts[1].prefix { $0 != "[" }
        let process = parts[1].dropFirst(tag.count + 1).dropLast(2)
        return "<22>1 \(rfc3339.string(from: line.date)) \(parts[0]) \(tag) \(process) - - \(parts[2])"
      }.joined(separator: "\n"),
      "journal": try lines.map { line in
        let parts = line.rest.split(separator: " ", maxSplits: 2).map(String.init)
        let tag = String(parts[1].prefix { $0 != "[" })
        return try json([
          "__REALTIME_TIMESTAMP": "\(Int(line.date.timeIntervalSince1970))000000", "_HOSTNAME": parts[0],
          "SYSLOG_IDENTIFIER": tag, "_PID": "7", "MESSAGE": parts[2],
        ])
      }.joined(separator: "\n"),
      "docker": try lines.map { try json(["log": "\($0.plain)\n", "stream": "stdout"]) }.joined(
        separator: "\n"),
    ]
    for (name, text) in formats {
      let path = lab.directory.file(name)
      try writeFile(path, text)
      let (other, printed) = try report(lab, [path])
      #expect(other.gateways == first.gateways && other.pools == first.pools, "\(name) \(printed.summary)")
      try runSuccessfully("gzip", [path])
      #expect(try report(lab, ["\(path).gz"]).0.gateways == first.gateways)
      let input = try runRandmap(["report", "-c", lab.configDirectory, "--format", "json", "-"], input: text)
      #expect(try PrintedReport(input).pools == first.pools)
    }
  }

  /// A report goes on while mail flows and the log is rotated in both ways: what it counted is what the files hold.
  @Test func aReportGoesOnThroughRotationWhileMailFlows() throws {
    let sinks = try sinks(2)
    let lab = try PostfixLab(
      main:
        "sender_dependent_default_transport_maps = randmap:{smtp:\(sinks[0].address), smtp:\(sinks[1].address)}\n"
    )
    let process = try ChildProcess(
      randmapProgram(), ["report", "-c", lab.configDirectory, "--every", "1s", "--format", "json"])
    let position = "/var/lib/randmap\(lab.configDirectory)/.report"
    try waitUntil("the report to begin", limit: .seconds(30), seen: process.standardError) {
      access(position, F_OK) == 0 && !process.standardOutputBytes.isEmpty
    }
    try lab.send(300, to: "user@example.net")
    rename(lab.logFile, lab.logFile + "-20261128")
    try lab.send(300, to: "user@example.net")
    lab.reload()
    try lab.send(300, to: "user@example.net")
    try waitUntil("the log to be there again", seen: lab.log) { access(lab.logFile, F_OK) == 0 }
    try runSuccessfully("cp", [lab.logFile, lab.logFile + "-20261129"])
    truncate(lab.logFile, 0)
    try lab.send(300, to: "user@example.net")
    // What was on its way when Postfix was told to begin its log anew may wait for the next run of the queue.
    try waitUntil("all mail to leave", limit: .seconds(200), seen: lab.log) {
      () throws(TestFailure) -> Bool in
      try lab.flush()
      return MailQueue.allCases.allSatisfy { lab.messages(in: $0) == 0 }
    }
    let files = try namesIn(lab.directory.file("log")).map { lab.directory.file("log/" + $0) }
    let logged = try files.reduce(0) { sum, file in
      sum + (try readText(file).split(separator: "\n").count { $0.contains("status=sent") })
    }
    // What is written between the copy and the truncation is in no file.
    #expect(logged > 1_100 && logged <= sinks[0].count + sinks[1].count)
    func counted() -> Int {
      process.standardOutputBytes.split(separator: 0x0A).reduce(0) { sum, line in
        let report = try? JSONDecoder().decode(PrintedReport.self, from: Data(line))
        return sum + (report?.gateways.reduce(0) { $0 + $1.sent } ?? 0)
      }
    }
    try waitUntil("all deliveries to be reported", limit: .seconds(200), seen: "\(counted()) of \(logged)") {
      counted() >= logged
    }
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    #expect(counted() == logged)
  }
}
