// What is known of the gateways: what probes found, and what deliveries reported since.

import Gateways
import Liveness
import Routing

/// What can be expected of a member, the best first.
enum Prospect: Int, Comparable, Sendable, CaseIterable {
  case alive
  /// Not probed yet: nothing was found wrong.
  case unknown
  /// It greets, and most of what it was given lately came to nothing.
  case failing
  case inTrouble
  /// smtp(8) returns the mail to its sender there, even where another gateway follows in the list: so it must not decide
  /// where another gateway is only down for a while.
  case returnsMail

  static func < (left: Prospect, right: Prospect) -> Bool { left.rawValue < right.rawValue }
}

/// Lives on the agent's event loop.
struct Health {
  private var statuses: [Gateway: GatewayStatus] = [:]
  /// How often what can be expected of a gateway changed.
  private(set) var changes = 0
  /// Those that the last probe did not find alive: mostly none, and then no delivery has to look further.
  private var troubled: Set<Gateway> = []
  /// Those that return some mail to its sender, by what the last probe found.
  private var returning: Set<Gateway> = []
  /// Whether some gateway returns mail: that goes by the size of a message, which no outlook knows.
  var hasReturning: Bool { !returning.isEmpty }
  /// Those that the last probe found alive.
  private var alive: Set<Gateway> = []
  /// When a delivery failed at a gateway; until the next probe, but not for ever.
  private var reported: [Gateway: ContinuousClock.Instant] = [:]
  private let memory = Duration.seconds(60)
  /// When a probe out of turn was last asked for.
  private var asked: [Gateway: ContinuousClock.Instant] = [:]
  /// A gateway is not probed out of turn more often than this.
  private let pause = Duration.seconds(5)
  /// Of gateways that only deliveries reported, so many are remembered: they may be as many as requests name.
  private static let mostReported = 20_000

  /// In trouble: down, refusing us, about to be so, or just reported. Nothing is lost by trying such a gateway last,
  /// so one bad reading is enough here; unknown counts as alive.
  func isInTrouble(_ gateway: Gateway) -> Bool {
    if let time = reported[gateway], .now - time < memory { return true }
    return troubled.contains(gateway)
  }

  /// A member is as good as the best of its gateways; one without gateways (a pipe, say) is always alive.
  ///
  /// - Parameter size: The size of the message in bytes; nil if it is unknown.
  func prospect(of member: AgentMember, messageSize size: Int? = nil) -> Prospect {
    if member.targets.isEmpty { return .alive }
    return member.targets.map { prospect(of: $0.gateway, size) }.min() ?? .alive
  }

  private func prospect(of gateway: Gateway, _ size: Int?) -> Prospect {
    if returning.contains(gateway),
      statuses[gateway]?.addresses.allSatisfy({ $0.finding.returnsMail(ofSize: size) }) ?? false
    {
      return .returnsMail
    }
    guard isInTrouble(gateway) else { return alive.contains(gateway) ? .alive : .unknown }
    return .inTrouble
  }

  /// A probe's result. Returns words for the log where the state changed.
  mutating func take(_ status: GatewayStatus) -> String? {
    let before = statuses[status.gateway]?.state ?? .unknown
    let wereExpected = expectations(status.gateway)
    defer { if expectations(status.gateway) != wereExpected { changes += 1 } }
    statuses[status.gateway] = status
    reported[status.gateway] = nil
    if !status.addresses.isEmpty, status.addresses.allSatisfy({ $0.finding.returnsMail(ofSize: .max) }) {
      returning.insert(status.gateway)
    } else {
      returning.remove(status.gateway)
    }
    if status.isInTrouble {
      troubled.insert(status.gateway)
      alive.remove(status.gateway)
    } else {
      troubled.remove(status.gateway)
      if status.state != .unknown { alive.insert(status.gateway) }
    }
    if before == status.state || (before == .unknown && status.state == .up) { return nil }
    let why = status.reason.isEmpty ? "" : ": \(status.reason)"
    return "gateway \(status.gateway) is \(status.state.word)\(why)"
  }

  private func expectations(_ gateway: Gateway) -> [Bool] {
    [
      troubled.contains(gateway), returning.contains(gateway), alive.contains(gateway),
      reported[gateway] != nil,
    ]
  }

  /// A delivery reached none of these.
  mutating func report(_ gateways: [Gateway]) {
    changes += 1
    if reported.count >= Self.mostReported { reported = reported.filter { .now - $0.value < memory } }
    if reported.count >= Self.mostReported { reported = [:] }
    for gateway in gateways { reported[gateway] = .now }
  }

  /// Those of `gateways` that are due for a probe out of turn.
  mutating func dueForProbe(_ gateways: [Gateway], at now: ContinuousClock.Instant) -> [Gateway] {
    if asked.count >= Self.mostReported { asked = asked.filter { now - $0.value < pause } }
    return gateways.filter { gateway in
      if let last = asked[gateway], now - last < pause { return false }
      asked[gateway] = now
      return true
    }
  }

  /// A gateway is not probed for a while: whether it was alive is all that is kept.
  mutating func rest(_ gateway: Gateway) { statuses[gateway] = nil }

  /// The word for a gateway in a pool database: of one that a delivery would try last, `down`, since the query of Postfix
  /// goes by that. Nil where it was not probed yet.
  func storedState(of gateway: Gateway) -> String? {
    guard let state = statuses[gateway]?.state else { return nil }
    return (state.isAlive && isInTrouble(gateway) ? GatewayState.down : state).rawValue
  }

  /// Forgets all gateways but these.
  mutating func keep(_ gateways: Set<Gateway>) {
    changes += 1
    statuses = statuses.filter { gateways.contains($0.key) }
    troubled.formIntersection(gateways)
    alive.formIntersection(gateways)
    returning.formIntersection(gateways)
    asked = asked.filter { gateways.contains($0.key) }
    reported = reported.filter { gateways.contains($0.key) }
  }

  var known: [Gateway: GatewayStatus] { statuses }
}

extension GatewayStatus {
  /// Down or refusing us, or about to be so.
  fileprivate var isInTrouble: Bool {
    if case .goingDown = pending { return true }
    return !state.isAlive || known.takesNoMailNow
  }
}

extension ProbeFinding {
  /// Whether smtp(8) returns a message of `size` bytes to its sender for this, instead of going on to the next gateway of
  /// the list (measured on 3.7; docs/agent.md has the table).
  fileprivate func returnsMail(ofSize size: Int?) -> Bool {
    switch self {
    case .unresolved: true
    case .sizeTooSmall(let offered, _): (size ?? 0) > offered
    case .refusedUs(let reply): (300..<400).contains(reply.code)
    default: false
    }
  }
}
