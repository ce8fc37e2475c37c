// Listening to a running agent, on a thread that sleeps until the agent knows something new or has ended: the console shows it
// within a second, and asks no more often than that.

import Gateways
import Glibc
import Threads

/// How the agent of a configuration is asked. Both are called on threads.
package struct AgentLink: Sendable {
  /// What it says; nil where none answers.
  let report: @Sendable () -> AgentReport?
  /// Returns true when its report is another one, it has ended, or none is there; false when the descriptor can be read from.
  let waitForChange: @Sendable (Int32) -> Bool

  package init(
    report: @escaping @Sendable () -> AgentReport?, waitForChange: @escaping @Sendable (Int32) -> Bool
  ) {
    self.report = report
    self.waitForChange = waitForChange
  }
}

final class AgentWatch: Sendable {
  private enum Command: Sendable {
    case listen
    case end
  }

  private let commands = Mailbox<Command>()

  /// The least time between two reports.
  private static let pause: Int32 = 500

  /// - Parameter onReport: called on the watch's own thread.
  init(_ agent: AgentLink, onReport: @escaping @Sendable (AgentReport?) -> Void) {
    let commands = commands
    inBackground {
      var isListening = false
      while true {
        var source = pollfd(fd: commands.descriptor, events: Int16(POLLIN), revents: 0)
        // Without an agent there is nothing to listen to, until the console finds one.
        poll(&source, 1, isListening ? Self.pause : -1)
        for command in commands.empty() {
          switch command {
          case .listen: isListening = true
          case .end: return
          }
        }
        guard isListening else { continue }
        guard agent.waitForChange(commands.descriptor) else { continue }
        let report = agent.report()
        isListening = report != nil
        onReport(report)
      }
    }
  }

  /// An agent has answered.
  func listen() { commands.post(.listen) }

  func end() { commands.post(.end) }
}
