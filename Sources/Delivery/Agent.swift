// randmap(8): listens for delivery requests, watches the gateways, goes by the newest configuration.

import Glibc
import Liveness
import NIOCore
import NIOPosix
import PostfixFiles
import Routing
import Synchronization

/// What the agent is told at its start.
public struct AgentOptions: Sendable {
  /// The configuration directory, as an absolute path.
  public var directory: String
  public var environment: Environment
  public var stickiness = Stickiness.none
  public var probeSettings = ProbeSettings()
  /// Where lookups are answered, beside `private/randmap-lookup`.
  public var lookupAddresses: [ListenAddress] = []
  /// Where counts are shown, beside `private/randmap-status`.
  public var metricsAddresses: [ListenAddress] = []
  /// Gets what there is to say, a line at a time, printable.
  public var log: @Sendable (String) -> Void

  public init(directory: String, environment: Environment, log: @escaping @Sendable (String) -> Void) {
    self.directory = directory
    self.environment = environment
    self.log = log
  }
}

/// The running agent. Made on the main thread; its own work is on a thread of its own.
public final class Agent: Sendable {
  private let options: AgentOptions
  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let dispatcher: NIOLoopBound<Dispatcher>
  private let watch: Watch
  private let listeners: [any Channel]
  /// The queue manager's socket, as the log names it.
  public let socketPath: String
  private let isReading = Mutex(false)

  /// How often it looks whether the configuration changed.
  private static let look = TimeAmount.seconds(1)

  /// Listens, then takes on `mail_owner`'s identity, then starts to probe.
  public init(_ options: AgentOptions) throws(AgentFailure) {
    self.options = options
    let setup: Setup
    do throws(FileProblem) {
      setup = try Setup(directory: options.directory, environment: options.environment)
    } catch {
      throw AgentFailure(error.message)
    }
    let owner = try Identity(setup.mailOwner)
    let path = "\(setup.queueDirectory)/private/randmap"
    socketPath = path
    let inherited = AgentSocket.inherited()
    let socket: Int32
    if let inherited { socket = inherited } else { socket = try AgentSocket.listen(at: path, owner: owner) }
    // Where only Postfix's own processes and the superuser come.
    let inPrivate = try ["lookup", "status"].map { name throws(AgentFailure) in
      try AgentSocket.listen(at: "\(path)-\(name)", owner: owner)
    }
    var lookupSockets = [inPrivate[0]]
    var statusSockets = [inPrivate[1]]
    for address in options.lookupAddresses {
      lookupSockets.append(try AgentSocket.listen(on: address, owner: owner))
    }
    for address in options.metricsAddresses {
      statusSockets.append(try AgentSocket.listen(on: address, owner: owner))
    }
    try owner.takeOn()

    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    self.group = group
    self.loop = loop
    let (stickiness, log) = (options.stickiness, options.log)
    do throws(any Error) {
      dispatcher = try loop.submit {
        NIOLoopBound(Dispatcher(setup, stickiness: stickiness, on: loop, log: log), eventLoop: loop)
      }.wait()
      let bound = dispatcher
      listeners = try [
        Self.serve([socket], on: group) { RequestHandler(bound.value) },
        Self.serve(lookupSockets, on: group) { LookupHandler(bound.value) },
        Self.serve(statusSockets, on: group) { StatusHandler(bound.value) },
      ].flatMap { $0 }
      let watch = Watch(settings: options.probeSettings) { status in
        loop.execute { bound.value.take(status) }
      }
      self.watch = watch
      try loop.submit {
        bound.value.probe = { watch.probeNow($0) }
        bound.value.watchMore = { watch.setTargets($0) }
      }.wait()
      watch.setTargets(setup.targets)
    } catch {
      throw AgentFailure("\(printable(path)): \(error)")
    }
    loop.scheduleRepeatedTask(initialDelay: Self.look, delay: Self.look) { [weak self] task in
      guard let self else { return task.cancel() }
      self.reread()
    }
    log("listening on \(printable(path))")
  }

  /// A listener for each socket, and a handler for each connection.
  private static func serve(
    _ sockets: [Int32], on group: MultiThreadedEventLoopGroup,
    _ handler: @escaping @Sendable () -> any ChannelHandler
  ) throws -> [any Channel] {
    try sockets.map { socket in
      try ServerBootstrap(group: group)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
        }
        .withBoundSocket(socket).wait()
    }
  }

  /// Reads the configuration again if it changed, on a thread aside; what cannot be read leaves all as it is.
  private func reread() {
    let current = dispatcher.value.setup
    guard
      isReading.withLock({ isReading in
        defer { isReading = true }
        return !isReading
      })
    else { return }
    let (options, bound, loop) = (options, dispatcher, loop)
    NIOSingletons.posixBlockingThreadPool.submit { [weak self] _ in
      defer { self?.isReading.withLock { $0 = false } }
      guard current.isOutdated else { return }
      do throws(FileProblem) {
        let setup = try Setup(directory: options.directory, environment: options.environment)
        loop.execute {
          bound.value.update(setup)
          bound.value.say("the configuration changed; going by the new one")
        }
      } catch {
        let message = error.message
        loop.execute { bound.value.refuse(message) }
      }
    }
  }

  /// Takes no new requests, finishes what it has, and ends. Returns when all is done.
  public func stop() {
    options.log("stopping: no new requests")
    for listener in listeners { try? listener.close().wait() }
    let (bound, idle) = (dispatcher, loop.makePromise(of: Void.self))
    loop.execute { bound.value.finish { idle.succeed() } }
    try? idle.futureResult.wait()
    watch.shutdown()
    try? group.syncShutdownGracefully()
    options.log("stopped")
  }
}
