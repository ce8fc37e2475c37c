// What is known of a gateway: its state, the change that is under way, and the way there.

import Routing

/// A change that needs more readings of the same kind before it counts.
public enum PendingChange: Hashable, Sendable, CustomStringConvertible {
  case goingDown(Int, of: Int)
  case comingUp(Int, of: Int)

  /// `going down 1/3`.
  public var description: String {
    switch self {
    case .goingDown(let count, let needed): "going down \(count)/\(needed)"
    case .comingUp(let count, let needed): "coming up \(count)/\(needed)"
    }
  }
}

/// A state left for another.
public struct StateChange: Hashable, Sendable {
  public let from: GatewayState
  public let to: GatewayState
  /// What was found wrong when it happened; empty for a change for the better.
  public let reason: String
  public let time: ContinuousClock.Instant
}

/// A gateway's state with everything that led to it. A pure value: readings in, state out.
///
/// The first reading decides at once. After that, `fall` bad readings in a row take a live gateway down
/// and `rise` good ones bring it back; between up and degraded, and between down and refused, it changes
/// at once, since that changes nothing in where mail should go. A probe that could not be sent counts for
/// nothing.
public struct GatewayStatus: Hashable, Sendable {
  public let gateway: Gateway
  public private(set) var state = GatewayState.unknown
  public private(set) var pending: PendingChange?
  /// Since when the gateway is in its state; nil before the first reading.
  public private(set) var since: ContinuousClock.Instant?
  /// The last reading of each address, by the approach that it was reached with.
  public private(set) var readings: [Approach: [Reading]] = [:]
  /// Oldest first, at most `history_limit`.
  public private(set) var history: [HistoryPoint] = []
  /// Oldest first; the last hundred.
  public private(set) var changes: [StateChange] = []
  /// Whether the state changed `flap_changes` times or more within `flap_window`, at the last reading.
  public private(set) var isFlapping = false
  /// What is worth saying although it is not punished; empty when nothing is. Safe to show.
  public private(set) var remark = ""

  public init(_ gateway: Gateway) {
    self.gateway = gateway
  }

  /// One reading per address, the worst where several approaches saw it differently; in the order of
  /// resolution.
  public var addresses: [Reading] {
    var worst: [Reading] = []
    for reading in inOrder {
      let known = worst.firstIndex { $0.address == reading.address && $0.port == reading.port }
      if let known {
        if reading.finding.state.isWorse(than: worst[known].finding.state) { worst[known] = reading }
      } else {
        worst.append(reading)
      }
    }
    return worst
  }

  /// What the worst reading found wrong; empty when nothing is.
  public var reason: String {
    var worst: ProbeFinding?
    for reading in inOrder where worst.map({ reading.finding.state.isWorse(than: $0.state) }) ?? true {
      worst = reading.finding
    }
    return worst?.reason ?? ""
  }

  /// Milliseconds to the greeting of the slowest address that gave one.
  public var latency: Double? {
    inOrder.compactMap(\.latency).max()
  }

  /// Days left of the certificate that ends first; nil where none was seen.
  public var certificateDays: Int? {
    inOrder.compactMap(\.encryption.certificate?.daysLeft).min()
  }

  /// The ways in which it was reached, always in the same order.
  public var approaches: [Approach] {
    readings.keys.sorted {
      ($0.mailProtocol.rawValue, $0.source ?? "", $0.heloName, $0.lookup.rawValue, $0.tls.level.rawValue)
        < ($1.mailProtocol.rawValue, $1.source ?? "", $1.heloName, $1.lookup.rawValue, $1.tls.level.rawValue)
    }
  }

  private var inOrder: [Reading] { approaches.flatMap { readings[$0] ?? [] } }

  /// What one probe of the gateway found: the readings of every address, by every approach that
  /// reaches it. The worst approach decides.
  public mutating func take(
    _ readings: [Approach: [Reading]], at time: ContinuousClock.Instant, settings: ProbeSettings
  ) {
    self.readings = readings
    let found = readings.values.map { GatewayState.of($0) }.reduce(.unknown) {
      $1.isWorse(than: $0) ? $1 : $0
    }
    remark = slowness(settings)
    history.append(HistoryPoint(time: time, found: found, latency: latency))
    if history.count > settings[.historyLimit] { history.removeFirst() }
    judge(found, at: time, settings)
    let recent = changes.filter {
      $0.from != .unknown && time - $0.time <= settings.duration(.flapWindow)
    }
    isFlapping = recent.count >= settings[.flapChanges]
  }

  /// A sound gateway may be slow: postscreen(8) holds its greeting back for 6 seconds.
  private func slowness(_ settings: ProbeSettings) -> String {
    guard let latency, latency > Double(settings[.slowAfter]) else { return "" }
    let tenths = Int((latency / 100).rounded())
    return "slow: greets after \(tenths / 10).\(tenths % 10) s"
  }

  private mutating func judge(
    _ found: GatewayState, at time: ContinuousClock.Instant, _ settings: ProbeSettings
  ) {
    if found == .unknown { return }
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
    changes.append(StateChange(from: state, to: new, reason: reason, time: time))
    // As many as `flap_changes` can ask for.
    if changes.count > ProbeSetting.flapChanges.range.upperBound { changes.removeFirst() }
    state = new
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
