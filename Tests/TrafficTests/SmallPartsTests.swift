// The small parts: stamps, times of a call, reasons, delays, places in a log.

import Glibc
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Traffic

@Suite struct SmallPartsTests {
  private func seconds(_ stamp: String, latest: Int) -> Int? {
    var reader = StampReader(latest: latest)
    let bytes = Array(stamp.utf8)
    return reader.seconds(bytes.span, 0..<bytes.count)
  }

  @Test func completeStampsSayAll() {
    for stamp in [
      "2026-11-28T18:00:00Z", "2026-11-28T19:00:00+01:00", "2026-11-28T13:30:00.5-0430",
      "2026-11-28T18:00:00.000001+00:00",
    ] { #expect(seconds(stamp, latest: 0) == start, "\(stamp)") }
    for stamp in [
      "2026-13-28T18:00:00Z", "2026-11-28T25:00:00Z", "2026-11-28T18:00:00?", "2026-11-28T18:0x:00Z",
    ] {
      #expect(seconds(stamp, latest: 0) == nil, "\(stamp)")
    }
  }

  /// The year is that of the last such day that is not in the future.
  @Test func traditionalStampsGetTheirYear() {
    let newYear = CalendarTime(year: 2027, month: 1, day: 2, hour: 12).seconds(inSummer: -1)
    func year(_ stamp: String, _ latest: Int) -> Int? {
      seconds(stamp, latest: latest).map { CalendarTime(localTime: $0).year }
    }
    #expect(year("Dec 31 23:59:59", newYear) == 2026)
    #expect(year("Jan  1 00:00:00", newYear) == 2027)
    // Clocks of two hosts may differ.
    #expect(year("Jan  3 00:00:00", newYear) == 2027)
    #expect(year("Jan  5 00:00:00", newYear) == 2026)
    #expect(year("Feb 29 08:00:00", newYear) == 2024)
    #expect(seconds("Xyz  5 00:00:00", latest: newYear) == nil)
  }

  /// A console follows one log for weeks: its lines are not a year old on the next day.
  @Test func theYearFollowsTheTimeOfALogThatIsFollowed() {
    let opened = CalendarTime(year: 2026, month: 12, day: 20, hour: 12).seconds(inSummer: -1)
    var reader = StampReader(latest: opened)
    func year(_ stamp: String) -> Int? {
      let bytes = Array(stamp.utf8)
      return reader.seconds(bytes.span, 0..<bytes.count).map { CalendarTime(localTime: $0).year }
    }
    #expect(year("Dec 20 12:00:00") == 2026)
    #expect(year("Dec 23 12:00:00") == 2025)
    reader.latest = opened + 3 * 86_400
    #expect(year("Dec 23 12:01:00") == 2026)
    reader.latest = opened + 13 * 86_400
    #expect(year("Jan  2 12:00:00") == 2027)
  }

  /// Only a log that goes on for more than a year has days twice; files that were put together in a wrong order have not.
  @Test func yearsAreCountedWhereALogIsOlderThanOne() {
    func turns(_ days: [String]) -> YearTurns {
      var turns = YearTurns()
      for day in days {
        let bytes = Array("\(day) 12:00:00".utf8)
        if let day = DayOfYear(bytes.span, 0..<bytes.count) { turns.take(day) }
      }
      return turns
    }
    #expect(turns(["Nov 27", "Dec 31", "Jan  1", "Jun  1", "Nov 28"]).isLong)
    #expect(!turns(["Nov 29", "Dec 31", "Jan  1", "Jun  1", "Nov 28"]).isLong)
    #expect(turns(["Dec 30", "Jan  1", "Dec 31", "Jan  2", "Jul  1", "Dec 30", "Jan  2"]).count == 2)
    // A host whose clock is behind, and two weeks in the wrong order.
    #expect(turns(["Dec 31", "Jan  1", "Dec 31", "Jan  1"]).count == 1)
    #expect(!turns(["Nov 22", "Nov 28", "Nov 15", "Nov 21"]).isLong)
    #expect(!turns(["Jan  3", "Jan  7", "Dec 27", "Dec 31", "Jan  1", "Jan  2"]).isLong)
    #expect(!turns([]).isLong && !turns(["Nov 28"]).isLong)
  }

  @Test func timesOfACallAreRead() {
    let now = start + 1_800
    #expect(WrittenTime.parse("1h", now: now) == now - 3_600)
    #expect(WrittenTime.parse("90s", now: now) == now - 90)
    #expect(WrittenTime.parse("2026-11-28T18:00Z", now: now) == start)
    #expect(WrittenTime.parse("2026-11-28T18:00:00Z", now: now) == start)
    #expect(WrittenTime.parse("2026-11-28T19:00+01:00", now: now) == start)
    let midnight = WrittenTime.parse("today", now: now)
    #expect(midnight.map { CalendarTime(localTime: $0).hour } == 0)
    #expect(WrittenTime.parse("yesterday", now: now, isEnd: true) == midnight)
    #expect(WrittenTime.parse("2026-11-27", now: now) == WrittenTime.parse("2026-11-27T00:00", now: now))
    for text in ["", "h", "0m", "-1h", "1y", "next week", "2026", "2026-11-27 x", "99999999999h"] {
      #expect(WrittenTime.parse(text, now: now) == nil, "\(text)")
    }
    for (seconds, text) in [
      (0, "1970-01-01T00:00:00Z"), (start, "2026-11-28T18:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (-1, "1969-12-31T23:59:59Z"),
    ] { #expect(WrittenTime.utc(seconds) == text) }
  }

  @Test func reasonsAreFoldedAndNameNoPerson() {
    func folded(_ words: String, recipient: String = "jane.doe@example.net") -> String {
      let bytes = Array((words + recipient).utf8)
      let count = words.utf8.count
      return Reason(
        bytes.span, words: 0..<count, people: People(bytes.span, count..<bytes.count), queueID: nil
      ).text
    }
    #expect(
      folded(
        "host a[127.0.0.2] said: 452 4.2.2 <jane.doe@example.net>: mailbox full (in reply to RCPT TO command)"
      )
        == "452 4.2.2 <address>: mailbox full (in reply to RCPT TO command)")
    #expect(
      folded("host a[127.0.0.2] said: 450 4.7.1 Greylisted for 300 seconds, id 4ABCDEF01")
        == folded("host a[127.0.0.2] said: 450 4.7.1 Greylisted for 299 seconds, id 4ABCDEF99"))
    #expect(folded("connect to a[127.0.0.2]:25: Connection refused") == "connect: Connection refused")
    #expect(
      folded("delivery temporarily suspended: connect to a[127.0.0.2]:25: Connection refused")
        == "connect: Connection refused")
    #expect(
      folded("conversation with a[127.0.0.2] timed out while sending RCPT TO")
        == "conversation with the gateway timed out while sending RCPT TO")
    // One queue ID in 25 has no digit; a word is not taken for one.
    #expect(
      folded("host a[127.0.0.2] said: 452 4.2.2 full TWcvcdrzwDTzynn (in reply to RCPT TO command)")
        == "452 4.2.2 full ID (in reply to RCPT TO command)")
    #expect(folded("host a[127.0.0.2] said: 554 Transaction hmm XXX") == "554 Transaction hmm XXX")
    for words in [
      "host a[1.2.3.4] said: 550 5.1.1 User Jane.Doe unknown", "host a[1.2.3.4] said: 550 no jane.doe here",
      "host a[1.2.3.4] said: 550 \"jane doe\"@example.net",
      "host a[1.2.3.4] said: 550 <\"jane>doe\"@example.net>",
      "host a[1.2.3.4] said: 550 mailto:jane@example.net;", "host a[1.2.3.4] said: 550 <jane@exam",
    ] {
      let text = folded(words).lowercased()
      #expect(!text.contains("jane") && !text.contains("doe"), "\(text)")
    }
    #expect(!folded("host a[1.2.3.4] said: 450 \u{1B}[2J\u{202E}x").contains("\u{1B}"))
    #expect(folded("host a[1.2.3.4] said: 450 " + String(repeating: "x ", count: 5_000)).count <= 200)
  }

  /// Its name says which gateway it is.
  @Test func theGatewaysOwnNameIsShown() {
    let words =
      "Host or domain name not found. Name service error for name=gw12345.example type=A: Host not found"
    let bytes = Array(words.utf8)
    let reason = Reason(bytes.span, words: 0..<bytes.count, people: People(), queueID: nil)
    #expect(reason.text == words)
  }

  @Test func delaysComeOutAsTheyWereLogged() {
    var histogram = DelayHistogram()
    for value in [0, 1, 99, 100, 250, 990, 1_000, 12_300, 99_999] { histogram.add(value) }
    #expect(histogram.count == 9)
    #expect(histogram.milliseconds(at: 0.5) == 2_500)
    #expect(histogram.milliseconds(at: 1) == 990_000)
    #expect(histogram.milliseconds(at: 0.1) == 0)
    #expect(DelayHistogram().milliseconds(at: 0.5) == nil)
    for hundredths in [0, 7, 99, 100, 110, 990, 1_000, 1_200, 45_000] {
      var one = DelayHistogram()
      one.add(hundredths)
      #expect(one.milliseconds(at: 0.5) == Double(hundredths * 10))
    }
  }

  @Test func servicesAreKnownByTheirNamesInTheLog() {
    #expect(sampleConfig.logTag(ofTransport: "smtp") == "postfix/smtp")
    #expect(sampleConfig.logTag(ofTransport: "relay") == "postfix/relay/smtp")
    #expect(sampleConfig.logTag(ofTransport: "lane1") == "postfix/lane1/smtp")
    #expect(sampleConfig.logTag(ofTransport: "local") == nil)
    let instance = MailConfig(directory: "/etc/postfix-out", main: "multi_instance_name = postfix-out\n")
    #expect(instance.logTag(ofTransport: "relay") == "postfix-out/smtp")
  }

  @Test func twoGatewaysAtOneAddressAreToldApartByThePort() {
    let channels = Channels(
      [
        Channel(gateway: .host("127.0.0.2", port: 25), tag: "postfix/smtp"),
        Channel(gateway: .host("127.0.0.2", port: 26), tag: "postfix/smtp"),
        Channel(gateway: .mx("example.net", port: 25), tag: "postfix/smtp"),
        Channel(gateway: .unix("private/store"), tag: "postfix/lmtp"),
      ], addresses: [.mx("example.net", port: 25): ["mx1.example.net", "192.0.2.1"]])
    func find(_ host: String, _ address: String, _ port: Int?, tag: String? = "postfix/smtp") -> Int? {
      channels.find(tag: tag, host: host, address: address, port: port)
    }
    #expect(find("127.0.0.2", "127.0.0.2", 26) == 1)
    #expect(find("127.0.0.2", "127.0.0.2", nil) == nil)
    #expect(find("MX1.example.net", "192.0.2.9", 25) == 2)
    #expect(find("other.example", "192.0.2.1", 25, tag: nil) == 2)
    #expect(find("mail", "private/store", nil, tag: "postfix/lmtp") == 3)
    #expect(find("127.0.0.2", "127.0.0.2", 25, tag: "postfix/lane") == nil)
    #expect(channels.sharedAddresses.count == 2)
    // A session that was open already is logged with the port of another gateway of the list.
    let pair = Channels([
      Channel(gateway: .host("127.0.0.2", port: 2_525), tag: "postfix/smtp"),
      Channel(gateway: .host("127.0.0.3", port: 2_626), tag: "postfix/smtp"),
    ])
    func reused(_ port: Int, _ isReused: Bool) -> Int? {
      pair.find(tag: "postfix/smtp", host: "127.0.0.2", address: "127.0.0.2", port: port, isReused: isReused)
    }
    #expect(reused(2_626, true) == 0 && reused(2_626, false) == nil && reused(10_024, true) == nil)
  }
}
