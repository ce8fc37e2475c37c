// `randmap report`: which part of which log a call means, and what a log has that does not count.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct ReportCallTests {
  private let bench: ReportBench
  private var directory: TemporaryDirectory { bench.directory }
  private var log: String { bench.log }

  init() throws { bench = try ReportBench() }

  private func object(_ finished: FinishedProcess) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(finished.standardOutput.utf8))
    return try #require(object as? [String: Any], "\(finished.summary)")
  }

  /// Where packing a rotated file was interrupted, both are there; gzip gives the packed one a time of its own or the same.
  @Test func aLogThatIsThereTwiceCountsOnce() throws {
    let old = "\(log).1"
    try writeFile(old, bench.lines(3, 4, "2026-11-28T17:00:00Z"))
    try writeFile(log, bench.lines(1, 1).replacing("4XyZ", with: "4Xy1"))
    try runSuccessfully("sh", ["-c", "gzip -c \(old) > \(old).gz"])
    for seconds in [0, 5_000] {
      try age("\(old).gz", seconds: seconds)
      let printed = try PrintedReport(bench.report(["--format", "json", "--since", "2026-11-01"]))
      #expect(printed.gateways.map(\.messages) == [4, 5])
      #expect(printed.sources == [old, log])
    }
    let named = try bench.report(["--format", "json", "\(old).gz", old])
    #expect(try PrintedReport(named).gateways.map(\.messages) == [3, 4], "\(named.summary)")
    #expect(
      named.standardError.contains("maillog.1.gz begins as \(old) does, so it is the same log"),
      "\(named.summary)")
    // A copy that is made before the log is emptied.
    try writeFile("\(log).2", bench.lines(1, 1).replacing("4XyZ", with: "4Xy1"))
    let copied = try PrintedReport(bench.report(["--format", "json", "--since", "2026-11-01"]))
    #expect(copied.gateways.map(\.messages) == [4, 5])
  }

  /// The log has the names of its mail exchangers, and a table may have any number of domains.
  @Test func aDomainOfARouteIsSaidToHaveNoRow() throws {
    try writeFile(log, bench.lines(2, 2))
    let plain = try bench.report(["--since", "2026-11-01"])
    #expect(!plain.standardOutput.contains("no row"), "\(plain.summary)")
    let main = try readText(directory.file("main.cf"))
    for (count, words) in [
      (1, "mx1.example:25 has no row: the log has the mail exchangers of this domain"),
      (5, "mx1.example:25, mx2.example:25, mx3.example:25 and 2 more have no rows: the log has"),
    ] {
      let routes = (1...count).map { "{d\($0).example=smtp:mx\($0).example}" }.joined(separator: ", ")
      try directory.write("main.cf", main + "transport_maps = inline:{\(routes)}\n")
      let report = try bench.report(["--since", "2026-11-01"])
      #expect(report.standardOutput.contains(words), "\(report.summary)")
      let printed = try bench.report(["--since", "2026-11-01", "--format", "json"])
      #expect(
        try object(printed)["domainsOfRoutes"] as? [String] == (1...count).map { "mx\($0).example:25" },
        "\(printed.summary)")
    }
  }

  @Test func untilAloneBeginsWithTheLog() throws {
    try writeFile(log, bench.lines(2, 0, "2026-11-02T08:00:00Z") + bench.lines(0, 3, "2026-11-20T08:00:00Z"))
    let printed = try bench.report(["--format", "json", "--until", "2026-11-10"])
    #expect(try PrintedReport(printed).gateways.map(\.messages) == [2, 0], "\(printed.summary)")
    #expect(try object(printed)["since"] as? String == "2026-11-02T08:00:00Z")
  }

  @Test func aNamedLogEndsWithItsLastLine() throws {
    let text = bench.lines(2, 2) + "2026-11-28T19:30:00Z mx postfix/qmgr[1]: 4XyZ1: removed\n"
    let printed = try bench.report(["--format", "json", "-"], input: text)
    #expect(try object(printed)["until"] as? String == "2026-11-28T19:30:00Z", "\(printed.summary)")
    let heading = try bench.report(["-"], input: text).standardOutput.prefix { $0 != "\n" }
    #expect(heading == "Mail by gateway, 2026-11-28 18:00 to 2026-11-28 19:30")
    // What is found goes on to now.
    try writeFile(log, text)
    #expect(try object(bench.report(["--format", "json"]))["until"] as? String != "2026-11-28T19:30:00Z")
  }

  @Test func linesThatAreStillToComeAreSaidToBe() throws {
    let text = bench.lines(2, 2) + bench.lines(3, 0, "2199-01-01T00:00:00Z").replacing("4XyZ", with: "4Xy1")
    let finished = try bench.report(["-"], input: text)
    #expect(
      finished.standardOutput.contains("3 lines have a time that is still to come"), "\(finished.summary)")
    #expect(finished.standardOutput.contains("default_transport: 4 messages"), "\(finished.summary)")
    let printed = try bench.report(["--format", "json", "-"], input: text)
    #expect(try object(printed)["future"] as? Int == 3 && object(printed)["unclear"] as? Int == 0)
    let until = try #require(try object(printed)["until"] as? String)
    #expect(until < "2199", "\(until)")
  }

  @Test func packedStandardInputIsUnpackedOrRefused() throws {
    try writeFile(directory.file("old"), bench.lines(2, 3))
    let call = try "\(randmapProgram()) report -c \(directory.path) --format json -"
    for program in ["gzip", "xz", "zstd", "bzip2"] {
      let packed = directory.file("\(program).packed")
      try runSuccessfully("sh", ["-c", "\(program) -c < \(directory.file("old")) > \(packed)"])
      let file = try run("sh", ["-c", "\(call) < \(packed)"])
      #expect(try PrintedReport(file).gateways.map(\.messages) == [2, 3], "\(file.summary)")
      let pipe = try run("sh", ["-c", "cat \(packed) | \(call)"])
      #expect(pipe.status == .exited(2), "\(pipe.summary)")
      #expect(
        pipe.standardError.contains("is packed; need `\(program) -dc | randmap report -"), "\(pipe.summary)")
    }
  }

  @Test func linesThatWereLostAreSaidToBe() throws {
    let text =
      bench.lines(2, 2)
      + "2026-11-28T18:00:00Z mx rsyslogd: imjournal: 275 messages lost due to rate-limiting (20000 allowed within 600 seconds)\n"
    let finished = try bench.report(["-"], input: text)
    #expect(finished.standardOutput.contains("A rate limit of the log lost 275 lines"), "\(finished.summary)")
    #expect(try object(bench.report(["--format", "json", "-"], input: text))["lost"] as? Int == 275)
  }

  @Test func aHostThatIsNotInTheLogIsRefused() throws {
    let text = bench.lines(2, 2) + bench.lines(1, 1).replacing(" mx ", with: " mx2 ")
    let wrong = try bench.report(["--host", "nosuch", "-"], input: text)
    #expect(wrong.status == .exited(2), "\(wrong.summary)")
    #expect(
      wrong.standardError.contains(
        "--host nosuch: no delivery in the log is of this host; need one of mx, mx2"),
      "\(wrong.summary)")
    #expect(
      try PrintedReport(bench.report(["--format", "json", "--host", "mx2", "-"], input: text)).gateways.map(
        \.messages) == [1, 1])
    // A host without mail in this time, and a log without any.
    #expect(
      try bench.report(["--host", "mx", "--since", "2026-11-29", "-"], input: text).status == .exited(0))
    #expect(try bench.report(["--host", "nosuch", "-"], input: "").status == .exited(0))
  }

  /// The configuration says how addresses are written.
  @Test func deliveriesThatAreNotClearAreSaidToBe() throws {
    let forged =
      "\"x0>, relay=127.0.0.3[127.0.0.3]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (forged\"@elsewhere.example"
    let text =
      bench.lines(2, 2) + bench.line(9, "2026-11-28T18:00:00Z").replacing("u9@example.net", with: forged)
    #expect(
      try PrintedReport(bench.report(["--format", "json", "-"], input: text)).gateways.map(\.messages) == [
        3, 2,
      ])
    try runSuccessfully(
      "sh", ["-c", "echo 'info_log_address_format = internal' >> \(directory.file("main.cf"))"])
    try age(directory.file("main.cf"), seconds: 400_000_000)
    let finished = try bench.report(["-"], input: text)
    #expect(finished.standardOutput.contains("default_transport: 4 messages"), "\(finished.summary)")
    #expect(finished.standardOutput.contains("1 delivery is not counted: "), "\(finished.summary)")
  }

  @Test func wrongCallsSayWhatIsNeeded() throws {
    for (arguments, words) in [
      (["--every", "5m", "--fail-deferred", "5%"], "--every cannot be combined with --fail-deferred"),
      (["--fail-deferred", "0x1%"], "need a share such as 5%"),
    ] {
      let finished = try bench.report(arguments)
      #expect(finished.status == .exited(2), "\(arguments) \(finished.summary)")
      #expect(finished.standardError.contains(words), "\(arguments) \(finished.standardError)")
    }
    for (option, value) in [
      ("--rate", "0x10/s"), ("--rate", "1e3/s"), ("--capacity", "127.0.0.2=0x10/s"),
      ("--delay", "127.0.0.2=0x1s"),
    ] {
      let finished = try runRandmap(["what-if", "-c", directory.path, option, value])
      #expect(finished.status == .exited(2), "\(option) \(finished.summary)")
    }
  }
}
