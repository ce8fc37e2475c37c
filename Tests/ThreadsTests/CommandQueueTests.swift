// A command that is told of events: one run for each, in order, and none of it keeps anybody waiting.

import Glibc
import Synchronization
import TestSupport
import TestTraits
import Testing
import Threads

@Suite(.waits) struct CommandQueueTests {
  private final class Log: Sendable {
    let lines = Mutex<[String]>([])
    var text: String { lines.withLock { $0.joined(separator: "\n") } }
  }

  private let directory: TemporaryDirectory
  private let log = Log()

  init() throws { directory = try TemporaryDirectory() }

  private func queue(_ command: String, limit: Duration = .seconds(30)) -> CommandQueue {
    CommandQueue(command, limit: limit) { [log] line in log.lines.withLock { $0.append(line) } }
  }

  private func told() -> String { (try? readText(directory.file("told"))) ?? "" }

  private func waitUntilTold(_ text: String) throws {
    try waitUntil("the command to be told", seen: told() + log.text) { told() == text }
  }

  @Test func itIsRunOnceForEachEventInTheirOrder() throws {
    let queue = queue("echo \"$EVENT $HOME_OF_IT\" >> \(directory.file("told"))")
    for number in 1...20 { queue.run([("EVENT", "\(number)"), ("HOME_OF_IT", "a b; rm -rf \"$x\" `id`")]) }
    try waitUntilTold((1...20).map { "\($0) a b; rm -rf \"$x\" `id`\n" }.joined())
    #expect(log.text.isEmpty)
    queue.shutdown()
  }

  @Test func oneThatFailsIsSaidAndTheNextIsRun() throws {
    let queue = queue("echo $EVENT >> \(directory.file("told")); exit $EVENT")
    queue.run([("EVENT", "3")])
    queue.run([("EVENT", "0")])
    try waitUntilTold("3\n0\n")
    #expect(log.text == "--notify: the command ended with status 3")
    queue.shutdown()
  }

  @Test func oneThatHangsIsEndedWithAllThatItStarted() throws {
    let pids = directory.file("pids")
    let queue = queue(
      "if [ $EVENT = 1 ]; then trap '' TERM; sleep 1000 & echo $! $$ > \(pids); wait; sleep 1000; fi; echo $EVENT >> \(directory.file("told"))",
      limit: .seconds(1))
    queue.run([("EVENT", "1")])
    queue.run([("EVENT", "2")])
    try waitUntilTold("2\n")
    #expect(log.text == "--notify: the command took longer than 1 s and was ended")
    let started = try readText(pids).split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
    try #require(started.count == 2)
    try waitUntil("its processes to be gone") {
      started.allSatisfy { pid in
        // One that nobody has reaped yet is a zombie.
        kill(pid, 0) != 0 || (try? readText("/proc/\(pid)/stat").contains(") Z ")) != false
      }
    }
    queue.shutdown()
  }

  @Test func hundredMegabytesOfOutputGoNowhere() throws {
    let queue = queue(
      "head -c 100000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo $EVENT >> \(directory.file("told"))")
    queue.run([("EVENT", "1")])
    try waitUntilTold("1\n")
    #expect(log.text.isEmpty)
    queue.shutdown()
  }

  @Test func theQueueHasABoundAndSaysWhatItDropped() throws {
    let gate = directory.file("gate")
    let queue = queue(
      "while [ ! -e \(gate) ]; do sleep 0.05; done; echo $EVENT >> \(directory.file("told"))",
      limit: .seconds(60))
    queue.run([("EVENT", "0")])
    // When the first run is under way, nothing else waits.
    try waitUntil("the first run") { (try? runSuccessfully("pgrep", ["-f", gate]).isEmpty) == false }
    let clock = ContinuousClock()
    let time = clock.measure { for number in 1...1_000 { queue.run([("EVENT", "\(number)")]) } }
    #expect(time < .seconds(1), "\(time)")
    try writeFile(gate, "")
    try waitUntilTold((0...CommandQueue.capacity).map { "\($0)\n" }.joined())
    #expect(log.text == "--notify: 900 changes were not told: the command takes too long")
    queue.shutdown()
  }

  @Test func anEndStopsTheRunThatIsUnderWay() throws {
    let queue = queue("echo $$ > \(directory.file("told")); sleep 1000")
    queue.run([("EVENT", "1")])
    try waitUntil("the run") { !told().isEmpty }
    let pid = try #require(pid_t(told().prefix { $0.isNumber }))
    queue.shutdown()
    try waitUntil("its end") { kill(pid, 0) != 0 }
    queue.run([("EVENT", "2")])
    #expect(log.text.isEmpty)
  }
}
