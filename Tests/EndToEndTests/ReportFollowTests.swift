// `randmap report --every`: a report that goes on, through rotations and restarts.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(30))) struct ReportFollowTests {
  private let bench: ReportBench
  private var directory: TemporaryDirectory { bench.directory }
  private var log: String { bench.log }

  init() throws { bench = try ReportBench() }

  private func follow(_ arguments: [String] = []) throws -> ChildProcess {
    try ChildProcess(
      randmapProgram(), ["report", "-c", directory.path, "--every", "1s", "--format", "json"] + arguments,
      environment: ["TZ": "UTC"])
  }

  private func attempts(in output: [UInt8]) -> Int {
    reports(in: output).reduce(0) { sum, report in sum + report.gateways.reduce(0) { $0 + $1.attempts } }
  }

  private struct Report: Decodable {
    struct Gateway: Decodable { let attempts: Int }
    let gateways: [Gateway]
    let skewed: Int
  }

  private func reports(in output: [UInt8]) -> [Report] {
    output.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(Report.self, from: Data($0)) }
  }

  private func append(_ text: String) throws {
    let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else { throw TestFailure("write \(log)") }
  }

  /// Later than now, as the first report begins with what comes now.
  private var soon: String {
    var stamp = time_t(time(nil) + 3_600)
    var parts = tm()
    gmtime_r(&stamp, &parts)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
      parts.tm_hour, parts.tm_min, parts.tm_sec)
  }

  /// Prometheus reads the file less often than it is written.
  @Test func theTextfileHasCountersThatGrowFromReportToReport() throws {
    try writeFile(log, "")
    let (day, file) = (soon, directory.file("randmap.prom"))
    let process = try follow(["--textfile", file])
    func lines() -> [Substring] { ((try? readText(file)) ?? "").split(separator: "\n") }
    func value(_ name: String) -> Int? {
      lines().first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
    let gateway = #"gateway="[127.0.0.2]:25""#
    let total = "randmap_report_messages_total{\(gateway),result=\"sent\"}"
    try waitUntil("the first report", limit: .seconds(30), seen: process.standardError) { value(total) == 0 }
    for (start, sum) in [(0, 10), (10, 17)] {
      try append((start..<sum).map { bench.line($0, day) }.joined())
      try waitUntil("\(sum) messages", limit: .seconds(30), seen: process.standardError) {
        value(total) == sum
      }
      // They stay where a report has nothing new.
      try waitUntil("a report without mail", limit: .seconds(30), seen: process.standardError) {
        value("randmap_report_messages{\(gateway),result=\"sent\"}") == 0
      }
      #expect(value(total) == sum)
    }
    let histogram = "randmap_report_delivery_seconds"
    #expect(value("\(histogram)_bucket{\(gateway),le=\"0.25\"}") == 0)
    #expect(value("\(histogram)_bucket{\(gateway),le=\"0.5\"}") == 17)
    #expect(value("\(histogram)_bucket{\(gateway),le=\"+Inf\"}") == 17)
    #expect(lines().contains("\(histogram)_sum{\(gateway)} 8.5"), "\(lines())")
    #expect(lines().contains("# TYPE \(histogram) histogram"), "\(lines())")
    process.signal(SIGTERM)
    #expect(try process.wait().status == .exited(0))
    #expect(reports(in: process.standardOutputBytes).reduce(0) { $0 + $1.skewed } == 17)
    // Of one report there are none.
    #expect(try !bench.report(["--format", "prometheus"]).standardOutput.contains("_total"))
  }

  /// Rotated both ways, killed and started again: each line is in one report.
  @Test func aReportThatGoesOnCountsEachLineOnce() throws {
    try writeFile(log, "")
    let day = soon
    var written = 0
    var counted = 0
    func send(_ count: Int) throws {
      for _ in 0..<count {
        written += 1
        try append(bench.line(written, day, gateway: 2 + written % 2))
      }
    }
    var process = try follow()
    // A run that is killed before its first report has begun all the same.
    let kept = "/var/lib/randmap\(directory.path)/.report"
    try waitUntil("the report to begin", limit: .seconds(30), seen: process.standardError) {
      ((try? namesIn(kept)) ?? []).contains { !$0.hasSuffix(".lock") && !$0.hasSuffix(".new") }
    }
    process.signal(SIGKILL)
    try process.wait()
    counted += attempts(in: process.standardOutputBytes)
    try send(7)
    process = try follow()
    func waitForAll() throws {
      try waitUntil("all lines to be reported", limit: .seconds(40), seen: process.standardError) {
        counted + attempts(in: process.standardOutputBytes) >= written
      }
    }
    try send(20)
    try waitForAll()
    try send(15)
    rename(log, directory.file("maillog.1"))
    try send(15)
    try waitForAll()
    // Killed in the middle of a span: what it had read and not reported is for the next one.
    try send(30)
    process.signal(SIGKILL)
    try process.wait()
    counted += attempts(in: process.standardOutputBytes)
    try send(5)
    try runSuccessfully("cp", ["--preserve=all", log, directory.file("maillog-20261128")])
    truncate(log, 0)
    try send(5)
    process = try follow()
    try waitForAll()
    let second = try follow()
    let refused = try second.wait()
    #expect(refused.status == .exited(1) && refused.standardError.contains("another report of this log"))
    try send(3)
    try waitForAll()
    // A gateway that the configuration gets meanwhile is counted from the next report on.
    let before = try readText(directory.file("main.cf"))
    try directory.write(
      "main.cf", before.replacing("!smtp:[127.0.0.3]", with: "!smtp:[127.0.0.3]!smtp:[127.0.0.4]"))
    try waitUntil("the new gateway to be reported", limit: .seconds(40)) {
      String(decoding: process.standardOutputBytes, as: UTF8.self).contains("[127.0.0.4]:25")
    }
    try append(bench.line(written + 1, day, gateway: 4))
    written += 1
    try waitForAll()
    process.signal(SIGTERM)
    let finished = try process.wait()
    #expect(finished.status == .exited(0), "\(finished.summary)")
    counted += attempts(in: finished.standardOutputBytes)
    #expect(counted == written)
  }
}
