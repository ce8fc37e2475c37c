// Mail through a PostfixLab: sending it, watching the queue, reading from the log what became of it.
import Glibc

/// What the log says of one recipient of one message, each time that it was tried.
package struct Delivery: Sendable {
  package enum Status: String, Sendable { case sent, deferred, bounced, expired, deliverable, undeliverable }

  package let recipient: String
  /// As logged: `127.0.0.2[127.0.0.2]:2525`, or `none`.
  package let relay: String
  package let dsn: String
  /// From its arrival to its delivery, in seconds.
  package let delay: Double
  package let status: Status
  /// The words in brackets at the end.
  package let reason: String
}

/// A directory of the queue.
package enum MailQueue: String, Sendable, CaseIterable {
  // In the order that mail goes through them, so that a look at all of them misses none that moves.
  case maildrop, incoming, active, deferred, hold
}

extension PostfixLab {
  /// Sends `count` messages by SMTP, each to a recipient of its own (`1user@...`, `2user@...`; of 3.10
  /// `user1@...`): Postfix keeps its choice for 30 s for one and the same sender and recipient.
  ///
  /// - Parameters:
  ///   - recipients: How many each message has.
  ///   - sessions: How many messages are sent at once.
  package func send(
    _ count: Int, to recipient: String, from sender: String = "sender@lab.randmap.test", recipients: Int = 1,
    sessions: Int = 4
  ) throws(TestFailure) {
    let finished = try run(
      postfixTool("smtp-source"),
      [
        "-N", "-s", String(sessions), "-m", String(count), "-r", String(recipients), "-f", sender, "-t",
        recipient, "\(address.host):\(address.port)",
      ], limit: .seconds(600))
    guard finished.status == .exited(0) else { throw TestFailure("smtp-source: \(finished.summary)") }
  }

  /// Sends one message to all of `recipients` with sendmail(1).
  package func sendOne(to recipients: [String], from sender: String = "sender@lab.randmap.test")
    throws(TestFailure)
  {
    let finished = try run(
      postfixTool("sendmail"), ["-C", configDirectory, "-f", sender, "-i", "--"] + recipients,
      input: Array("Subject: test\n\ntext\n".utf8))
    guard finished.status == .exited(0) else { throw TestFailure("sendmail: \(finished.summary)") }
  }

  /// How many messages are in a directory of the queue.
  package func messages(in queue: MailQueue) -> Int {
    countFiles(queueDirectory + "/" + queue.rawValue)
  }

  /// Waits until no message is in the queue, not even a deferred one.
  package func waitUntilDrained(limit: Duration = .long) throws(TestFailure) {
    try waitUntil("the queue to be empty", limit: limit, seen: log) {
      MailQueue.allCases.allSatisfy { messages(in: $0) == 0 }
    }
    try waitForTheLog()
  }

  /// Waits until every message was tried: none is on its way, though some may be deferred.
  package func waitUntilSettled(limit: Duration = .long) throws(TestFailure) {
    try waitUntil("the queue to settle", limit: limit, seen: log) {
      [.maildrop, .incoming, .active].allSatisfy { messages(in: $0) == 0 }
    }
    try waitForTheLog()
  }

  /// Waits until the log holds all that was logged so far: a message leaves the queue while the line about it is
  /// still on its way through the socket of postlogd(8), which hands lines on in the order that they came.
  private func waitForTheLog() throws(TestFailure) {
    let mark = "everything before this is in the log: \(ContinuousClock.now)"
    try runSuccessfully(postfixTool("postlog"), ["-c", configDirectory, "-t", "lab", mark])
    try waitUntil("the end of the log", seen: log) { log.contains(mark) }
  }

  /// Tries what is deferred at once.
  package func flush() throws(TestFailure) {
    try runSuccessfully(postfixTool("postqueue"), ["-c", configDirectory, "-f"])
  }

  /// The queue as `postqueue -j` lists it: a line of JSON a message.
  package func queueListing() throws(TestFailure) -> [String] {
    try runSuccessfully(postfixTool("postqueue"), ["-c", configDirectory, "-j"])
      .split(separator: "\n").map(String.init)
  }

  /// Every delivery that was tried, in the order of the log.
  package var deliveries: [Delivery] {
    log.split(separator: "\n").compactMap(Delivery.init(logLine:))
  }
}

extension Delivery {
  /// Reads `name=value` by name, because what stands between them differs from release to release.
  init?(logLine line: Substring) {
    guard let recipient = text(in: line, after: " to=<", upTo: ">"),
      let relay = text(in: line, after: " relay=", upTo: ","),
      let dsn = text(in: line, after: " dsn=", upTo: ","),
      let status = text(in: line, after: " status=", upTo: " ").flatMap({ Status(rawValue: $0) })
    else { return nil }
    self.recipient = recipient
    self.relay = relay
    self.dsn = dsn
    delay = text(in: line, after: " delay=", upTo: ",").flatMap { Double($0) } ?? 0
    self.status = status
    reason =
      text(in: line, after: " status=\(status.rawValue) (", upTo: "\n").map { String($0.dropLast()) } ?? ""
  }
}

/// What stands between `start` and the next `end`, or the end of the line.
private func text(in line: Substring, after start: String, upTo end: Character) -> String? {
  guard let range = line.firstRange(of: start) else { return nil }
  return String(line[range.upperBound...].prefix { $0 != end })
}

/// How many files are in a directory and the directories below it.
private func countFiles(_ directory: String) -> Int {
  ((try? namesIn(directory)) ?? []).reduce(0) { sum, name in
    var status = stat()
    // A message may move on between the listing and this look.
    guard lstat(directory + "/" + name, &status) == 0 else { return sum }
    return sum + (status.st_mode & S_IFMT == S_IFDIR ? countFiles(directory + "/" + name) : 1)
  }
}
