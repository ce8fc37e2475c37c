// What `report` is about: the pools of a configuration and its log.

import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import Routing
import Traffic

/// The time that a report covers; nil: as far as the log goes.
struct TrafficPeriod {
  var since: Int?
  var until: Int?
}

/// A report and where it comes from.
struct TrafficSummary {
  let report: TrafficReport
  let period: TrafficPeriod
  /// The logs that were read.
  let sources: [String]
  /// When their first line was written.
  let reach: Int?
  /// The same of the whole log, with the rotated files that were not needed; nil where that is not known.
  let beginning: Int?
  /// When a file was last written to that was found and not named; nil of others.
  let lastWritten: Int?
  /// When it was made.
  let now: Int
  /// With those before it; nil of a single report.
  var totals: TrafficTotals?

  /// The period that it is about, in seconds since 1970. Without a message it begins with the log.
  var begin: Int { period.since ?? min(report.counts.first ?? reach ?? end, end) }
  var end: Int { period.until ?? now }
}

struct TrafficSubject {
  private(set) var config: MailConfig
  private(set) var pools: [Pool]
  private(set) var channels: Channels
  /// The gateways that pools and routes name.
  private var uses: [GatewayUse]
  /// The log that was found; nil where the call names some.
  let found: LogFinder.Found?
  /// As in the call, each file once.
  let logs: [String]
  /// When the log that was found begins, with its rotated files: no report reads more of it than it needs.
  private let beginning: Int?
  private let place: Workplace
  /// Of the files that the configuration was read from, once it is followed.
  private var stamps: FileStamps?

  init(_ common: CommonOptions, logs: [String]) throws {
    place = try Workplace(common, command: "report")
    config = place.config
    self.logs = Self.distinct(logs)
    pools = config.pools()
    uses = config.gateways(in: pools)
    do throws(LogError) { found = logs.isEmpty ? try LogFinder.find(config) : nil } catch {
      place.close()
      throw CommandError(.findings, error.message)
    }
    beginning = found.flatMap(LogFinder.beginning)
    do throws(CommandError) {
      channels = try Self.channels(config, pools, uses)
    } catch {
      place.close()
      throw error
    }
  }

  func close() { place.close() }

  private var lastWritten: Int? {
    var status = stat()
    guard case .file(let path) = found, stat(path, &status) == 0 else { return nil }
    return Int(status.st_mtim.tv_sec)
  }

  /// A file that is named twice is read once.
  private static func distinct(_ logs: [String]) -> [String] {
    var seen: Set<[UInt64]> = []
    let named = logs.filter { log in
      var status = stat()
      guard log != "-", stat(log, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return true }
      let isNew = seen.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted
      if !isNew {
        Output.error.line("randmap: \(printable(log)) is named more than once; it is read once")
      }
      return isNew
    }
    let (distinct, copies) = LogCopies.distinct(named)
    for copy in copies {
      Output.error.line(
        "randmap: \(printable(copy.path)) begins as \(printable(copy.original)) does, so it is the same log; it is not read"
      )
    }
    return distinct
  }

  /// The logs of the call, the oldest first, where each of them says when it begins: the last result of a message counts.
  private var namedInputs: [LogInput] {
    let inputs = logs.map { $0 == "-" ? LogInput.standardInput : .file($0) }
    guard inputs.count > 1 else { return inputs }
    let begun = inputs.compactMap { input in input.beginning.map { (input, $0) } }
    guard begun.count == inputs.count else { return inputs }
    return begun.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
      .map(\.element.0)
  }

  func sayUnreadableFiles() -> Bool { place.sayUnreadableFiles() }

  /// Takes the configuration as it is on disk now, if it has changed; whether it has.
  mutating func followConfiguration() -> Bool {
    if let stamps, !stamps.areOutdated { return false }
    let isFirst = stamps == nil
    do {
      let (config, stamps) = try place.rereadWithStamps()
      let pools = config.pools()
      let uses = config.gateways(in: pools)
      channels = try Self.channels(config, pools, uses)
      (self.config, self.pools, self.uses, self.stamps) = (config, pools, uses, stamps)
      return !isFirst
    } catch {
      stamps = stamps?.renewed
      let reason = (error as? CommandError)?.message ?? (error as? FileError)?.message ?? "\(error)"
      Output.error.line("randmap: the configuration changed, and the one before stays in force: \(reason)")
      return false
    }
  }

  /// A log calls a domain by its mail exchangers, so these are looked up.
  private static func channels(
    _ config: MailConfig, _ pools: [Pool], _ uses: [GatewayUse]
  ) throws(CommandError) -> Channels {
    let channels = config.channels(of: pools, beside: uses)
    let lanes = config.lanes(of: pools)
    let domains = channels.contains { if case .mx = $0.gateway { true } else { false } }
    guard domains else {
      return Channels(
        channels, lanes: lanes, suspending: config.suspendingTags, isQuoted: config.quotesAddressesInLog)
    }
    let settings = try ProbeOptions.probeSettings(config)
    var names: [Gateway: Set<String>] = [:]
    for target in config.targets(of: pools) {
      guard case .mx = target.gateway else { continue }
      names[target.gateway, default: []].formUnion(namesInLog(of: target, settings: settings))
    }
    return Channels(
      channels, lanes: lanes, addresses: names, suspending: config.suspendingTags,
      isQuoted: config.quotesAddressesInLog)
  }

  /// The logs to read for what came since `since`.
  func inputs(since: Int?) -> [LogInput] {
    switch found {
    case .file(let path): LogFinder.withRotated(path, since: since ?? .min).map { .file($0) }
    case .journal: [.journal(since: since, cursor: nil)]
    case nil: namedInputs
    }
  }

  /// Reads the logs once.
  func report(_ period: TrafficPeriod, host: String?, now: Int) throws(CommandError) -> TrafficSummary {
    let inputs = inputs(since: period.since)
    var tally = Tally(
      channels, since: period.since ?? .min, until: period.until ?? .max, future: now + 1, host: host,
      latest: now)
    for input in inputs {
      do throws(LogError) { try input.read(into: &tally) } catch {
        // A log that the call names is a wrong call where it cannot be read.
        throw CommandError(logs.isEmpty ? .findings : .wrongCall, error.message)
      }
    }
    if !logs.isEmpty, let problem = tally.leftOut.first { throw CommandError(.wrongCall, problem.message) }
    for problem in tally.leftOut { Output.error.line("randmap: \(problem.message)") }
    if tally.forgotten > 0 {
      Output.error.line(
        "randmap: \(tally.forgotten) messages that waited were too many to be known again: each counts twice or more"
      )
    }
    let counts = tally.counts
    if let host, !tally.hasHost, !counts.otherHosts.isEmpty {
      throw CommandError(
        .wrongCall,
        "--host \(printable(host)): no delivery in the log is of this host; need one of \(counts.otherHosts.joined(separator: ", "))"
      )
    }
    var period = period
    // A log of the call may be an old one: it ends with its last line.
    if found == nil, period.until == nil { period.until = tally.end.map { min($0, now) } }
    return summary(counts, period, sources: inputs.map(\.name), reach: tally.reach, now: now)
  }

  func summary(
    _ counts: Counts, _ period: TrafficPeriod, sources: [String], reach: Int?, now: Int
  ) -> TrafficSummary {
    var knowledge = TrafficReport.Knowledge()
    knowledge.changes = PoolChanges(of: config, place.writer).last(of:)
    knowledge.agent = place.agentReport()
    knowledge.uses = uses
    let report = TrafficReport(
      counts, channels, config: config, pools: pools, knowing: knowledge, end: min(period.until ?? now, now))
    return TrafficSummary(
      report: report, period: period, sources: sources,
      reach: reach, beginning: beginning, lastWritten: lastWritten, now: now)
  }

  /// Where the position of a report that goes on is kept, for each log.
  func positionPath(of log: String) -> String {
    let real = FileReader.realPath(config.directory) ?? config.directory
    let name = log.split(separator: "/").joined(separator: "+")
    return "\(place.writer.state.root)\(real)/.report/\(name)"
  }
}
