// What the loss of gateways would mean: shares, mail at risk, and the load of those that are left.

import Gateways
import PostfixFiles
import Routing
import System

package struct WhatIf: Sendable {
  package struct Row: Sendable {
    package let gateway: Gateway
    package let isDown: Bool
    /// Whether it is alive, and the agent passes it by where it can.
    package let isDegraded: Bool
    /// Of all pool mail: as it is, and with the gateways down.
    package let before, share: Double
    /// Messages a minute; nil where no rate is given.
    package let load: Double?
    /// The messages a minute that it can take, as a person says.
    package let capacity: Double?
    /// Nil where it is not known how long a message takes, and where there is no limit.
    package let throughput: Throughput?

    package var isOverloaded: Bool {
      guard let load else { return false }
      return [capacity, throughput?.perMinute].compactMap(\.self).contains { load > $0 }
    }

    /// What the gateway can take, beside what it gets; empty where neither is known.
    package var words: String {
      if isDown { return "down" }
      var parts = isDegraded ? [share > 0 ? "degraded, and gets mail all the same" : "degraded"] : []
      guard let load else { return parts.joined() }
      if let capacity {
        let isFine = load <= capacity
        let used = isFine && capacity > 0 ? " (\(percent(load / capacity)))" : ""
        parts.append(
          isFine ? "of \(WhatIf.number(capacity))\(used)" : "TOO MUCH: it can take \(WhatIf.number(capacity))"
        )
      }
      if let throughput {
        parts.append((load <= throughput.perMinute ? "" : "TOO MUCH: ") + throughput.words)
      }
      return parts.joined(separator: "; ")
    }
  }

  /// What is known of the mail.
  package struct Mail: Sendable {
    /// All pool mail: messages a minute; nil where that is not known.
    package var rate: Double?
    /// Messages a minute.
    package var capacities: [Gateway: Double] = [:]
    /// Seconds that a message takes.
    package var delays: [Gateway: Double] = [:]

    package init() {}
  }

  package let rows: [Row]
  package let atRisk: Double
  package let expectation: Expectation

  /// - Parameters:
  ///   - now: the gateways that are down today.
  ///   - then: those that would be.
  ///   - passedByNow: those that are alive, and that the agent passes by today.
  ///   - passedBy: those that it would pass by.
  package init(
    _ pools: [Pool], of config: MailConfig, gateways: [Gateway], now: GatewayStates = [:],
    then: GatewayStates, passedByNow: PassedBy = PassedBy(), passedBy: PassedBy = PassedBy(), _ mail: Mail
  ) {
    let before = Expectation(pools, now, passedByNow)
    let expectation = Expectation(pools, then, passedBy)
    let concurrency = config.concurrency(of: pools, expectation)
    self.expectation = expectation
    atRisk = expectation.atRisk
    rows = gateways.map { gateway in
      let share = expectation.shares[gateway] ?? 0
      return Row(
        gateway: gateway, isDown: !then.isAlive(gateway), isDegraded: passedBy.contains(gateway),
        before: before.shares[gateway] ?? 0, share: share,
        load: mail.rate.map { $0 * share }, capacity: mail.capacities[gateway],
        throughput: mail.delays[gateway].flatMap { delay in
          concurrency[gateway].map { Throughput(delay: delay, concurrency: $0) }
        })
    }
  }

  /// Mail would wait, or a gateway would get more than it can take.
  package var isTrouble: Bool { atRisk > 0 || rows.contains(where: \.isOverloaded) }

  /// With one digit after the point where that is not 0.
  package static func number(_ value: Double) -> String {
    let tenths = Int((min(value, 1e12) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
