// A report of the mail log for programs: JSON as docs/scripts.md has it.

import PostfixFiles
import Traffic

extension TrafficSummary {
  struct Object: Encodable {
    let since, until: String
    let sources: [String]
    @Explicit var logBegins: String?
    let hosts: [String]
    /// Domains of routes, a hundred at most.
    let domainsOfRoutes: [String]
    let elsewhere, unclear, future, skewed, lost: Int
    let gateways: [GatewayObject]
    let pools: [PoolObject]
  }

  struct GatewayObject: Encodable {
    let gateway: String
    let messages, recipients, sent, deferred, refused, attempts: Int
    @Explicit var delayMedian: Double?
    @Explicit var delay95: Double?
    @Explicit var connectMedian: Double?
    @Explicit var connect95: Double?
    @Explicit var lastSent: String?
    let reused, connectFailures, hiddenFailures: Int
    @Explicit var encrypted: Int?
    let reasons: [ReasonObject]
  }

  struct ReasonObject: Encodable {
    let text: String
    let count: Int
    let queueID: String?
  }

  struct PoolObject: Encodable {
    let id: String
    @Explicit var messages: Int?
    @Explicit var recipients: Int?
    @Explicit var sent: Int?
    @Explicit var deferred: Int?
    @Explicit var refused: Int?
    @Explicit var delayMedian: Double?
    @Explicit var delay95: Double?
    let countedWith: [String]
    let byFallback: Int
    let members: [MemberObject]
  }

  struct MemberObject: Encodable {
    let result: String
    let drained: Bool
    let share: Double
    @Explicit var messages: Int?
    @Explicit var observed: Double?
    @Explicit var low: Double?
    @Explicit var high: Double?
    let differs: Bool
    @Explicit var why: String?
  }

  func object(isVerbose: Bool) -> Object {
    Object(
      since: WrittenTime.utc(begin),
      until: WrittenTime.utc(end),
      sources: sources.map { printable($0) }, logBegins: reach.map(WrittenTime.utc),
      hosts: report.counts.hosts,
      domainsOfRoutes: report.domainsOfRoutes.prefix(100).map { printable($0.description) },
      elsewhere: report.counts.elsewhere, unclear: report.counts.unclear, future: report.counts.future,
      skewed: report.counts.skewed, lost: report.counts.lost,
      gateways: report.gateways.map { row in
        let cell = row.cell
        return GatewayObject(
          gateway: row.gateway.description, messages: cell.messages, recipients: cell.recipients,
          sent: cell.sent, deferred: cell.deferred, refused: cell.refused, attempts: cell.attempts,
          delayMedian: cell.handingOver.milliseconds(at: 0.5),
          delay95: cell.handingOver.milliseconds(at: 0.95),
          connectMedian: cell.connecting.milliseconds(at: 0.5),
          connect95: cell.connecting.milliseconds(at: 0.95),
          lastSent: row.lastSent.map(WrittenTime.utc), reused: cell.reused,
          connectFailures: cell.connectFailures, hiddenFailures: cell.hiddenFailures,
          encrypted: row.encrypted,
          reasons: row.reasons.map {
            ReasonObject(text: $0.text, count: $0.count, queueID: isVerbose ? $0.queueID : nil)
          })
      },
      pools: report.pools.map { pool in
        PoolObject(
          id: pool.id, messages: pool.messages, recipients: pool.cell?.recipients, sent: pool.cell?.sent,
          deferred: pool.cell?.deferred, refused: pool.cell?.refused,
          delayMedian: pool.cell?.handingOver.milliseconds(at: 0.5),
          delay95: pool.cell?.handingOver.milliseconds(at: 0.95), countedWith: pool.countedWith,
          byFallback: pool.byNet,
          members: pool.members.map { member in
            MemberObject(
              result: member.result, drained: member.isDrained, share: Self.precise(member.share),
              messages: member.messages, observed: member.observed.map(Self.precise),
              low: member.interval.map { Self.precise($0.lowerBound) },
              high: member.interval.map { Self.precise($0.upperBound) }, differs: member.differs,
              why: member.why)
          })
      })
  }

  /// With seven digits: at least six of a share are significant.
  static func precise(_ share: Double) -> Double { (share * 10_000_000).rounded() / 10_000_000 }
}
