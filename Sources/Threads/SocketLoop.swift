// An event loop for stream sockets on one thread, on epoll(7). The agent uses it and not NIO, because a
// delivery is four short conversations: what NIO sets up for each channel cost five times what the sockets cost
// (docs/design.md has the figures).

import CLinux
import Glibc
import System

/// Waits for descriptors and times, and calls those who asked. Lives on one thread: made, used and run there.
package final class SocketLoop {
  /// What belongs to a key that epoll(7) gives back.
  private enum Watched {
    case reader(() -> Void)
    case connection(Connection)
  }

  private struct Timer {
    let time: ContinuousClock.Instant
    let work: () -> Void
  }

  /// Work that a connection leaves for later turns: one piece a turn, so that all else comes in between.
  package enum Errand: CaseIterable {
    /// Before all others.
    case first
    case last
  }

  /// A queue. What was taken out of it is cut off now and then, not each time.
  private struct Waiting {
    private var work: [() -> Void] = []
    private var done = 0
    var isEmpty: Bool { done == work.count }

    mutating func append(_ more: @escaping () -> Void) { work.append(more) }

    mutating func next() -> (() -> Void)? {
      guard !isEmpty else { return nil }
      defer {
        done += 1
        if done > 64, done * 2 > work.count {
          work.removeFirst(done)
          done = 0
        }
      }
      return work[done]
    }
  }

  private let poller: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: 256)
  private var watched: [UInt64: Watched] = [:]
  /// The keys of descriptors that are watched without a connection.
  private var readers: [Int32: UInt64] = [:]
  /// Listening sockets that are not listened to for a moment.
  private var resting: Set<Int32> = []
  /// What is called with the connections of a listening socket.
  private var takers: [Int32: (Int32) -> Void] = [:]
  /// Listening sockets that take no connections until they are started.
  private var paused: Set<Int32> = []
  /// Never used again, so that an event of a descriptor that was closed meanwhile finds no owner.
  private var lastKey: UInt64 = 0
  /// The soonest last.
  private var timers: [Timer] = []
  private var isSweepDue = false
  /// What may wait for the rest, by its rank.
  private var errands: [Errand: Waiting] = [:]
  private var isRunning = true

  /// When it last woke: near enough for limits of seconds.
  package private(set) var now = ContinuousClock.now
  /// What the connections read into, one after the other.
  var buffer = [UInt8](repeating: 0, count: 65_536)

  /// Limits are looked at this often; so they are kept to the second.
  private static let sweepInterval = Duration.seconds(1)

  /// So many connections of one socket are taken in a turn.
  private static let mostAtOnce = 32

  /// A loop of its own; traps where the process may open no more files, as nothing could go on then.
  package init() {
    poller = epoll_create1(Int32(EPOLL_CLOEXEC))
    precondition(poller >= 0, "epoll_create1: \(Errno.last)")
  }

  deinit { close(poller) }

  // MARK: - Descriptors

  /// Calls `ready` whenever there is something to read from `descriptor`, until ``forget(_:)``.
  package func watch(_ descriptor: Int32, ready: @escaping () -> Void) {
    readers[descriptor] = add(descriptor, .reader(ready))
  }

  /// Watches no longer; the descriptor must be open still.
  package func forget(_ descriptor: Int32) {
    resting.remove(descriptor)
    takers[descriptor] = nil
    paused.remove(descriptor)
    stopWatching(descriptor)
  }

  private func stopWatching(_ descriptor: Int32) {
    epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, nil)
    if let key = readers.removeValue(forKey: descriptor) { remove(key) }
  }

  /// Takes connections from a listening socket as they come.
  package func accept(on listener: Int32, _ take: @escaping (Int32) -> Void) {
    resting.remove(listener)
    takers[listener] = take
    let flags = fcntl(listener, F_GETFL)
    _ = fcntl(listener, F_SETFL, flags | O_NONBLOCK)
    watch(listener) { [unowned self] in
      // More are there at the next turn.
      for _ in 0..<Self.mostAtOnce where takers[listener] != nil && !paused.contains(listener) {
        let descriptor = randmap_accept(listener)
        if descriptor >= 0 {
          take(descriptor)
        } else if errno == EINTR || errno == ECONNABORTED {
          continue
        } else {
          if errno != EAGAIN { rest(listener) }
          return
        }
      }
    }
  }

  /// For example, no descriptor is free: the caller stays in the queue, and the loop does not spin over it.
  private func rest(_ listener: Int32) {
    stopWatching(listener)
    resting.insert(listener)
    after(.milliseconds(100)) { [unowned self] in
      if resting.contains(listener), !paused.contains(listener), let take = takers[listener] {
        accept(on: listener, take)
      }
    }
  }

  /// Takes no connections from a listening socket for now: they wait in its queue.
  package func pauseAccepting(on listener: Int32) {
    guard takers[listener] != nil, paused.insert(listener).inserted else { return }
    stopWatching(listener)
  }

  /// Takes them again.
  package func resumeAccepting(on listener: Int32) {
    guard paused.remove(listener) != nil, let take = takers[listener] else { return }
    accept(on: listener, take)
  }

  /// The key of a connection that is watched from now on.
  func add(_ connection: Connection) -> UInt64 { add(connection.descriptor, .connection(connection)) }

  private func add(_ descriptor: Int32, _ what: Watched) -> UInt64 {
    lastKey += 1
    watched[lastKey] = what
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: lastKey))
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)
    return lastKey
  }

  /// Whether a connection is to be told when it can read, and when it can send.
  func expect(reading: Bool = true, sending: Bool, _ descriptor: Int32, key: UInt64) {
    var event = epoll_event(
      events: (reading ? EPOLLIN.rawValue : 0) | (sending ? EPOLLOUT.rawValue : 0),
      data: epoll_data_t(u64: key))
    epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event)
  }

  /// For a descriptor that is about to be closed, which takes it out of epoll(7) as well.
  func remove(_ key: UInt64) { watched[key] = nil }

  // MARK: - Times

  /// Calls `work` once, after `delay`.
  package func after(_ delay: Duration, _ work: @escaping () -> Void) {
    let time = ContinuousClock.now + delay
    // After the later ones, before those of the same time: they come in the order in which they were asked for.
    var (low, high) = (0, timers.count)
    while low < high {
      let middle = (low + high) / 2
      if timers[middle].time > time { low = middle + 1 } else { high = middle }
    }
    timers.insert(Timer(time: time, work: work), at: low)
  }

  /// Calls `work` once, in a later turn that has seen to the sockets and the times first. Each turn does one such thing.
  package func later(_ rank: Errand, _ work: @escaping () -> Void) {
    errands[rank, default: Waiting()].append(work)
  }

  /// A connection has a limit: the loop has to look at it.
  func sweepLater() {
    if isSweepDue { return }
    isSweepDue = true
    after(Self.sweepInterval) { [unowned self] in
      isSweepDue = false
      for case .connection(let connection) in watched.values { connection.checkLimit() }
    }
  }

  // MARK: - Turns

  /// Goes round until ``stop()``.
  package func run() {
    while isRunning { turn() }
  }

  /// Has ``run()`` end after this turn.
  package func stop() { isRunning = false }

  /// Waits until something happens, and sees to it.
  package func turn() {
    let isIdle = errands.values.allSatisfy(\.isEmpty)
    let longest = isIdle ? timeout(until: timers.last?.time, longest: 60_000) : 0
    let count = Int(epoll_wait(poller, &events, Int32(events.count), longest))
    now = .now
    for index in 0..<max(0, count) {
      let event = events[index]
      switch watched[event.data.u64] {
      case .reader(let ready): ready()
      case .connection(let connection):
        connection.isReady(
          toSend: event.events & EPOLLOUT.rawValue != 0,
          isGone: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
      case nil: break
      }
    }
    while let next = timers.last, next.time <= now {
      timers.removeLast()
      next.work()
    }
    for rank in Errand.allCases {
      if let work = errands[rank]?.next() { return work() }
    }
  }
}
