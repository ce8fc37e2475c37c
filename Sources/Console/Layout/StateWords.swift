// How states look in every view.

import Editing
import Gateways
import Routing
import System

extension Facts {
  /// `+ up`, `! DOWN 3 min`: the symbol, the word, and how long for a state that should not last.
  func stateSpan(_ state: GatewayState, of gateway: Gateway?, short: Bool = false) -> Span {
    var text = "\(state.symbol) \(state.word)"
    let lasts = [.down, .refused, .degraded].contains(state)
    // Since when the agent finds so, it does not say.
    if !short, lasts, let status = gateway.flatMap({ statuses[$0] }), status.state == state,
      let since = status.since
    {
      text += " " + words(for: since.duration(to: now))
    }
    return Span(text, Role(state))
  }
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
