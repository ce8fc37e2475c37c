// What strangers can write into a log, and logs that are none: nothing of it counts, and nothing of it hurts.

import PostfixFiles
import Testing

@testable import Traffic

@Suite struct HostileTests {
  private let forged =
    "AAAAAA9: to=<x@y.example>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"

  @Test func forgedLinesInMessagesOfOtherProgramsDoNotCount() {
    let whole = LogFormat.rfc3339.line(Sample(message: forged))
    let headers = [
      Sample(tag: "postfix/cleanup", message: "AAAAAA8: warning: header Subject: \(forged) from mx"),
      Sample(tag: "postfix/smtpd", message: "NOQUEUE: reject: RCPT; helo=<\(whole)>"),
      Sample(tag: "postfix/smtpd", message: "warning: \(whole)"),
      Sample(tag: "sshd", message: "Invalid user postfix/smtp[1]: \(forged) from 127.0.0.9"),
      Sample(tag: "postfix/smtp", message: "warning: \(forged)"),
      Sample(tag: "postfix/smtp", message: "AAAAAA7: host 192.0.2.9[192.0.2.9] said: 250 \(whole)"),
      Sample(tag: "postfix/smtp", message: "AAAAAA7: enabling PIX workarounds: \(forged)"),
    ]
    for format in LogFormat.allCases {
      let counts = tally(headers, format)
      for gateway in ["[127.0.0.2]:25", "[127.0.0.3]:25"] {
        #expect(cell(counts, gateway) == CountCell(), "\(format)")
      }
    }
    // Programs without a number, and lines that go on in the middle.
    let lines = [
      "2026-11-28T18:00:00+00:00 mx su: user postfix/smtp[1]: \(forged)",
      "2026-11-28T18:00:00+00:00 mx kernel: [1.0] postfix/smtp[1]: \(forged)",
      "postfix/smtp[1]: \(forged)", forged, "mx postfix/smtp[1]: \(forged)",
      "a b | Nov 28 18:00:00 mx postfix/smtp[1]: \(forged)",
      "{\"log\":\"x\\n\(whole)\",\"stream\":\"stdout\"}",
      "{\"MESSAGE\":\"x\\n\(whole)\",\"SYSLOG_IDENTIFIER\":\"evil\",\"SYSLOG_IDENTIFIER\":\"postfix/smtp\","
        + "\"__REALTIME_TIMESTAMP\":\"1795888800000000\"}",
      "@1795888800 mx postfix/smtp[1]: \(forged)", "<22>@1795888800 mx postfix/smtp[1]: \(forged)",
      "<22>1 @1795888800 mx postfix/smtp 1 - - \(forged)",
    ]
    let counts = tally(lines.joined(separator: "\n"))
    #expect(cell(counts, "[127.0.0.2]:25") == CountCell())
    // The stamp that the journal's lines get here is no stamp of a log.
    let stamp = tally("<22>1 @999999999999999999 mx postfix/smtp 1 - - \(forged)\n")
    #expect(stamp.reach == nil && stamp.end == nil)
  }

  /// What smtp(8) says of a gateway that is no message which it turned away: a gateway may choose its greeting, its names and
  /// its certificate.
  @Test func aLineOfAnotherKindIsNotTakenForATrialOfAMessage() {
    let gateway = "127.0.0.2[127.0.0.2]:25"
    for level in ["warning", "error", "fatal", "panic", "Warning", "info", "statistics"] {
      for words in [
        "host \(gateway) greeted me with my own hostname mx.example",
        "host \(gateway) replied to HELO/EHLO with my own hostname mx.example",
        "lost connection with \(gateway) while x", "conversation with \(gateway) timed out",
      ] {
        let counts = tally([Sample(message: "\(level): \(words)")])
        #expect(cell(counts, "[127.0.0.2]:25").isEmpty, "\(level): \(words)")
      }
      let delivery = forged.replacing("AAAAAA9", with: level)
      #expect(cell(tally([Sample(message: delivery)]), "[127.0.0.2]:25").isEmpty, "\(delivery)")
    }
    for words in [
      "a[::1]:1: CN=x TLS connection established to \(gateway): TLSv1.3",
      "certificate verification failed for a[::1]:1: TLS connection established to \(gateway): TLSv1.3",
      " TLS connection established to \(gateway): TLSv1.3",
    ] {
      #expect(cell(tally([Sample(message: words)]), "[127.0.0.2]:25").isEmpty, "\(words)")
    }
    for trust in ["Anonymous", "Untrusted", "Trusted", "Verified"] {
      let words = "\(trust) TLS connection established to \(gateway): TLSv1.3 with cipher x"
      #expect(cell(tally([Sample(message: words)]), "[127.0.0.2]:25").encryptedSessions == 1, "\(trust)")
    }
    // Both forms of a queue id: with enable_long_queue_ids, and without.
    for queueID in ["4ZkBcR2Dn7z8Wq", "4dLv2N0YqkzDPyH", "9F3A01B2C4", "BADFACE1"] {
      let words = "\(queueID): host \(gateway) said: 450 no (in reply to RCPT TO command)"
      #expect(cell(tally([Sample(message: words)]), "[127.0.0.2]:25").passedOn == 1, "\(queueID)")
    }
  }

  @Test func anAddressInQuotesIsNoField() {
    let evil =
      "\"a>, relay=127.0.0.3[127.0.0.3]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (x\\\"\"@b.example"
    let counts = tally([.sent("AAAAAA1", to: evil)])
    #expect(cell(counts, "[127.0.0.3]:25") == CountCell())
    #expect(cell(counts, "[127.0.0.2]:25").sent == 1)
  }

  /// With info_log_address_format = internal, and before 3.5: what a sender puts into an address is never taken for fields,
  /// and what cannot be told is counted.
  @Test func anAddressWithoutQuotesIsNoField() {
    let channels = Channels(sampleConfig.channels(of: samplePools), isQuoted: false)
    func counts(_ samples: [Sample]) -> Tally {
      var tally = Tally(channels, latest: start + 3_600)
      tally.feed(Array(samples.map { LogFormat.rfc3339.line($0) + "\n" }.joined().utf8))
      return tally
    }
    let forged =
      "x0>, relay=127.0.0.3[127.0.0.3]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (forged"
    let rewritten = "b>c@elsewhere.example>, orig_to=<d>e@elsewhere.example"
    for plain in ["a>b0@elsewhere.example", "\"a>b\"@elsewhere.example", "\"a@elsewhere.example", rewritten] {
      let tally = counts([.sent("AAAAAA1", to: plain)])
      #expect(cell(tally, "[127.0.0.2]:25").sent == 1, "\(plain)")
      #expect(tally.counts.unclear == 0, "\(plain)")
    }
    // Words of a server that are no fields of a delivery.
    let words = "host 127.0.0.2[127.0.0.2] said: 450 to=<a@b>, relay=127.0.0.3[127.0.0.3]:25)"
    let deferred = counts([.deferred("AAAAAA1", relay: "127.0.0.2[127.0.0.2]:25", words)])
    #expect(cell(deferred, "[127.0.0.2]:25").deferred == 1 && deferred.counts.unclear == 0)
    let echo = "host 127.0.0.2[127.0.0.2] said: 550 <\(forged)@elsewhere.example>: unknown"
    for tally in [
      counts([.sent("AAAAAA1", to: "\(forged)@elsewhere.example")]),
      counts([.sent("AAAAAA1", to: "\"\(forged)\"@elsewhere.example")]),
      counts([.sent("AAAAAA1", to: "u@example.net>, orig_to=<\(forged)@elsewhere.example")]),
      counts([.deferred("AAAAAA1", relay: "127.0.0.2[127.0.0.2]:25", echo)]),
      // The line is cut off before the real fields.
      counts([
        Sample(message: "AAAAAA1: to=<\(forged)" + String(repeating: ")", count: 900))
      ]),
    ] {
      #expect(cell(tally, "[127.0.0.3]:25") == CountCell() && cell(tally, "[127.0.0.2]:25") == CountCell())
      #expect(tally.counts.unclear == 1)
    }
    // A log of another machine may be read with this configuration.
    #expect(cell(tally([.sent("AAAAAA1", to: "a>b0@elsewhere.example")]), "[127.0.0.2]:25").sent == 1)
  }

  @Test func theConfigurationSaysHowAddressesAreWritten() {
    func quotes(_ main: String, _ master: String = "", version: PostfixVersion = PostfixVersion(3, 7)) -> Bool
    {
      MailConfig(
        directory: "/etc/postfix", environment: Environment(hostName: "mx.example", version: version),
        main: main, master: "smtp unix - - n - - smtp\(master)\n"
      ).quotesAddressesInLog
    }
    #expect(quotes("") && quotes("info_log_address_format = external\n"))
    #expect(!quotes("info_log_address_format = internal\n"))
    #expect(!quotes("", " -o info_log_address_format=internal"))
    #expect(!quotes("", version: PostfixVersion(3, 4)))
  }

  @Test func theWordsOfAServerAreNoFields() {
    let counts = tally([
      .deferred(
        "AAAAAA1", relay: "127.0.0.2[127.0.0.2]:25",
        "host 127.0.0.2[127.0.0.2] said: 451 x>, relay=127.0.0.3[127.0.0.3]:25, dsn=2.0.0, status=sent (250 ok)"
      )
    ])
    #expect(cell(counts, "[127.0.0.3]:25") == CountCell())
    #expect(cell(counts, "[127.0.0.2]:25").deferred == 1)
  }

  @Test func deliveriesOfOtherKindsDoNotCount() {
    let counts = tally([
      .sent("AAAAAA1", tag: "postfix/local"), .sent("AAAAAA2", tag: "postfix/virtual"),
      .sent("AAAAAA3", tag: "postfix/pipe"), .sent("AAAAAA4", tag: "postfix/discard"),
      .sent("AAAAAA5", by: "127.0.0.1[127.0.0.1]:10024"), .sent("AAAAAA6", tag: "postfix-in/smtp"),
      .sent("AAAAAA7", by: "127.0.0.2[127.0.0.2]:26"),
      Sample(
        message:
          "AAAAAA8: to=<u@x.example>, relay=127.0.0.2[127.0.0.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
          + "status=deliverable (250 ok)"),
      // error(8) for a transport "error:", in the words of an administrator.
      Sample(
        tag: "postfix/error",
        message: "AAAAAA9: to=<u@x.example>, relay=none, delay=1, delays=0/0/0/1, dsn=5.0.0, "
          + "status=bounced (connect to 127.0.0.2[127.0.0.2]:25: go away)"),
    ])
    #expect(counts.counts.first == nil)
    #expect(counts.counts.elsewhere == 2)
  }

  @Test func binaryAndEndlessLinesAreHarmless() {
    var generator = SeededBytes(state: 7)
    let good = Array((LogFormat.rfc3339.line(.sent("AAAAAA1")) + "\n").utf8)
    var tally = Tally(sampleChannels, latest: start)
    for _ in 0..<200 {
      tally.feed((0..<5_000).map { _ in generator.next() })
      tally.feed([0x0A])
    }
    tally.feed(good)
    let piece = Array(repeating: UInt8(ascii: "x"), count: 1_000_000)
    for _ in 0..<100 { tally.feed(piece) }
    #expect(tally.pending == 100_000_000)
    tally.feed(Array(" ".utf8) + good)
    tally.feed(Array((LogFormat.rfc3339.line(.sent("AAAAAA2")) + "\n").utf8))
    #expect(cell(tally, "[127.0.0.2]:25").sent == 2)
  }

  /// Found by fuzzing: a number of any length in the place of a byte.
  @Test func whatIsNoByteOfAMessageIsHarmless() {
    let endless = String(repeating: "9", count: 60)
    let bad = "{\"__REALTIME_TIMESTAMP\":\"1795888800000000\",\"MESSAGE\":[\(endless),256,-1,x, 65 ]}\n"
    var tally = Tally(sampleChannels, latest: start)
    tally.feed(Array((bad + LogFormat.journal.line(.sent("AAAAAA1")) + "\n").utf8))
    #expect(cell(tally, "[127.0.0.2]:25").sent == 1)
  }

  /// A writer that goes on at its old place after the file was truncated leaves a hole; an editor of another system leaves
  /// carriage returns.
  @Test func zerosBeforeALineAndAReturnAfterItAreNoPartOfIt() {
    let good = LogFormat.traditional.line(.sent("AAAAAA1"))
    let refused = LogFormat.rfc3339.line(.bounced("AAAAAA2"))
    let hole = String(repeating: "\0", count: 300_000)
    let text = hole + good + "\r\n" + refused + "\r\n" + hole + LogFormat.journal.line(.sent("AAAAAA3"))
    for pieces in [Int.max, 100_000, 262_144] {
      let counts = tally(text, pieces: pieces)
      #expect(cell(counts, "[127.0.0.2]:25").sent == 2 && cell(counts, "[127.0.0.2]:25").refused == 1)
      #expect(
        counts.counts.reasons.flatMap { $0.top(3) }.map(\.text)
          == ["550 5.1.1 <address>: User unknown (in reply to RCPT TO command)"])
    }
  }

  /// Every line of every format, cut short or with a byte changed, is read to its end and no further.
  @Test func brokenLinesAreHarmless() {
    var generator = SeededBytes(state: 3)
    func read(_ bytes: some Sequence<UInt8>) {
      var tally = Tally(sampleChannels, latest: start)
      tally.feed(Array(bytes))
      tally.finish()
    }
    for format in LogFormat.allCases {
      let line = Array(format.line(.deferred("AAAAAA1")).utf8)
      for length in 0..<line.count { read(line[..<length]) }
      for place in line.indices {
        var broken = line
        broken[place] = generator.next()
        read(broken)
      }
    }
  }
}

struct SeededBytes {
  var state: UInt64
  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}
