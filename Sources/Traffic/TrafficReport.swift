// What each gateway and each pool got, beside what was meant: the figures, which the program prints for people and for
// programs.

import Gateways
import Glibc
import PostfixFiles
import Routing

package struct TrafficReport: Sendable {
  package struct GatewayTraffic: Sendable {
    package let gateway: Gateway
    package let cell: CountCell
    /// When a message was last delivered, in seconds since 1970.
    package let lastSent: Int?
    package let reasons: [(text: String, count: Int, queueID: String)]

    /// Messages over encrypted sessions; nil where the log does not say.
    package var encrypted: Int? { cell.encrypted + cell.plain > 0 ? cell.encrypted : nil }

    package var deferredShare: Double? {
      cell.messages == 0 ? nil : Double(cell.deferred) / Double(cell.messages)
    }
  }

  package struct MemberTraffic: Sendable {
    package let result: String
    package let isDrained: Bool
    /// What is meant, of 1.
    package let share: Double
    /// Nil where the log cannot tell.
    package let messages: Int?
    /// Nil of a drained member too.
    package let observed: Double?
    /// The shares that 95 of 100 such counts come from.
    package let interval: ClosedRange<Double>?
    /// Whether chance makes such a difference less than once in a thousand times.
    package let differs: Bool
    /// The known cause of the difference that is no fault, or why the log cannot tell.
    package let why: String?
  }

  package struct PoolTraffic: Sendable {
    package let id: String
    /// All messages of the pool; nil where the log cannot tell.
    package let messages: Int?
    package let members: [MemberTraffic]
    /// What became of these messages; nil where the log cannot tell.
    package let cell: CountCell?
    /// The other pools whose messages are counted with it, as the log does not tell them apart: a hundred at most.
    package let countedWith: [String]
    /// How many more there are.
    package let furtherCountedWith: Int
    /// Messages that a gateway took which is the first choice of no member.
    package let byNet: Int
    /// That the pool was changed in the time of the report, where a member that it names no share of got mail.
    package let change: String?
  }

  /// What the log itself cannot know.
  package struct Knowledge: Sendable {
    /// When a pool may last have got other members or weights.
    package var changes: @Sendable (Pool) -> PoolChange? = { _ in nil }
    package var agent: AgentReport?
    /// The gateways that pools and routes name; nil: to be found out, with a walk over all tables.
    package var uses: [GatewayUse]?

    package init() {}
  }

  package let gateways: [GatewayTraffic]
  package let pools: [PoolTraffic]
  /// Domains that routes name and no pool does. The log has the names of their mail exchangers, which are looked up for pools
  /// only: a table may have any number of domains.
  package let domainsOfRoutes: [Gateway]
  package let counts: Counts
  /// Whether some lanes leave it to the domain of each recipient which host takes the mail.
  package let hasLanesToDomains: Bool
  /// Whether a pool that got mail was changed after the time of the report.
  package let isChangedSince: Bool

  /// - Parameters:
  ///   - since: leaves out what came before, by whole minutes.
  ///   - until: leaves out what came from then on, by whole minutes.
  ///   - end: when the time of the report ends.
  package init(
    _ counts: Counts, _ channels: Channels, config: MailConfig, pools: [Pool],
    knowing knowledge: Knowledge = Knowledge(), since: Int = .min, until: Int = .max,
    end: Int = .max
  ) {
    self.counts = counts
    hasLanesToDomains = pools.contains { $0.onward == .domains }
    let sums = (0..<channels.count).map { counts.sum(channel: $0, since: since, until: until) }
    var order: [Gateway] = []
    var numbers: [Gateway: [Int]] = [:]
    for (number, channel) in channels.all.enumerated() {
      if numbers[channel.gateway] == nil { order.append(channel.gateway) }
      numbers[channel.gateway, default: []].append(number)
    }
    let ofPools = Set(pools.lazy.flatMap(\.members).flatMap { $0.gateways + $0.fallback })
    gateways = order.compactMap { gateway in
      let own = numbers[gateway] ?? []
      var reasons = Reasons()
      for number in own {
        reasons.add(since == .min ? counts.reasons[number] : counts.reasons(channel: number, since: since))
      }
      let cell = own.reduce(into: CountCell()) { $0 += sums[$1] }
      // A table may lead to hundreds: those that got nothing, and refused no connection, are left out.
      guard ofPools.contains(gateway) || cell != CountCell() else { return nil }
      return GatewayTraffic(
        gateway: gateway, cell: cell, lastSent: own.compactMap { counts.lastSent[$0] }.max(),
        reasons: reasons.top(3))
    }
    domainsOfRoutes = (knowledge.uses ?? []).map(\.gateway).filter { gateway in
      if case .mx = gateway { !ofPools.contains(gateway) } else { false }
    }
    let comparison = TrafficComparison(
      first: counts.first.map { max($0, since) }, end: end, sums: sums, channels: channels, config: config,
      pools: pools, knowledge: knowledge)
    let rows = pools.map { comparison.row(of: $0) }
    self.pools = rows
    isChangedSince = zip(rows, pools).contains { row, pool in
      (row.messages ?? 0) > 0 && comparison.isChangedSince(pool)
    }
  }

  /// Whether some share differs and no known cause says why.
  package var hasUnexplainedShare: Bool {
    pools.contains { pool in pool.members.contains { $0.differs && $0.why == nil } }
  }

  /// The gateways that deferred more than `limit` of their messages.
  package func gateways(deferringMoreThan limit: Double) -> [GatewayTraffic] {
    gateways.filter { ($0.deferredShare ?? 0) > limit }
  }
}
