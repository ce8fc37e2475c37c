// `report --every` is killed again and again while mail flows: its reports together are what the gateways got.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ReportKillTests {
  @Test(.timeLimit(.minutes(10))) func killedWhileMailFlowsItLosesAndDoublesNothing() throws {
    let sinks = try SmtpSink.pair()
    // A gateway that is killed may have taken a message that it did not confirm, so this one never lives: there are lines of
    // failures between those of deliveries.
    let dead = try LoopbackAddress.own(port: sinks[0].address.port)
    let lab = try PostfixLab(
      main: """
        sender_dependent_relayhost_maps = unionmap:{
          randmap:{\(sinks[0].address), \(sinks[1].address), \(dead)},
          static:{\(sinks[0].address),\(sinks[1].address)}}
        """)
    var counted: [String: Int] = [:]
    func sent(_ output: [UInt8]) -> [String: Int] {
      output.split(separator: 0x0A).reduce(into: [:]) { sums, line in
        // Of a run that was killed the last line may be half of one.
        guard let report = try? JSONDecoder().decode(PrintedReport.self, from: Data(line)) else { return }
        for gateway in report.gateways { sums[gateway.gateway, default: 0] += gateway.sent }
      }
    }
    func start() throws -> ChildProcess {
      try ChildProcess(
        randmapProgram(), ["report", "-c", lab.configDirectory, "--every", "1s", "--format", "json"])
    }
    var process = try start()
    try waitUntil("the report to begin", limit: .seconds(30), seen: process.standardError) {
      !process.standardOutputBytes.isEmpty
    }
    let total = 4_000
    let mail = try ChildProcess(
      postfixTool("smtp-source"),
      [
        "-N", "-m", "\(total)", "-s", "3", "-f", "a@lab.randmap.test", "-t", "user@example.net",
        "\(lab.address.host):\(lab.address.port)",
      ])
    for _ in 0..<4 {
      let before = sinks[0].count + sinks[1].count
      try waitUntil("mail to flow", limit: .seconds(60), seen: mail.standardError) {
        sinks[0].count + sinks[1].count >= min(before + 200, total)
      }
      process.signal(SIGKILL)
      #expect(try process.wait().status == .killed(signal: SIGKILL))
      counted.merge(sent(process.standardOutputBytes), uniquingKeysWith: +)
      process = try start()
      try waitUntil("the next run to report", limit: .seconds(60), seen: process.standardError) {
        !process.standardOutputBytes.isEmpty
      }
    }
    #expect(try mail.wait().status == .exited(0))
    try waitUntil("all mail to leave", limit: .seconds(200), seen: lab.log) {
      () throws(TestFailure) -> Bool in
      try lab.flush()
      return MailQueue.allCases.allSatisfy { lab.messages(in: $0) == 0 }
    }
    func all() -> [String: Int] { counted.merging(sent(process.standardOutputBytes), uniquingKeysWith: +) }
    try waitUntil("all deliveries to be reported", limit: .seconds(60), seen: "\(all()) of \(total)") {
      all().values.reduce(0, +) >= total
    }
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    let taken = ["\(sinks[0].address)": sinks[0].count, "\(sinks[1].address)": sinks[1].count, "\(dead)": 0]
    #expect(all() == taken)
    #expect(sinks[0].count + sinks[1].count == total)
  }
}
