// What the log says of the last minutes and hours: what --status and the console show beside the weights.

import Gateways
import Glibc
import PostfixFiles
import Routing

/// The last minutes and hours as they were at one moment.
package struct RecentTraffic: Sendable {
  /// How far back the shares and the counts go.
  package enum Window: Int, Hashable, Sendable, CaseIterable {
    case quarter = 900
    case hour = 3_600
    case day = 86_400

    package var words: String {
      switch self {
      case .quarter: "15 min"
      case .hour: "1 h"
      case .day: "24 h"
      }
    }

    package var next: Window {
      switch self {
      case .quarter: .hour
      case .hour: .day
      case .day: .quarter
      }
    }
  }

  /// What came of the mail in a part of a strip.
  package struct Stretch: Hashable, Sendable {
    package var sent = 0
    package var failed = 0
  }

  /// Of one gateway in one window.
  package struct Gateway: Sendable {
    package let cell: CountCell
    /// Its part of all messages that were handed to gateways; nil where there were none.
    package let observed: Double?
    package let deferredShare: Double?
    /// Whether chance alone makes its share of some pool less than once in a thousand times, and no known cause does.
    package let isOutside: Bool
    package let lastSent: Int?
    package let reasons: [(text: String, count: Int, queueID: String)]
  }

  /// When this was made, in seconds since 1970.
  package let time: Int
  /// The log, as people know it.
  package let source: String
  /// When its first line was written that was read; nil: it has none of a delivery.
  package let reach: Int?
  private let reports: [Window: TrafficReport]
  private let gateways: [Window: [Gateways.Gateway: Gateway]]
  /// The gateways that most of the mail of the last minutes failed at.
  package let troubles: [Gateways.Gateway: DeliveryTrouble]
  package let limits: DeliveryLimits
  private let counts: Counts
  private let channels: Channels

  package subscript(_ gateway: Gateways.Gateway, _ window: Window) -> Gateway? { gateways[window]?[gateway] }

  /// The pools as `report` has them.
  package func pool(_ id: String, _ window: Window) -> TrafficReport.PoolTraffic? {
    reports[window]?.pools.first { $0.id == id }
  }

  /// After how many seconds a window may have moved past something that is in it; nil: nothing changes while no line comes.
  package var turn: Int? {
    func isEmpty(_ window: Window) -> Bool {
      (reports[window]?.gateways ?? []).allSatisfy { $0.cell == CountCell() }
    }
    // What is older than an hour is kept by quarters of an hour.
    return !isEmpty(.quarter) ? 30 : !isEmpty(.hour) ? 60 : !isEmpty(.day) ? 300 : nil
  }

  /// The last `span` seconds of a gateway in `columns` parts, the oldest first.
  package func strip(of gateway: Gateways.Gateway, columns: Int, span: Int) -> [Stretch] {
    guard columns > 0, span >= columns else { return [] }
    var strip = Array(repeating: Stretch(), count: columns)
    let start = time - span
    for (number, channel) in channels.all.enumerated() where channel.gateway == gateway {
      for (begin, cell) in counts.cells(channel: number) where begin >= start && begin <= time {
        let index = min(columns - 1, (begin - start) * columns / span)
        strip[index].sent += cell.sent
        strip[index].failed += cell.deferred + cell.refused
      }
    }
    return strip
  }

  init(
    _ counts: Counts, _ channels: Channels, config: MailConfig, pools: [Pool],
    knowing knowledge: TrafficReport.Knowledge, limits: DeliveryLimits, source: String, reach: Int?,
    windows: [Window], now: Int
  ) {
    time = now
    self.source = source
    self.limits = limits
    self.reach = reach
    self.counts = counts
    self.channels = channels
    func report(_ seconds: Int) -> TrafficReport {
      let minute = now - now % 60
      // What a log had before it was followed may be of a host whose clock is ahead: that is of no window yet.
      return TrafficReport(
        counts, channels, config: config, pools: pools, knowing: knowledge, since: minute - seconds,
        until: minute + 120)
    }
    var troubles: [Gateways.Gateway: DeliveryTrouble] = [:]
    for row in report(limits.window).gateways {
      troubles[row.gateway] = DeliveryTrouble(
        sent: row.cell.sent, deferred: row.cell.deferred, refused: row.cell.refused,
        turnedAway: row.cell.passedOn,
        words: row.reasons.first?.text ?? "", limits: limits)
    }
    self.troubles = troubles
    reports = Dictionary(uniqueKeysWithValues: windows.map { ($0, report($0.rawValue)) })
    gateways = reports.mapValues { report in
      let total = report.gateways.reduce(0) { $0 + $1.cell.messages }
      // By the text of a member: the first gateway of it is what its share is about.
      let outside = Set(
        zip(report.pools, pools).flatMap { row, pool in
          zip(row.members, pool.members).compactMap { $0.differs && $0.why == nil ? $1.gateways.first : nil }
        })
      return Dictionary(
        report.gateways.map { row in
          (
            row.gateway,
            Gateway(
              cell: row.cell,
              observed: total == 0 ? nil : Double(row.cell.messages) / Double(total),
              deferredShare: row.deferredShare, isOutside: outside.contains(row.gateway),
              lastSent: row.lastSent, reasons: row.reasons)
          )
        }, uniquingKeysWith: { first, _ in first })
    }
  }
}

extension MailConfig {
  /// Whether a Postfix runs by this configuration: then it has a queue, and its log is that of this configuration.
  package var hasRunningPostfix: Bool {
    // master(8) keeps this file while it runs, and does not remove it.
    queueOwner == nil && access("\(parameters.text("queue_directory"))/pid/master.pid", F_OK) == 0
  }
}

/// A log that is followed from some hours ago on. For one thread.
package final class RecentLog {
  package let found: LogFinder.Found
  private let config: MailConfig
  private let pools: [Pool]
  private let channels: Channels
  private var tally: Tally
  private let follower: LogFollower?
  private var hasAsked = false
  private let since: Int
  private let uses: [GatewayUse]

  /// - Parameters:
  ///   - addresses: further names and addresses of gateways: those of the mail exchangers of a domain.
  ///   - since: what came before is of no interest; seconds since 1970.
  package init(
    _ found: LogFinder.Found, config: MailConfig, pools: [Pool], addresses: [Gateways.Gateway: Set<String>],
    since: Int, now: Int
  ) throws(LogError) {
    self.found = found
    self.config = config
    self.pools = pools
    self.since = since
    uses = config.gateways(in: pools)
    channels = Channels(
      config.channels(of: pools, beside: uses), lanes: config.lanes(of: pools), addresses: addresses,
      suspending: config.suspendingTags,
      isQuoted: config.quotesAddressesInLog)
    var tally = Tally(channels, since: since, latest: now)
    if case .file(let path) = found {
      var position: LogPosition?
      do throws(LogError) {
        let start = try LogTail.start(of: path, since: since)
        position = start.position
        if !start.isWhole { try Self.readRotated(path, since: since, into: &tally) }
      } catch {
        // Nothing was logged yet.
        if !error.isMissing { throw error }
      }
      follower = LogFollower(path, from: position.map { [$0] } ?? [])
    } else {
      follower = nil
    }
    self.tally = tally
  }

  /// The rotated files that were written to since then.
  private static func readRotated(_ path: String, since: Int, into tally: inout Tally) throws(LogError) {
    for old in LogFinder.withRotated(path, since: since) where old != path {
      if LogInput.isPacked(old) {
        try LogInput.file(old).read(into: &tally)
      } else {
        let (position, _) = try LogTail.start(of: old, since: since)
        try LogFollower(old, from: [position]).read(into: &tally)
        tally.finish()
      }
    }
  }

  /// Reads what has come. The journal is asked by a program.
  package func read() throws(LogError) {
    if let follower { return try follower.read(into: &tally) }
    let cursor = tally.cursor
    try LogInput.journal(since: since, cursor: cursor.isEmpty ? nil : cursor).read(into: &tally)
  }

  package func recent(
    windows: [RecentTraffic.Window] = RecentTraffic.Window.allCases, limits: DeliveryLimits,
    knowing knowledge: TrafficReport.Knowledge = TrafficReport.Knowledge(), now: Int
  ) -> RecentTraffic {
    tally.foldOld(now: now)
    var knowledge = knowledge
    knowledge.uses = uses
    let source = if case .file(let path) = found { path } else { "journal" }
    return RecentTraffic(
      tally.counts(now: now), channels, config: config, pools: pools, knowing: knowledge, limits: limits,
      source: source,
      reach: tally.reach, windows: windows, now: now)
  }
}
