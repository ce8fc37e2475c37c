// Liveness for programs: one JSON object, keys as docs/scripts.md has them.

import Gateways
import Liveness
import PostfixFiles
import Routing
import Traffic

struct StatusJSON: StatusFormat {
  static let canWatch = true

  func text(of report: StatusReport) throws -> Bytes { try JSON.text(report.object) }
}

extension StatusReport {
  struct Object: Encodable {
    let gateways: [GatewayObject]
    let atRisk: Double
    /// What `share` and `atRisk` are parts of: `mail`, or `each pool` where they are a mean of the pools.
    let sharesOf: String
    /// All messages in the queue; not there where no Postfix runs.
    let waiting: Int?
    let sharedAddresses: [SharedAddressObject]
    /// Where `observed` and `deferredShare` come from; not there where no log is read.
    let log: LogObject?
    /// Not there where no agent runs.
    let agent: AgentObject?
  }

  struct LogObject: Encodable {
    let source: String?
    /// The time that the figures cover, and how far back the log goes.
    let since, begins: String?
    /// Why it cannot be read.
    let problem: String?
  }

  struct AgentObject: Encodable {
    /// Milliseconds.
    let uptime, configurationAge: Int
    let deliveries, refused: Int
    let gateways: [AgentGatewayObject]
    let members: [AgentMemberObject]
  }

  struct AgentGatewayObject: Encodable {
    let gateway, state, reason: String
  }

  struct AgentMemberObject: Encodable {
    let pool, member: String
    /// `delivered` is the name that `sent` had before.
    let chosen, handedOver, sent, delivered, deferred, refused, failedOver: Int
  }

  struct GatewayObject: Encodable {
    let gateway, state, reason, remark: String
    @Explicit var latency: Double?
    let share, liveShare: Double
    /// Of the last 15 minutes, from the mail log.
    @Explicit var observed: Double?
    @Explicit var deferredShare: Double?
    @Explicit var sent: Int?
    @Explicit var deferred: Int?
    @Explicit var refused: Int?
    @Explicit var delayMedian: Double?
    @Explicit var queued: Int?
    @Explicit var queuedSince: String?
    let waiting: Int?
    let pools: [String]
    /// What the tables of credentials and of TLS policies have for it; null where no such table is set. Never a secret.
    @Explicit var credentials: [NextHopObject]?
    @Explicit var tlsPolicies: [NextHopObject]?
    let addresses: [AddressObject]
  }

  struct AddressObject: Encodable {
    @Explicit var address: String?
    @Explicit var port: Int?
    let state, reason: String
    @Explicit var latency: Double?
    let capabilities: [String]
    let tls: TLSObject?
  }

  struct TLSObject: Encodable {
    let offered: Bool
    /// Why it did not come about.
    let failure: String?
    let certificate: CertificateObject?
  }

  struct CertificateObject: Encodable {
    let names: [String]
    let daysLeft: Int
    /// What is wrong with it, whether or not the transport checks it.
    let fault: String?
  }

  struct SharedAddressObject: Encodable {
    let pool, address: String
    let gateways: [String]
  }

  var object: Object {
    Object(
      gateways: rows.map { row in
        GatewayObject(
          gateway: row.use.gateway.description, state: row.state.rawValue, reason: row.reason,
          remark: row.status?.remark?.words ?? "",
          latency: row.status?.latency.map(JSON.milliseconds), share: JSON.share(row.use.share),
          liveShare: JSON.share(row.liveShare), observed: row.recent?.observed.map(TrafficSummary.precise),
          deferredShare: row.recent?.deferredShare.map(TrafficSummary.precise), sent: row.recent?.cell.sent,
          deferred: row.recent?.cell.deferred, refused: row.recent?.cell.refused,
          delayMedian: row.recent?.cell.handingOver.milliseconds(at: 0.5), queued: row.waiting,
          queuedSince: row.queue?.oldest.map(WrittenTime.utc), waiting: row.waiting, pools: row.use.pools,
          credentials: row.use.entries.objects(.credentials),
          tlsPolicies: row.use.entries.objects(.tlsPolicy),
          addresses: (row.status?.addresses ?? []).map { AddressObject($0) })
      },
      atRisk: JSON.share(atRisk), sharesOf: pools.sharesAreMeans ? "each pool" : "mail", waiting: waiting,
      sharedAddresses: sharedAddresses.map {
        SharedAddressObject(pool: $0.pool, address: $0.address, gateways: $0.gateways.map(\.description))
      },
      log: LogObject(traffic), agent: agent.map { AgentObject($0, pools: pools) })
  }
}

extension StatusReport.LogObject {
  fileprivate init?(_ answer: LogAnswer) {
    switch answer {
    case .notAsked: return nil
    case .unreadable(let problem):
      self.init(source: nil, since: nil, begins: nil, problem: printable(problem))
    case .recent(let recent):
      self.init(
        source: printable(recent.source),
        since: WrittenTime.utc(recent.time - RecentTraffic.Window.quarter.rawValue),
        begins: recent.reach.map(WrittenTime.utc), problem: nil)
    }
  }
}

extension StatusReport.AgentObject {
  fileprivate init(_ report: AgentReport, pools: [Pool]) {
    uptime = Int(report.uptime.components.seconds) * 1000
    configurationAge = Int(report.configurationAge.components.seconds) * 1000
    deliveries = report.deliveries
    refused = report.refused
    gateways = report.gateways.map {
      StatusReport.AgentGatewayObject(gateway: $0.name, state: $0.state.rawValue, reason: $0.reason)
    }
    members = pools.eachTextOnce.flatMap { pool in
      pool.members.compactMap { member in
        report.counts(of: member, in: pool).map { counts in
          StatusReport.AgentMemberObject(
            pool: pool.id, member: member.result, chosen: counts.chosen, handedOver: counts.handedOver,
            sent: counts.delivered, delivered: counts.delivered, deferred: counts.deferred,
            refused: counts.refused, failedOver: counts.failedOver)
        }
      }
    }
  }
}

extension StatusReport.AddressObject {
  fileprivate init(_ reading: Reading) {
    address = reading.address
    port = reading.port
    state = reading.finding.state.rawValue
    reason = reading.finding.reason
    latency = reading.latency.map(JSON.milliseconds)
    capabilities = reading.capabilities
    tls = StatusReport.TLSObject(reading.encryption, fault: reading.certificateFault?.reason)
  }
}

extension StatusReport.TLSObject {
  fileprivate init?(_ encryption: Encryption, fault: String?) {
    switch encryption {
    case .unknown: return nil
    case .notOffered: self.init(offered: false, failure: nil, certificate: nil)
    case .failed(let why), .declined(let why): self.init(offered: true, failure: why.reason, certificate: nil)
    case .established(let found):
      let certificate = StatusReport.CertificateObject(
        names: found.names, daysLeft: found.daysLeft, fault: fault)
      self.init(offered: true, failure: nil, certificate: certificate)
    }
  }
}
