// What the readings of a gateway add up to, with the one word and the one symbol for each.

/// The state of a gateway. Raw values are the words of the JSON contract.
package enum GatewayState: String, Hashable, Sendable, CaseIterable {
  case unknown, up, degraded, down, refused, drained

  /// The word on screen: what needs attention shouts.
  package var word: String {
    switch self {
    case .down: "DOWN"
    case .refused: "REFUSED"
    default: rawValue
    }
  }

  /// A symbol of its own for each state, so that colour never carries meaning alone (ASCII on purpose).
  package var symbol: Character {
    switch self {
    case .unknown: "?"
    case .up: "+"
    case .degraded: "~"
    case .down: "!"
    case .refused: "x"
    case .drained: "-"
    }
  }

  /// Whether mail handed to the gateway can be expected to leave. Unknown counts as alive: nothing was
  /// found wrong.
  package var isAlive: Bool { self != .down && self != .refused }

  /// The state of a gateway from one reading of each of its addresses.
  ///
  /// All answer: up. Some do, or the worst is a 4xx greeting: degraded. None does: refused if one of
  /// them answers with 5xx (alive, and does not want us), otherwise down. No reading, or none that says
  /// anything about the gateway: unknown.
  package static func of(_ readings: some Collection<Reading>) -> GatewayState {
    let states = Set(readings.map(\.finding.state)).subtracting([.unknown])
    if states.isEmpty { return .unknown }
    if states.count == 1, let only = states.first { return only }
    if states.contains(.up) || states.contains(.degraded) { return .degraded }
    return .refused
  }

  /// Every state, the ones that need attention last. Unknown says nothing, so it never outweighs what was found.
  package static let fromBestToWorst: [GatewayState] = [.drained, .unknown, .up, .degraded, .refused, .down]

  /// The place in that order: the larger, the worse.
  package var badness: Int { Self.fromBestToWorst.firstIndex(of: self) ?? 0 }

  /// Whether mail fares worse with a gateway in this state than in the other: what decides where several lanes see
  /// one gateway differently.
  package func isWorse(than other: GatewayState) -> Bool { badness > other.badness }
}

/// What is known of gateways; a gateway that is not in it is unknown, and unknown counts as alive.
package typealias GatewayStates = [Gateway: GatewayState]

extension GatewayStates {
  package func isAlive(_ gateway: Gateway) -> Bool { self[gateway]?.isAlive ?? true }
}
