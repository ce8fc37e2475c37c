// What the reasons of delayed mail say of the gateways that it waits for.

import Gateways
import PostfixFiles
import System
import TestSupport
import Testing

@testable import Traffic

private func waiting(_ lines: [String], _ gateways: [Gateway], pieces: Int = .max) -> WaitingMail {
  var mail = WaitingMail(gateways, addresses: [.mx("domain.example", port: 25): ["192.0.2.9"]])
  let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
  for start in stride(from: 0, to: bytes.count, by: min(pieces, bytes.count)) {
    mail.feed(bytes[start..<min(bytes.count, start + min(pieces, bytes.count))])
  }
  mail.finish()
  return mail
}

private func message(_ id: String = "4Q1", at arrival: Int = 100, _ reasons: String...) -> String {
  let recipients = reasons.map { #"{"address": "a@b.example", "delay_reason": "\#($0)"}"# }
  return
    #"{"queue_name": "deferred", "queue_id": "\#(id)", "arrival_time": \#(arrival), "message_size": 30, "#
    + #""forced_expire": false, "sender": "arrival_time\": 7, \"s@x.example", "recipients": ["#
    + recipients.joined(separator: ", ") + "]}"
}

@Suite struct WaitingMailTests {
  @Test(arguments: [
    ("connect to GW.example[192.0.2.1]:25: Connection refused", Gateway.host("gw.example", port: 25)),
    (
      "delivery temporarily suspended: connect to gw.example[2001:db8::1]:2525: No route to host",
      .host("gw.example", port: 2525)
    ),
    (
      "host gw.example[192.0.2.1] said: 450 4.7.1 [busy] (in reply to RCPT TO command)",
      .host("gw.example", port: 25)
    ),
    (
      "Host or domain name not found. Name service error for name=gw.example type=A: Host not found",
      .host("gw.example", port: 25)
    ),
    ("connect to store.example[private/lmtp]: Connection refused", .unix("private/lmtp")),
    ("connect to mx9.domain.example[192.0.2.9]:25: Connection timed out", .mx("domain.example", port: 25)),
    (
      #"lost connection with gw.example[192.0.2.1] while \"sending\" \u001b[2J RCPT"#,
      .host("gw.example", port: 25)
    ),
  ])
  func namesTheGateway(reason: String, gateway: Gateway) {
    let mail = waiting([message("4Q1", at: 100, reason)], [gateway])
    #expect(mail.byGateway.mapValues(\.messages) == [gateway: 1])
    let text = mail.byGateway[gateway]?.reasons.top(1).first?.text ?? ""
    #expect(!text.isEmpty && text == printable(text) && !text.contains("gw.example["))
  }

  @Test(arguments: [
    "", "4.3.0 try again", "[odd] reason", "name=", "a[unfinished", "user[1] said gw.example[2]:25",
  ])
  func namesNone(reason: String) {
    #expect(waiting([message("4Q1", at: 100, reason)], [.host("gw.example", port: 25)]).byGateway.isEmpty)
  }

  @Test(arguments: [1, 7, 64, Int.max])
  func countsEachMessageOnceForEachGateway(pieces: Int) throws {
    let one = "connect to gw1[192.0.2.1]:25: refused"
    let two = "host gw2[192.0.2.2] said: 450 4.2.2 full"
    let gateways = [Gateway.host("gw1", port: 25), .host("gw2", port: 25)]
    let mail = waiting(
      [
        message("4A", at: 300, one, one), message("4B", at: 200, one, two),
        #"{"queue_name": "active", "arrival_time": 1, "recipients": [{"address": "e@f"}]}"#, "garbage",
      ], gateways, pieces: pieces)
    #expect(mail.total == 4)
    let first = try #require(mail.byGateway[gateways[0]])
    #expect(first.messages == 2 && first.oldest == 200)
    #expect(first.reasons.top(5).map(\.count) == [2])
    #expect(mail.byGateway[gateways[1]]?.reasons.top(1).map(\.text) == ["450 4.2.2 full"])
  }

  @Test func reasonsNameNobody() {
    let gateway = Gateway.host("gw1", port: 25)
    let said = "host gw1[192.0.2.1] said: 452 4.2.2 Anna Schmidt (anna.schmidt) for bob is over quota"
    let line =
      #"{"queue_id": "4A", "arrival_time": 1, "sender": "bob@a.example", "recipients": ["#
      + #"{"address": "x@b.example"}, {"address": "anna.schmidt@b.example", "delay_reason": "\#(said)"}]}"#
    #expect(
      waiting([line], [gateway]).byGateway[gateway]?.reasons.top(1).map(\.text)
        == ["452 4.2.2 <address> (<address>) for <address> is over quota"])
  }

  @Test func keepsNothingOfOtherMail() {
    let mail = waiting(
      (0..<2_000).map {
        message("4Q1", at: 100, "connect to h\($0).example[192.0.2.\($0 % 250)]:25: refused")
      },
      [.host("gw1", port: 25)])
    #expect(mail.total == 2_000 && mail.byGateway.isEmpty)
  }

  /// Of a queue of any length: its memory is that of the gateways, whatever the reasons are. RANDMAP_QUEUED says how long.
  @Test func memoryDoesNotGrowWithTheQueue() throws {
    let count = environmentVariable("RANDMAP_QUEUED").flatMap { Int($0) } ?? 12_000
    let gateways = (0..<4).map { Gateway.host("gw\($0)", port: 25) }
    var mail = WaitingMail(gateways)
    func feed(_ numbers: Range<Int>) {
      for number in numbers {
        let words = (0..<6).map { "word\(number % 9_973 &* ($0 + 1))x\(number / 7)" }.joined(separator: " ")
        let line = message(
          "4Q\(number)", at: number,
          "host gw\(number % 4)[192.0.2.1] said: 45\(number % 3) 4.\(number % 8).1 \(words)",
          "connect to other\(number).example[192.0.2.2]:25: Connection refused")
        mail.feed(Array((line + "\n").utf8)[...])
      }
    }
    feed(0..<2_000)
    let before = try residentMemory()
    feed(2_000..<count)
    let grown = try residentMemory() - before
    #expect(mail.total == count && mail.byGateway.values.reduce(0) { $0 + $1.messages } == count)
    // Forty bytes a message would be more.
    #expect(grown < 400_000, "\(grown) bytes more for \(count - 2_000) messages")
  }
}
