// `randmap report` as a command: sources, formats, statuses, zones.

import Foundation
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(30))) struct ReportCommandTests {
  private let bench: ReportBench
  private var directory: TemporaryDirectory { bench.directory }
  private var log: String { bench.log }

  init() throws { bench = try ReportBench() }

  @Test func sharesThatDifferEndWithStatusOne() throws {
    let fair = try bench.report(["-"], input: bench.lines(55, 45))
    #expect(fair.status == .exited(0), "\(fair.summary)")
    #expect(fair.standardOutput.contains("No share differs from what was meant"))
    let unfair = try bench.report(["-"], input: bench.lines(90, 10))
    #expect(unfair.status == .exited(1))
    #expect(unfair.standardOutput.contains("DIFFERS") && unfair.standardOutput.contains("2 shares differ"))
    let rows = unfair.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(
      rows.contains { $0.starts(with: ["smtp:[127.0.0.2]", "50.0%", "90.0%", "90"]) }, "\(unfair.summary)")
    let allowed = try bench.report(["-", "--shares-may-differ"], input: bench.lines(90, 10))
    #expect(allowed.status == .exited(0) && allowed.standardOutput == unfair.standardOutput)
    let few = try bench.report(["-"], input: bench.lines(4, 1))
    #expect(few.status == .exited(0) && few.standardOutput.contains("too few messages to be sure"))
  }

  /// Outside of the range that is printed, and no proof of a fault.
  @Test func aShareThatMayBeChanceIsMarked() throws {
    let perhaps = try bench.report(["-"], input: bench.lines(116, 84))
    #expect(perhaps.status == .exited(0))
    let rows = perhaps.standardOutput.split(separator: "\n").filter { $0.hasSuffix("  may be chance") }
    #expect(rows.count == 2 && perhaps.standardOutput.contains("1 of 20 right shares"), "\(perhaps.summary)")
    let fair = try bench.report(["-"], input: bench.lines(105, 95))
    #expect(!fair.standardOutput.contains("may be chance") && fair.standardOutput.contains("as meant"))
  }

  /// Mail that goes past the pools is no good sign, whatever their shares are.
  @Test func hostsOutsideOfThePoolsAreNamed() throws {
    let stamp = "2026-11-28T18:00:00Z"
    let others = [(1, 9), (2, 9), (3, 8)].map { bench.line(7_000 + $0, stamp, gateway: $1) }.joined()
    let report = try bench.report(["-"], input: bench.lines(50, 50) + others)
    #expect(
      report.standardOutput.contains(
        "3 deliveries went to hosts that no pool names, and are not counted: 127.0.0.9 (2), 127.0.0.8 (1)."),
      "\(report.summary)")
  }

  /// What dead gateways cost, and why mail was deferred, is in each format; of a pool as of a gateway.
  @Test func eachFormatHasTheWholeOfAGatewayAndOfAPool() throws {
    let stamp = "2026-11-28T18:00:00Z"
    let deferred = "deferred (host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox full)"
    let text =
      bench.lines(50, 50) + (0..<10).map { bench.line(5_000 + $0, stamp, status: deferred) }.joined()
      + "\(stamp) mx postfix/smtp[7]: connect to 127.0.0.3[127.0.0.3]:25: Connection refused\n"
    let lines = try bench.report(["-"], input: text).standardOutput
    #expect(
      lines.contains("  110 recipients; 100 sent, 10 deferred, 0 refused; delay 500 ms, 95 % in 500 ms"),
      "\(lines)")
    #expect(lines.contains("connected in 0 ms, 95 % in 0 ms"), "\(lines)")
    // Without a failed connection it goes without saying.
    #expect(try !bench.report(["-"], input: bench.lines(50, 50)).standardOutput.contains("connected in"))
    let csv = try bench.report(["--format", "csv", "-"], input: text).standardOutput
    let rows = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows[0].count == 24 && rows.allSatisfy { $0.count == 24 }, "\(csv)")
    #expect(
      rows[1].suffix(8) == [
        "0.0", "0.0", "2026-11-28T18:00:00Z", "0", "", "0", "0", "10 x 452 4.2.2 mailbox full",
      ],
      "\(csv)")
    #expect(rows[2].suffix(3) == ["1", "0", ""], "\(csv)")
    let metrics = try bench.report(["--format", "prometheus", "-"], input: text).standardOutput
    let gateway = #"gateway="[127.0.0.2]:25""#
    for line in [
      "randmap_report_reason_messages{\(gateway),reason=\"452 4.2.2 mailbox full\"} 10",
      "randmap_report_connect_delay_seconds{\(gateway),quantile=\"0.95\"} 0.0",
      "randmap_report_reused_messages{\(gateway)} 0",
    ] { #expect(metrics.contains(line), "\(metrics)") }
    let json = try bench.report(["--format", "json", "-"], input: text).standardOutput
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let pool = (object?["pools"] as? [[String: Any]])?.first
    let figures = ["recipients", "sent", "deferred", "refused", "delayMedian", "delay95"].map {
      pool?[$0] as? Int
    }
    #expect(figures == [110, 100, 10, 0, 500, 500], "\(json)")
  }

  @Test func deferralsAboveTheLimitEndWithStatusOne() throws {
    let deferred = "deferred (host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox full)"
    let text =
      bench.lines(50, 50)
      + (0..<10).map { bench.line(5_000 + $0, "2026-11-28T18:00:00Z", status: deferred) }.joined()
    #expect(try bench.report(["--fail-deferred", "20%", "-"], input: text).status == .exited(0))
    let above = try bench.report(["--fail-deferred", "0.1", "-", "--verbose"], input: text)
    #expect(above.status == .exited(1))
    #expect(
      above.standardError.contains(" deferred 16.7% of its messages, more than 10.0%"), "\(above.summary)")
    #expect(above.standardOutput.contains("10 x 452 4.2.2 mailbox full  (4XyZ105009)"), "\(above.summary)")
    let words = "a message that one gateway deferred and another one got later counts at both"
    #expect(above.standardOutput.contains(words), "\(above.summary)")
    #expect(try !bench.report(["-"], input: bench.lines(50, 50)).standardOutput.contains(words))
  }

  @Test func wrongCallsSayWhatIsNeeded() throws {
    for (arguments, words) in [
      (["--since", "soon"], "need a time such as"), (["--every", "x"], "need a span of time"),
      (["--fail-deferred", "200%"], "need a share"),
      (["--every", "5m", "-"], "--every cannot be combined with -"),
      (["/nonexistent/log"], "/nonexistent/log: No such file or directory"),
      ([directory.path], "is a directory; need a file"),
      (["--since", "1h", "--until", "2h"], "earlier --since"),
      (["--format", "xml"], "need one of text, json, csv, prometheus"),
    ] {
      let finished = try bench.report(arguments)
      #expect(finished.status == .exited(2), "\(arguments) \(finished.summary)")
      #expect(finished.standardError.contains(words), "\(arguments) \(finished.standardError)")
    }
  }

  @Test func aTimeToComeIsSaidToBeOne() throws {
    try writeFile(bench.log, bench.lines(1, 1))
    let finished = try bench.report(["--since", "2199-01-01"])
    #expect(finished.standardError.contains("--since 2199-01-01 is later than now"), "\(finished.summary)")
  }

  /// The log of main.cf, with what was rotated and packed by each of the programs.
  @Test func findsItsLogAndWhatWasRotated() throws {
    for (number, program) in ["gzip", "xz", "zstd", "bzip2"].enumerated() {
      guard (try? run(program, ["--version"]).status) == .exited(0) else { continue }
      let name = directory.file("maillog.\(9 - number)")
      try writeFile(
        name, bench.lines(10, 10, "2026-11-28T1\(number):00:00Z").replacing("4XyZ", with: "4Xy\(number)"))
      try runSuccessfully(program, program == "zstd" ? ["-q", "--rm", name] : [name])
      let packed = try namesIn(directory.path).first { $0.hasPrefix("maillog.\(9 - number).") }
      try age(directory.file(try #require(packed)), seconds: 1_000 - number * 100)
    }
    try writeFile(log, bench.lines(10, 10, "2026-11-28T18:00:00Z"))
    let packed = try namesIn(directory.path).filter { $0.hasPrefix("maillog.") }.count
    #expect(packed >= 3)
    let all = try PrintedReport(bench.report(["--format", "json", "--since", "2026-11-01"]))
    #expect(all.sources.count == packed + 1 && all.sources.last == log)
    #expect(all.gateways.map(\.sent) == [10 * (packed + 1), 10 * (packed + 1)])
    let late = try PrintedReport(bench.report(["--format", "json", "--since", "2026-11-28T17:00Z"]))
    #expect(late.gateways.map(\.sent) == [10, 10])
    let text = try bench.report(["--since", "2026-11-01"])
    #expect(text.standardOutput.contains("which begins 2026-11-28 10:00"), "\(text.summary)")
    #expect(text.standardOutput.contains("The log begins later than this time"))
  }

  /// Postfix rotates maillog_file only where somebody calls for it, and its stamps have no year.
  @Test func aLogThatIsOlderThanAYearHasEachDayOfItsOwn() throws {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // 15 messages a day from the 1st of June 2024 to the 28th of November 2026, all months of 28 days.
    var (text, number) = ("", 0)
    for month in 5..<(24 + 11) {
      for day in 1...28 {
        for _ in 0..<(month == 34 ? 20 : 15) {
          number += 1
          text += bench.line(number, "\(months[month % 12]) \(day < 10 ? " " : "")\(day) 12:00:00")
        }
      }
    }
    try writeFile(log, text)
    try runSuccessfully("touch", ["-d", "2026-11-28T12:00:01Z", log])
    func sent(_ since: String, _ until: String) throws -> [Int] {
      try PrintedReport(bench.report(["--format", "json", "--since", since, "--until", until, log])).gateways
        .map(
          \.sent)
    }
    #expect(try sent("2026-11-28T00:00", "2026-11-29T00:00") == [20, 0])
    #expect(try sent("2026-11-02T00:00", "2026-11-03T00:00") == [20, 0])
    #expect(try sent("2025-11-28T00:00", "2025-11-29T00:00") == [15, 0])
    #expect(try sent("2026-01-01T00:00", "2026-01-02T00:00") == [15, 0])
    #expect(try sent("2024-06-01T00:00", "2024-07-01T00:00") == [420, 0])
    let whole = try bench.report([log])
    #expect(whole.standardOutput.contains("which begins 2024-06-01 12:00"), "\(whole.summary)")
  }

  /// Such a file stays where a system no longer writes it, and would be taken for a quiet one.
  @Test func aLogThatIsNoLongerWrittenIsSaidToBeSo() throws {
    try writeFile(log, bench.lines(1, 1, "2026-11-20T18:00:00Z"))
    let words = "If mail was sent after that, it is in another log"
    try age(log, seconds: 3 * 86_400)
    let (after, before) = (try bench.report(["--since", "2d"]), try bench.report(["--since", "4d"]))
    #expect(after.standardOutput.contains(words), "\(after.summary)")
    #expect(!before.standardOutput.contains(words), "\(before.summary)")
    #expect(try !bench.report(["--since", "2d", log]).standardOutput.contains(words))
    // A quiet hour is nothing unusual.
    try age(log, seconds: 4_000)
    #expect(try !bench.report(["--since", "1h"]).standardOutput.contains(words))
  }

  /// The last result of a message counts, whichever order the call names the files in.
  @Test func namedLogsAreReadOnceAndInTheOrderOfTime() throws {
    let (old, new) = (directory.file("old.log"), directory.file("new.log"))
    try writeFile(
      old,
      bench.line(1, "2026-11-28T17:00:00Z", status: "deferred (host 127.0.0.2[127.0.0.2] said: 450 later)"))
    try writeFile(new, bench.line(1, "2026-11-28T18:00:00Z"))
    for order in [[old, new], [new, old], [new, old, new]] {
      let finished = try bench.report(["--format", "json"] + order)
      let printed = try PrintedReport(finished)
      #expect(printed.gateways.map(\.sent) == [1, 0], "\(finished.summary)")
      #expect(printed.sources == [old, new] && finished.standardOutput.contains("\"attempts\" : 2"))
      #expect(finished.standardError.contains("new.log is named more than once") == (order.count == 3))
    }
  }

  /// A packed file is known by its first bytes: logrotate's compressext, or a copy, may have any name.
  @Test func aPackedLogIsKnownByItsContents() throws {
    for program in ["gzip", "xz", "zstd", "bzip2"] {
      let (plain, packed) = (directory.file("plain"), directory.file("\(program).copy"))
      try writeFile(plain, bench.lines(3, 4))
      try runSuccessfully("sh", ["-c", "\(program) -c < \(plain) > \(packed)"])
      let printed = try PrintedReport(bench.report(["--format", "json", packed]))
      #expect(printed.gateways.map(\.sent) == [3, 4], "\(program)")
      let followed = try bench.report(["--every", "1s", packed])
      #expect(followed.status == .exited(2), "\(followed.summary)")
      #expect(followed.standardError.contains("\(packed) is packed, so nothing is written to it any more"))
    }
  }

  /// A log that was silent for a while is not one that begins late.
  @Test func aLogWithoutMailSinceThenHasNoGap() throws {
    let words = "The log begins later than this time"
    func text(_ since: String) throws -> String { try bench.report(["--since", since]).standardOutput }
    // Another program wrote the first line.
    try writeFile(
      log,
      "2026-11-28T10:00:00Z mx postfix/qmgr[7]: 4XyZ1: removed\n" + bench.lines(1, 1, "2026-11-28T18:00:00Z"))
    #expect(try !text("2026-11-28T12:00").contains(words))
    #expect(try text("2026-11-28T08:00").contains(words))
    // The file before it ended before this time.
    try writeFile("\(log).1", bench.lines(1, 1, "2026-11-28T07:00:00Z"))
    try age("\(log).1", seconds: 400_000_000)
    #expect(try !text("2026-11-28T08:00").contains(words))
    #expect(try text("2026-11-28T06:00").contains(words))
  }

  /// What is not there to be read is said with the group that may.
  @Test func aLogThatMayNotBeReadNamesTheGroupThatMay() throws {
    try writeFile(log, bench.lines(1, 1), mode: 0o640)
    try runSuccessfully("chgrp", ["adm", log])
    try runSuccessfully("chmod", ["755", directory.path])
    let program = try randmapProgram()
    let copy = directory.file("randmap")
    try runSuccessfully("cp", [program, copy])
    let finished = try run(
      "setpriv",
      ["--reuid=nobody", "--regid=nogroup", "--clear-groups", copy, "report", "-c", directory.path])
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(
      finished.standardError.contains("\(log): Permission denied; the group adm may read \(log)"),
      "\(finished.summary)")
  }

  /// Stamps without a year and a zone, through the hour that comes twice when clocks go back.
  @Test func timesWithoutAYearAndAZoneAreWorkedOut() throws {
    // On 2026-10-25 at 03:00 in Berlin it was 02:00 again, which is 01:00 UTC.
    let stamps = [
      "Oct 25 01:59:00", "Oct 25 02:30:00", "Oct 25 02:59:00", "Oct 25 02:01:00", "Oct 25 02:31:00",
      "Oct 25 03:00:00",
    ]
    let text = stamps.enumerated().map { bench.line($0, $1) }.joined()
    let hours = [
      "2026-10-24T23:59Z", "2026-10-25T00:30Z", "2026-10-25T00:59Z", "2026-10-25T01:01Z", "2026-10-25T01:31Z",
      "2026-10-25T02:00Z",
    ]
    try writeFile(log, text)
    for (index, hour) in hours.enumerated() {
      let found = try PrintedReport(
        bench.report(["--format", "json", "--since", hour, log], zone: "Europe/Berlin"))
      #expect(found.gateways[0].sent == hours.count - index, "\(hour)")
    }
    // A file that was last written in January has its December in the year before.
    try writeFile(log, bench.line(1, "Dec 31 23:59:59") + bench.line(2, "Jan  1 00:00:01"))
    var time = tm()
    time.tm_year = 124
    time.tm_mday = 2
    let january = timegm(&time)
    guard utimes(log, [timeval(tv_sec: january, tv_usec: 0), timeval(tv_sec: january, tv_usec: 0)]) == 0
    else {
      throw TestFailure("utimes")
    }
    let found = try bench.report(["--format", "json", log])
    #expect(found.standardOutput.contains("\"logBegins\" : \"2023-12-31T23:59:59Z\""), "\(found.summary)")
    #expect(found.standardOutput.contains("\"lastSent\" : \"2024-01-01T00:00:01Z\""), "\(found.summary)")
  }

  @Test func spreadsheetsAndPrometheusGetTheSame() throws {
    let csv = try bench.report(["--format", "csv", "-"], input: bench.lines(60, 40))
    let rows = csv.standardOutput.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.allSatisfy { $0.count == rows[0].count }, "\(csv.standardOutput)")
    #expect(rows.contains { $0.prefix(6) == ["gateway", "", "[127.0.0.2]:25", "60", "60", "60"] })
    let metrics = try bench.report(["--format", "prometheus", "-"], input: bench.lines(60, 40))
    #expect(
      metrics.standardOutput.contains(
        "randmap_report_messages{gateway=\"[127.0.0.2]:25\",result=\"sent\"} 60\n"))
    #expect(
      metrics.standardOutput.contains(
        "randmap_report_observed_share_ratio{pool=\"default_transport\",member=\"smtp:[127.0.0.3]\"} 0.4\n"))
  }

  /// A domain is in the log by its mail exchangers, so these are looked up; where they cannot be, nothing is claimed.
  @Test func aDomainIsKnownByItsMailExchangers() throws {
    let server = try NameServer(
      hosts: ["mx1.provider.test": "127.0.0.2", "mx2.provider.test": "127.0.0.4"],
      exchangers: [("provider.test", "mx1.provider.test", 10), ("provider.test", "mx2.provider.test", 20)])
    try directory.write(
      "main.cf",
      """
      # randmap: agent
      queue_directory = \(directory.path)
      default_transport = randmap:!smtp:provider.test!smtp:[127.0.0.3]

      """)
    try age(directory.file("main.cf"), seconds: 400_000_000)
    let stamp = "2026-11-28T18:00:00Z"
    let text =
      (0..<40).map {
        bench.line($0, stamp).replacing(
          "127.0.0.2[127.0.0.2]",
          with: $0 % 2 == 0 ? "mx1.provider.test[127.0.0.2]" : "MX2.provider.test[127.0.0.4]")
      }.joined() + (0..<40).map { bench.line(1_000 + $0, stamp, gateway: 3) }.joined()
    try directory.write("log", text)
    let call = ["report", "-c", directory.path, "--format", "json", directory.file("log")]
    let script = "mount --bind '\(server.resolverConfiguration)' /etc/resolv.conf && exec \"$0\" \"$@\""
    let found = try run("unshare", ["--mount", "bash", "-c", script, randmapProgram()] + call)
    let report = try PrintedReport(found)
    #expect(report.gateways.map(\.sent) == [40, 40], "\(found.summary)")
    #expect(report.pools[0].members.map(\.observed) == [0.5, 0.5])
    try directory.write(
      "main.cf", readText(directory.file("main.cf")).replacing("provider.test", with: "none.test"))
    let unknown = try run("unshare", ["--mount", "bash", "-c", script, randmapProgram()] + call)
    #expect(unknown.status == .exited(0), "\(unknown.summary)")
    let pool = try PrintedReport(unknown).pools[0]
    #expect(pool.messages == nil && pool.members[0].why?.contains("cannot be looked up") == true, "\(pool)")
  }

  @Test func whatIfSaysWhoGetsTheMail() throws {
    let finished = try runRandmap(
      [
        "what-if", "-c", directory.path, "--down", "127.0.0.2", "--rate", "200/min", "--capacity",
        "[127.0.0.3]=150/min", "--format", "json",
      ])
    #expect(finished.status == .exited(1), "\(finished.summary)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(finished.standardOutputBytes)) as? [String: Any])
    #expect(object["atRisk"] as? Double == 0)
    let gateways = try #require(object["gateways"] as? [[String: Any]])
    #expect(gateways.map { $0["share"] as? Double } == [0, 1])
    #expect(gateways.map { $0["load"] as? Double } == [0, 200])
    #expect(gateways.map { $0["overloaded"] as? Bool } == [false, true])
    let fine = try runRandmap(["what-if", "-c", directory.path])
    #expect(fine.status == .exited(0) && fine.standardOutput.contains("459 to 541"), "\(fine.summary)")
    let dead = try runRandmap([
      "what-if", "-c", directory.path, "--down", "[127.0.0.2]", "--down", "[127.0.0.3]:25",
    ])
    #expect(dead.status == .exited(1) && dead.standardOutput.contains("100.0% of pool mail would wait"))
    let wrong = try runRandmap(["what-if", "-c", directory.path, "--down", "[127.0.0.9]"])
    #expect(wrong.status == .exited(2) && wrong.standardError.contains("need one of [127.0.0.2]:25"))
  }

  /// The agent passes by what defers most of the mail, half of the pool at most.
  @Test func whatIfPassesByWhatIsDegraded() throws {
    let call = ["what-if", "-c", directory.path, "--degraded", "127.0.0.2"]
    let finished = try runRandmap(call + ["--format", "json"])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(finished.standardOutputBytes)) as? [String: Any])
    let gateways = try #require(object["gateways"] as? [[String: Any]])
    #expect(gateways.map { $0["share"] as? Double } == [0, 1], "\(finished.summary)")
    #expect(gateways.map { $0["before"] as? Double } == [0.5, 0.5], "\(finished.summary)")
    #expect(gateways.map { $0["degraded"] as? Bool } == [true, false])
    let both = try runRandmap(call + ["--degraded", "[127.0.0.3]"])
    #expect(
      both.standardOutput.contains("degraded, and gets mail all the same") && both.status == .exited(0),
      "\(both.summary)")
    let alone = try runRandmap(call + ["--down", "[127.0.0.3]"])
    #expect(alone.standardOutput.contains("0.0% of pool mail would wait"), "\(alone.summary)")
    let wrong = try runRandmap(["what-if", "-c", directory.path, "--degraded", "[127.0.0.9]"])
    #expect(wrong.status == .exited(2) && wrong.standardError.contains("--degraded [127.0.0.9]: no pool"))
  }

  /// By Postfix's own limits: 20 deliveries at once, and how long each took by the log.
  @Test func whatIfSaysWhatTheLimitsLetThrough() throws {
    let log = directory.file("slow.log")
    try writeFile(log, (1...10).map { bench.line($0, "2026-11-01T18:00:00Z", gateway: 3) }.joined())
    let call = ["what-if", "-c", directory.path, "--down", "[127.0.0.2]", "--log", log]
    let fine = try runRandmap(call + ["--rate", "1000/min"])
    #expect(
      fine.standardOutput.contains("at 0.5 s a message 20 deliveries at once carry 2400 a minute"),
      "\(fine.summary)")
    #expect(fine.status == .exited(0) && !fine.standardOutput.contains("TOO MUCH"))
    let tooMuch = try runRandmap(call + ["--rate", "3000/min"])
    #expect(tooMuch.status == .exited(1) && tooMuch.standardOutput.contains("TOO MUCH: at 0.5 s"))
    // What the call says goes before the log.
    let told = try runRandmap(call + ["--delay", "[127.0.0.3]=2s", "--format", "json"])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(told.standardOutputBytes)) as? [String: Any])
    let gateways = try #require(object["gateways"] as? [[String: Any]])
    #expect(gateways.map { $0["carries"] as? Double } == [nil, 600])
    #expect(gateways.map { $0["concurrency"] as? Double } == [nil, 20])
    for delay in ["[127.0.0.3]", "[127.0.0.3]=fast", "[127.0.0.3]=0s", "[127.0.0.9]=1s", "=1s"] {
      let wrong = try runRandmap(call + ["--delay", delay])
      #expect(wrong.status == .exited(2) && wrong.standardError.contains("--delay"), "\(wrong.summary)")
    }
  }
}
