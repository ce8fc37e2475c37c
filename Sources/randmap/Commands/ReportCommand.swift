// `randmap report`: what each gateway and each pool really got, from the mail log.

import ArgumentParser
import Glibc
import PostfixFiles
import System
import Traffic

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "What each gateway and each pool really got, from the mail log.",
    discussion: """
      Reads the log of this configuration: maillog_file of main.cf, /var/log/mail.log, /var/log/maillog or \
      /var/log/mail with the rotated files beside it, otherwise the journal; or each LOG of the call, also one that is \
      packed (gz, xz, zst, bz2), and - for standard input. Formats: text, json, csv, prometheus.

      A TIME is a span such as 24h, today, yesterday, or 2026-11-27T08:00. --since yesterday is yesterday alone, up to \
      midnight; --since 24h goes up to now. Without --since: the last 24 hours of a log \
      that is found by itself, all of a log of the call. With --every: from now on; each report covers what came since \
      the last one, also after a restart.

      A share is reported as different where chance makes such a difference less than once in a thousand times. Exit \
      status 1 says that no known cause explains one (not with --shares-may-differ), or that a gateway deferred more than \
      --fail-deferred.

      Examples:
        randmap report --since 24h
        randmap report --format json --fail-deferred 5% mail.log
      """)

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("Leave out what came before.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Leave out what came from then on.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Go on, with a report after each span of time.", valueName: "span"))
  var every: String?

  @Option(
    help: ArgumentHelp("End with status 1 where a gateway defers more of its messages.", valueName: "share"))
  var failDeferred: String?

  @Option(
    help: ArgumentHelp("Count only the lines of this host, in a log of several hosts.", valueName: "name"))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Write Prometheus text to this file too, in one step, as a node exporter needs it.", valueName: "file"),
    completion: .file())
  var textfile: String?

  @Flag(help: "End with status 0 although a share differs.")
  var sharesMayDiffer = false

  @Flag(help: "Show a queue id beside each reason.")
  var verbose = false

  @Argument(help: ArgumentHelp("The logs to read, the oldest first.", valueName: "log"), completion: .file())
  var logs: [String] = []

  enum Format: String, CaseIterable { case text, json, csv, prometheus }

  func validate() throws {
    if let every, (WrittenTime.span(every) ?? 0) < 1 {
      throw ValidationError("--every \(printable(every)): need a span of time such as 30s, 5m or 1h")
    }
    if every != nil, until != nil { throw ValidationError("--every cannot be combined with --until") }
    if every != nil, failDeferred != nil {
      throw ValidationError(
        "--every cannot be combined with --fail-deferred: it has no end, and so no status")
    }
    if every != nil, logs.contains("-") {
      throw ValidationError("--every cannot be combined with -: it follows files and the journal")
    }
    if let failDeferred, Self.share(failDeferred) == nil {
      throw ValidationError("--fail-deferred \(printable(failDeferred)): need a share such as 5% or 0.05")
    }
  }

  func run() throws {
    let format = try common.format(or: Format.text)
    let now = Glibc.time(nil)
    let start = try since.map { try Self.moment($0, option: "--since", now: now) }
    var end = try until.map { try Self.moment($0, option: "--until", now: now, isEnd: true) }
    // "What happened yesterday" ends with that day.
    if since == "yesterday", until == nil, every == nil { end = WrittenTime.parse("today", now: now) }
    if let start, let end, start >= end {
      throw CommandError(.wrongCall, "--since is not before --until: need an earlier --since")
    }
    if let since, let start, start > now {
      Output.error.line(
        "randmap: --since \(printable(since)) is later than now, so no mail can be there; need an earlier time"
      )
    }
    let subject = try TrafficSubject(common, logs: logs)
    defer { subject.close() }
    var isIncomplete = subject.sayUnreadableFiles()
    let printer = TrafficPrinter(format: format, isVerbose: verbose, textfile: textfile)
    if let every, let span = WrittenTime.span(every) {
      var watch = try TrafficWatch(
        subject: subject, printer: printer, span: span, since: start ?? now, host: host)
      return try watch.run()
    }
    // A log that is found has its last day read, where the call names no time at all.
    let period = TrafficPeriod(since: start ?? (logs.isEmpty && end == nil ? now - 86_400 : nil), until: end)
    let summary = try subject.report(period, host: host, now: now)
    try printer.print(summary, isOneOfMany: false)
    if summary.sources.isEmpty, case .file(let path) = subject.found {
      isIncomplete = true
      Output.error.line(
        "randmap: \(printable(path)): no such log, so no message is counted; need the right maillog_file in main.cf, or randmap report FILE"
      )
    }
    let limit = failDeferred.flatMap(Self.share)
    let deferring = limit.map { summary.report.gateways(deferringMoreThan: $0) } ?? []
    for row in deferring {
      Output.error.line(
        "randmap: \(printable("\(row.gateway)")) deferred \(percent(row.deferredShare ?? 0)) of its messages, more than \(percent(limit ?? 0))"
      )
    }
    let differs = !sharesMayDiffer && summary.report.hasUnexplainedShare
    if !deferring.isEmpty || isIncomplete || differs {
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }

  private static func moment(_ text: String, option: String, now: Int, isEnd: Bool = false) throws -> Int {
    guard let time = WrittenTime.parse(text, now: now, isEnd: isEnd) else {
      throw CommandError(.wrongCall, "\(option) \(printable(text)): \(WrittenTime.need(.back))")
    }
    return time
  }

  /// `5%` or `0.05`.
  private static func share(_ text: String) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let number = plainNumber(isPercent ? text.dropLast() : text[...]) else { return nil }
    let share = isPercent ? number / 100 : number
    return (0...1).contains(share) ? share : nil
  }
}
