// How states, durations and latencies look in every view.

import Editing
import Gateways
import Routing

/// How long something has lasted, in the largest unit that says it.
func words(for duration: Duration) -> String {
  let seconds = duration.components.seconds
  if seconds < 60 { return "<1 min" }
  if seconds < 3600 { return "\(seconds / 60) min" }
  return seconds < 172_800 ? "\(seconds / 3600) h" : "\(seconds / 86_400) d"
}

/// Milliseconds as people read them: whole ones, or seconds from ten on.
func words(forMilliseconds value: Double) -> String {
  if value < 1 { return "<1" }
  return value < 10_000 ? "\(Int(value.rounded()))" : "\(Int((value / 1000).rounded()))s"
}

extension Facts {
  /// `+ up`, `! DOWN 3 min`: the symbol, the word, and how long for a state that should not last.
  func stateSpan(_ state: GatewayState, of gateway: Gateway?, short: Bool = false) -> Span {
    var text = "\(state.symbol) \(state.word)"
    let lasts = [.down, .refused, .degraded].contains(state)
    if !short, lasts, let since = gateway.flatMap({ statuses[$0]?.since }) {
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
