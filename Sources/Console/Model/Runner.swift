// From the value to a running program: the terminal, the threads that do the slow work, and the doors to the
// other rooms.

import Changes
import Checks
import Liveness
import PostfixFiles
import Routing
import Threads

/// What the console has done by others: nothing here waits.
public protocol ConsoleServices {
  /// Watches these and no others; statuses are posted.
  func watch(_ targets: [Target])
  /// Probes this gateway now; nil: all that are watched.
  func probe(_ gateway: Gateway?)
  /// Asks the agent beside the configuration, if one runs; its report is posted.
  func askAgent()
  /// Writes; the outcome is posted.
  func write(_ request: WriteRequest)
  /// Turns the last write round, and posts what that would change.
  func previewUndo()
  /// Takes the last write back, if it is still the one that was looked at; the outcome is posted.
  func undoWrite(_ set: ChangeSet, reload: Bool)
  /// What the rules find. Called on a thread of its own.
  func check() -> @Sendable (MailConfig, KnownGateways) -> [Diagnostic]
}

/// Runs the console until the person leaves it.
///
/// - Parameters:
///   - signals: made before any thread was started.
///   - mailbox: where the services post.
/// - Returns: the exit status.
public func runConsole(
  _ console: Console, on terminal: Terminal, signals: Signals, mailbox: Mailbox<Message>,
  services: some ConsoleServices
) -> Int32 {
  var console = console
  let check = services.check()
  let files = FileWatch()
  return run(
    &console, on: terminal, signals: signals, mailbox: mailbox, starting: console.startEffects
  ) { effect in
    switch effect {
    case .quit(let status): return .quit(status)
    case .readFiles(let config):
      inBackground { mailbox.post(.filesRead(files.reading(config))) }
    case .lookAtFiles:
      inBackground { if let message = files.look() { mailbox.post(message) } }
    case .survey(let config, let known):
      inBackground {
        // Probing need not wait for the rules.
        mailbox.post(.gateways(config.gateways()))
        mailbox.post(.diagnostics(check(config, known)))
      }
    case .watch(let targets): services.watch(targets)
    case .probe(let gateway): services.probe(gateway)
    case .askAgent: services.askAgent()
    case .write(let request): services.write(request)
    case .previewUndo: services.previewUndo()
    case .undoWrite(let set, let reload): services.undoWrite(set, reload: reload)
    }
    return .goOn
  }
}
