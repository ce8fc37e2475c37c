// What is known of a gateway: its state, the change that is under way, and the way there.

import Gateways
import Routing

/// A change that needs more readings of the same kind before it counts.
package enum PendingChange: Hashable, Sendable, CustomStringConvertible {
  case goingDown(Int, of: Int)
  case comingUp(Int, of: Int)

  /// `going down 1/3`.
  package var description: String {
    switch self {
    case .goingDown(let count, let needed): "going down \(count)/\(needed)"
    case .comingUp(let count, let needed): "coming up \(count)/\(needed)"
    }
  }
}

/// A state left for another.
package struct StateChange: Hashable, Sendable {
  package let from: GatewayState
  package let to: GatewayState
  /// What was found wrong when it happened; empty for a change for the better.
  package let reason: String
  package let time: ContinuousClock.Instant
}

/// A gateway's state with everything that led to it. A pure value: readings in, state out.
///
/// The first reading decides at once. After that, `fall` bad readings in a row take a live gateway down
/// and `rise` good ones bring it back; between up and degraded, and between down and refused, it changes
/// at once, since that changes nothing in where mail should go. A probe that could not be sent counts for
/// nothing.
@dynamicMemberLookup
package struct GatewayStatus: Hashable, Sendable {
  package let gateway: Gateway
  /// Its state, and the readings that were taken last.
  package private(set) var known = KnownGateway(.unknown)
  package private(set) var pending: PendingChange?
  /// Since when the gateway is in its state; nil before the first reading.
  package private(set) var since: ContinuousClock.Instant?
  /// Oldest first, at most `history_limit`.
  package private(set) var history: [HistoryPoint] = []
  /// Oldest first; the last hundred.
  package private(set) var changes: [StateChange] = []
  /// Whether the state changed `flap_changes` times or more within `flap_window`, at the last reading.
  package private(set) var isFlapping = false

  package init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  /// What is known of it now reads as if it were the gateway's own.
  package subscript<Value>(dynamicMember path: KeyPath<KnownGateway, Value>) -> Value {
    known[keyPath: path]
  }

  /// Asked for of thousands of gateways at once.
  package var state: GatewayState { known.state }

  /// What one probe of the gateway found: the readings of every address, by every approach that
  /// reaches it. The worst approach decides.
  package mutating func take(
    _ readings: [Approach: [Reading]], at time: ContinuousClock.Instant, settings: ProbeSettings
  ) {
    known.readings = readings
    let found = GatewayState.of(readings)
    let latency = known.latency
    known.remark = latency.flatMap { $0 > Double(settings[.slowAfter]) ? .slow($0) : nil }
    history.append(HistoryPoint(time: time, found: found, latency: latency))
    if history.count > settings[.historyLimit] { history.removeFirst() }
    judge(found, at: time, settings)
    let recent = changes.filter {
      $0.from != .unknown && time - $0.time <= settings.duration(.flapWindow)
    }
    isFlapping = recent.count >= settings[.flapChanges]
  }

  /// What the results of deliveries say now; nil: nothing is wrong with them. Mail goes on to such a gateway, so no
  /// second look is needed.
  package mutating func take(_ trouble: DeliveryTrouble?, at time: ContinuousClock.Instant) {
    let before = state
    known.deliveries = trouble
    note(before, at: time)
  }

  private mutating func judge(
    _ found: GatewayState, at time: ContinuousClock.Instant, _ settings: ProbeSettings
  ) {
    if found == .unknown { return }
    let state = known.probed
    if state == .unknown || found.isAlive == state.isAlive {
      pending = nil
      if found != state { change(to: found, at: time) }
      return
    }
    let needed = settings[state.isAlive ? .fall : .rise]
    let count = 1 + (pending?.count ?? 0)
    if count >= needed {
      pending = nil
      change(to: found, at: time)
    } else {
      pending = state.isAlive ? .goingDown(count, of: needed) : .comingUp(count, of: needed)
    }
  }

  private mutating func change(to new: GatewayState, at time: ContinuousClock.Instant) {
    let before = state
    known.probed = new
    note(before, at: time)
  }

  /// Keeps what the state was before, if it is another one now.
  private mutating func note(_ before: GatewayState, at time: ContinuousClock.Instant) {
    if state == before { return }
    changes.append(StateChange(from: before, to: state, reason: known.reason, time: time))
    // As many as `flap_changes` can ask for.
    if changes.count > ProbeSetting.flapChanges.range.upperBound { changes.removeFirst() }
    since = time
  }

  /// The time until the next probe: short while a state is changing. `spread` from -1 to 1 places it
  /// within the jitter.
  func pause(spread: Double, settings: ProbeSettings) -> Duration {
    let setting: ProbeSetting =
      pending != nil ? .changingInterval : state == .unknown || state.isAlive ? .interval : .downInterval
    let milliseconds = Double(settings[setting])
    return .milliseconds(Int(milliseconds + milliseconds * spread * Double(settings[.jitter]) / 100))
  }
}

extension PendingChange {
  fileprivate var count: Int {
    switch self {
    case .goingDown(let count, _), .comingUp(let count, _): count
    }
  }
}
