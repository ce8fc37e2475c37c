// How much mail a gateway gets through at most: by how many deliveries Postfix makes at once, and how long one takes there.

import Gateways
import PostfixFiles
import Routing

package struct Throughput: Sendable {
  /// Seconds that a message takes, on average.
  package let delay: Double
  /// Deliveries at once.
  package let concurrency: Double

  package init(delay: Double, concurrency: Double) {
    self.delay = delay
    self.concurrency = concurrency
  }

  /// Messages.
  package var perMinute: Double { concurrency / max(delay, 0.01) * 60 }

  package var words: String {
    "at \(delay < 0.01 ? "less than 0.01" : Self.number(delay)) s a message \(Self.number(concurrency)) deliveries at once carry "
      + "\(Int(perMinute.rounded())) a minute"
  }

  /// With one digit after the point, and two below one.
  private static func number(_ value: Double) -> String {
    let scale = value < 1 ? 100.0 : 10
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension MailConfig {
  /// How many deliveries to each gateway there are at once, where gateways are in these states; without those that have no
  /// limit.
  ///
  /// Where Postfix chooses, each gateway is a destination with the limit of its transport. A pool of the agent is one
  /// destination, whose deliveries its members share (postconf(5), default_destination_concurrency_limit; measured).
  package func concurrency(of pools: [Pool], _ expectation: Expectation) -> [Gateway: Double] {
    let limits = parameters
    var found: [Gateway: Double] = [:]
    var unlimited: Set<Gateway> = []
    var seen: Set<[String]> = []
    for pool in pools {
      let shares = expectation.pools[pool.id] ?? []
      for (member, share) in zip(pool.members, shares) where share > 0 {
        guard let gateway = member.gateways.first else { continue }
        let transport = pool.isAgents ? "randmap" : member.transport ?? "smtp"
        if !pool.isAgents, !seen.insert([transport, gateway.description]).inserted { continue }
        let limit = SharedLimit.concurrency.total(of: [transport], in: limits)
        if limit == 0 { unlimited.insert(gateway) }
        found[gateway, default: 0] += pool.isAgents ? Double(limit) * share : Double(limit)
      }
    }
    return found.filter { !unlimited.contains($0.key) }
  }
}
