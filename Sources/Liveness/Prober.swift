// Probes a set of targets once: for `--status`, and for an edit that asks first.

import Gateways
import NIOCore
import Routing

/// Probes once. Safe to call from any thread; callbacks come on the prober's own thread.
package final class Prober: Sendable {
  private let thread: LoopThread<ProbeQueue>

  package init(settings: ProbeSettings = ProbeSettings()) {
    thread = LoopThread { ProbeQueue(settings: settings, on: $0, LoopTimers(on: $0)) }
  }

  /// Probes every address of every target; a target that is named twice is probed once.
  ///
  /// - Parameters:
  ///   - each: gets every reading as it comes.
  ///   - done: gets all of them at the end of the round.
  package func probe(
    _ targets: some Sequence<Target>,
    each: @escaping @Sendable (Target, Reading) -> Void = { _, _ in },
    done: @escaping @Sendable ([Target: [Reading]]) -> Void
  ) {
    let targets = Set(targets)
    thread.run { queue in
      var results: [Target: [Reading]] = [:]
      if targets.isEmpty { return done(results) }
      for target in targets {
        queue.probe(target, each: { each(target, $0) }) { readings in
          results[target] = readings
          if results.count == targets.count { done(results) }
        }
      }
    }
  }

  /// Ends the prober's thread; a round under way gets no answer. Not from a callback.
  package func shutdown() { thread.shutdown { $0.stop() } }
}

extension GatewayStatus {
  /// The status of every gateway of one round, by name: the first reading decides.
  package static func of(
    _ round: [Target: [Reading]], settings: ProbeSettings = ProbeSettings(),
    at time: ContinuousClock.Instant = .now
  ) -> [GatewayStatus] {
    // By name, each worked out once: there may be thousands.
    Dictionary(grouping: round, by: \.key.gateway)
      .map { (name: $0.key.description, gateway: $0.key, results: $0.value) }
      .sorted { $0.name < $1.name }
      .map { _, gateway, results in
        var status = GatewayStatus(gateway)
        var readings: [Approach: [Reading]] = [:]
        for (target, found) in results { readings[target.approach] = found }
        status.take(readings, at: time, settings: settings)
        return status
      }
  }
}
