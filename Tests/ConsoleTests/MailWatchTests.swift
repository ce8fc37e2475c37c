// The console's look at the log and the queue, where the log is not there yet and where it is quiet.

import Changes
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Synchronization
import TestSupport
import TestTraits
import Testing
import Traffic

@testable import Console

@Suite(.waits, .timeLimit(.minutes(5))) struct MailWatchTests {
  /// A configuration whose Postfix runs, as far as a file says it, and whose queue has what a file lists.
  private struct Scene {
    let directory: TemporaryDirectory
    /// Beside the log's: each file that is written there is noticed.
    private let tools: TemporaryDirectory
    let watch: MailWatch
    private let known: Known

    private final class Known: Sendable {
      let flows = Mutex<[MailFlow]>([])
    }

    init(turn: Duration) throws {
      directory = try TemporaryDirectory()
      tools = try TemporaryDirectory()
      try directory.makeDirectory("pid")
      try directory.write("pid/master.pid", "1\n")
      try writeFile(
        tools.file("postqueue"),
        "#!/bin/sh\necho >> \(tools.file("calls"))\ncat \(tools.file("queue"))\n",
        mode: 0o755)
      let known = Known()
      self.known = known
      watch = MailWatch(
        settings: ProbeSettings(),
        writer: Writer(
          state: StateDirectory(directory.file("state")), author: .current(command: "console")),
        turn: turn,
        tools: PostfixCommands(directories: [tools.path], ownDirectory: directory.path)
      ) {
        flow in
        known.flows.withLock { $0.append(flow) }
      }
    }

    var log: String { directory.file("log") }

    func queue(_ count: Int) throws {
      let line =
        #"{"queue_id": "4Q1", "arrival_time": 1, "recipients": [{"address": "a@b", "#
        + #""delay_reason": "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"}]}"# + "\n"
      try tools.write("queue.new", String(repeating: line, count: count))
      rename(tools.file("queue.new"), tools.file("queue"))
    }

    func follow() {
      watch.follow(
        MailConfig(
          directory: directory.path,
          main: "queue_directory = \(directory.path)\nmaillog_file = \(log)\nrelayhost = [127.0.0.2]\n"))
    }

    /// Returns once the watch says so.
    func waitFor(_ what: String, _ isThere: (MailFlow) -> Bool) throws {
      try waitUntil(
        "the watch to say: \(what)",
        seen: "\(known.flows.withLock { $0.last?.problem } ?? "-"), \(lastTotal ?? -1)"
      ) { known.flows.withLock { $0.last.map(isThere) ?? false } }
    }

    var lastTotal: Int? { known.flows.withLock { $0.last?.waiting?.total } }

    func listings() throws -> Int { (try? readFile(tools.file("calls")).count) ?? 0 }
  }

  @Test func aLogThatComesLaterIsReadAndTheQueueIsListedUntilThen() throws {
    let scene = try Scene(turn: .milliseconds(100))
    defer { scene.watch.end() }
    // What is there is no log.
    mkdir(scene.log, 0o755)
    try scene.queue(0)
    scene.follow()
    try scene.waitFor("no log") { $0.problem != nil && $0.waiting?.total == 0 }
    try scene.queue(3)
    try scene.waitFor("three wait") { $0.waiting?.total == 3 }
    try scene.queue(0)
    try scene.waitFor("none waits") { $0.waiting?.total == 0 }
    rmdir(scene.log)
    let line =
      "\(WrittenTime.utc(time(nil) - 60)) mx postfix/smtp[1]: 4Q1ABC: to=<u@example.net>, relay=127.0.0.2[127.0.0.2]:25, "
      + "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n"
    try writeFile(scene.log, line)
    try scene.waitFor("the log") { flow in
      flow.problem == nil && flow.recent?[.host("127.0.0.2", port: 25), .quarter]?.cell.sent == 1
    }
  }

  /// What Postfix makes of mail that is tried again takes some seconds, and no line of the log has to tell of it.
  @Test func theQueueIsListedAgainAfterMailWasTried() throws {
    let scene = try Scene(turn: .seconds(30))
    defer { scene.watch.end() }
    try writeFile(scene.log, "")
    try scene.queue(2)
    scene.follow()
    try scene.waitFor("two wait") { $0.waiting?.total == 2 }
    scene.watch.listQueue()
    let before = try scene.listings()
    try scene.waitFor("another listing") { _ in (try? scene.listings() > before) ?? false }
    try scene.queue(0)
    let begin = ContinuousClock.now
    try scene.waitFor("none waits") { $0.waiting?.total == 0 }
    #expect(begin.duration(to: .now) < .seconds(20))
  }

  /// With an empty queue and no mail in the log there is nothing to look at. A watch beside it, without a log, lists its queue at each
  /// turn: so the quiet one has had as many.
  @Test func aQuietLogIsLeftAlone() throws {
    let (quiet, busy) = (try Scene(turn: .milliseconds(50)), try Scene(turn: .milliseconds(50)))
    defer { for scene in [quiet, busy] { scene.watch.end() } }
    try writeFile(quiet.log, "")
    mkdir(busy.log, 0o755)
    for scene in [quiet, busy] {
      try scene.queue(0)
      scene.follow()
      try scene.waitFor("an empty queue") { $0.waiting?.total == 0 }
    }
    let (before, turns) = (try quiet.listings(), try busy.listings())
    try busy.waitFor("twenty turns") { _ in (try? busy.listings() >= turns + 20) ?? false }
    #expect(try quiet.listings() <= before + 1)
  }
}
