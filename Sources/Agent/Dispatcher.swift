// What all deliveries share: the pools, what is known of the gateways, the greeting, the counts.

import Gateways
import Liveness
import PostfixFiles
import Routing
import Threads

/// Lives on the agent's loop.
final class Dispatcher {
  let loop: SocketLoop
  private let store: PoolStore
  private(set) var health = Health()
  var counters = Counters() { didSet { statusListeners.tellSoon() } }
  private(set) var results: DeliveryResults
  /// Connections of the queue manager that are open.
  private var connections: [ObjectIdentifier: RequestHandler] = [:]
  /// Requests that are under way.
  var deliveries = 0
  let stickiness: Stickiness
  private var generator = Chance()
  let outlooks = PoolOutlooks()
  private var greeting: Bytes?
  private var waitingForGreeting: [(Bytes) -> Void] = []
  private let log: @Sendable (String) -> Void
  /// Asks for probes; nil before the first one was asked for.
  var probe: (Gateway) -> Void = { _ in }
  /// Called where what is to be probed has changed.
  var watch: (Set<Target>) -> Void = { _ in }
  /// Called at each change of a gateway's state that a person should hear of.
  var notify: (GatewayEvent) -> Void = { _ in }
  let statusListeners: StatusListeners
  /// For the texts that show counts.
  let reports: ReportPieces
  /// Called when a connection of the queue manager was closed.
  var whenClosed: () -> Void = {}
  private var whenIdle: (() -> Void)?
  private(set) var watchList: WatchList
  private var isWatchListToSay = false
  /// Pools whose gateways are in the list, by their numbers: a lookup of such a pool need not look at each of them.
  private var watchedPools: Set<Int> = []
  private lazy var databases = DatabaseStates(
    on: loop, log: { [log] in log(printable($0)) }, word: { [unowned self] in health.storedState(of: $0) })
  /// What the requests hold that are under way, in bytes.
  private var heldBytes = 0
  private var refused = ""
  private var saidOnce: Set<String> = []
  /// Pools without a live member, so that the log names each once.
  private var dead: Set<String> = []

  /// Limits the log lines about lookups, which any client can cause.
  private var lookupWords = Throttle(10, in: .seconds(10))

  private static let grace = Duration.seconds(2)
  /// Changes of the list of gateways are logged together, this long after the first change.
  private static let watchPause = Duration.milliseconds(200)
  /// Log lines that are written once are remembered up to this number; those of dead pools too.
  private static let mostRemembered = 1_000

  let startTime = ContinuousClock.now
  /// When the configuration that is in force was read.
  private(set) var setupTime = ContinuousClock.now

  /// Whether lookups in `private/` may bring a pool as their text.
  let allowsInlineLookups: Bool

  init(
    _ setup: AgentSetup, stickiness: Stickiness, allowsInlineLookups: Bool = false,
    limits: DeliveryLimits = DeliveryLimits(), on loop: SocketLoop,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.allowsInlineLookups = allowsInlineLookups
    store = PoolStore(setup, on: loop) { log(printable($0)) }
    watchList = WatchList(setup.targets)
    self.stickiness = stickiness
    results = DeliveryResults(limits: limits)
    self.loop = loop
    statusListeners = StatusListeners(loop)
    reports = ReportPieces(on: loop)
    self.log = log
  }

  var setup: AgentSetup { store.setup }
  var supportsNextHopLists: Bool { setup.supportsNextHopLists }

  func say(_ words: String) { log(printable(words)) }

  /// Logs it the first time.
  func sayOnce(_ words: String) {
    if saidOnce.count >= Self.mostRemembered { saidOnce = [] }
    if saidOnce.insert(words).inserted { say(words) }
  }

  /// Logs a line about a lookup, unless there were many such lines just now.
  func sayOfLookups(_ words: String) {
    if let words = lookupWords.pass(words, at: loop.now) { say(words) }
  }

  func update(_ setup: AgentSetup) {
    store.update(setup)
    refused = ""
    setupTime = .now
    watchList = WatchList(setup.targets)
    watchedPools = []
    health.keep(watchList.configured)
    watch(watchList.watched)
    statusListeners.tellSoon()
    databases.use(setup)
  }

  /// Takes a look at files whose texts are what they were: states that were written change a database's time.
  func renew(_ setup: AgentSetup) {
    store.renew(setup)
    refused = ""
  }

  /// A changed configuration cannot be read: logged once for each reason.
  func refuse(_ message: String) {
    if message != refused {
      say("the configuration is not taken: \(message); going on with what it was before")
    }
    refused = message
  }

  // MARK: - Pools

  /// Calls `then` with the pool that is asked for, at once unless a large file has to be read.
  func pool(
    _ request: PoolRequest, for asker: Asker = .postfix, then: @escaping (PoolStore.Answer) -> Void
  ) {
    store.pool(request, for: asker) { outcome in
      if case .success(let pool) = outcome { self.watch(pool) }
      then(outcome)
    }
  }

  /// Has the gateways of a pool probed from now on.
  private func watch(_ pool: AgentPool) {
    if watchedPools.count >= Self.mostRemembered { watchedPools = [] }
    guard watchedPools.insert(pool.number).inserted else { return }
    if watchList.want(pool.members.lazy.flatMap(\.targets)) { sayWatchListSoon() }
  }

  /// Has those probed that wait for longest.
  func turnWatchList() {
    if watchList.turn() { sayWatchListSoon() }
  }

  /// Each change would be a copy of the whole list.
  private func sayWatchListSoon() {
    if isWatchListToSay { return }
    isWatchListToSay = true
    loop.after(Self.watchPause) {
      self.isWatchListToSay = false
      self.watch(self.watchList.watched)
    }
  }

  /// Calls `then` with the values of a transport(5) text by their keys.
  func table(
    at path: String, for asker: Asker, then: @escaping (Result<[String: String], PoolError>) -> Void
  ) {
    store.table(at: path, for: asker, then: then)
  }

  /// The members' positions in the order of chance.
  func order(_ pool: AgentPool, for request: DeliveryRequest) -> MemberOrder {
    order(pool, key: stickiness.key(sender: request.sender, recipient: request.recipients.first))
  }

  func nextChance() -> Chance { generator.another() }

  // MARK: - Deliveries

  /// Calls back with the greeting that this Postfix's queue manager expects: that of its `retry` service, or, where that
  /// cannot be had, that of the release.
  func withGreeting(_ then: @escaping (Bytes) -> Void) {
    if let greeting { return then(greeting) }
    waitingForGreeting.append(then)
    guard waitingForGreeting.count == 1 else { return }
    _ = HandOver(
      nil, to: path("retry"), on: loop, onGreeting: { self.greeting = $0 },
      done: { outcome in
        if self.greeting == nil, case .notTaken(let reason) = outcome {
          self.say("no greeting from private/retry: \(reason)")
        }
        let greeting = self.greeting ?? Greeting.of(self.setup.config.environment.version)
        let waiting = self.waitingForGreeting
        self.waitingForGreeting = []
        for call in waiting { call(greeting) }
      })
  }

  /// Hands a request to a transport. If that takes long, the gateway that it is for is probed.
  func handOver(
    _ request: Bytes, to transport: String, suspecting gateway: Gateway? = nil,
    done: @escaping (HandOverOutcome) -> Void
  ) -> HandOver {
    // The newest greeting is kept: Postfix may be upgraded while we run.
    HandOver(
      request, to: path(transport), on: loop, onGreeting: { self.greeting = $0 },
      onSlow: gateway.map { gateway in { self.probeSoon([gateway]) } }, done: done)
  }

  private func path(_ service: String) -> String { "\(setup.queueDirectory)/private/\(service)" }

  private func probeSoon(_ gateways: [Gateway]) {
    for gateway in health.dueForProbe(gateways, at: .now) { probe(gateway) }
  }

  /// The report to the queue manager: that the destination is unreachable only where no member of the pool is alive,
  /// since the destination it knows is the pool.
  func judge(_ report: DeliveryReport, of plan: DeliveryPlan, in pool: AgentPool) -> DeliveryReport {
    guard !report.isDone, !report.destinationProblem.isEmpty else { return report }
    let gateways = plan.members.flatMap { pool.members[$0].targets }.map(\.gateway)
    health.report(gateways)
    probeSoon(gateways)
    let isDead = isDead(pool)
    if !isDead {
      dead.remove(pool.name)
    } else if dead.count < Self.mostRemembered, dead.insert(pool.name).inserted {
      say("pool \(shortened(pool.name)): every member is down: \(report.destinationProblem)")
    }
    return isDead ? report : report.withoutDestinationProblem
  }

  /// Takes what became of a delivery. Where it went to a list and was done, the first gateway of it that is alive is
  /// taken for the one that did it; where it was deferred, none of them took it.
  func note(
    _ result: DeliveryResult, _ report: DeliveryReport, of plan: DeliveryPlan, in pool: AgentPool,
    took: Duration
  ) {
    // That no gateway can be reached is what probes find out too.
    if result == .deferred, !report.destinationProblem.isEmpty { return }
    let gateways = (result == .deferred ? plan.members : [plan.chosen])
      .flatMap { pool.members[$0].targets }.map(\.gateway)
    let alive = gateways.filter { !health.isInTrouble($0) }
    for gateway in result == .deferred ? alive : Array((alive.isEmpty ? gateways : alive).prefix(1)) {
      guard let words = results.note(result, of: gateway, took: took, at: .now) else { continue }
      say(words)
      tellOfRest(of: gateway)
    }
  }

  func take(_ status: GatewayStatus) {
    // It may have been on its way here when the configuration changed.
    guard watchList.watches(status.gateway) else { return }
    let before = judged(status.gateway).state
    let wasStored = health.storedState(of: status.gateway)
    if let words = health.take(status) { say(words) }
    if health.storedState(of: status.gateway) != wasStored, databases.have(status.gateway) {
      databases.writeSoon()
    }
    tellOfChange(of: judged(status.gateway), from: before)
    if watchList.found(status.gateway) {
      health.rest(status.gateway)
      sayWatchListSoon()
    }
    if status.state.isAlive { dead = [] }
  }

  /// Opens the databases of the configuration, and writes into them what is known, at intervals.
  func useDatabases() {
    databases.use(setup)
    databases.writeAtIntervals()
  }

  // MARK: - Connections

  /// How many connections of the queue manager are open.
  var connectionCount: Int { connections.count }

  /// Whether another `count` bytes of a request may be held.
  func hold(_ count: Int) -> Bool {
    guard heldBytes + count <= ProtocolLimits.allRequests else { return false }
    heldBytes += count
    return true
  }

  func letGo(_ count: Int) { heldBytes -= count }

  func opened(_ connection: RequestHandler) { connections[ObjectIdentifier(connection)] = connection }

  func closed(_ connection: RequestHandler) {
    connections[ObjectIdentifier(connection)] = nil
    whenClosed()
    if connections.isEmpty { whenIdle?() }
  }

  /// Calls back when what is under way is finished. A queue manager that was greeted may be about to send a request,
  /// but not for long.
  func finish(_ done: @escaping () -> Void) {
    if connections.isEmpty { return done() }
    whenIdle = done
    dismissIdleSoon()
  }

  private func dismissIdleSoon() {
    loop.after(Self.grace) {
      for connection in self.connections.values { connection.dismiss() }
      self.dismissIdleSoon()
    }
  }
}
