// What lives on the agent's thread: the loop, the sockets that it listens on, the dispatcher, and the look at the
// configuration.

import Glibc
import Liveness
import PostfixFiles
import Threads

final class AgentLoop {
  /// What other threads have it do.
  typealias Work = @Sendable (AgentLoop) -> Void

  let loop = SocketLoop()
  let dispatcher: Dispatcher
  private var sockets: [ListeningSocket]
  /// Of those sockets that were removed, by their places.
  private var repairs: [Int: SocketRepair] = [:]
  private let owner: MailOwner
  private let options: AgentOptions
  private let budget: DescriptorBudget
  private let work: Mailbox<Work>
  private(set) var watch: Watch
  private var isReading = false
  private var isStopping = false
  /// The stamps of a changed configuration at the last look, and how often it changed from look to look.
  private var changing: (stamps: FileStamps, looks: Int)?

  // One limit for each kind of client, so that none can send another kind away.
  private let lookups: ClientLimit
  private let strangersLookups: ClientLimit
  private let counts: ClientLimit
  private let strangersCounts: ClientLimit

  /// How often it looks whether the configuration changed, and whether its sockets are there.
  private static let look = Duration.seconds(1)
  /// A configuration that changes from look to look is read in the end.
  private static let mostLooks = 5
  /// How often gateways that were probed once make way for others, where there are too many.
  private static let turn = Duration.seconds(30)

  /// To be made on the thread that runs the loop.
  init(
    _ setup: AgentSetup, _ sockets: [ListeningSocket], owner: MailOwner, _ options: AgentOptions,
    log: @escaping @Sendable (String) -> Void, work: Mailbox<Work>
  ) {
    self.sockets = sockets
    self.owner = owner
    self.options = options
    self.work = work
    let budget = DescriptorBudget.current
    self.budget = budget
    lookups = ClientLimit(budget.lookups)
    strangersLookups = ClientLimit(budget.strangers)
    counts = ClientLimit(budget.strangers)
    strangersCounts = ClientLimit(budget.strangers)
    watch = Self.watch(setup, options, budget, work)
    dispatcher = Dispatcher(
      setup, stickiness: options.stickiness, allowsInlineLookups: options.allowsInlineLookups,
      limits: options.probeSettings(setup.config).deliveryLimits, on: loop, log: log)
    dispatcher.probe = { [unowned self] in watch.probeNow($0) }
    dispatcher.watch = { [unowned self] in watch.setTargets($0) }
    dispatcher.whenClosed = { [unowned self] in takeRequestsAgain() }
    for socket in sockets { listen(on: socket) }
    loop.watch(work.descriptor) { [unowned self] in
      for work in work.empty() { work(self) }
    }
  }

  // MARK: - Sockets

  private func listen(on socket: ListeningSocket) {
    let dispatcher = dispatcher
    switch socket.purpose {
    case .requests:
      loop.accept(on: socket.descriptor) { [unowned self] in
        _ = RequestHandler(dispatcher, $0)
        // More would find no descriptors: they wait in the socket's queue.
        if dispatcher.connectionCount >= budget.requests { loop.pauseAccepting(on: socket.descriptor) }
      }
    case .lookups(let asker):
      let clients = asker == .postfix ? lookups : strangersLookups
      loop.accept(on: socket.descriptor) { _ = LookupHandler(dispatcher, $0, asker, among: clients) }
    case .counts(let asker):
      let clients = asker == .postfix ? counts : strangersCounts
      loop.accept(on: socket.descriptor) { _ = StatusHandler(dispatcher, $0, among: clients) }
    }
  }

  private func takeRequestsAgain() {
    guard dispatcher.connectionCount < budget.requests else { return }
    for socket in sockets {
      if case .requests = socket.purpose { loop.resumeAccepting(on: socket.descriptor) }
    }
  }

  /// Makes those sockets again whose files were removed: no client could connect. Mail goes on meanwhile, so nothing here
  /// waits.
  private func repairSockets() {
    for (index, socket) in sockets.enumerated() {
      guard socket.isRemoved else {
        repairs[index] = nil
        continue
      }
      var repair = repairs[index] ?? SocketRepair()
      guard repair.isDue(at: .now) else { continue }
      do throws(AgentError) {
        let descriptor = try AgentSocket.listen(on: socket.address, owner: owner, turn: repair.turn)
        loop.forget(socket.descriptor)
        close(socket.descriptor)
        sockets[index] = ListeningSocket(socket.purpose, socket.address, descriptor)
        listen(on: sockets[index])
        dispatcher.say("\(socket.address) was removed; made it again")
        repairs[index] = nil
      } catch {
        if !repair.isFirst {
          dispatcher.sayOnce("\(socket.address) was removed and cannot be made again: \(error.message)")
        }
        repair.failed(at: .now)
        repairs[index] = repair
      }
    }
  }

  // MARK: - Configuration

  private static func watch(
    _ setup: AgentSetup, _ options: AgentOptions, _ budget: DescriptorBudget, _ work: Mailbox<Work>
  ) -> Watch {
    let watch = Watch(settings: settings(setup, options, budget)) { status in
      work.post { $0.dispatcher.take(status) }
    }
    watch.setTargets(setup.targets)
    return watch
  }

  /// Deliveries need descriptors more than probes do.
  private static func settings(
    _ setup: AgentSetup, _ options: AgentOptions, _ budget: DescriptorBudget
  ) -> ProbeSettings {
    var settings = options.probeSettings(setup.config)
    let most = min(settings[.connectionLimit], budget.probes)
    // It is in its range, which begins with 1.
    try? settings.set(.connectionLimit, to: most)
    return settings
  }

  private func update(_ setup: AgentSetup) {
    if Self.settings(setup, options, budget) != watch.settings {
      let old = watch
      watch = Self.watch(setup, options, budget, work)
      inBackground { old.shutdown() }
    }
    dispatcher.update(setup)
    dispatcher.say("the configuration changed; using the new one")
  }

  /// Looks for a changed configuration at intervals, uses it, and checks the sockets.
  func lookAround() {
    loop.after(Self.look) { [unowned self] in
      if isStopping { return }
      lookAround()
      repairSockets()
      lookAtConfiguration()
    }
  }

  /// Has those gateways probed by turns that are too many to be probed at once.
  func takeTurns() {
    loop.after(Self.turn) { [unowned self] in
      dispatcher.turnWatchList()
      takeTurns()
    }
  }

  /// What changed is read on a thread aside, when it has not changed since the last look: a writer may be at work. What
  /// cannot be read leaves all as it is.
  private func lookAtConfiguration() {
    if isReading { return }
    isReading = true
    let (current, options, work, before) = (dispatcher.setup, options, work, changing)
    BackgroundQueue.files.run {
      guard current.isOutdated else {
        return work.post {
          $0.isReading = false
          $0.changing = nil
        }
      }
      let stamps = current.stamps.renewed
      guard before?.stamps == stamps || (before?.looks ?? 0) >= Self.mostLooks else {
        return work.post {
          $0.isReading = false
          $0.changing = (stamps, (before?.looks ?? 0) + 1)
        }
      }
      do throws(FileError) {
        let setup = try AgentSetup(
          directory: options.directory, environment: options.environment, replacing: current)
        let isTheSame = setup.config.hasSameTexts(as: current.config) && !setup.databases.isEmpty
        work.post {
          $0.isReading = false
          $0.changing = nil
          if isTheSame { $0.dispatcher.renew(setup) } else { $0.update(setup) }
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

  /// Listens no longer; the loop ends when what is under way is finished.
  func finish() {
    isStopping = true
    for socket in sockets {
      loop.forget(socket.descriptor)
      close(socket.descriptor)
    }
    sockets = []
    let loop = loop
    dispatcher.finish { loop.stop() }
  }
}
