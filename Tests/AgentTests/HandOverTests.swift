// What passes between the queue manager, the agent and a transport, byte for byte.
import CLinux
import Glibc
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Agent

@Suite(.waits) struct HandOverTests {
  private let lab: PostfixLab
  private let agent: RunningAgent

  init() throws {
    lab = try PostfixLab(
      master: "smtp2 unix - - n - - smtp\n",
      files: ["mine": "slow:[gw]\n"])
    agent = try RunningAgent(beside: lab)
  }

  private func request(
    _ nextHop: String, recipients: [String] = ["a@b.example", "c@d.example"]
  ) throws -> RawClient {
    let client = try RawClient(lab.queueDirectory + "/private/randmap")
    #expect(client.readList() == Greeting.of(lab.version))
    client.send(requestBytes(nextHop: nextHop, recipients: recipients))
    return client
  }

  private func readRequest(_ client: RawClient, recipients: Int) -> Bytes {
    (0...recipients).reduce(into: Bytes()) { bytes, _ in bytes += client.readList() }
  }

  @Test func passesARequestOnAndItsReportBack() throws {
    let slow = try FakeTransport("slow", of: lab)
    let client = try request("!slow:  some thing ")
    let agent = try slow.accept()
    #expect(
      readRequest(agent, recipients: 2)
        == requestBytes(nextHop: "some thing", recipients: ["a@b.example", "c@d.example"]))
    agent.send(reportBytes(status: 0))
    #expect(client.readList() == reportBytes(status: 0))

    // One member's trouble is not the pool's.
    let second = try request("!slow:x!slow:x")
    let other = try slow.accept()
    _ = readRequest(other, recipients: 2)
    other.send(reportBytes(problem: "no route", status: 256))
    #expect(second.readList() == reportBytes(status: 256))
  }

  @Test func aMemberWithoutANextHopGetsEachDomain() throws {
    let lane = try FakeTransport("lane", of: lab)
    let client = try request(
      "!lane:", recipients: ["a@b.example", "c@D.example", "e@b.example"])
    let first = try lane.accept()
    #expect(
      readRequest(first, recipients: 2)
        == requestBytes(nextHop: "b.example", recipients: ["a@b.example", "e@b.example"]))
    first.send(reportBytes(problem: "no route", status: 1))
    let second = try lane.accept()
    #expect(
      readRequest(second, recipients: 1)
        == requestBytes(nextHop: "d.example", recipients: ["c@D.example"]))
    second.send(reportBytes(status: 0))
    #expect(client.readList() == reportBytes(status: 1))
  }

  @Test func aTransportThatGoesAwayWithTheRequestMeansDeferral() throws {
    let slow = try FakeTransport("slow", of: lab)
    let client = try request("!slow:x")
    do {
      let taken = try slow.accept()
      _ = readRequest(taken, recipients: 2)
    }
    #expect(client.readList() == reportBytes(status: 1))
    try agent.waitUntilItSays("private/slow: no report")
  }

  /// Who was done there cannot be known, or was said: another transport would mean duplicates.
  @Test func whatOneTransportTookNoOtherGets() throws {
    let transports = [try FakeTransport("one", of: lab), try FakeTransport("two", of: lab)]
    for ends in ["lost", "deferred"] {
      let client = try request("!one:x!two:x")
      try waitUntil("one of them to be asked") { transports.contains { $0.isWaiting } }
      let chosen = transports[0].isWaiting ? 0 : 1
      var taken: RawClient? = try transports[chosen].accept()
      if let taken { _ = readRequest(taken, recipients: 2) }
      if ends == "deferred" { taken?.send(reportBytes(problem: "no route", status: 1)) }
      taken = nil
      #expect(client.readList() == reportBytes(status: 1), "\(ends)")
      #expect(!transports[1 - chosen].isWaiting, "\(ends)")
      _ = taken
    }
  }

  @Test func aTransportThatNeverTookTheRequestIsPassedBy() throws {
    let broken = try FakeTransport("broken", of: lab)
    let good = try FakeTransport("good", of: lab)
    for _ in 0..<10 {
      let client = try request("!broken:x!good:y")
      // Which of the two is asked first is chance; the good one is asked in any case.
      var fromBroken = false
      try waitUntil("the good one to be asked", seen: agent.log) { () throws(TestFailure) -> Bool in
        if !fromBroken, broken.isWaiting {
          fromBroken = true
          _ = try broken.accept(greeting: "protocol\0bounce_protocol\0\0")
        }
        return good.isWaiting
      }
      let agent = try good.accept()
      #expect(
        readRequest(agent, recipients: 2)
          == requestBytes(nextHop: "y", recipients: ["a@b.example", "c@d.example"]))
      agent.send(reportBytes(status: 0))
      #expect(client.readList() == reportBytes(status: 0))
    }
  }

  @Test func aQueueManagerThatGoesAwayStopsWhatIsNotHandedOver() throws {
    let busy = try FakeTransport("busy", of: lab)
    let other = try FakeTransport("other", of: lab)
    // Both are busy: nobody greets.
    var client: RawClient? = try request("!busy:x!other:y")
    try waitUntil("one of them to be asked") { busy.isWaiting || other.isWaiting }
    let (asked, spared) = busy.isWaiting ? (busy, other) : (other, busy)
    let taken = try asked.accept(greeting: "")
    client = nil
    #expect(taken.readAll() == [])
    #expect(!spared.isWaiting)
    _ = client
  }

  /// A queue manager that starts anew leaves a message alone whose file is locked.
  @Test func theQueueFileIsLockedWhileARequestIsUnderWay() throws {
    let file = open("\(lab.queueDirectory)/active/4Xabc", O_RDWR | O_CREAT, 0o700)
    defer { close(file) }
    try #require(file >= 0 && fchown(file, getpwnam("postfix").pointee.pw_uid, 0) == 0)
    func isLocked() -> Bool {
      if flock(file, LOCK_EX | LOCK_NB) != 0 { return true }
      flock(file, LOCK_UN)
      return false
    }
    let busy = try FakeTransport("busy", of: lab)
    let client = try request("!busy:x")
    let taken = try busy.accept(greeting: "")
    #expect(isLocked())
    taken.send(Greeting.of(lab.version))
    _ = readRequest(taken, recipients: 2)
    #expect(isLocked())
    taken.send(reportBytes(status: 0))
    #expect(client.readList() == reportBytes(status: 0))
    #expect(!isLocked())

    // Locked by a queue manager: it reads the message anew, so this request is of one that is gone.
    try #require(flock(file, LOCK_EX | LOCK_NB) == 0)
    #expect(try request("!busy:x").readList() == reportBytes(status: 1))
    #expect(!busy.isWaiting)
  }

  /// A transport that talks without end is not listened to for ever, and what it said is not kept.
  @Test func aReportWithoutEndIsADeferral() throws {
    let endless = try FakeTransport("endless", of: lab)
    let before = try agent.resources().memory
    let long = String(repeating: "x", count: 500_000)
    for (start, piece) in [
      ("", "name\0value\0"), ("reason\0", "xxxxxxxxx"), ("status\0\0", "reason\0\(long)\0"),
    ] {
      let client = try request("!endless:x")
      let taken = try endless.accept()
      _ = readRequest(taken, recipients: 2)
      taken.send(Bytes(start.utf8))
      let pieces = Bytes(repeatElement(Bytes(piece.utf8), count: max(1, 20_000 / piece.utf8.count)).joined())
      // Until it hangs up.
      for _ in 0..<3_000 where !taken.isClosed { taken.send(pieces) }
      #expect(client.readList() == reportBytes(status: 1), "\(start)")
    }
    #expect(try agent.resources().memory - before < 20 << 20)
    try agent.waitUntilItSays("private/endless: no report")
  }

  /// What all requests together hold is bounded: what comes beyond it waits, and the rest goes on.
  @Test func requestsHoldNoMoreMemoryThanTheyMay() throws {
    let before = try agent.resources().memory
    let socket = lab.queueDirectory + "/private/randmap"
    func begin(_ bytes: Int) throws -> RawClient {
      let client = try RawClient(socket)
      #expect(client.readList() == Greeting.of(lab.version))
      client.send(Bytes("nexthop\0!discard:\0recipient_count\01000000\0sender\0x\0queue_id\0x\0\0".utf8))
      let list = Bytes("recipient\0\(String(repeating: "x", count: 8_000))\0\0".utf8)
      for _ in 0..<(bytes / list.count) { client.send(list) }
      return client
    }
    // One alone that is larger than any mail.
    let tooLarge = try begin(10 << 20).readList().text
    #expect(tooLarge.contains("longer than \(ProtocolLimits.request) bytes"), "\(tooLarge)")
    var clients: [RawClient] = []
    for _ in 0..<4 { clients.append(try begin(7 << 20)) }
    let last = try begin(7 << 20)
    #expect(last.readList() == reportBytes(status: 1))
    try agent.waitUntilItSays("hold all the memory")
    #expect(try agent.resources().memory - before < 150 << 20)
    clients = []
    let slow = try FakeTransport("slow", of: lab)
    let client = try request("!slow:x")
    let taken = try slow.accept()
    _ = readRequest(taken, recipients: 2)
    taken.send(reportBytes(status: 0))
    #expect(client.readList() == reportBytes(status: 0))
  }

  @Test func aStopFinishesWhatIsUnderWay() throws {
    let slow = try FakeTransport("slow", of: lab)
    let client = try request("!slow:x")
    let taken = try slow.accept()
    _ = readRequest(taken, recipients: 2)
    agent.terminate()
    try agent.waitUntilItSays("stopping")
    try waitUntil("the socket to refuse") { (try? RawClient(lab.queueDirectory + "/private/randmap")) == nil }
    taken.send(reportBytes(status: 0))
    #expect(client.readList() == reportBytes(status: 0))
    #expect(try agent.wait()?.status == .exited(0))
  }
}
