// What the keys do that bring edits to the files and into force: the questions, the answers, the guards.

import Changes
import Checks
import Editing
import PostfixFiles
import Testing

@testable import Console

extension KeyTests {
  @Test func writesOnlyAfterAnotherKey() throws {
    var driver = pools()
    driver.press(.character("w"))
    #expect(driver.model.notice?.text == "write: nothing is edited")
    driver.press(.character("+"), .character("w"), .character("w"))
    #expect(driver.writes.isEmpty)
    driver.press(.character("w"), .character("y"))
    let request = try #require(driver.writes.first)
    #expect(request.set.changes.map(\.path) == ["/etc/postfix/main.cf"])
    #expect(!request.reload)
    // Nothing can be edited until the answer is there.
    driver.press(.character("2"), .character("+"))
    #expect(driver.model.notice?.text == "weight: still writing")
    driver.send(.message(.written(.failed("changed on disk"))))
    #expect(driver.model.notice?.text == "nothing was written: changed on disk")
    #expect(driver.model.facts.session.isEdited)
    driver.press(.character("w"), .character("y"))
    driver.send(
      .message(
        .written(.written(driver.model.facts.session.current.written, note: "the owner could not be kept"))))
    #expect(
      driver.model.notice?.text
        == "written: main.cf; the owner could not be kept; a reload of Postfix (R) brings it into force")
    driver.press(.character("q"))
    #expect(driver.quits == [0])
  }

  @Test func editsAreMadeAgainOnATextThatChangedMeanwhile() throws {
    var driver = pools()
    driver.press(.character("+"))
    let edited = driver.pool("relay_transport")
    /// The sample as another person has written it meanwhile.
    func written(_ edit: Edit) throws -> MailConfig {
      sampleConfig(main: try sampleConfig().applying(edit).main.document.bytes.text)
    }
    driver.press(.character("w"), .character("y"))
    let other = try written(.remove(pool: "virtual_transport", member: "lmtp:[store2.example]:24"))
    driver.send(.message(.written(.conflict(other, files: ["\(directory)/main.cf"]))))
    #expect(driver.screen(100, 24).contains("main.cf changed on disk since it was read"))
    driver.press(.character("y"))
    #expect(driver.pool("relay_transport") == edited)
    #expect(driver.pool("virtual_transport") == ["lmtp:[store1.example]:24 x1"])
    #expect(driver.model.facts.session.isEdited)

    driver.press(.character("w"), .character("y"))
    let without = try written(.remove(pool: "relay_transport", member: "smtp:[out-gw1.example]"))
    driver.send(.message(.written(.conflict(without, files: ["\(directory)/main.cf"]))))
    driver.press(.character("y"))
    #expect(driver.model.notice?.text.hasPrefix("read again; left out: set smtp:[out-gw1.example]") == true)
    #expect(!driver.model.facts.session.isEdited)
  }

  @Test func reloadIsOfferedButNotForTheSample() {
    var driver = pools()
    driver.press(.character("+"), .character("w"), .character("r"))
    #expect(driver.writes.map(\.reload) == [true])
    var demo = pools(isDemo: true)
    demo.press(.character("+"), .character("w"), .character("r"))
    #expect(demo.writes.isEmpty)
  }

  /// Who wrote without it may reload later, which is asked about.
  @Test func reloadCanComeLater() {
    func reloads(_ driver: Driver) -> Int {
      driver.effects.count { if case .reload = $0 { true } else { false } }
    }
    var driver = pools()
    driver.press(.character("R"))
    #expect(driver.screen(100, 30).contains("Run postfix reload for \(directory)?"))
    driver.press(.escape)
    #expect(reloads(driver) == 0)
    driver.press(.character("+"), .character("R"))
    #expect(driver.screen(100, 30).contains("What is edited and not written is not in it."))
    driver.press(.character("y"))
    #expect(reloads(driver) == 1 && driver.writes.isEmpty)
    var demo = pools(isDemo: true)
    demo.press(.character("R"), .character("y"))
    #expect(reloads(demo) == 0)
  }

  @Test func aGuardSaysWhy() {
    var driver = pools()
    for _ in 1...3 { driver.probe(.host("out-gw2.example", port: 25), .connectionRefused) }
    driver.press(.character("d"), .enter, .character("w"))
    let screen = driver.screen(80, 24)
    #expect(screen.contains("without a live gateway"))
    #expect(screen.contains("y write anyway"))
  }
}
