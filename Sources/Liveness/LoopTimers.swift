// The times at which something is due on one event loop. NIO's own timers are not used: to cancel one, NIO searches all of them,
// and the process still wakes up at the time of the cancelled one.

import CLinux
import Glibc
import HeapModule
import NIOCore
import NIOPosix

/// Lives on one event loop, and is called only there. One timer of the system serves all of them; it is set anew where what was due
/// next is not due any more, so that nothing wakes the process for it.
final class LoopTimers {
  /// What is due at a time, until it is cancelled. In order of time.
  final class Timer: Comparable {
    fileprivate let time: NIODeadline
    fileprivate var work: (() -> Void)?
    private weak var timers: LoopTimers?

    fileprivate init(_ time: NIODeadline, _ timers: LoopTimers, _ work: @escaping () -> Void) {
      self.time = time
      self.timers = timers
      self.work = work
    }

    static func == (left: Timer, right: Timer) -> Bool { left === right }
    static func < (left: Timer, right: Timer) -> Bool { left.time < right.time }

    func cancel() {
      if work == nil { return }
      work = nil
      timers?.cancelled(self)
    }
  }

  private let eventLoop: any EventLoop
  private var waiting: Heap<Timer> = []
  /// How many of them were cancelled.
  private var cancelledCount = 0
  /// The time that the system's timer is set to.
  private var alarmTime: NIODeadline?
  private var isToSet = false
  private var isStopped = false
  /// The system's timer; nil where the process may open no more files, and then NIO's take its place.
  private var descriptor: Int32?

  /// - Parameter eventLoop: the current one.
  init(on eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    let timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    if timer >= 0 { watch(timer) }
  }

  /// How many are kept, with those that were cancelled and not cleared away yet.
  var count: Int { waiting.count }

  /// Does `work` at a time, unless it is cancelled.
  func at(_ time: NIODeadline, _ work: @escaping () -> Void) -> Timer {
    if isStopped { return Timer(time, self) {} }
    let timer = Timer(time, self, work)
    waiting.insert(timer)
    if alarmTime.map({ time < $0 }) ?? true { set(to: time) }
    return timer
  }

  func after(_ time: TimeAmount, _ work: @escaping () -> Void) -> Timer { at(.now() + time, work) }

  /// Nothing is due any more. Each of thousands is let go, and not looked for.
  func stop() {
    isStopped = true
    // The work holds who asked for it, and who asked holds the timer: neither would ever go.
    for timer in waiting.unordered { timer.work = nil }
    waiting = []
    set(to: nil)
  }

  // MARK: - What is due

  private func fire() {
    alarmTime = nil
    let now = NIODeadline.now()
    while let first = waiting.min, first.work == nil || first.time <= now {
      removeFirst()
      let work = first.work
      first.work = nil
      work?()
    }
    set(to: waiting.min?.time)
  }

  private func removeFirst() {
    if waiting.popMin()?.work == nil { cancelledCount = max(0, cancelledCount - 1) }
  }

  private func cancelled(_ timer: Timer) {
    cancelledCount += 1
    if cancelledCount > 64, cancelledCount * 2 > waiting.count {
      waiting = Heap(waiting.unordered.lazy.filter { $0.work != nil })
      cancelledCount = 0
    }
    // Others may be cancelled, or begin, before the loop sleeps.
    guard alarmTime == timer.time, !isToSet, !isStopped else { return }
    isToSet = true
    let set = NIOLoopBound({ self.setAnew() }, eventLoop: eventLoop)
    eventLoop.execute { set.value() }
  }

  private func setAnew() {
    isToSet = false
    while let first = waiting.min, first.work == nil { removeFirst() }
    set(to: waiting.min?.time)
  }

  // MARK: - The system's timer

  /// Has it ring at a time; nil: never.
  private func set(to time: NIODeadline?) {
    if alarmTime == time { return }
    alarmTime = time
    guard let descriptor else { return setOfLoop(to: time) }
    var value = itimerspec()
    if let time {
      // Zero would be never.
      let left = max(1, (time - .now()).nanoseconds)
      value.it_value.tv_sec = Int(left / 1_000_000_000)
      value.it_value.tv_nsec = Int(left % 1_000_000_000)
    }
    timerfd_settime(descriptor, 0, &value, nil)
  }

  private func setOfLoop(to time: NIODeadline?) {
    guard let time, !isStopped else { return }
    _ = eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in
      if let self, self.descriptor == nil, !self.isStopped { self.fire() }
    }
  }

  private func watch(_ timer: Int32) {
    let handler = NIOLoopBound(Alarm { [weak self] in self?.fire() }, eventLoop: eventLoop)
    let closed = NIOLoopBound({ [weak self] in self?.lostDescriptor() }, eventLoop: eventLoop)
    descriptor = timer
    NIOPipeBootstrap(group: eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(handler.value)
        }
      }
      // It closes the descriptor at its end; where it could not take it, that is ours to do.
      .takingOwnershipOfDescriptor(input: timer)
      .whenComplete { result in
        switch result {
        case .success(let channel): channel.closeFuture.whenComplete { _ in closed.value() }
        case .failure:
          close(timer)
          closed.value()
        }
      }
  }

  /// It is not ours any more: its number may be another file's.
  private func lostDescriptor() {
    descriptor = nil
    let time = waiting.min?.time
    alarmTime = nil
    if !isStopped { set(to: time) }
  }

  private final class Alarm: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let ring: () -> Void

    init(_ ring: @escaping () -> Void) { self.ring = ring }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { ring() }
  }
}
