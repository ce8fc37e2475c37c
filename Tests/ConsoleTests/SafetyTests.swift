// Keys that must not do more than one sees: commands with words after them, screens too small, writes under way.

import Checks
import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct SafetyTests {
  init() { #expect(utf8Locale) }

  @Test func theCommandOfAKeyTakesNothingAfterIt() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character(":"))
    driver.type("less smtp:[out-gw3.example]")
    #expect(
      driver.screen(120, 24).contains(
        "no such command; these take words after them: add, config, drain, output, pool"))
    driver.press(.enter)
    #expect(!driver.model.facts.session.isEdited)
    #expect(driver.model.notice?.text.contains("acts on what is chosen") == true)
  }

  @Test func nothingIsEditedWhileNothingIsShown() {
    var driver = Driver.ready()
    driver.press(.character("2"))
    driver.model.settle(on: Size(39, 10))
    driver.press(.character("+"), .character("w"), .character("y"))
    #expect(!driver.model.facts.session.isEdited && driver.writes.isEmpty)
    driver.model.settle(on: Size(40, 10))
    driver.press(.character("+"), .character("w"))
    driver.model.settle(on: Size(40, 9))
    driver.press(.character("y"), .character("q"))
    #expect(driver.writes.isEmpty && driver.quits.isEmpty)
    driver.model.settle(on: Size(80, 24))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
    driver.press(.character("y"))
    #expect(driver.writes.count == 1)
    var idle = Driver.ready()
    idle.model.settle(on: Size(10, 3))
    idle.press(.character("q"))
    #expect(idle.quits == [0])
  }

  /// A value of several lines would lose the comments and the drained members between them.
  @Test func aValueOfSeveralLinesIsNotTypedAnew() {
    var driver = Driver.ready()
    driver.press(.character("3"), .character("e"))
    #expect(driver.model.dialog == nil)
    #expect(driver.model.notice?.text.contains("several lines: edit its members in 2 Pools") == true)
    driver.press(.down, .character("e"))
    #expect(driver.model.dialog != nil)
  }

  @Test func aShareIsCalledWhatItComesTo() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("="))
    driver.type("99.99")
    driver.press(.enter)
    #expect(driver.model.notice?.text.hasSuffix("to 100.0%: weight 998 of 1000, 99.8%") == true)
  }

  @Test func whatIsBeingWrittenIsNotTakenBack() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    #expect(driver.writes.count == 1)
    for key in ["u", "U"] {
      driver.press(.character(Character(key)))
      #expect(driver.model.notice?.text.contains("still writing") == true, "\(key)")
    }
    #expect(driver.model.facts.session.isEdited)
    driver.press(.character("q"))
    #expect(driver.quits.isEmpty && driver.model.dialog == nil)
    #expect(driver.model.notice?.text == "still writing; press the key again to leave anyway")
    driver.press(.character("q"))
    #expect(driver.quits == [0])
  }

  /// Two long lines that differ at their end: the question shows the difference, and the rest can be read.
  @Test func theDiffIsReadBeforeTheQuestionIsAnswered() {
    let pool = (1...30).map { "!smtp:[gw\($0).example]" }.joined()
    var driver = Driver.ready(
      sampleConfig(main: "# randmap: agent\nmyorigin = x\nrelay_transport = randmap:\(pool)\n"))
    driver.press(.character("2"), .end, .character("+"), .character("w"))
    driver.press(.end)
    let screen = driver.screen(80, 24)
    #expect(screen.contains("Write main.cf"))
    // A member may be at the end of a row.
    let text = screen.split(separator: "\n").map { $0.trimmed }.joined()
    #expect(text.contains("!smtp:[gw30.example]!smtp:[gw30.example]"), "\(screen)")
    driver.press(.pageUp, .up, .down, .pageDown, .home)
    #expect(driver.screen(80, 24).contains("Write main.cf"))
    driver.press(.character("y"))
    #expect(driver.writes.count == 1)
  }

  @Test func whatChangesOnDiskIsShown() {
    let other = sampleConfig(main: "relay_transport = randmap:!smtp:[new.example]!smtp:[b.example]\n")
    var driver = Driver.ready()
    driver.send(.message(.filesChanged(sampleConfig())))
    #expect(driver.model.notice == nil, "the same")
    // A person who is typing goes on; it is shown when that is over.
    driver.press(.character("/"))
    driver.send(.message(.filesChanged(other)))
    #expect(driver.model.dialog != nil && driver.model.facts.session.pools.first?.members.count == 3)
    driver.press(.escape)
    #expect(driver.model.notice?.text == "files changed on disk: read again")
    driver.press(.character("2"))
    #expect(driver.screen(80, 24).contains("smtp:[new.example]  "))
    // Edits stay; the write asks.
    driver.press(.character("+"))
    driver.send(.message(.filesChanged(sampleConfig())))
    #expect(driver.model.facts.session.isEdited)
    #expect(driver.model.notice?.text.hasPrefix("files changed on disk: w reads them again") == true)
    driver.press(.character("u"))
    #expect(driver.screen(80, 24).contains("smtp:[out-gw1.example] "))
    driver.send(.message(.filesUnreadable("open /etc/postfix/main.cf: No such file or directory")))
    #expect(driver.screen(80, 24).contains("cannot be read: open /etc/postfix/main.cf"))
  }

  /// Who does not want a conflict's text yet sees it when the edits are taken back.
  @Test func aConflictLeftAsItIsIsNotForgotten() {
    let other = sampleConfig(main: "relay_transport = randmap:!smtp:[new.example]!smtp:[b.example]\n")
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    driver.send(.message(.written(.conflict(other, files: ["/etc/postfix/main.cf"]))))
    driver.press(.escape)
    #expect(driver.model.facts.session.isEdited)
    driver.press(.character("u"), .character("2"))
    #expect(driver.screen(80, 24).contains("smtp:[new.example]"))
  }

  /// Why something failed is at the end of a notice.
  @Test func noticesAndReasonsAreReadToTheirEnd() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    let reason =
      "create /srv/configuration/of/the/second/instance/.main.cf.randmap-0123456789abcdef.new: Permission denied"
    driver.send(.message(.written(.failed(reason))))
    for size in [Size(80, 24), Size(40, 10)] {
      let screen = driver.screen(size.columns, size.rows)
      #expect(screen.contains("denied"), "\(screen)")
    }
    driver.press(.character("2"), .character("e"))
    driver.type("x")
    let screen = driver.screen(40, 10)
    #expect(screen.contains("garbage") && screen.contains("would wait"), "\(screen)")
    // What is edited stays in sight.
    #expect(screen.contains("▸ [out-gw1.example]:25"), "\(screen)")
  }
}

extension Substring {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
