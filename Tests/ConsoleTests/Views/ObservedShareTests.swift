// What the mail log and the queue say, in the Gateways and the Pools view.

import Gateways
import PostfixFiles
import Routing
import TestSupport
import Testing
import Traffic

@testable import Console

@Suite struct ObservedShareTests {
  init() { #expect(utf8Locale) }

  private static let now = 1_795_888_800

  func line(_ number: Int, _ gateway: String, _ result: String) -> String {
    let stamp = WrittenTime.utc(Self.now - 60)
    return "\(stamp) mx postfix/smtp[1]: 4Q\(number)ABC: to=<u\(number)@example.net>, "
      + "relay=\(gateway)[192.0.2.1]:25, delay=1, delays=0/0/0.1/0.8, dsn=2.0.0, status=\(result)\n"
  }

  func flow() throws -> MailFlow {
    var text = ""
    for number in 0..<60 { text += line(number, "out-gw1.example", "sent (250 ok)") }
    for number in 60..<100 {
      text += line(
        number, "out-gw2.example",
        "deferred (host out-gw2.example[192.0.2.1] said: 452 4.2.2 mailbox full (in reply to RCPT TO command))"
      )
    }
    return try flow(text)
  }

  /// - Parameter text: the log.
  func flow(_ text: String) throws -> MailFlow {
    let directory = try TemporaryDirectory()
    try directory.write("mail.log", text)
    let config = sampleConfig()
    let log = try RecentLog(
      .file(directory.file("mail.log")), config: config, pools: config.pools(), addresses: [:],
      since: Self.now - 86_400, now: Self.now)
    try log.read()
    var waiting = WaitingMail([.host("out-gw2.example", port: 25)])
    for number in 0..<40 { waiting.feed(Self.queued(number)) }
    return MailFlow(recent: log.recent(limits: DeliveryLimits(), now: Self.now), waiting: waiting)
  }

  /// A line of the queue's listing.
  private static func queued(_ number: Int) -> ArraySlice<UInt8> {
    let reason = "host out-gw2.example[192.0.2.1] said: 452 4.2.2 mailbox full"
    let text =
      #"{"queue_id": "4Q\#(number)", "arrival_time": 1795888700, "recipients": [{"address": "a@b", "#
      + #""delay_reason": "\#(reason)"}]}"# + "\n"
    return Array(text.utf8)[...]
  }

  private func row(_ screen: String, _ name: String) -> String {
    screen.split(separator: "\n").first { $0.contains(name) }.map(String.init) ?? screen
  }

  @Test func whatHappenedIsBesideWhatWasMeant() throws {
    var driver = Driver.ready()
    driver.send(.message(.mail(try flow())))
    let wide = driver.screen(120, 40)
    #expect(row(wide, "GATEWAY").hasSuffix("REAL  DEFERRED   DELAY  QUEUED"), "\(wide)")
    #expect(row(wide, "[out-gw1.example]:25").hasSuffix("60.0%      0.0%     800       0"), "\(wide)")
    #expect(row(wide, "[out-gw2.example]:25").contains("100.0%       -      40"), "\(wide)")
    let middle = driver.screen(80, 24)
    #expect(row(middle, "GATEWAY").hasSuffix("REAL  QUEUED"), "\(middle)")
    let narrow = driver.screen(40, 10)
    #expect(!narrow.contains("REAL") && !narrow.contains("QUEUED"), "\(narrow)")
    for screen in [wide, middle, narrow] { #expect(screen.contains("SHARE")) }
    // What is wrong is known to the watch, which gives the states.
    #expect(
      driver.effects.contains {
        if case .tellDeliveries(let troubles) = $0 { !troubles.isEmpty } else { false }
      })
  }

  @Test func theDetailHasReasonsTheQueueAndTheLastHours() throws {
    var driver = Driver.ready()
    driver.send(.message(.mail(try flow())))
    driver.press(.down)
    let screen = driver.screen(120, 40)
    #expect(screen.contains("last 15 min   40 messages: 0 sent, 40 deferred, 0 refused"), "\(screen)")
    #expect(screen.contains("40 x        452 4.2.2 mailbox full"), "\(screen)")
    #expect(screen.contains("last 24 h") && screen.contains("at most 40 in half an hour"), "\(screen)")
    #expect(screen.contains("  deferred or refused"), "\(screen)")
    driver.press(.up)
    let good = driver.screen(120, 40)
    #expect(good.contains("  sent; at most 60 in half an hour"), "\(good)")
    #expect(!good.contains("  deferred or refused"), "\(good)")
    driver.press(.down)
    #expect(screen.contains("queue         40 wait  the oldest since"), "\(screen)")
  }

  /// The agent learns no words, and of a list not that its first gateway turned the mail away.
  @Test func theWordsOfTheLogAreBesideTheStateOfTheAgent() throws {
    for (state, reason) in [(GatewayState.degraded, "slow; defers 90 % of the mail"), (.up, "")] {
      var driver = Driver.ready()
      var report = AgentReport()
      report.gateways = [
        .init(
          name: "[out-gw2.example]:25", state: state, reason: reason,
          trouble: reason.isEmpty ? "" : "defers 90 % of the mail")
      ]
      driver.send(.message(.agent(report)))
      driver.send(.message(.mail(try flow())))
      let screen = driver.screen(120, 40)
      let words = "defers 100 % of the mail (452 4.2.2 mailbox full)"
      #expect(screen.contains(reason.isEmpty ? "  \(words)" : "slow; \(words)"), "\(screen)")
      #expect(row(screen, "[out-gw2.example]:25").contains("degraded"), "\(screen)")
    }
    // What is down stays so.
    var driver = Driver.ready()
    var report = AgentReport()
    report.gateways = [.init(name: "[out-gw2.example]:25", state: .down, reason: "connection refused")]
    driver.send(.message(.agent(report)))
    driver.send(.message(.mail(try flow())))
    #expect(row(driver.screen(120, 40), "[out-gw2.example]:25").contains("DOWN"))
  }

  /// A gateway that turns everything away has no message: another one of the list took it.
  @Test func aGatewayThatTurnsEverythingAwayShowsWhy() throws {
    let stamp = WrittenTime.utc(Self.now - 60)
    let turned = (0..<5).map { number in
      "\(stamp) mx postfix/smtp[1]: 4Q\(number)ABC: host out-gw2.example[192.0.2.1] said: 452 4.2.2 mailbox full"
        + " (in reply to RCPT TO command)\n" + line(number, "out-gw1.example", "sent (250 ok)")
    }
    let failed = "\(stamp) mx postfix/smtp[1]: connect to out-gw2.example[192.0.2.1]:25: Connection refused\n"
    var driver = Driver.ready()
    driver.send(.message(.mail(try flow(turned.joined() + failed))))
    driver.press(.down)
    let screen = driver.screen(120, 40)
    #expect(screen.contains("last 15 min   0 messages: 0 sent, 0 deferred, 0 refused"), "\(screen)")
    #expect(screen.contains("1 connection failed, 5 messages were turned away"), "\(screen)")
    #expect(screen.contains("5 x         452 4.2.2 mailbox full"), "\(screen)")
  }

  @Test func aKeyChangesHowFarBackItGoes() throws {
    var driver = Driver.ready()
    driver.press(.character("T"))
    #expect(driver.screen(120, 40).contains("the mail log is not read yet"))
    driver.send(.message(.mail(MailFlow(hasPostfix: false))))
    driver.press(.character("T"))
    #expect(driver.screen(120, 40).contains("no Postfix runs with /etc/postfix, so the mail log is not read"))
    driver.send(.message(.mail(MailFlow(problem: "open /x: Permission denied", hasPostfix: true))))
    driver.press(.character("T"))
    #expect(driver.screen(120, 40).contains("the mail log is not read: open /x: Permission denied"))
    driver.send(.message(.mail(try flow())))
    driver.press(.character("T"))
    #expect(driver.screen(120, 40).contains("REAL is of the last 1 h"))
    driver.press(.character("2"))
    #expect(driver.screen(120, 40).contains("REAL"), "\(driver.screen(120, 40))")
  }

  @Test func thePoolsHaveWhatWaitsBesideWhatHappened() throws {
    var driver = Driver.ready()
    driver.send(.message(.mail(try flow())))
    driver.press(.character("2"))
    let screen = driver.screen(120, 40)
    #expect(row(screen, "MEMBER").contains("REAL  DEFERRED   DELAY  QUEUED"), "\(screen)")
    #expect(row(screen, "smtp:[out-gw1.example]").contains("0.0%     800       0"), "\(screen)")
    #expect(row(screen, "smtp:[out-gw2.example]").contains("100.0%       -      40"), "\(screen)")
    #expect(row(driver.screen(104, 40), "MEMBER").contains("REAL  QUEUED"), "\(screen)")
    #expect(!driver.screen(80, 24).contains("QUEUED"))
  }

  /// Asked with the commands that it runs. Many are tried with all that waits, as each would be a call of its own.
  @Test func waitingMailIsTriedAgainAfterAQuestion() throws {
    var driver = Driver.ready()
    driver.press(.character("t"))
    #expect(driver.screen(120, 40).contains("the queue of this Postfix cannot be read"))
    driver.send(.message(.mail(try flow())))
    driver.press(.character("t"))
    #expect(driver.screen(120, 40).contains("no mail waits for this gateway"))
    driver.press(.down, .character("t"))
    for (width, height) in [(120, 40), (80, 24), (40, 10)] {
      let screen = driver.screen(width, height).split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(screen.contains("40 messages wait for [out-gw2.example]:25."), "\(screen)")
    }
    #expect(driver.screen(120, 40).contains("runs postqueue -i 4Q0, and so on (40 times)"))
    driver.press(.character("y"))
    #expect(
      driver.effects.contains {
        if case .tryAgain(.messages(let queueIDs), _) = $0 { queueIDs.count == 40 } else { false }
      })
    // All of them, where only some IDs are known.
    var waiting = WaitingMail([.host("out-gw2.example", port: 25)])
    for number in 0..<60 { waiting.feed(Self.queued(number)) }
    driver.send(.message(.mail(MailFlow(waiting: waiting))))
    driver.press(.character("t"))
    #expect(driver.screen(120, 40).contains("runs postqueue -f."), "\(driver.screen(120, 40))")
    driver.press(.escape)
    #expect(driver.screen(120, 40).contains("left as it is"))
  }
}
