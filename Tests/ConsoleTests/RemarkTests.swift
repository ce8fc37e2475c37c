// What a person should know of an edit: a thread looks for it, and it is said behind what was done.

import Editing
import PostfixFiles
import Testing

@testable import Console

@Suite struct RemarkTests {
  init() { #expect(utf8Locale) }

  /// A line that nothing comes to, as the entry for all mail decides first.
  private func driver() -> Driver {
    var driver = Driver.ready(sampleConfig(moreEntries: "* smtp:[in-gw1.example]"))
    driver.threadsAreFast = false
    driver.effects = []
    driver.press(.character(":"))
    driver.type("set-route relayhost [gw9.example]")
    driver.press(.enter)
    return driver
  }

  private static let done = "set relayhost to [gw9.example]"

  @Test func itFollowsFromAThread() throws {
    var driver = driver()
    #expect(driver.model.notice == Notice(text: Self.done, role: .changed))
    driver.endThreads()
    let notice = try #require(driver.model.notice)
    #expect(notice.text.hasPrefix("\(Self.done); transport_maps ("), "\(notice.text)")
    #expect(notice.text.contains("decides first") && notice.role == .warning)
    #expect(driver.model.recorded == nil)
  }

  @Test func whatWasSaidSinceHidesNothing() {
    var driver = driver()
    driver.press(.character("P"))
    driver.endThreads()
    #expect(driver.model.notice?.text.hasPrefix("transport_maps (") == true)
  }

  /// It would be about what is not so any more.
  @Test func anEditThatIsGoneHasNone() {
    var driver = driver()
    driver.press(.character("u"))
    let before = driver.model.notice
    driver.endThreads()
    #expect(driver.model.notice == before && driver.model.recorded == nil)
  }

  /// The first edit's thread is still at work when the second one is made.
  @Test func theNewestEditHasItsOwn() {
    var driver = driver()
    driver.press(.character("2"), .character("+"))
    driver.endThreads()
    #expect(driver.model.recorded == nil)
    #expect(driver.model.notice?.text.contains("decides first") == false)
  }

  @Test func aMemberTakesAnotherSpelling() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("e"))
    driver.type(":25")
    driver.press(.enter)
    #expect(
      driver.pool("relay_transport") == [
        "smtp:[out-gw1.example]:25 x2", "smtp:[out-gw2.example] x1", "smtp:[out-gw3.example] x1",
      ])
    // Made again on another text it is the same edit.
    var session = Session(sampleConfig())
    #expect(
      session.replay(driver.model.facts.session.steps, on: Machine(addresses: [])) == [])
  }
}
