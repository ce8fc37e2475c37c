// Telling of a gateway's state, whether probes or the results of deliveries changed it: to those who wait for the next
// report, and to the command of `--notify`.

import Gateways
import Liveness

extension Dispatcher {
  /// What probes found of a gateway, with what deliveries say beside it.
  func judged(_ gateway: Gateway) -> GatewayStatus {
    var status = health.known[gateway] ?? GatewayStatus(gateway)
    status.take(results.trouble(of: gateway, at: .now), at: .now)
    return status
  }

  func tellOfChange(of status: GatewayStatus, from before: GatewayState) {
    if status.state != before { statusListeners.tellSoon() }
    // Of one that is probed by turns, what came before is not known.
    guard watchList.configured.contains(status.gateway),
      let event = GatewayEvent(from: before, to: status, time: setup.config.environment.clock())
    else { return }
    notify(event)
  }

  /// Others get the mail of a gateway from now on, for a while.
  func tellOfRest(of gateway: Gateway) {
    guard let end = results.endOfRest(of: gateway), let trouble = results.trouble(of: gateway, at: .now)
    else {
      return
    }
    tellOfChange(of: judged(gateway), from: health.known[gateway]?.state ?? .unknown)
    // A moment later, so that it is over.
    loop.after(end - .now + .milliseconds(10)) { [unowned self] in
      var before = health.known[gateway] ?? GatewayStatus(gateway)
      before.take(trouble, at: .now)
      tellOfChange(of: judged(gateway), from: before.state)
    }
  }
}
