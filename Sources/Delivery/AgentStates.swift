// Asking a running agent what it knows, so that a command need not probe.

import Glibc
import PostfixFiles
import Routing

/// The states of `gateways` as the agent beside this configuration sees them; nil where no agent answers at once.
public func statesOfRunningAgent(_ config: MailConfig, gateways: [Gateway]) -> [Gateway: GatewayState]? {
  let path = "\(config.parameters.text("queue_directory"))/private/randmap-status"
  guard let answer = AgentSocket.ask(path, "GET /states HTTP/1.0\r\n\r\n")?.text,
    answer.hasPrefix("HTTP/1.0 200 "), let body = answer.firstRange(of: "\r\n\r\n")
  else { return nil }
  let byName = Dictionary(gateways.map { ("\($0)", $0) }) { first, _ in first }
  var states: [Gateway: GatewayState] = [:]
  for line in answer[body.upperBound...].split(separator: "\n") {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 3, let state = GatewayState(rawValue: String(fields[0])),
      let gateway = byName[String(fields[1])]
    else { continue }
    states[gateway] = state
  }
  return states
}
