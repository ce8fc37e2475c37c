// A key costs the same beside a very large table as beside a small one: nothing in it goes over all entries.

import PostfixFiles
import Testing

@testable import Console

@Suite struct LargeTableTests {
  init() { #expect(utf8Locale) }

  /// Each letter asks for other keys. Only the first one goes over the table.
  @Test func anAddressIsAnsweredWithoutGoingOverTheTableAgain() {
    let table = (1...50_000).map { "d\($0).example smtp:[in-gw1.example]\n" }.joined()
    var driver = Driver.ready(sampleConfig(moreEntries: table))
    driver.threadsAreFast = false
    driver.press(.character("3"), .character("@"))
    var times: [Duration] = []
    for letter in "u@d7.ex" {
      driver.effects = []
      driver.press(.character(letter))
      times.append(ContinuousClock().measure { driver.endThreads() })
    }
    let later = times.dropFirst().max() ?? .zero
    #expect(later * 5 < times[0], "\(times)")
  }

  /// The quickest of some presses of each key.
  private func times(entries: Int) -> [String: Duration] {
    let table = (1...entries).map { "d\($0).example smtp:[in-gw1.example]\n" }.joined()
    var driver = Driver.ready(sampleConfig(moreEntries: table))
    driver.threadsAreFast = false
    var times: [String: Duration] = [:]
    func measure(_ name: String, _ before: [Key], _ keys: [Key], _ after: [Key]) {
      var best = Duration.seconds(1000)
      for _ in 0..<3 {
        driver.send(before)
        let clock = ContinuousClock()
        let time = clock.measure { for key in keys { _ = driver.model.update(.key(key), now: driver.start) } }
        best = min(best, time / keys.count)
        driver.send(after)
      }
      times[name] = best
    }
    measure("+ in main.cf", [.character("2"), .home, .down], [.character("+")], [.character("u")])
    measure("+ in the table", [.character("2"), .end], [.character("+")], [.character("u")])
    measure("down", [.character("3"), .home], [.down], [])
    measure(
      "typing a value", [.character("3"), .end, .character("e")], [.character("2"), .character("3")],
      [.escape])
    measure(
      "typing a member", [.character("2"), .home, .down, .character("a")],
      Array("smtp:[x]").map { .character($0) },
      [.escape])
    measure(
      "typing a new route", [.character("3"), .home, .character("a")],
      Array("x.y smtp:[x]").map { .character($0) },
      [.escape])
    measure(
      "taking a new route",
      [.character("3"), .home, .down, .down, .character("a")] + Array("x.y smtp:[x]").map { .character($0) },
      [.enter],
      [.character("u")])
    measure("undo", [.character("2"), .end, .character("+")], [.character("u")], [])
    measure(
      "w", [.character("2"), .home, .down, .character("+")], [.character("w")], [.escape, .character("u")])
    measure("n", [], [.character("n")], [.escape])
    return times
  }

  /// Until a filter has its rows, the row under the cursor is one from before.
  @Test func noRowIsChangedWhileTheirSearchGoesOn() {
    let table = (1...20_000).map { "d\($0).example smtp:[in-gw1.example]\n" }.joined()
    var driver = Driver.ready(sampleConfig(moreEntries: table))
    driver.threadsAreFast = false
    driver.press(.character("3"), .character("/"))
    driver.type("d19999")
    driver.press(.enter, .character("x"))
    #expect(driver.model.dialog == nil)
    #expect(driver.model.notice?.text == "remove: still searching")
    driver.endThreads()
    driver.press(.character("x"))
    #expect(driver.screen(80, 24).contains("d19999.example"))
    #expect(driver.model.dialog != nil)
  }

  @Test func keys() {
    let small = times(entries: 10)
    for (name, time) in times(entries: 200_000) {
      let before = small[name] ?? .zero
      // A tenth of a millisecond is what any key may take; what goes over the entries takes a hundred times that here.
      #expect(
        time < before * 4 + .milliseconds(3), "\(name): \(time) with 200,000 entries, \(before) with 10")
    }
  }

  /// Their states change often, and finding them reads every entry. An edit may bring others.
  @Test func gatewaysAreFoundOnceForEachEdit() throws {
    var driver = Driver.ready()
    func asked() -> [String] {
      driver.effects.compactMap {
        switch $0 {
        case .survey: "gateways and problems"
        case .findProblems: "problems"
        default: nil
        }
      }
    }
    let gateway = try #require(driver.model.facts.gateways.first).gateway
    // One refusal may be chance.
    for _ in 0..<3 { driver.probe(gateway, .connectionRefused) }
    #expect(asked() == ["problems"])
    driver.press(.character("2"), .character("+"))
    #expect(asked() == ["problems", "gateways and problems"])
    for _ in 0..<3 { driver.probe(gateway, .answers) }
    #expect(asked() == ["problems", "gateways and problems", "problems"])
  }

  /// What is typed is judged on a thread, the newest line alone, and Enter waits for that.
  @Test func aLineIsTakenOnceItIsJudged() throws {
    let table = (1...10_001).map { "d\($0).example smtp:[in-gw1.example]\n" }.joined()
    var driver = Driver.ready(sampleConfig(moreEntries: table))
    driver.threadsAreFast = false
    driver.press(.character("3"), .home, .down, .down, .character("a"))
    driver.type("new.example smtp:[gw9.example]")
    #expect(driver.screen(80, 24).contains("looking it up"))
    driver.press(.enter)
    #expect(!driver.model.facts.session.isEdited)
    driver.endThreads()
    #expect(driver.model.facts.session.isEdited)
    #expect(driver.model.dialog == nil)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "new.example")
  }
}

extension Driver {
  fileprivate mutating func send(_ keys: [Key]) {
    for key in keys { _ = model.update(.key(key), now: start) }
  }
}
