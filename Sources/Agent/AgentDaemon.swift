// randmap(8): listens for delivery requests, watches the gateways, follows the newest configuration.

import Glibc
import Liveness
import PostfixFiles
import Routing
import Threads

/// The options of the agent at its start.
package struct AgentOptions: Sendable {
  /// The configuration directory, as an absolute path.
  package var directory: String
  package var environment: Environment
  package var stickiness = Stickiness.none
  /// How gateways are probed where a configuration says so.
  package var probeSettings: @Sendable (MailConfig) -> ProbeSettings = { _ in ProbeSettings() }
  /// Where lookups are answered, beside `private/randmap-lookup`.
  package var lookupAddresses: [ListenAddress] = []
  /// Where counts are shown, beside `private/randmap-status`.
  package var metricsAddresses: [ListenAddress] = []
  /// Whether a lookup in `private/` may bring a pool as its text, which the configuration does not name.
  package var allowsInlineLookups = false
  /// A line for sh(1) that is run at each change of a gateway's state; nil: none.
  package var notify: String?
  /// Writes one printable line of the log, and returns whether it could. It may wait.
  package var log: @Sendable (String) -> Bool

  package init(directory: String, environment: Environment, log: @escaping @Sendable (String) -> Bool) {
    self.directory = directory
    self.environment = environment
    self.log = log
  }
}

/// The running agent. Made on the main thread; its own work is on a thread of its own.
package final class AgentDaemon: Sendable {
  private let log: LogQueue
  /// What other threads have the loop do.
  private let work = Mailbox<AgentLoop.Work>()
  /// Tells a command of the changes of states; nil: none is told.
  private let commands: CommandQueue?
  /// Gets a value when the loop has ended.
  private let end = Mailbox<Void>()
  /// The queue manager's socket, as the log names it.
  package let socketPath: String

  /// Listens, then takes on `mail_owner`'s identity, then starts to probe.
  package init(_ options: AgentOptions) throws(AgentError) {
    log = LogQueue(options.log)
    let setup: AgentSetup
    do throws(FileError) {
      setup = try AgentSetup(whenWritten: options.directory, options.environment)
    } catch {
      throw AgentError(error.message)
    }
    // Root would take on any user that it names, and listen in any queue.
    if geteuid() == 0, let found = setup.config.foreignAuthor {
      throw AgentError(
        """
        root does not go by the mail_owner and the queue_directory of \(printable(options.directory))/main.cf: \
        \(printable(found.path)): \(found.reason); make root the owner of it, and let no other user write it
        """)
    }
    let owner = try MailOwner(setup.mailOwner)
    let path = "\(setup.queueDirectory)/private/randmap"
    socketPath = path
    let inherited = AgentSocket.inherited()
    let socket: Int32
    if let inherited { socket = inherited } else { socket = try AgentSocket.listen(at: path, owner: owner) }
    // Where only Postfix's own processes and the superuser come.
    let inPrivate = try ["lookup", "status"].map { name throws(AgentError) in
      try AgentSocket.listen(at: "\(path)-\(name)", owner: owner)
    }
    var listening = [
      ListeningSocket(.requests, .unix(path), socket),
      ListeningSocket(.lookups(.postfix), .unix("\(path)-lookup"), inPrivate[0]),
      ListeningSocket(.counts(.postfix), .unix("\(path)-status"), inPrivate[1]),
    ]
    for address in options.lookupAddresses {
      let socket = try AgentSocket.listen(on: address, owner: owner)
      listening.append(ListeningSocket(.lookups(.anybody), address, socket))
    }
    for address in options.metricsAddresses {
      let socket = try AgentSocket.listen(on: address, owner: owner)
      listening.append(ListeningSocket(.counts(.anybody), address, socket))
    }
    try owner.takeOn()

    // As mail_owner, like all else from here on.
    let queue = log
    commands = options.notify.map { command in CommandQueue(command) { queue.say($0) } }
    let (work, end, log, sockets, commands) = (work, end, log, listening, commands)
    inBackground {
      // A delivery wakes this thread four times, each time beside a delivery agent at work: a machine at its limit
      // delivers a few per cent more where these may finish first (docs/design.md).
      yieldToOthers()
      let service = AgentLoop(setup, sockets, owner: owner, options, log: { log.say($0) }, work: work)
      if let commands {
        service.dispatcher.notify = { commands.run($0.environment(directory: options.directory)) }
      }
      service.lookAround()
      service.takeTurns()
      service.dispatcher.useDatabases()
      service.loop.run()
      service.watch.shutdown()
      end.post(())
    }
    log.say("listening on \(printable(path))")
  }

  /// Takes no new requests, finishes what it has, and ends. Returns when all is done.
  package func stop() {
    log.say("stopping: no new requests")
    work.post { $0.finish() }
    _ = end.wait()
    commands?.shutdown()
    log.say("stopped")
    log.flush(limit: .seconds(2))
  }
}
