// What is due on an event loop: in its order, cheap to take back, and nothing wakes the process for what was taken back.

import Demo
import Foundation
import Gateways
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct LoopTimersTests {
  /// Timers on a loop of their own.
  private final class Place: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let timers: NIOLoopBoundBox<LoopTimers?>
    let seen = Mutex<[Int]>([])

    init() throws {
      let loop = group.next()
      timers = NIOLoopBoundBox<LoopTimers?>.makeEmptyBox(eventLoop: loop)
      let timers = timers
      try loop.submit { timers.value = LoopTimers(on: loop) }.wait()
    }

    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (LoopTimers) throws -> Value) throws -> Value {
      let timers = timers
      return try group.next().submit { try body(#require(timers.value)) }.wait()
    }

    func note(_ number: Int) { seen.withLock { $0.append(number) } }
    var notes: [Int] { seen.withLock { $0 } }
    func end() { try? group.syncShutdownGracefully() }
  }

  @Test func eachComesAtItsTimeAndInTheirOrder() throws {
    let place = try Place()
    defer { place.end() }
    let numbers = (0..<500).map { $0 * 37 % 500 }
    let start = ContinuousClock.now
    try place.onLoop { timers in
      let begin = NIODeadline.now() + .milliseconds(50)
      for number in numbers {
        let timer = timers.at(begin + .microseconds(Int64(number) * 100)) { place.note(number) }
        if number.isMultiple(of: 3) { timer.cancel() }
      }
    }
    let expected = (0..<500).filter { !$0.isMultiple(of: 3) }
    try waitUntil("all that were not taken back") { place.notes.count >= expected.count }
    #expect(place.notes == expected)
    #expect(.now - start >= .milliseconds(99))
  }

  /// What is due holds who asked for it, and who asked holds the timer.
  @Test func whatWasStoppedIsLetGo() throws {
    final class Asker { var timer: LoopTimers.Timer? }
    let place = try Place()
    defer { place.end() }
    let areGone = try place.onLoop { timers in
      weak var waiting: Asker?
      weak var late: Asker?
      do {
        let asker = Asker()
        asker.timer = timers.after(.hours(1)) { _ = asker }
        timers.stop()
        let other = Asker()
        other.timer = timers.after(.hours(1)) { _ = other }
        (waiting, late) = (asker, other)
      }
      return waiting == nil && late == nil
    }
    #expect(areGone)
  }

  /// What is done at a time may set other times, and take some back that are due as well.
  @Test func whatIsDueMayTakeBackWhatIsDue() throws {
    let place = try Place()
    defer { place.end() }
    try place.onLoop { timers in
      let time = NIODeadline.now() + .milliseconds(20)
      let other = timers.at(time + .nanoseconds(1)) { place.note(2) }
      _ = timers.at(time) {
        place.note(1)
        other.cancel()
        _ = timers.after(.milliseconds(1)) { place.note(3) }
      }
    }
    try waitUntil("the last one") { place.notes.contains(3) }
    #expect(place.notes == [1, 3])
  }

  /// NIO searches all of them for each: that is the square.
  @Test func thousandsAreTakenBackAtOnce() throws {
    let place = try Place()
    defer { place.end() }
    let time = try place.onLoop { timers in
      let all = (0..<100_000).map { number in timers.after(.seconds(600 + Int64(number % 7_919))) {} }
      let start = ContinuousClock.now
      for timer in all.reversed() { timer.cancel() }
      #expect(timers.count <= 128, "\(timers.count)")
      timers.stop()
      return .now - start
    }
    #expect(time < .seconds(3), "\(time)")
  }

  /// 20,000 gateways that wait for their next probe hold up no end.
  @Test func aWatchOfThousandsEndsAtOnce() throws {
    let count = Mutex<Set<Gateway>>([])
    let watch = Watch(settings: try settings([.interval: 600_000, .downInterval: 600_000, .fall: 1])) {
      status in
      count.withLock { _ = $0.insert(status.gateway) }
    }
    let targets = (0..<20_000).map { number in
      Target(.host("127.\(8 + number / 62_500).\(number / 250).\(number % 250 + 1)", port: 1), approach)
    }
    watch.setTargets(targets)
    try waitUntil("a first probe of each", limit: .seconds(240)) { count.withLock { $0.count } == 20_000 }
    let start = ContinuousClock.now
    watch.shutdown()
    // A search of all for each of them took more than ten seconds.
    #expect(.now - start < .seconds(4), "\(ContinuousClock.now - start)")
  }

  /// After a probe its thread sleeps until the next one: its limits have gone with it.
  @Test func nothingWakesBetweenProbes() throws {
    let gateway = try ToyGateway.start(.healthy, on: ScriptedServer.group)
    defer { gateway.stop() }
    let before = loopThreads()
    let count = Mutex(0)
    let watch = Watch(
      settings: try settings([.interval: 600_000, .quitTimeLimit: 1_500, .probeTimeLimit: 3_000])
    ) { _ in count.withLock { $0 += 1 } }
    defer { watch.shutdown() }
    watch.setTargets([Target(gateway.gateway, approach)])
    try waitUntil("a probe") { count.withLock { $0 } == 1 }
    let own = loopThreads().subtracting(before)
    try #require(own.count == 1)
    var last = switches(own)
    // The connection may have its end a moment later.
    try waitUntil("rest") {
      poll(nil, 0, 300)
      defer { last = switches(own) }
      return switches(own) == last
    }
    let start = switches(own)
    // Longer than both limits.
    poll(nil, 0, 3_500)
    #expect(switches(own) == start, "\(switches(own) - start) wake-ups")
  }

  /// The threads of NIO's loops.
  private func loopThreads() -> Set<String> {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return Set(all.filter { (try? readText("/proc/self/task/\($0)/comm"))?.hasPrefix("NIO-ELT") ?? false })
  }

  /// How often they have gone to sleep.
  private func switches(_ threads: Set<String>) -> Int {
    threads.reduce(0) { sum, thread in
      let text = (try? readText("/proc/self/task/\(thread)/status")) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
      return sum + (line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0)
    }
  }
}
