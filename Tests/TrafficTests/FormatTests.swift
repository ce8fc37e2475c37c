// Every format of a log, cut anywhere, comes to the same counts.

import PostfixFiles
import Routing
import Testing

@testable import Traffic

@Suite struct FormatTests {
  private let samples: [Sample] = [
    .sent("4XyZ12345bcdfgh"), .sent("4XyZ12345bcdfgh", to: "\"a>, b\"@example.net"),
    .sent("0A1B2C3D4E", by: "127.0.0.3[127.0.0.3]:25", at: 61, extra: "conn_use=2, "),
    .deferred("AAAAAA1", at: 62),
    .deferred(
      "AAAAAA1", "delivery temporarily suspended: connect to 127.0.0.2[127.0.0.2]:25: Connection refused",
      at: 70, tag: "postfix/error"),
    .bounced("BBBBBB1", at: 75),
    Sample(second: 80, message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"),
    .sent("CCCCCC1", at: 90, tag: "postfix/lane1/smtp"),
    .sent("DDDDDD1", by: "gw.example[192.0.2.7]:587", at: 91, tag: "postfix/relay/smtp"),
    Sample(second: 95, tag: "postfix/qmgr", message: "AAAAAA1: removed"),
  ]

  @Test(arguments: LogFormat.allCases) func givesTheSameCounts(_ format: LogFormat) {
    let text = samples.map { format.line($0) + "\n" }.joined()
    for pieces in [Int.max, 7, 1_000] {
      let tally = tally(text, pieces: pieces)
      let first = cell(tally, "[127.0.0.2]:25")
      #expect(first.sent == 1 && first.refused == 1, "\(format) \(first)")
      #expect(first.recipients == 4 && first.connectFailures == 1, "\(format) \(first)")
      let second = cell(tally, "[127.0.0.3]:25")
      #expect(second.messages == 1 && second.sent == 1 && second.reused == 1, "\(format) \(second)")
      #expect(second.handingOver.milliseconds(at: 0.5) == 200)
      // error(8) does not name the transport; the first attempt did.
      #expect(first.deferred == 1 && first.messages == 3, "\(format)")
      #expect(cell(tally, "[127.0.0.2]:25", tag: "postfix/lane1/smtp").sent == 1, "\(format)")
      #expect(cell(tally, "[gw.example]:587", tag: "postfix/relay/smtp").sent == 1, "\(format)")
      #expect(
        tally.counts.first == start && tally.counts.last == start + 91, "\(format) \(tally.counts.first ?? 0)"
      )
    }
  }

  @Test func theTimeOfTheReportCutsAtTheSecond() {
    let text = samples.map { LogFormat.rfc3339.line($0) + "\n" }.joined()
    let later = tally(text, since: start + 61, until: start + 91)
    #expect(cell(later, "[127.0.0.2]:25").sent == 0)
    #expect(cell(later, "[127.0.0.3]:25").sent == 1)
    #expect(cell(later, "[gw.example]:587", tag: "postfix/relay/smtp").messages == 0)
    #expect(later.reach == start)
  }

  /// error(8) does not say which of two transports was suspended: that is known of the gateway alone.
  @Test func aSuspendedDeliveryIsThatOfItsGateway() {
    let suspended = "delivery temporarily suspended: connect to 127.0.0.2[127.0.0.2]:25: Connection refused"
    let counts = tally([
      .deferred("AAAAAA1", suspended, tag: "postfix/error"),
      .deferred("AAAAAA2", suspended.replacing("127.0.0.2", with: "127.0.0.3"), tag: "postfix/error"),
    ])
    #expect(cell(counts, "[127.0.0.2]:25", tag: "").deferred == 1)
    #expect(cell(counts, "[127.0.0.2]:25").messages == 0)
    #expect(cell(counts, "[127.0.0.3]:25").deferred == 1)
  }

  /// Another instance of Postfix may use the same gateways and write into the same log.
  @Test func aSuspendedDeliveryOfAnotherInstanceDoesNotCount() {
    let config = MailConfig(
      directory: "/etc/postfix", main: "relayhost = [127.0.0.2]\n",
      master: """
        smtp unix - - n - - smtp
        retry unix - - n - - error
        held unix - - n - - error -o syslog_name=postfix/held

        """)
    let other = MailConfig(directory: "/etc/postfix", main: "syslog_name = mail\n")
    #expect(config.suspendingTags == ["postfix/error", "postfix/held/error"])
    #expect(other.suspendingTags == ["mail/error"])
    let channels = Channels(config.channels(of: config.pools()), suspending: config.suspendingTags)
    let words = "delivery temporarily suspended: connect to 127.0.0.2[127.0.0.2]:25: Connection refused"
    var tally = Tally(channels, latest: start)
    for (number, tag) in ["postfix/error", "postfix-out/error", "postfix/held/error"].enumerated() {
      tally.feed(Array((LogFormat.rfc3339.line(.deferred("AAAAAA\(number)", words, tag: tag)) + "\n").utf8))
    }
    #expect(channels.all.indices.reduce(0) { $0 + tally.counts.sum(channel: $1).deferred } == 2)
  }

  /// How far back a log goes is in its first line, whoever wrote that.
  @Test(arguments: LogFormat.allCases) func aLineOfAnyProgramSaysWhenTheLogBegins(_ format: LogFormat) {
    let lines = [Sample(second: 0, tag: "sshd", message: "Server listening"), .sent("AAAAAA1", at: 900)]
    #expect(tally(lines, format).reach == start)
  }

  @Test func aLineWithoutItsNewlineAtTheEndOfAFileCounts() {
    #expect(cell(tally(LogFormat.rfc3339.line(.sent("AAAAAA1"))), "[127.0.0.2]:25").sent == 1)
  }

  @Test func tlsOfLaterReleasesIsRead() {
    let encrypted = Sample(
      message: "AAAAAA1: to=<u@x.example>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/1, "
        + "tls=TLSv1.3/Verified, dsn=2.0.0, status=sent (250 ok)")
    let plain = Sample(
      message: "AAAAAA2: to=<u@x.example>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/1, "
        + "tls=none, dsn=2.0.0, status=sent (250 ok)")
    let found = cell(tally([encrypted, plain]), "[127.0.0.2]:25")
    #expect(found.encrypted == 1 && found.plain == 1 && found.sent == 2)
    let session = Sample(
      message: "Untrusted TLS connection established to 127.0.0.2[127.0.0.2]:25: TLSv1.3 with cipher")
    #expect(cell(tally([session]), "[127.0.0.2]:25").encryptedSessions == 1)
  }

  /// rsyslog puts lines that are alike together.
  @Test func repeatedMessagesCountAsOftenAsTheyCame() {
    let counts = tally([
      Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"),
      Sample(
        second: 5,
        message: "message repeated 4 times: [ connect to 127.0.0.2[127.0.0.2]:25: Connection refused]"),
      Sample(
        second: 6, message: "message repeated 2 times: [ \(Sample.sent("AAAAAA1").message)]"),
      Sample(second: 7, message: "message repeated x times: [ connect to 127.0.0.2[127.0.0.2]:25: no]"),
      Sample(second: 7, message: "message repeated 2 times: []"),
    ])
    let cell = cell(counts, "[127.0.0.2]:25")
    #expect(cell.connectFailures == 5)
    #expect(cell.sent == 1 && cell.attempts == 2)
    #expect(tally([], .rfc3339).counts.first == nil)
  }

  /// syslogd's notice has no tag: it is about the line before it, of whatever program.
  @Test(arguments: [LogFormat.rfc3339, .traditional, .precise, .priority, .compose, .kubernetes])
  func aNoticeOfARepeatedLineIsAboutTheLineBefore(format: LogFormat) {
    let failure = format.line(Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"))
    let other = format.line(Sample(tag: "postfix/qmgr", message: "AAAAAA1: removed"))
    let delivery = format.line(.sent("AAAAAA1"))
    func notice(_ words: String) -> String {
      format.line(Sample(message: "@")).replacing("postfix/smtp[4711]: @", with: words)
    }
    func count(_ lines: String...) -> CountCell {
      cell(tally(lines.map { $0 + "\n" }.joined()), "[127.0.0.2]:25")
    }
    for tag in ["", "syslogd: "] {
      let again = notice("\(tag)last message repeated 3 times")
      #expect(count(failure, again).connectFailures == 4)
      #expect(count(failure, again, again).connectFailures == 7)
      #expect(count(failure, other, again).connectFailures == 1)
      // No two messages have one queue id: it is the same recipient of the same message.
      let repeated = count(delivery, again)
      #expect(repeated.sent == 1 && repeated.messages == 1 && repeated.recipients == 1)
      #expect(repeated.attempts == 4 && repeated.handingOver.count == 1)
      #expect(count(again).isEmpty && count(other, again).isEmpty)
    }
    for words in ["last message repeated x times", "last message repeated 3", "last message repeated  times"]
    {
      #expect(count(failure, notice(words)).connectFailures == 1, "\(words)")
    }
    // Nobody but syslogd says so.
    #expect(
      count(failure, format.line(Sample(message: "last message repeated 3 times"))).connectFailures == 1)
  }

  /// What is between a line and the notice may be of any kind: then the notice is about that.
  @Test func aNoticeIsNotAboutALineThatIsNotTheLastOneOfItsHost() {
    let failure = LogFormat.rfc3339.line(
      Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"))
    let encrypted = LogFormat.rfc3339.line(
      Sample(message: "Trusted TLS connection established to 127.0.0.2[127.0.0.2]:25: TLSv1.3"))
    let delivery = LogFormat.rfc3339.line(.sent("AAAAAA1"))
    let stamp = String(failure.prefix { $0 != " " })
    func notice(_ words: String = "last message repeated 3 times", host: String = "mx") -> String {
      "\(stamp) \(host) \(words)"
    }
    func isRepeated(_ line: String, _ lines: String...) -> Bool {
      [Int.max, 50, 70_000].allSatisfy { size in
        let text = ([line] + lines).map { $0 + "\n" }.joined()
        let cell = cell(tally(text, pieces: size), "[127.0.0.2]:25")
        return max(cell.connectFailures, cell.attempts, cell.encryptedSessions) > 1
      }
    }
    for line in [failure, encrypted, delivery] {
      #expect(isRepeated(line, notice()) && isRepeated(line, notice("last message repeated 1 time")))
      #expect(!isRepeated(line, notice(host: "mx2")) && !isRepeated(line, notice(host: "m")))
      for between in [
        "short", "", String(repeating: "x", count: 100_000),
        "\(stamp) mx x[1]: " + String(repeating: "x", count: 65_600),
        "{\"MESSAGE\":\"something else\",\"_HOSTNAME\":\"mx\",\"SYSLOG_IDENTIFIER\":\"cron\"}",
        "{\"x\":1}", "{ is no JSON, but is a line",
      ] {
        #expect(!isRepeated(line, between, notice()), "\(between.prefix(80))")
      }
      for words in [
        "last message repeated 5 times: posted by a local user", "last message repeated 5 times ",
        "last message repeated 5 timesheets", "last message repeated 5 times: ",
      ] {
        #expect(!isRepeated(line, notice(words)), "\(words)")
      }
    }
  }

  @Test func linesThatARateLimitLostAreCounted() {
    let notices: [(Sample, Int)] = [
      (Sample(tag: "rsyslogd", message: "imuxsock lost 275 messages from pid 7 due to rate-limiting"), 275),
      (
        Sample(
          tag: "rsyslogd",
          message: "imjournal: 12 messages lost due to rate-limiting (20000 allowed within 600 seconds)"), 12
      ),
      (Sample(tag: "rsyslogd", message: "imuxsock[pid 7]: begin to drop messages due to rate-limiting"), 0),
      (Sample(tag: "systemd-journald", message: "Suppressed 9 messages from postfix@-.service"), 9),
      (Sample(tag: "systemd-journald", message: "Suppressed 9 messages from ssh.service"), 0),
      (Sample(tag: "postfix/smtp", message: "imjournal: 12 messages lost due to rate-limiting"), 0),
    ]
    for format in LogFormat.allCases {
      for (notice, count) in notices {
        #expect(
          tally([notice, .sent("AAAAAA1")], format).counts.lost == count, "\(format) \(notice.message)")
      }
    }
    let line = LogFormat.rfc3339.line(notices[0].0)
    #expect(tally(line.replacing("[4711]", with: "-2177")).counts.lost == 275)
    #expect(tally(line, since: start + 1).counts.lost == 0)
  }

  /// A clock that is wrong, or a log without years that is older than one.
  @Test func linesOfTheFutureDoNotCount() {
    var tally = Tally(sampleChannels, future: start + 10, latest: start)
    let samples: [Sample] = [
      .sent("AAAAAA1", at: 9), .sent("AAAAAA2", at: 10),
      Sample(second: 3_000, message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"),
    ]
    tally.feed(Array(samples.map { LogFormat.rfc3339.line($0) + "\n" }.joined().utf8))
    #expect(cell(tally, "[127.0.0.2]:25").sent == 1 && cell(tally, "[127.0.0.2]:25").connectFailures == 0)
    #expect(tally.counts.future == 2)
  }

  @Test func theLastLineSaysWhenALogEnds() {
    for format in LogFormat.allCases {
      let text = (samples + [Sample(second: 200, tag: "postfix/qmgr", message: "AAAAAA1: removed")])
        .map { format.line($0) + "\n" }.joined()
      for pieces in [Int.max, 7] { #expect(tally(text, pieces: pieces).end == start + 200, "\(format)") }
    }
  }
}
