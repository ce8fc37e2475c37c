// How states look in every view.

import Editing
import Gateways
import Routing
import System

extension Facts {
  /// `+ up`; without the sign where it would be heard.
  func marked(_ state: GatewayState) -> String {
    symbols == .words ? state.word.lowercased() : "\(state.symbol) \(state.word)"
  }

  /// `+ up`, `! DOWN 3 min`: the symbol, the word, and how long for a state that should not last.
  func stateSpan(_ state: GatewayState, of gateway: Gateway?, short: Bool = false) -> Span {
    var text = marked(state)
    let lasts = [.down, .refused, .degraded].contains(state)
    // Since when the agent finds so, it does not say.
    if !short, lasts, let status = gateway.flatMap({ statuses[$0] }), status.state == state,
      let since = status.since
    {
      text += " " + age(since.duration(to: now))
    }
    return Span(text, Role(state))
  }
}

/// A figure to show in place of another one: that one, where it says about the same. A screen that is left open is not
/// painted anew for a millisecond.
func steady(_ shown: Double?, _ new: Double?) -> Double? {
  guard let shown, let new else { return new }
  return new > shown * 1.5 + 1 || new < shown / 1.5 - 1 ? new : shown
}

/// How long something has lasted, in steps that grow with it, for the same reason.
func age(_ duration: Duration) -> String {
  let minutes = duration.components.seconds / 60
  return words(for: (10..<60).contains(minutes) ? .seconds(minutes / 5 * 300) : duration)
}

extension Role {
  /// The role of a gateway's state.
  init(_ state: GatewayState) {
    switch state {
    case .unknown: self = .unknown
    case .up: self = .up
    case .degraded: self = .degraded
    case .down: self = .down
    case .refused: self = .refused
    case .drained: self = .drained
    }
  }
}
