// The last minutes of a log: shares, strips, and gateways that greet and take no mail.

import Gateways
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import Traffic

private let now = start + 3_600
private let first = Gateway.host("127.0.0.2", port: 25)
private let second = Gateway.host("127.0.0.3", port: 25)

/// `count` lines of one kind, the last of them `age` seconds ago.
private func lines(_ count: Int, age: Int, _ sample: (Int, Int) -> Sample) -> String {
  (0..<count).map { LogFormat.rfc3339.line(sample($0, 3_600 - age)) + "\n" }.joined()
}

private func recent(_ text: String, limits: DeliveryLimits = DeliveryLimits()) throws -> RecentTraffic {
  let directory = try TemporaryDirectory()
  try directory.write("mail.log", text)
  let log = try RecentLog(
    .file(directory.file("mail.log")), config: sampleConfig, pools: sampleConfig.pools(), addresses: [:],
    since: now - 86_400, now: now)
  try log.read()
  return log.recent(limits: limits, now: now)
}

private func sent(_ prefix: String, by gateway: String = "127.0.0.2[127.0.0.2]:25") -> (Int, Int) -> Sample {
  { Sample.sent("\(prefix)\($0)ABCDE", to: "u\($0)@example.net", by: gateway, at: $1) }
}

private let full = "host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox full (in reply to RCPT TO command)"

@Suite struct RecentTrafficTests {
  @Test func aGatewayThatDefersMostOfTheMailIsInTrouble() throws {
    let text =
      lines(1, age: 100, sent("A"))
      + lines(49, age: 90) {
        .deferred("B\($0)ABCDE", to: "u\($0)@example.net", relay: "127.0.0.2[127.0.0.2]:25", full, at: $1)
      } + lines(30, age: 80, sent("C", by: "127.0.0.3[127.0.0.3]:25"))
    let recent = try recent(text)
    #expect(recent.troubles[first]?.reason == "defers 98 % of the mail (452 4.2.2 mailbox full)")
    #expect(recent.troubles[second] == nil)
    let row = try #require(recent[first, .quarter])
    #expect(row.deferredShare == 0.98 && row.observed == 0.625)
    #expect(recent[second, .quarter]?.observed == 0.375)
    #expect(recent[first, .quarter]?.reasons.map(\.count) == [49])
  }

  /// The longer windows move on too, and the console looks as often as one of them may have changed.
  @Test func aWindowWithMailMovesOn() throws {
    for (age, turn) in [(60, 30), (1_800, 60), (20_000, 300)] {
      let moving = try recent(lines(1, age: age, sent("A")))
      #expect(moving.turn == turn, "\(age)")
    }
    #expect(try recent("").turn == nil)
    #expect(try recent(lines(1, age: 100_000, sent("A"))).turn == nil)
    let failed = LogFormat.rfc3339.line(
      Sample(second: 3_500, message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"))
    #expect(try recent(failed + "\n").turn == 30)
    // A host whose clock is ahead.
    #expect(try recent(lines(1, age: -3_600, sent("A")))[first, .quarter]?.cell.sent == 0)
  }

  /// smtp(8) goes on to the next gateway of a list, and that one's line is the only one with a status.
  @Test func aGatewayThatTurnsMostOfTheMailAwayIsInTrouble() throws {
    let text = (0..<49).map { number in
      let id = "B\(number)ABCDE"
      let turned = Sample(
        second: 3_510,
        message:
          "\(id): host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox anna.schmidt full (in reply to RCPT TO command)"
      )
      return [
        turned, turned, .sent(id, to: "anna.schmidt@example.net", by: "127.0.0.3[127.0.0.3]:25", at: 3_511),
      ]
      .map { LogFormat.rfc3339.line($0) + "\n" }.joined()
    }
    let recent = try recent(lines(1, age: 100, sent("A")) + text.joined())
    #expect(
      recent.troubles[first]?.reason == "turns away 98 % of the mail (452 4.2.2 mailbox <address> full)")
    #expect(recent.troubles[second] == nil)
    #expect(recent[first, .quarter]?.cell.passedOn == 49)
  }

  /// Until a result names the recipient, a reply that may name somebody is not shown, or without its unusual words.
  @Test func whatAGatewaySaidWaitsForTheRecipient() throws {
    func reasons(_ text: String, at time: Int) -> [String] {
      var tally = Tally(sampleChannels, latest: now)
      tally.feed(Array(text.utf8))
      let counts = tally.counts(now: time)
      return counts.reasons.flatMap { $0.top(9).map(\.text) }
    }
    let turned =
      LogFormat.rfc3339.line(
        Sample(
          message: "4ABCDE: host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox of Schmidt is full, honest"))
      + "\n"
    let sent =
      LogFormat.rfc3339.line(
        .sent("4ABCDE", to: "anna.schmidt@example.net", by: "127.0.0.3[127.0.0.3]:25", at: 3)) + "\n"
    #expect(reasons(turned, at: start + 30).isEmpty)
    #expect(reasons(turned, at: start + 60) == ["452 4.2.2 mailbox of <word> is full, <word>"])
    #expect(reasons(turned + sent, at: start + 4).isEmpty)
    #expect(reasons(turned + sent, at: start + 5) == ["452 4.2.2 mailbox of <address> is full, honest"])
    // A report of a whole log does not wait, and a log that goes on does not say it twice.
    #expect(
      report(tally(turned)).gateways.flatMap { $0.reasons.map(\.text) } == [
        "452 4.2.2 mailbox of <word> is full, <word>"
      ])
    var tally = Tally(sampleChannels, latest: now)
    tally.feed(Array((turned + sent).utf8))
    #expect(
      [5, 6, 7].map { tally.counts(now: start + $0).reasons.flatMap { $0.top(9).map(\.count) } } == [
        [1], [1], [1],
      ])
  }

  /// More than can wait at a time.
  @Test func aFloodOfRepliesNamesNobodyAndIsCounted() {
    let text = (0..<3_000).map { number in
      LogFormat.rfc3339.line(
        Sample(
          message: "4ABCD\(number): host 127.0.0.2[127.0.0.2] said: 452 4.2.2 mailbox bert\(number % 7) full")
      ) + "\n"
    }.joined()
    let tally = tally(text)
    #expect(cell(tally, "[127.0.0.2]:25").passedOn == 3_000)
    let reasons = report(tally).gateways.flatMap(\.reasons)
    #expect(reasons.map(\.text) == ["452 4.2.2 mailbox <word> full"] && reasons.map(\.count) == [3_000])
  }

  @Test func whatIsTooLittleOrTooOldSaysNothing() throws {
    let deferred: (Int, Int) -> Sample = {
      .deferred("B\($0)ABCDE", to: "u\($0)@example.net", relay: "127.0.0.2[127.0.0.2]:25", full, at: $1)
    }
    #expect(try recent(lines(19, age: 90, deferred)).troubles.isEmpty)
    #expect(try recent(lines(20, age: 90, deferred)).troubles.count == 1)
    #expect(try recent(lines(500, age: 600, deferred)).troubles.isEmpty)
    #expect(try recent(lines(20, age: 90, deferred) + lines(20, age: 80, sent("A"))).troubles.isEmpty)
    var strict = DeliveryLimits()
    strict.messages = 5
    #expect(try recent(lines(6, age: 90, deferred), limits: strict).troubles.count == 1)
  }

  @Test func windowsAndStripsGoBackAsFarAsTheySay() throws {
    let text =
      lines(8, age: 7_300, sent("A")) + lines(4, age: 3_000, sent("B")) + lines(2, age: 60, sent("C"))
    let recent = try recent(text)
    #expect(RecentTraffic.Window.allCases.map { recent[first, $0]?.cell.sent } == [2, 6, 14])
    let strip = recent.strip(of: first, columns: 24, span: 86_400)
    #expect(strip.map(\.sent).reduce(0, +) == 14 && strip.last?.sent == 6)
    #expect(recent.reach == now - 7_300)
  }

  /// The middle of a large log is not read.
  @Test func readsTheEndOfALargeLogOnly() throws {
    let directory = try TemporaryDirectory()
    let old = lines(20_000, age: 50_000, sent("A"))
    try directory.write("mail.log", old + lines(3, age: 60, sent("B")))
    let (position, isWhole) = try LogTail.start(of: directory.file("mail.log"), since: now - 900)
    #expect(isWhole && position.offset > old.utf8.count - (2 << 20) && position.offset < old.utf8.count)
    // All of it is too young: what came before is in another file.
    try directory.write("short.log", lines(3, age: 60, sent("B")))
    let short = try LogTail.start(of: directory.file("short.log"), since: now - 900)
    #expect(!short.isWhole && short.position.offset == 0)
  }

  @Test func goesOnInTheRotatedFile() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("mail.log")
    try directory.write("mail.log.1", lines(5, age: 400, sent("A")))
    try directory.write("mail.log", lines(3, age: 60, sent("B")))
    let log = try RecentLog(
      .file(path), config: sampleConfig, pools: sampleConfig.pools(), addresses: [:], since: now - 900,
      now: now)
    try log.read()
    #expect(log.recent(limits: DeliveryLimits(), now: now)[first, .quarter]?.cell.sent == 8)
    try directory.write("mail.log", lines(3, age: 60, sent("B")) + lines(4, age: 20, sent("C")))
    try log.read()
    #expect(log.recent(limits: DeliveryLimits(), now: now)[first, .quarter]?.cell.sent == 12)
  }
}
