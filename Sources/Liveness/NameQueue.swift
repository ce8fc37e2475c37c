// Names that wait to be looked up, and so many that are at once. A name has its time from when a thread takes it: those
// that wait for a slow name server after others still get an answer.

import Gateways
import NIOCore
import NIOPosix
import Routing

/// Lives on one event loop, and is called only there; the lookups block threads of their own.
final class NameQueue {
  typealias Answer = Result<[HostAddress], ResolutionError>

  private let eventLoop: any EventLoop
  private let timers: LoopTimers
  private let gate: LoopGate
  private let settings: ProbeSettings
  private let limit: TimeAmount
  private var threads: NIOThreadPool?
  private var waiting = CircularBuffer<Job>()
  private var busyThreads = 0
  /// When a name server last answered for a name.
  private var lastAnswer = NIODeadline.uptimeNanoseconds(0)
  private var isStopped = false

  private final class Job {
    let lookup: NameLookup
    let start = NIODeadline.now()
    var timer: LoopTimers.Timer?
    private var then: ((Answer) -> Void)?

    init(_ lookup: NameLookup, _ then: @escaping (Answer) -> Void) {
      self.lookup = lookup
      self.then = then
    }

    var isAnswered: Bool { then == nil }

    /// The first answer counts.
    func answer(_ answer: Answer) {
      timer?.cancel()
      timer = nil
      let call = then
      then = nil
      call?(answer)
    }
  }

  init(settings: ProbeSettings, on eventLoop: any EventLoop, _ timers: LoopTimers) {
    self.settings = settings
    self.eventLoop = eventLoop
    self.timers = timers
    gate = LoopGate(to: eventLoop)
    limit = TimeAmount(settings.duration(.probeTimeLimit))
  }

  /// Calls `then` with the addresses of a target, at once where no lookup is needed to know them.
  func resolve(_ target: Target, then: @escaping (Answer) -> Void) {
    let lookup = NameLookup(target, settings: settings)
    if let literal = lookup.literal { return then(literal) }
    let job = Job(lookup, then)
    waiting.append(job)
    // In case no thread is free for it; one that takes it sets another.
    giveUp(job, in: limit)
    startWaiting()
  }

  /// Nothing is called back any more.
  func stop() {
    isStopped = true
    _ = gate.shut()
    for job in waiting { job.timer?.cancel() }
    waiting = []
    // A thread may sit in a lookup for a while yet: it is not waited for.
    threads?.shutdownGracefully { _ in }
  }

  /// As long as others are answered, a name that waits for a thread goes on waiting. If none is, the name servers
  /// are dead, and there may be thousands of names.
  private func giveUp(_ job: Job, in time: TimeAmount) {
    job.timer = timers.after(time) {
      let left = max(job.start, self.lastAnswer) + self.limit - .now()
      if left > .zero { self.giveUp(job, in: left) } else { job.answer(self.unanswered) }
    }
  }

  private var unanswered: Answer {
    .failure(
      ResolutionError(.unanswered, "no answer within \(settings.duration(.probeTimeLimit) / .seconds(1)) s"))
  }

  private func startWaiting() {
    while !isStopped, busyThreads < settings[.resolverThreads], let job = waiting.popFirst() {
      if !job.isAnswered { start(job) }
    }
  }

  private func start(_ job: Job) {
    busyThreads += 1
    job.timer?.cancel()
    job.timer = timers.after(limit) { job.answer(self.unanswered) }
    let done = NIOLoopBound({ self.finish(job, $0) }, eventLoop: eventLoop)
    startedThreads().submit { [gate, lookup = job.lookup] state in
      guard case .active = state else { return }
      let answer = lookup.addresses()
      gate.pass { done.value(answer) }
    }
  }

  private func finish(_ job: Job, _ answer: Answer) {
    if isStopped { return }
    busyThreads -= 1
    if !answer.isUnanswered { lastAnswer = .now() }
    job.answer(answer)
    startWaiting()
  }

  private func startedThreads() -> NIOThreadPool {
    if let threads { return threads }
    let threads = NIOThreadPool(numberOfThreads: settings[.resolverThreads])
    threads.start()
    self.threads = threads
    return threads
  }
}

extension NameQueue.Answer {
  fileprivate var isUnanswered: Bool {
    if case .failure(let reason) = self { reason.kind == .unanswered } else { false }
  }
}
