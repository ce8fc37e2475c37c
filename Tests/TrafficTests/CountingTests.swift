// One message that is tried again is one message; what cannot be told apart is not split; shares are held against chance.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Traffic

@Suite struct CountingTests {
  @Test func retriesOfAMessageAreOneMessage() {
    let found = cell(
      tally([
        .deferred(
          "AAAAAA1", relay: "127.0.0.2[127.0.0.2]:25", "host 127.0.0.2[127.0.0.2] said: 450 later", at: 0),
        .deferred(
          "AAAAAA1", relay: "127.0.0.2[127.0.0.2]:25", "host 127.0.0.2[127.0.0.2] said: 450 later", at: 300),
        .sent("AAAAAA1", at: 900),
      ]), "[127.0.0.2]:25")
    #expect(found.messages == 1 && found.sent == 1 && found.deferred == 0)
    #expect(found.recipients == 1 && found.attempts == 3)
  }

  @Test func aMessageWaitsAsLongAsOneOfItsRecipientsDoes() {
    let both: [Sample] = [
      .sent("AAAAAA1", to: "a@x.example"),
      .deferred(
        "AAAAAA1", to: "b@x.example", relay: "127.0.0.2[127.0.0.2]:25",
        "host 127.0.0.2[127.0.0.2] said: 450 b"),
    ]
    let first = cell(tally(both), "[127.0.0.2]:25")
    #expect(first.messages == 1 && first.deferred == 1 && first.recipients == 2)
    let second = cell(tally(both + [.sent("AAAAAA1", to: "b@x.example", at: 400)]), "[127.0.0.2]:25")
    #expect(second.messages == 1 && second.sent == 1 && second.recipients == 2)
    let third = cell(
      tally([.bounced("AAAAAA1", to: "a@x.example"), .sent("AAAAAA1", to: "c@x.example")]), "[127.0.0.2]:25")
    #expect(third.messages == 1 && third.sent == 1)
  }

  @Test func aMessageThatGoesToAnotherGatewayIsOneAtEach() {
    let counts = tally([
      .deferred("AAAAAA1", at: 0), .sent("AAAAAA1", by: "127.0.0.3[127.0.0.3]:25", at: 300),
    ])
    #expect(cell(counts, "[127.0.0.2]:25").deferred == 1)
    #expect(cell(counts, "[127.0.0.3]:25").sent == 1)
  }

  @Test func twoHostsMayHaveTheSameQueueID() {
    var other = Sample.sent("AAAAAA1")
    other.host = "mx2"
    let counts = tally([.sent("AAAAAA1"), other])
    #expect(cell(counts, "[127.0.0.2]:25").sent == 2)
    #expect(counts.counts.hosts == ["mx", "mx2"])
  }

  /// Gateways whose names and ports differ by little.
  @Test func gatewaysThatAreNearlyAlikeAreToldApart() {
    let gateways = (0..<16).flatMap { letter in
      (25...40).map { (UnicodeScalar(UInt8(0x61 + letter)), $0) }
    }
    let members = gateways.map { "!smtp:[\($0)1.example]:\($1)" }.joined()
    let config = MailConfig(
      directory: "/etc/postfix", main: "relay_transport = randmap:\(members)\n",
      master: "smtp unix - - n - - smtp\n")
    let channels = Channels(config.channels(of: config.pools()))
    var tally = Tally(channels, latest: start)
    for (number, (letter, port)) in gateways.enumerated() {
      let relay = "\(letter)1.example[127.0.0.2]:\(port)"
      tally.feed(Array((LogFormat.rfc3339.line(.sent("A\(10_000 + number)", by: relay)) + "\n").utf8))
    }
    #expect(channels.all.count == 256)
    #expect(channels.all.indices.allSatisfy { tally.counts.sum(channel: $0).sent == 1 })
  }

  @Test func failuresThatFailoverHidesAreCounted() {
    let found = cell(
      tally([
        Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection timed out"),
        .sent("AAAAAA1", by: "127.0.0.3[127.0.0.3]:25"),
        Sample(
          message:
            "AAAAAA2: host 127.0.0.2[127.0.0.2] said: 450 4.3.2 try later (in reply to MAIL FROM command)"),
        .sent("AAAAAA2", by: "127.0.0.3[127.0.0.3]:25"),
        Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused"), .deferred("AAAAAA3"),
      ]), "[127.0.0.2]:25")
    #expect(found.connectFailures == 2 && found.passedOn == 1 && found.hiddenFailures == 2)
    #expect(found.deferred == 1 && found.messages == 1)
  }

  /// Of more recipients than a million, some are new ones each time; the result of their message stays right.
  @Test func memoryDoesNotGrowWithRecipientsThatWait() {
    var tally = Tally(sampleChannels, latest: start)
    tally.window = MessageWindow(recent: 4, waiting: 2, recipients: 3)
    func feed(_ samples: [Sample]) {
      tally.feed(Array(samples.map { LogFormat.rfc3339.line($0) + "\n" }.joined().utf8))
    }
    func cells() -> CountCell { cell(tally, "[127.0.0.2]:25") }
    let people = (0..<5).map { "u\($0)@x.example" }
    feed(people.map { .deferred("AAAAAA1", to: $0) })
    #expect(tally.window.recipients == 3 && cells().recipients == 5 && cells().messages == 1)
    feed([.deferred("AAAAAA2", to: people[0])])
    #expect(tally.window.recipients == 4)
    feed(people.map { .sent("AAAAAA1", to: $0, at: 600) })
    #expect(cells().recipients == 8 && cells().sent == 1 && cells().deferred == 1)
    #expect(tally.window.recipients == 1)
    // Those of messages that are forgotten are not counted for ever.
    feed((0..<20).map { .deferred("BBBBBB\($0)", to: people[0]) })
    #expect(tally.window.recipients == 6 && tally.forgotten == 15)
    feed((0..<20).map { .sent("CCCCCC\($0)", to: people[0]) })
    #expect(tally.window.recipients == 2)
  }

  /// A million messages through three minutes keep no more than the window.
  @Test func memoryDoesNotGrowWithMessages() {
    var tally = Tally(sampleChannels, latest: start)
    for number in 0..<100_000 {
      tally.feed(
        Array((LogFormat.rfc3339.line(.sent("A\(100_000 + number)", at: number / 1_000)) + "\n").utf8))
    }
    #expect(cell(tally, "[127.0.0.2]:25").sent == 100_000)
    #expect(tally.windowCount <= 8_192)
    #expect(tally.counts.cells(channel: 0).count == 2)
  }

  @Test func manyMinutesBecomeLongerOnes() {
    var counts = Counts(channelCount: 1)
    for minute in 0..<30_000 { counts.change(channel: 0, at: minute * 60) { $0.sent += 1 } }
    #expect(counts.sum(channel: 0).sent == 30_000)
    #expect(counts.width == 120 && counts.cells(channel: 0).count <= 20_000)
  }

  // MARK: - Pools

  @Test func sharesAreHeldAgainstChance() throws {
    func observed(_ first: Int, _ second: Int) throws -> TrafficReport {
      report(
        tally(
          (0..<first).map { .sent("A\(100_000 + $0)", to: "u\($0)@x.example") }
            + (0..<second).map {
              .sent("B\(100_000 + $0)", to: "v\($0)@x.example", by: "127.0.0.3[127.0.0.3]:25")
            }))
    }
    let fair = try observed(340, 660)
    let pool = try #require(fair.pools.first { $0.id == "default_transport" })
    #expect(pool.messages == 1_000)
    #expect(pool.members.map(\.observed) == [0.34, 0.66])
    #expect(!fair.hasUnexplainedShare)
    let interval = try #require(pool.members[0].interval)
    // Wilson's interval for 340 of 1,000, worked out by hand.
    #expect(abs(interval.lowerBound - 0.3113) < 0.0005 && abs(interval.upperBound - 0.3699) < 0.0005)
    let unfair = try observed(500, 500)
    #expect(unfair.hasUnexplainedShare)
    #expect(unfair.pools[0].members.allSatisfy { $0.differs && $0.why == nil })
    // Ten messages prove nothing.
    #expect(!(try observed(5, 5)).hasUnexplainedShare)
  }

  /// What a drained member still gets is a count beside the shares of the others, which come to 100 %.
  @Test func aDrainedMemberHasNoShareOfWhatTheOthersGot() throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main: """
        default_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]
        # randmap: drained smtp:[127.0.0.4] x1
        # randmap: agent
        """, master: "smtp unix - - n - - smtp\n")
    let pools = config.pools()
    let channels = Channels(config.channels(of: pools))
    var tally = Tally(channels, latest: start + 3_600)
    for (gateway, count) in [(2, 40), (3, 20), (4, 90)] {
      for number in 0..<count {
        let relay = "127.0.0.\(gateway)[127.0.0.\(gateway)]:25"
        tally.feed(
          Array((LogFormat.rfc3339.line(.sent("4A\(gateway)BC\(number)", by: relay, at: number)) + "\n").utf8)
        )
      }
    }
    let report = TrafficReport(tally.counts, channels, config: config, pools: pools)
    let pool = try #require(report.pools.first { $0.id == "default_transport" })
    #expect(pool.messages == 60)
    #expect(pool.members.map(\.messages) == [40, 20, 90])
    #expect(pool.members.map { $0.observed.map { ($0 * 3).rounded() } } == [2, 1, nil])
    #expect(pool.members.last?.interval == nil && pool.members.last?.differs == false)
  }

  @Test func aKnownCauseIsNoFault() throws {
    var samples: [Sample] = (0..<400).map {
      .sent("A\(100_000 + $0)", to: "u\($0)@x.example", by: "127.0.0.3[127.0.0.3]:25")
    }
    #expect(report(tally(samples)).hasUnexplainedShare)
    samples += (0..<20).map { _ in Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused") }
    let explained = report(tally(samples))
    #expect(!explained.hasUnexplainedShare)
    #expect(explained.pools[0].members[0].differs)
    #expect(explained.pools[0].members[0].why?.hasPrefix("failover") == true)
  }

  /// A change before or after the time of the report moved nothing in it.
  @Test func aChangeOutsideTheTimeOfTheReportIsNoCause() {
    let samples: [Sample] = (0..<400).map {
      .sent("A\(100_000 + $0)", to: "u\($0)@x.example", by: "127.0.0.3[127.0.0.3]:25", at: $0)
    }
    func report(changed seconds: Int) -> TrafficReport {
      var knowledge = TrafficReport.Knowledge()
      knowledge.changes = { _ in PoolChange(time: start + seconds) }
      return TrafficReport(
        tally(samples).counts, sampleChannels, config: sampleConfig, pools: samplePools, knowing: knowledge,
        end: start + 400)
    }
    let during = report(changed: 200)
    #expect(!during.hasUnexplainedShare && !during.isChangedSince)
    #expect(during.pools[0].members[0].why?.hasPrefix("the pool was changed") == true)
    let before = report(changed: -200)
    #expect(before.hasUnexplainedShare && !before.isChangedSince)
    let after = report(changed: 500)
    #expect(after.hasUnexplainedShare && after.isChangedSince)
  }

  /// Connections that failed and messages that were turned away are two things.
  @Test func failoverSaysWhatFailedAndWhatWasTurnedAway() {
    var samples: [Sample] = (0..<400).map {
      .sent("A\(100_000 + $0)", to: "u\($0)@x.example", by: "127.0.0.3[127.0.0.3]:25")
    }
    samples += (0..<30).map { _ in Sample(message: "connect to 127.0.0.2[127.0.0.2]:25: Connection refused") }
    samples += (0..<50).map {
      Sample(
        message: "A\(100_000 + $0): host 127.0.0.2[127.0.0.2] said: 450 later (in reply to RCPT TO command)")
    }
    #expect(
      report(tally(samples)).pools[0].members[0].why
        == "failover: 30 failed connections, 50 messages turned away in this pool, whose mail went elsewhere or was tried again"
    )
    let one = cell(tally(samples.suffix(1)), "[127.0.0.2]:25")
    #expect(one.failureWords == "1 message was turned away")
    #expect(
      cell(tally(Array(samples[400..<401])), "[127.0.0.2]:25").failureWords == "1 connection failed")
  }

  /// A message that another gateway takes later is no further one.
  @Test func aMessageThatMovesIsKnown() {
    let counts = tally([
      .deferred("AAAAAA1"), .sent("AAAAAA1", by: "127.0.0.3[127.0.0.3]:25", at: 300),
      .sent("AAAAAA2", by: "127.0.0.3[127.0.0.3]:25", at: 301),
      // Recipients of one message at two gateways are two deliveries from the start.
      .sent("AAAAAA3", at: 302),
      .sent("AAAAAA3", to: "v@example.net", by: "127.0.0.3[127.0.0.3]:25", at: 302),
    ])
    let (first, second) = (cell(counts, "[127.0.0.2]:25"), cell(counts, "[127.0.0.3]:25"))
    #expect(first.messages == 2 && second.messages == 3)
    #expect(first.moved == 0 && second.moved == 1)
  }

  /// Chance alone is called a difference less than once in a thousand times, for small shares and few messages too.
  @Test func aDifferenceIsMoreThanChanceMakes() {
    for share in [0.5, 0.7, 0.1, 0.05, 0.01, 0.001] {
      for total in [1, 2, 5, 10, 20, 50, 100, 300, 1_000] {
        var chance = Array(repeating: 0.0, count: total + 1)
        chance[0] = 1
        for _ in 0..<total {
          for count in stride(from: total, through: 0, by: -1) {
            chance[count] = chance[count] * (1 - share) + (count > 0 ? chance[count - 1] * share : 0)
          }
        }
        let alarms = chance.indices.filter { Proportion($0, of: total).differs(from: share) }
        #expect(alarms.reduce(0) { $0 + chance[$1] } < 0.001, "\(share) of \(total)")
        // And hardly less often than that where there are enough messages.
        if total == 1_000, share >= 0.05 {
          #expect(alarms.reduce(0) { $0 + chance[$1] } > 0.0005, "\(share) of \(total)")
        }
      }
    }
    #expect(Proportion(1, of: 3).differs(from: 1) && !Proportion(3, of: 3).differs(from: 1))
    #expect(Proportion(1, of: 3).differs(from: 0) && !Proportion(0, of: 0).differs(from: 0.5))
    #expect(Proportion(5_000_000, of: 10_000_000).differs(from: 0.49))
    #expect(!Proportion(5_000_000, of: 10_000_000).differs(from: 0.5))
  }

  /// A plan in a pool of the agent moves its shares without a change of the file.
  @Test func aPlanThatMovedTheSharesIsAKnownCause() throws {
    /// What is said of a member that got `count` of 200 messages.
    func why(_ count: Int, over: String, steps: String) throws -> [String?] {
      let directory = try TemporaryDirectory()
      defer { withExtendedLifetime(directory) {} }
      try directory.write(
        "pool",
        """
        smtp:[127.0.0.2]
        # randmap: ramp smtp:[127.0.0.2] from=1% to=90% start=2026-11-28T18:00Z over=\(over) steps=\(steps)
        smtp:[127.0.0.3]

        """)
      var later = Environment()
      later.clock = { start + 3_600 }
      let config = MailConfig(
        directory: directory.path, environment: later,
        main: "# randmap: agent\ndefault_transport = randmap:\(directory.file("pool"))\n",
        master: "smtp unix - - n - - smtp\n"
      ).readingFiles()
      let channels = Channels(config.channels(of: config.pools()))
      var tally = Tally(channels, latest: start + 86_400)
      for number in 0..<200 {
        let relay = number < count ? "127.0.0.2" : "127.0.0.3"
        let line = LogFormat.rfc3339.line(
          .sent("A\(100_000 + number)", to: "u\(number)@x.example", by: "\(relay)[\(relay)]:25", at: number))
        tally.feed(Array((line + "\n").utf8))
      }
      let report = TrafficReport(tally.counts, channels, config: config, pools: config.pools())
      let members = report.pools.first?.members ?? []
      #expect(members.count == 2 && members[0].share != 0.5)
      return members.map { $0.differs ? $0.why ?? "none is known" : nil }
    }
    let moved = "a plan moved the shares in the time of the report: these are those of now"
    // 1 % became 90 %, and 99 % became 10 %.
    #expect(try why(80, over: "20m", steps: "minutely") == [moved, moved])
    #expect(try why(200, over: "20m", steps: "minutely") == ["none is known", "none is known"])
    // Its first step comes after these messages.
    #expect(try why(80, over: "52w", steps: "daily") == ["none is known", "none is known"])
  }

  @Test func spreadsAreThoseOfTheBinomialDistribution() {
    // scipy.stats.binom.ppf([0.005, 0.995], 1000, 0.7)
    #expect(expectedCounts(of: 1_000, share: 0.7) == 662...737)
    #expect(expectedCounts(of: 10, share: 0.5) == 1...9)
    #expect(expectedCounts(of: 100, share: 0) == 0...0 && expectedCounts(of: 100, share: 1) == 100...100)
    #expect(expectedCounts(of: 1_000_000, share: 0.5).lowerBound == 498_712)
  }
}
