// One request on its way: a pool, a choice, a hand-over, what is learned from the report, and the answer.

import PostfixFiles
import Routing

/// Lives on the agent's loop.
final class RequestDelivery {
  private let request: DeliveryRequest
  private let dispatcher: Dispatcher
  private var done: ((DeliveryReport) -> Void)?
  private var current: HandOver?
  private var isAbandoned = false
  private var lock: QueueFileLock?
  /// Transports that could not be reached, with the reason, in the order in which they were tried.
  private var unreachable: [(transport: String, reason: String)] = []

  /// How long it waits where the machine has no descriptor or memory left, and how often it looks.
  private static let patience = Duration.seconds(60)
  private static let pause = Duration.milliseconds(50)

  init(_ request: DeliveryRequest, _ dispatcher: Dispatcher) {
    self.request = request
    self.dispatcher = dispatcher
  }

  func start(_ done: @escaping (DeliveryReport) -> Void) {
    self.done = done
    dispatcher.deliveries += 1
    lockAndChoose(until: dispatcher.loop.now + Self.patience)
  }

  private func lockAndChoose(until deadline: ContinuousClock.Instant) {
    if isAbandoned { return finish(.deferred) }
    switch QueueFileLock.take(
      dispatcher.setup.queueFiles.path(queue: request.queueName, id: request.queueID))
    {
    case .locked(let lock): self.lock = consume lock
    case .noFile: break
    case .taken: return finish(.deferred)
    case .notNow where dispatcher.loop.now < deadline:
      return dispatcher.loop.after(Self.pause) { self.lockAndChoose(until: deadline) }
    case .notNow(let reason):
      dispatcher.say("\(request.queueID): the queue file cannot be locked: \(reason); mail waits")
      return finish(.deferred)
    case .denied(let reason):
      // Better twice, sometimes, after a reload, than never.
      dispatcher.sayOnce("queue files cannot be locked: \(reason); going on without")
    }
    dispatcher.pool(PoolRequest(text: request.nextHop)) { outcome in
      if self.isAbandoned { return self.finish(.deferred) }
      switch outcome {
      case .success(let pool):
        self.tryMember(of: pool, order: self.dispatcher.order(pool, for: self.request))
      case .failure(let trouble): self.deferAll("4.3.5 randmap(8): \(trouble)")
      }
    }
  }

  /// The queue manager went away: whatever is not handed over yet is not.
  func abandon() {
    isAbandoned = true
    current?.abandon()
  }

  private func tryMember(of pool: AgentPool, order: MemberOrder) {
    let isSampleEnough = unreachable.isEmpty && !dispatcher.health.hasReturning
    guard
      let plan = DeliveryPlan(
        pool, order: isSampleEnough ? order : order.all,
        listsSupported: dispatcher.supportsNextHopLists,
        excluded: Set(unreachable.map(\.transport)),
        prospect: dispatcher.prospects(in: pool, messageSize: request.messageSize))
    else {
      let reasons = unreachable.map { "private/\($0.transport): \($0.reason)" }.joined(separator: "; ")
      deferAll("4.3.0 randmap(8): pool \(shortened(pool.name)): no transport takes the mail: \(reasons)")
      return
    }
    let member = pool.members[plan.chosen]
    dispatcher.counters.count(pool, member) { $0.chosen += 1 }
    if unreachable.isEmpty, let passedOver = plan.passedOver {
      dispatcher.counters.count(pool, pool.members[passedOver]) { $0.failedOver += 1 }
    }
    handOver(groups(plan)[...], of: plan, in: pool, order: order, before: nil)
  }

  /// Whether some recipient of the message was refused so far.
  private var hasRefused: Bool {
    dispatcher.setup.queueFiles.hasRefusedRecipients(id: request.queueID)
  }

  /// The recipients that share a next hop: all of them, or, where the member names none, those of each domain.
  private func groups(_ plan: DeliveryPlan) -> [(nextHop: String, recipients: [Int]?)] {
    if let nextHop = plan.nextHop { return [(nextHop, nil)] }
    var groups: [(nextHop: String, recipients: [Int]?)] = []
    for (domain, recipients) in Dictionary(
      grouping: request.recipients.indices, by: { domain(of: request.recipients[$0]) }
    ).sorted(by: { $0.key < $1.key }) {
      groups.append((domain, recipients))
    }
    return groups
  }

  private func handOver(
    _ groups: ArraySlice<(nextHop: String, recipients: [Int]?)>, of plan: DeliveryPlan, in pool: AgentPool,
    order: MemberOrder, before: DeliveryReport?
  ) {
    guard let group = groups.first, !isAbandoned else { return finish(before ?? .deferred) }
    let member = pool.members[plan.chosen]
    let start = ContinuousClock.now
    // A request whose message had one before says nothing of this delivery.
    let hadRefused = hasRefused
    current = dispatcher.handOver(
      request.passedOn(to: group.nextHop, recipients: group.recipients), to: plan.transport,
      suspecting: member.targets.first?.gateway
    ) { outcome in
      self.current = nil
      switch outcome {
      case .notTaken where self.isAbandoned: self.finish(.deferred)
      case .notTaken(let reason) where before == nil:
        self.dispatcher.say(
          "\(self.request.queueID): private/\(plan.transport): \(reason); trying the other members")
        self.unreachable.append((plan.transport, reason))
        self.tryMember(of: pool, order: order)
        return
      case .notTaken(let reason):
        self.dispatcher.say("\(self.request.queueID): private/\(plan.transport): \(reason)")
        self.dispatcher.counters.count(pool, member) { $0.deferred += 1 }
        self.handOver(groups.dropFirst(), of: plan, in: pool, order: order, before: .deferred)
      case .lost(let reason):
        self.dispatcher.say("\(self.request.queueID): private/\(plan.transport): no report: \(reason)")
        self.dispatcher.counters.count(pool, member) { $0.handedOver += 1 }
        self.dispatcher.counters.count(pool, member) { $0.deferred += 1 }
        self.handOver(groups.dropFirst(), of: plan, in: pool, order: order, before: .deferred)
      case .reported(let report):
        self.dispatcher.counters.count(pool, member) { $0.handedOver += 1 }
        let result: DeliveryResult =
          !report.isDone ? .deferred : !hadRefused && self.hasRefused ? .refused : .sent
        self.dispatcher.counters.count(pool, member) { counts in
          switch result {
          case .sent: counts.delivered += 1
          case .deferred: counts.deferred += 1
          case .refused: counts.refused += 1
          }
        }
        self.dispatcher.note(result, report, of: plan, in: pool, took: ContinuousClock.now - start)
        let judged = self.dispatcher.judge(report, of: plan, in: pool)
        let both = before.map { $0.isDone ? judged.withoutDestinationProblem : .deferred } ?? judged
        self.handOver(groups.dropFirst(), of: plan, in: pool, order: order, before: both)
      }
    }
  }

  /// Makes `retry` log why the message waits.
  private func deferAll(_ text: String) {
    dispatcher.counters.refusedRequests += 1
    dispatcher.say("\(request.queueID): \(text)")
    current = dispatcher.handOver(request.passedOn(to: String(printable(text).prefix(600))), to: "retry") {
      outcome in
      self.current = nil
      // Nothing was delivered, whatever its report is.
      if case .notTaken(let reason) = outcome, !self.isAbandoned {
        self.dispatcher.say("\(self.request.queueID): private/retry: \(reason)")
        return self.finish(DeliveryReport(resting: String(text.drop { $0 != " " }.dropFirst())))
      }
      self.finish(.deferred)
    }
  }

  private func finish(_ report: DeliveryReport) {
    guard let done else { return }
    self.done = nil
    dispatcher.deliveries -= 1
    // Before the queue manager hears of it, which may go on with the message at once.
    lock = nil
    done(report)
  }
}
