// Keeps probing, each gateway at its own pace: for the console and `--status --watch`. Between probes
// nothing happens: the thread sleeps until the next one is due.

import Gateways
import NIOCore
import Routing

/// The continuing schedule. Safe to call from any thread.
package final class Watch: Sendable {
  package let settings: ProbeSettings
  private let thread: LoopThread<Schedule>

  /// - Parameter onStatus: gets the status of a gateway after every probe of it, on the watch's own thread.
  package init(
    settings: ProbeSettings = ProbeSettings(), onStatus: @escaping @Sendable (GatewayStatus) -> Void
  ) {
    self.settings = settings
    thread = LoopThread { Schedule(settings: settings, on: $0, onStatus: onStatus) }
  }

  /// Watches these and no others. New ones are probed at once; what is known of the others stays.
  package func setTargets(_ targets: some Sequence<Target>) {
    let targets = Set(targets)
    thread.run { $0.setTargets(targets) }
  }

  /// Probes one gateway, or all, without waiting for its time.
  package func probeNow(_ gateway: Gateway? = nil) {
    thread.run { $0.probeNow(gateway) }
  }

  /// Asks a gateway whether it takes mail for `recipient`, with an envelope that no message follows. It does not change what is
  /// known of its state.
  ///
  /// - Parameter done: gets the readings of every address, by every approach of `targets`, on the watch's own thread.
  package func ask(
    _ targets: [Target], for recipient: String,
    done: @escaping @Sendable ([Approach: [Reading]]) -> Void
  ) {
    thread.run { $0.ask(targets, for: recipient, done: done) }
  }

  /// What the results of deliveries say of gateways now; of one that is not in it, nothing is wrong. A status that
  /// changes by that is given out at once.
  package func setDeliveries(_ troubles: [Gateway: DeliveryTrouble]) {
    thread.run { $0.setDeliveries(troubles) }
  }

  /// Ends the thread; no callback comes after this has returned. Not from a callback.
  package func shutdown() { thread.shutdown { $0.stop() } }
}

/// The gateways that are watched. Lives on one event loop.
private final class Schedule {
  private let timers: LoopTimers
  private let settings: ProbeSettings
  private let queue: ProbeQueue
  private let onStatus: @Sendable (GatewayStatus) -> Void
  private var entries: [Gateway: Entry] = [:]
  private var troubles: [Gateway: DeliveryTrouble] = [:]

  private final class Entry {
    var approaches: Set<Approach>
    var status: GatewayStatus
    var timer: LoopTimers.Timer?
    var isBeingProbed = false

    init(_ gateway: Gateway, _ approaches: Set<Approach>) {
      self.approaches = approaches
      status = GatewayStatus(gateway)
    }
  }

  init(
    settings: ProbeSettings, on eventLoop: any EventLoop,
    onStatus: @escaping @Sendable (GatewayStatus) -> Void
  ) {
    self.settings = settings
    timers = LoopTimers(on: eventLoop)
    self.onStatus = onStatus
    queue = ProbeQueue(settings: settings, on: eventLoop, timers)
  }

  func setTargets(_ targets: Set<Target>) {
    let wanted = Dictionary(grouping: targets, by: \.gateway).mapValues { Set($0.map(\.approach)) }
    for (gateway, entry) in entries where wanted[gateway] == nil {
      entry.timer?.cancel()
      entries[gateway] = nil
    }
    for (gateway, approaches) in wanted where entries[gateway]?.approaches != approaches {
      let entry = entries[gateway] ?? Entry(gateway, approaches)
      entry.status.take(troubles[gateway], at: .now)
      entry.approaches = approaches
      entries[gateway] = entry
      probe(entry)
    }
  }

  func setDeliveries(_ new: [Gateway: DeliveryTrouble]) {
    let touched = Set(troubles.keys).union(new.keys).filter { troubles[$0] != new[$0] }
    troubles = new
    for entry in touched.compactMap({ entries[$0] }) {
      entry.status.take(new[entry.status.gateway], at: .now)
      onStatus(entry.status)
    }
  }

  func probeNow(_ gateway: Gateway?) {
    if let gateway {
      if let entry = entries[gateway] { probe(entry) }
    } else {
      for entry in entries.values { probe(entry) }
    }
  }

  func ask(
    _ targets: [Target], for recipient: String, done: @escaping @Sendable ([Approach: [Reading]]) -> Void
  ) {
    let targets = Set(targets)
    var results: [Approach: [Reading]] = [:]
    for target in targets {
      queue.probe(target, for: recipient) { readings in
        results[target.approach] = readings
        if results.count == targets.count { done(results) }
      }
    }
  }

  func stop() {
    timers.stop()
    entries = [:]
    queue.stop()
  }

  private func probe(_ entry: Entry) {
    if entry.isBeingProbed { return }
    entry.isBeingProbed = true
    entry.timer?.cancel()
    let approaches = entry.approaches
    var results: [Approach: [Reading]] = [:]
    for approach in approaches {
      queue.probe(Target(entry.status.gateway, approach)) { readings in
        results[approach] = readings
        if results.count == approaches.count { self.take(results, for: entry) }
      }
    }
  }

  private func take(_ results: [Approach: [Reading]], for entry: Entry) {
    entry.isBeingProbed = false
    // No longer watched, or watched again.
    guard entries[entry.status.gateway] === entry else { return }
    // Edited in the meantime: what came is not the whole.
    guard Set(results.keys) == entry.approaches else { return probe(entry) }
    entry.status.take(results, at: .now, settings: settings)
    onStatus(entry.status)
    let pause = entry.status.pause(spread: .random(in: -1...1), settings: settings)
    entry.timer = timers.after(TimeAmount(pause)) { self.probe(entry) }
  }
}
