// Asking a running agent what it knows, so that a command need not probe.

import Gateways
import Glibc
import PostfixFiles
import Routing

/// The report of this configuration's agent; nil without an answer within a second.
package func reportOfRunningAgent(_ config: MailConfig) -> AgentReport? {
  let path = "\(config.parameters.text("queue_directory"))/private/randmap-status"
  guard let answer = AgentSocket.ask(path, "GET /report HTTP/1.0\r\n\r\n")?.text,
    answer.hasPrefix("HTTP/1.0 200 "), let body = answer.firstRange(of: "\r\n\r\n")
  else { return nil }
  return AgentReport(text: String(answer[body.upperBound...]))
}
