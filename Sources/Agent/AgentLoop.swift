// What lives on the agent's thread: the loop, the sockets that it listens on, the dispatcher, and the look at the
// configuration.

import Glibc
import Liveness
import PostfixFiles
import Threads

/// The sockets that the agent listens on.
struct Sockets: Sendable {
  let requests: Int32
  let lookups: [(descriptor: Int32, asker: Asker)]
  let status: [Int32]

  var all: [Int32] { [requests] + lookups.map(\.descriptor) + status }
}

final class AgentLoop {
  /// What other threads have it do.
  typealias Work = @Sendable (AgentLoop) -> Void

  let loop = SocketLoop()
  let dispatcher: Dispatcher
  private let sockets: Sockets
  private let options: AgentOptions
  private let work: Mailbox<Work>
  private(set) var watch: Watch
  private var isReading = false

  /// How often it looks whether the configuration changed.
  private static let look = Duration.seconds(1)

  /// To be made on the thread that runs the loop.
  init(_ setup: AgentSetup, _ sockets: Sockets, _ options: AgentOptions, work: Mailbox<Work>) {
    self.sockets = sockets
    self.options = options
    self.work = work
    watch = Self.watch(setup, options, work)
    dispatcher = Dispatcher(setup, stickiness: options.stickiness, on: loop, log: options.log)
    let dispatcher = dispatcher
    dispatcher.probe = { [unowned self] in watch.probeNow($0) }
    dispatcher.watchMore = { [unowned self] in watch.setTargets($0) }
    loop.accept(on: sockets.requests) { _ = RequestHandler(dispatcher, $0) }
    for (socket, asker) in sockets.lookups {
      loop.accept(on: socket) { _ = LookupHandler(dispatcher, $0, asker) }
    }
    for socket in sockets.status { loop.accept(on: socket) { _ = StatusHandler(dispatcher, $0) } }
    loop.watch(work.descriptor) { [unowned self] in
      for work in work.empty() { work(self) }
    }
  }

  private static func watch(_ setup: AgentSetup, _ options: AgentOptions, _ work: Mailbox<Work>) -> Watch {
    let watch = Watch(settings: options.probeSettings(setup.config)) { status in
      work.post { $0.dispatcher.take(status) }
    }
    watch.setTargets(setup.targets)
    return watch
  }

  private func update(_ setup: AgentSetup) {
    if options.probeSettings(setup.config) != watch.settings {
      let old = watch
      watch = Self.watch(setup, options, work)
      inBackground { old.shutdown() }
    }
    dispatcher.update(setup)
    dispatcher.say("the configuration changed; going by the new one")
  }

  /// Goes by a changed configuration, from now on and again and again. It is read on a thread aside; what cannot be read
  /// leaves all as it is.
  func lookAtConfiguration() {
    loop.after(Self.look) { [unowned self] in
      lookAtConfiguration()
      if isReading { return }
      isReading = true
      let (current, options, work) = (dispatcher.setup, options, work)
      BackgroundQueue.files.run {
        guard current.isOutdated else { return work.post { $0.isReading = false } }
        do throws(FileProblem) {
          let setup = try AgentSetup(directory: options.directory, environment: options.environment)
          work.post {
            $0.isReading = false
            $0.update(setup)
          }
        } catch {
          let message = error.message
          work.post {
            $0.isReading = false
            $0.dispatcher.refuse(message)
          }
        }
      }
    }
  }

  /// Listens no longer; the loop ends when what is under way is finished.
  func finish() {
    for socket in sockets.all {
      loop.forget(socket)
      close(socket)
    }
    let loop = loop
    dispatcher.finish { loop.stop() }
  }
}
