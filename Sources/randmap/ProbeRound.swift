// One round of probes for a command that waits for it.

import Dispatch
import Gateways
import Liveness
import PostfixFiles
import Routing
import Synchronization

/// One round of probes; a terminal on standard error sees how far a long one is.
struct ProbeRound {
  private final class Progress: Sendable {
    let done = Mutex<Set<Target>>([])
    let round = Mutex<[Target: [Reading]]>([:])
    let end = DispatchSemaphore(value: 0)
  }

  private let prober: Prober
  private let progress = Progress()
  private let count: Int

  init(_ targets: [Target], settings: ProbeSettings) {
    prober = Prober(settings: settings)
    count = Set(targets).count
    prober.probe(
      targets, each: { [progress] target, _ in progress.done.withLock { _ = $0.insert(target) } },
      done: { [progress] round in
        progress.round.withLock { $0 = round }
        progress.end.signal()
      })
  }

  /// Waits for the end of the round.
  func wait() -> [Target: [Reading]] {
    defer { prober.shutdown() }
    var line = ProgressLine()
    while progress.end.wait(timeout: .now() + 0.2) == .timedOut {
      line.show { "probing: \(progress.done.withLock { $0.count }) of \(count) gateways" }
    }
    line.clear()
    return progress.round.withLock { $0 }
  }
}

extension MailConfig {
  /// Probes every gateway that the configuration names, and waits for the end of the round.
  func probingGateways(_ settings: ProbeSettings) -> KnownGateways {
    let round = ProbeRound(gateways().flatMap(\.targets), settings: settings)
    return Dictionary(
      GatewayStatus.of(round.wait(), settings: settings).map { ($0.gateway, $0.known) },
      uniquingKeysWith: { first, _ in first })
  }
}
