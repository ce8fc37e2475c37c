// Where the mail would go without some gateways, asked in the console.

import TestSupport
import Testing
import Traffic

@testable import Console

@Suite struct WhatIfAnswerTests {
  init() { #expect(utf8Locale) }

  private func line(_ screen: String, _ name: String) -> String {
    screen.split(separator: "\n").first { $0.contains(name) }.map(String.init) ?? screen
  }

  @Test func aKeyShowsTheSharesWithoutTheChosenGateway() throws {
    var driver = Driver.ready()
    driver.press(.character("I"))
    let screen = driver.screen(80, 24)
    #expect(screen.contains("without [out-gw1.example]:25 "), "\(screen)")
    #expect(line(screen, " [out-gw1.example]:25  ").contains("0.0%  down"), "\(screen)")
    // The agent gives its share to the others, and gateway 3 is down already.
    #expect(line(screen, "[out-gw2.example]:25").contains("33.3%"), "\(screen)")
    #expect(screen.contains("how much mail there is, is not known here"))
    driver.press(.escape)
    #expect(driver.model.dialog == nil)
  }

  @Test func mailThatWouldWaitIsSaidFirst() throws {
    var driver = Driver.ready()
    driver.type(":what-if [out-gw1.example]:25 out-gw2.example")
    driver.press(.enter)
    let screen = driver.screen(80, 24)
    #expect(screen.contains("without [out-gw1.example]:25 and [out-gw2.example]:25 "), "\(screen)")
    #expect(screen.contains("% of pool mail would wait") && !screen.contains("no pool mail"), "\(screen)")
    let narrow = driver.screen(40, 10)
    #expect(narrow.contains("% of pool mail would wait"), "\(narrow)")
  }

  /// 100 messages in a quarter of an hour, of which one gateway alone is to carry what two did.
  @Test func theLogSaysHowMuchMailThereIs() throws {
    var driver = Driver.ready()
    driver.send(.message(.mail(try ObservedShareTests().flow())))
    driver.press(.character("j"), .character("I"))
    let screen = driver.screen(120, 40)
    #expect(screen.contains("without [out-gw2.example]:25 "), "\(screen)")
    #expect(line(screen, "GATEWAY").hasSuffix("A MINUTE"), "\(screen)")
    #expect(screen.contains("by the 100 messages a minute of the last 15 min"), "\(screen)")
    #expect(line(screen, " [out-gw1.example]:25  ").contains("at 0.8 s a message"), "\(screen)")
  }

  /// The agent passes by a gateway that defers everything it is given, as long as others are left.
  @Test func whatDefersEverythingIsPassedBy() throws {
    var driver = Driver.ready()
    driver.send(.message(.mail(try ObservedShareTests().flow())))
    driver.type(":what-if out-gw3.example")
    driver.press(.enter)
    let screen = driver.screen(120, 40)
    #expect(
      line(screen, " [out-gw2.example]:25  ").contains("     0.0%     0.0%        0  degraded"), "\(screen)")
    driver.press(.escape)
    driver.type(":what-if out-gw1.example")
    driver.press(.enter)
    let alone = driver.screen(120, 40)
    #expect(
      line(alone, " [out-gw2.example]:25  ").contains("degraded, and gets mail all the same"), "\(alone)")
  }

  /// A message that one gateway deferred and another one took is one message.
  @Test func aMessageIsCountedOnceAtWhicheverGateways() throws {
    var driver = Driver.ready()
    let lines = ObservedShareTests()
    let words = "deferred (host out-gw2.example[192.0.2.1] said: 452 4.2.2 mailbox full)"
    let text = (0..<30).map {
      lines.line($0, "out-gw2.example", words) + lines.line($0, "out-gw1.example", "sent (250 ok)")
    }
    driver.send(.message(.mail(try lines.flow(text.joined()))))
    driver.press(.character("I"))
    let screen = driver.screen(120, 40)
    #expect(screen.contains("by the 30 messages a minute of the last 15 min"), "\(screen)")
  }

  @Test func anUnknownNameIsSaidAsItIsTyped() throws {
    var driver = Driver.ready()
    driver.type(":what-if nowhere.example x")
    #expect(driver.screen(80, 24).contains("no gateway has this name"), "\(driver.screen(80, 24))")
  }

  @Test func aConsoleThatOnlyReadsAnswersToo() throws {
    var driver = Driver.ready(isReadOnly: true)
    driver.type(":what-if out-gw1.example")
    driver.press(.enter)
    #expect(driver.screen(80, 24).contains("without [out-gw1.example]:25 "), "\(driver.screen(80, 24))")
  }
}
