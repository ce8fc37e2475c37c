// The agent when what it depends on goes wrong: its log, its configuration, its sockets.
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits) struct RobustnessTests {
  /// A line of the log never waits: what cannot be written is dropped, counted and said.
  @Test func aLogThatIsNotReadHoldsNothingUp() throws {
    let gate = Mailbox<Bool>()
    let (taken, written) = (Mailbox<Void>(), Mailbox<String>())
    let log = LogQueue { line in
      // Blocked until the test opens it.
      if line == "first" {
        taken.post(())
        _ = gate.wait()
      }
      written.post(line)
      return line != "unwritable"
    }
    let start = ContinuousClock.now
    log.say("first")
    // Until then lines that are dropped are said before it.
    _ = taken.wait()
    for number in 0..<20_000 { log.say("line \(number) \(String(repeating: "x", count: 100))") }
    #expect(ContinuousClock.now - start < .seconds(10))
    gate.post(true)
    log.flush(limit: .seconds(20))
    log.say("unwritable")
    log.flush(limit: .seconds(20))
    log.say("last")
    log.flush(limit: .seconds(20))
    let lines = written.empty()
    #expect(lines.count < 5_000 && lines.first == "first" && lines.last == "last")
    let dropped = lines.compactMap { line in
      line.contains("lines of this log were dropped") ? Int(line.prefix { $0.isNumber }) : nil
    }
    let kept = lines.count { $0.hasPrefix("line ") }
    #expect(dropped.reduce(0, +) == 20_000 - kept + 1, "\(dropped) \(kept)")
    log.say(String(repeating: "x", count: 1 << 20))
    log.flush(limit: .seconds(20))
    #expect(written.empty().allSatisfy { $0.utf8.count < 5_000 })
  }

  /// Standard error closed, on a full disk, or a pipe that is full and not read: mail goes on.
  @Test(arguments: ["2>&-", "2>/dev/full", "2>\"$2\""]) func mailGoesOnWithoutALog(redirection: String) throws
  {
    let sink = try SmtpSink()
    let lab = try PostfixLab(
      main:
        "default_transport = randmap:!smtp:\(sink.address)\nrelay_transport = randmap:!nosuch:x\nrelay_domains = x.example"
    )
    let pipe = lab.directory.file("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDWR | O_NONBLOCK)
    defer { close(reader) }
    let page = [UInt8](repeating: 65, count: 4_096)
    while write(reader, page, page.count) > 0 {}
    let agent = try ChildProcess(
      "bash",
      ["-c", "exec \"$0\" agent -c \"$1\" \(redirection)", randmapProgram(), lab.configDirectory, pipe])
    let socket = lab.queueDirectory + "/private/randmap"
    try waitUntil("the agent to listen") { (try? RawClient(socket)) != nil }
    // Each of these is worth a line of the log.
    for number in 0..<10 { try lab.sendOne(to: ["\(number)@x.example"]) }
    for number in 0..<5 { try lab.sendOne(to: ["\(number)@example.net"]) }
    try waitUntil("the mail to leave", seen: lab.log) { sink.count == 5 }
    #expect(agent.status == nil)
    let descriptors = try namesIn("/proc/\(agent.pid)/fd").count
    #expect(descriptors < 60, "\(descriptors)")
    if redirection == "2>&-" {
      // Otherwise the log would be written into whatever got its number.
      var target = [CChar](repeating: 0, count: 100)
      #expect(readlink("/proc/\(agent.pid)/fd/2", &target, 99) == "/dev/null".utf8.count)
    }
    agent.signal(SIGTERM)
    #expect(try agent.wait().status == .exited(0))
  }

  /// A configuration that is empty, cut or no configuration leaves all as it was, and the queue directory never changes.
  @Test func aTornConfigurationIsNotTaken() throws {
    let sinks = [try SmtpSink(), try SmtpSink()]
    let lab = try PostfixLab(main: "default_transport = randmap:out")
    // Postfix reads its own, which is whole.
    let copy = try TemporaryDirectory()
    chmod(copy.path, 0o755)
    let whole = try readText(lab.configDirectory + "/main.cf") + "out = !smtp:\(sinks[0].address)\n"
    let master = try readText(lab.configDirectory + "/master.cf")
    try copy.write("main.cf", whole)
    try copy.write("master.cf", master)
    let agent = try RunningAgent(randmapProgram(), ["agent", "-c", copy.path], beside: lab)
    var sent = 0
    func expectGood(_ what: String, at sink: Int = 0) throws {
      let before = sinks[sink].count
      sent += 1
      try lab.sendOne(to: ["\(sent)@example.net"])
      try lab.waitUntilSettled()
      #expect(sinks[sink].count == before + 1, "\(what): \(agent.log)")
    }
    try expectGood("at first")
    let elsewhere = whole.replacing("queue_directory = ", with: "queue_directory = /nonexistent")
    for (name, text, words) in [
      ("main.cf", "", "it sets nothing any more"),
      ("main.cf", String(whole.dropLast(5)), "its last line has no end"),
      ("main.cf", whole + "a line\n", "missing '=' after attribute name"),
      ("main.cf", elsewhere, "restart the agent for that"),
      ("master.cf", "", "it has no service any more"),
      ("master.cf", master + "smtp unix\n", "bad field count"),
    ] {
      try copy.write(name, text)
      try agent.waitUntilItSays(words)
      try expectGood(words)
      try copy.write(name, name == "main.cf" ? whole : master)
    }
    try copy.write("main.cf", whole.replacing("\(sinks[0].address)", with: "\(sinks[1].address)"))
    try agent.waitUntilItSays("using the new one")
    try waitUntil("the second gateway to be the pool's") {
      () throws(TestFailure) -> Bool in
      try lab.sendOne(to: ["x@example.net"])
      try lab.waitUntilSettled()
      return sinks[1].count > 0
    }
    // Where it is so at the start, there is no good one to go on with.
    try copy.write("main.cf", whole + "a line\n")
    try agent.stop()
    let refused = try runRandmap(["agent", "-c", copy.path])
    #expect(refused.status == .exited(1), "\(refused.summary)")
    #expect(refused.standardError.contains("missing '=' after attribute name"))
  }

  /// Somebody removed it: it is there again within a second or so.
  @Test func aRemovedSocketIsMadeAgain() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)\n")
    let agent = try RunningAgent(beside: lab)
    let paths = ["", "-lookup", "-status"].map { "\(lab.queueDirectory)/private/randmap\($0)" }
    for path in paths {
      unlink(path)
      try waitUntil("\(path) to be there again", seen: agent.log) { (try? RawClient(path)) != nil }
      try agent.waitUntilItSays("\(path) was removed; made it again")
    }
    let attributes = try ["randmap", "smtp"].map { name in
      try runSuccessfully("stat", ["-c", "%U %a %F", "\(lab.queueDirectory)/private/\(name)"])
    }
    #expect(attributes[0] == attributes[1])
    try lab.sendOne(to: ["a@example.net"])
    try lab.waitUntilDrained()
    #expect(sink.count == 1)
    #expect(try agent.stop()?.status == .exited(0))
  }

  /// Who may read the directory of a socket may lock it: nothing waits for that while mail goes on.
  @Test func aLockedDirectoryDelaysNothing() throws {
    let rooms = try TemporaryDirectory()
    let lab = try PostfixLab()
    let place = "\(lab.queueDirectory)/private"
    let agent = try RunningAgent(beside: lab)
    let lock = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(lock) }
    try #require(flock(lock, LOCK_EX) == 0)
    unlink(place + "/randmap-lookup")
    try agent.waitUntilItSays("/randmap-lookup was removed; made it again")
    _ = try RawClient(place + "/randmap-lookup")

    // The first time it gives way to another agent, which needs a moment; after that it goes on.
    let other = open(rooms.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(other) }
    try #require(flock(other, LOCK_EX) == 0)
    #expect(throws: AgentError.self) { try AgentSocket.take(.free, in: rooms.path) }
    close(try AgentSocket.take(.anyway, in: rooms.path))
    var repair = SocketRepair()
    var now = ContinuousClock.now
    #expect(repair.turn == .free && repair.isDue(at: now))
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
      repair.failed(at: now)
      #expect(!repair.isDue(at: now + .seconds(seconds) - .milliseconds(1)))
      now += .seconds(seconds)
      #expect(repair.isDue(at: now) && repair.turn == .anyway, "\(seconds) s")
    }
  }

  /// A hang-up, a stop for a moment, thousands of connections that come to nothing: mail goes on.
  @Test func signalsAndConnectionsThatComeToNothingStopNoMail() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(main: impatient + "default_transport = randmap:!smtp:\(sink.address)\n")
    let agent = try RunningAgent(beside: lab)
    kill(agent.pid, SIGHUP)
    let open = try namesIn("/proc/\(agent.pid)/fd").count
    for name in ["", "-lookup", "-status"] {
      for _ in 0..<500 { _ = try RawClient(lab.queueDirectory + "/private/randmap\(name)") }
    }
    kill(agent.pid, SIGSTOP)
    for number in 0..<10 { try lab.sendOne(to: ["\(number)@example.net"]) }
    kill(agent.pid, SIGCONT)
    try lab.waitUntilDrained()
    #expect(sink.count == 10 && lab.deliveries.allSatisfy { $0.status == .sent }, "\(agent.log)")
    // Of 1,500 connections none may be left. Threads that start after the first count have a few of their own.
    try waitUntil("the descriptors to be free again", limit: .seconds(120)) {
      () throws(TestFailure) -> Bool in
      try namesIn("/proc/\(agent.pid)/fd").count <= open + 50
    }
    #expect(try agent.stop()?.status == .exited(0))
  }

  /// 20,000 new members of which one is alive: it is found, and mail leaves by it.
  @Test func theOneLivingMemberOfALargePoolIsFound() throws {
    let sink = try SmtpSink()
    let lab = try PostfixLab(
      main: impatient + "default_transport = randmap:$config_directory/pool\n",
      files: ["pool": "smtp:\(sink.address)\n"])
    let agent = try RunningAgent(beside: lab)
    var lines = (0..<20_000).map { "smtp:[127.77.\($0 / 200).\($0 % 200 + 1)]:9\n" }
    lines.insert("smtp:\(sink.address)\n", at: 12_345)
    try writeFile(lab.configDirectory + "/pool", lines.joined())
    for number in 0..<5 { try lab.sendOne(to: ["\(number)@example.net"]) }
    try waitUntil(
      "all of it to leave", limit: .seconds(60), seen: "\(agent.log.suffix(500))\(lab.log.suffix(500))"
    ) {
      () throws(TestFailure) -> Bool in
      if sink.count < 5 { try lab.flush() }
      return sink.count == 5
    }
  }
}
