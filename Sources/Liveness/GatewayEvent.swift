// A gateway's change of state, as a command is told of it (`--notify`).

import Gateways
import PostfixFiles

package struct GatewayEvent: Hashable, Sendable {
  package let gateway: Gateway
  package let before: GatewayState
  package let state: GatewayState
  package let reason: String
  /// Seconds since 1970.
  package let time: Int

  /// Nil where nothing changed that a person should hear of: the first probe of a gateway that is up is not a change.
  package init?(from before: GatewayState, to status: GatewayStatus, time: Int) {
    if before == status.state || (before == .unknown && status.state == .up) { return nil }
    gateway = status.gateway
    self.before = before
    state = status.state
    reason = status.reason
    self.time = time
  }

  /// The variables of the command (docs/scripts.md). What a gateway said is a stranger's text: nothing raw is in them.
  ///
  /// - Parameters:
  ///   - directory: the configuration directory.
  ///   - atRisk: the share of all pool mail that is at risk; nil where that is not known.
  package func environment(directory: String, atRisk: Double? = nil) -> [(name: String, value: String)] {
    func clean(_ text: String) -> String { OutputForm.environmentValue.spell(text) }
    return [
      ("RANDMAP_EVENT", "gateway"), ("RANDMAP_GATEWAY", clean(gateway.description)),
      ("RANDMAP_STATE", state.rawValue), ("RANDMAP_BEFORE", before.rawValue),
      ("RANDMAP_REASON", clean(reason)),
      ("RANDMAP_TIME", WrittenTime.utc(time)), ("RANDMAP_CONFIG_DIRECTORY", clean(directory)),
      ("RANDMAP_AT_RISK", atRisk.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? ""),
    ]
  }
}
