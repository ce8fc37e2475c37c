// What each key does to the model, without a terminal.

import Changes
import Checks
import Editing
import Gateways
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct KeyTests {
  init() { #expect(utf8Locale) }

  /// In the Pools view, on the first member of relay_transport.
  func pools(isReadOnly: Bool = false, isDemo: Bool = false) -> Driver {
    var driver = Driver.ready(isDemo: isDemo, isReadOnly: isReadOnly)
    driver.press(.character("2"))
    return driver
  }

  let before = ["smtp:[out-gw1.example] x2", "smtp:[out-gw2.example] x1", "smtp:[out-gw3.example] x1"]

  @Test func opensPaintedBeforeAnythingIsRead() {
    let driver = Driver()
    #expect(driver.model.startEffects.count == 1)
    #expect(driver.screen(80, 24).contains("Reading the tables"))
  }

  @Test func watchesEveryGatewayOnceTheTablesAreIn() {
    var driver = Driver()
    driver.send(.message(.filesRead(sampleConfig())))
    let watched = driver.effects.compactMap { if case .watch(let targets) = $0 { targets } else { nil } }
    #expect(watched.last?.count == 6)
  }

  @Test func plusAndMinusChangeTheWeight() {
    var driver = pools()
    driver.press(.character("+"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
    driver.press(.character("-"), .character("-"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x1")
    driver.press(.character("-"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x1")
    #expect(driver.model.notice?.text == "weight: weight 1 is the least: drain (d) or remove (x) it")
  }

  @Test func percentShowsTheSharesAsTheyAreTyped() {
    var driver = pools()
    driver.press(.character("="))
    driver.type("60")
    #expect(driver.pool("relay_transport") == before)
    let screen = driver.screen(80, 24)
    #expect(screen.contains("50.0% →   60.0%"))
    #expect(screen.contains("weight 3 of 5, 60.0%"))
    driver.press(.enter)
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
    driver.press(.character("="))
    driver.type("0")
    #expect(driver.screen(80, 24).contains("need a number above 0 and below 100"))
    driver.press(.enter, .escape)
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
  }

  @Test func addChecksWhatIsTyped() {
    var driver = pools()
    driver.press(.character("a"))
    driver.type("[out-gw4.example")
    driver.press(.enter)
    #expect(driver.pool("relay_transport") == before)
    // All members have the one transport, so it is that one's too.
    driver.type("]")
    driver.press(.enter)
    #expect(driver.pool("relay_transport") == before + ["smtp:[out-gw4.example] x1"])
  }

  @Test func editRenamesAMember() {
    var driver = pools()
    driver.press(.character("e"), .backspace)
    driver.type("]:2525")
    driver.press(.enter)
    #expect(driver.pool("relay_transport").contains("smtp:[out-gw1.example]:2525 x2"))
    #expect(!driver.pool("relay_transport").contains("smtp:[out-gw1.example] x2"))
  }

  @Test func removeAsksWithAnotherKey() {
    var driver = pools()
    driver.press(.character("x"))
    #expect(driver.screen(80, 24).contains("remove smtp:[out-gw1.example] from relay_transport?"))
    driver.press(.character("x"))
    #expect(driver.pool("relay_transport") == before)
    driver.press(.delete, .character("y"))
    #expect(driver.pool("relay_transport") == Array(before.dropFirst()))
    #expect(driver.screen(80, 24).contains("removed"))
  }

  @Test func drainFollowsTheMemberAndRestoreTakesItBack() {
    var driver = pools()
    driver.press(.character("d"), .enter)
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw1.example] x2 drained")
    driver.press(.character("d"))
    #expect(driver.model.notice?.text == "drain: already drained")
    #expect(driver.pool("relay_transport").count { $0.hasSuffix("drained") } == 1)
    driver.press(.character("r"))
    #expect(driver.pool("relay_transport").contains("smtp:[out-gw1.example] x2"))
  }

  @Test func drainAsksUntilWhenAndWhy() {
    var driver = Driver.ready()
    driver.press(.character("d"))
    #expect(driver.screen(160, 24).contains("Drain in 2 pools"))
    for (columns, rows) in [(120, 40), (80, 24), (40, 10)] {
      #expect(driver.screen(columns, rows).contains("type 18:00 or 2h, then --why TEXT; En"))
    }
    #expect(driver.screen(80, 24).contains("Enter alone: without an end"))
    driver.press(.escape)
    #expect(driver.pool("relay_transport") == before)
    driver.press(.character("d"))
    driver.type("--for")
    #expect(driver.screen(160, 24).contains("such as --for 2h --why new disk"))
    driver.type(" 2 --")
    #expect(driver.screen(160, 24).contains("need a time such as 18:00, 2h or"))
    for _ in 0..<4 { driver.press(.backspace) }
    driver.type("2h --why new disk")
    driver.press(.enter)
    let drains = driver.model.facts.session.current.pools().flatMap(\.members).compactMap(\.drain)
    #expect(drains.count == 2 && drains.allSatisfy { $0.why == "new disk" && $0.until != nil })
    driver.press(.character("u"), .character("2"), .character("d"))
    driver.type("2h")
    driver.press(.enter)
    let alone = driver.model.facts.session.current.pools().flatMap(\.members).compactMap(\.drain)
    #expect(alone.count == 1 && alone.first?.why == nil && alone.first?.until != nil)
  }

  @Test func drainOfAGatewayIsForAllItsPools() {
    var driver = Driver.ready()
    driver.press(.character("d"), .enter)
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw1.example] x2 drained")
    #expect(driver.pool("transport:example.net").last == "smtp:[out-gw1.example] x1 drained")
    #expect(driver.screen(120, 40).contains("[out-gw1.example]:25  - drained"))
    driver.press(.character("u"))
    #expect(driver.pool("transport:example.net").allSatisfy { !$0.hasSuffix("drained") })
  }

  @Test func theLastMemberStays() {
    var driver = pools()
    driver.press(.character("G"), .character("d"), .enter, .up, .character("d"), .enter)
    #expect(driver.screen(160, 24).contains("would have no member left"))
  }

  @Test func undoAndRedo() {
    var driver = pools()
    driver.press(.character("+"), .character("+"), .character("u"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x3")
    driver.press(.character("u"), .character("u"))
    #expect(driver.pool("relay_transport") == before)
    #expect(!driver.model.facts.session.isEdited)
    #expect(driver.model.notice?.text.hasPrefix("undo: there is no edit") == true)
    driver.press(.character("U"), .control("r"))
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x4")
  }

  @Test func quitAsksWhileThereAreEdits() {
    var driver = pools()
    driver.press(.character("+"), .character("q"), .escape)
    #expect(driver.quits.isEmpty)
    driver.press(.control("c"), .character("c"))
    #expect(driver.shows(ChangesView.self))
    driver.press(.character("q"), .character("y"))
    #expect(driver.quits == [0])
    var other = pools()
    other.press(.character("q"))
    #expect(other.quits == [0])
  }

  @Test func readOnlyRefusesEveryEdit() {
    var driver = pools(isReadOnly: true)
    for key in "+-=dxeaw" {
      driver.press(.character(key))
      #expect(driver.model.notice?.text.contains("read-only") == true, "\(key)")
      #expect(driver.model.dialog == nil, "\(key)")
    }
    #expect(driver.screen(80, 24).contains("read-only"))
    #expect(driver.pool("relay_transport") == before)
  }

  @Test func aRouteIsCheckedAsItIsTyped() {
    var driver = Driver.ready()
    driver.press(.character("3"), .character("/"))
    driver.type("example.com")
    driver.press(.enter, .character("e"), .control("u"))
    driver.type("smtp:[in-gw2.example")
    #expect(driver.screen(80, 24).contains("smtp(8) would end"))
    driver.type("]")
    driver.press(.enter)
    let table = driver.model.facts.session.current.document("/etc/postfix/transport")
    #expect(table?.bytes.text.hasPrefix("example.com smtp:[in-gw2.example]\n") == true)
    #expect(driver.model.facts.session.current.fileDiffs.count == 1)
  }

  @Test func aRouteIsAddedAndRemoved() {
    var driver = Driver.ready()
    driver.press(.character("3"), .end, .character("a"))
    driver.type("new.example smtp:[in-gw9.example]")
    driver.press(.enter)
    #expect(driver.screen(120, 40).contains("new.example"))
    driver.press(.character("G"), .character("x"), .character("y"))
    #expect(!driver.screen(120, 40).contains(" new.example "))
  }

  @Test func sortsTheGatewaysAndKeepsTheChoice() {
    var driver = Driver.ready()
    func names() -> [String] {
      driver.screen(80, 24).split(separator: "\n").compactMap { line in
        line.firstRange(of: "[").map { String(line[$0.upperBound...].prefix { $0 != "." }) }
      }.dropLast()
    }
    let configured = ["out-gw1", "out-gw2", "out-gw3", "store1", "store2", "in-gw1"]
    #expect(names() == configured)
    driver.press(.down, .character("s"))
    #expect(names() == ["out-gw3", "store2", "out-gw1", "out-gw2", "store1", "in-gw1"])
    #expect(driver.screen(80, 24).contains("▸ [out-gw2.example]:25"))
    #expect(driver.screen(80, 24).contains(" sorted by state "))
    // A gateway that goes down moves up; the choice goes with it.
    for _ in 1...3 { driver.probe(.host("out-gw2.example", port: 25), .connectionRefused) }
    #expect(names().prefix(3) == ["out-gw2", "out-gw3", "store2"])
    #expect(driver.screen(80, 24).contains("▸ [out-gw2.example]:25"))
    driver.press(.down)
    #expect(driver.screen(80, 24).contains("▸ [out-gw3.example]:25"))
    driver.press(.character("s"))
    #expect(names().suffix(2) == ["out-gw2", "out-gw3"])
    driver.press(.character("s"))
    #expect(driver.screen(80, 24).contains(" sorted by history "))
    #expect(names().prefix(3) == ["out-gw3", "store2", "out-gw2"])
    driver.press(.character("s"))
    #expect(names().first == "out-gw1" && names().last == "out-gw3")
    driver.press(.character("s"))
    #expect(names() == configured.sorted())
    driver.press(.character("s"))
    #expect(names() == configured)
    #expect(!driver.screen(80, 24).contains("sorted by"))
  }

  @Test func probesTheChosenOneOrAll() {
    var driver = Driver.ready()
    driver.press(.character("j"), .character("p"), .character("P"))
    let probes = driver.effects.compactMap {
      if case .probe(let gateway) = $0 { gateway?.description ?? "all" } else { nil }
    }
    #expect(probes == ["[out-gw2.example]:25", "all"])
  }

  @Test func filtersAndShowsAllAgain() {
    var driver = Driver.ready()
    driver.press(.character("/"))
    driver.type("down")
    #expect(driver.model[GatewaysView.self].rows.map(\.gateway.name) == ["out-gw3.example"])
    driver.press(.enter)
    #expect(driver.screen(80, 24).contains("only: down"))
    driver.press(.escape)
    #expect(driver.model[GatewaysView.self].rows.count == 6)
    driver.press(.character("/"))
    driver.type("nothing like it")
    #expect(driver.screen(80, 24).contains("No gateway matches"))
  }

  @Test func goesFromAGatewayToItsPools() {
    var driver = Driver.ready()
    driver.press(.character("j"), .enter)
    #expect(driver.shows(PoolsView.self))
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "smtp:[out-gw2.example]")
    driver.press(.character("1"), .character("g"), .character("N"))
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway.name == "out-gw3.example")
  }

  @Test func movesThroughViewsAndLists() {
    var driver = Driver.ready()
    driver.press(.tab, .tab)
    #expect(driver.shows(RoutesView.self))
    driver.press(.backTab, .left, .left)
    #expect(driver.shows(HistoryView.self))
    driver.press(.character("1"), .end)
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway.name == "in-gw1.example")
    driver.press(.down, .pageUp, .up)
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway.name == "out-gw1.example")
  }

  @Test func commandsByNameWithCompletion() {
    var driver = pools()
    driver.press(.character(":"))
    driver.type("dr")
    // The second Enter is for the line that asks until when.
    driver.press(.tab, .enter, .enter)
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw1.example] x2 drained")
    driver.press(.character(":"))
    driver.type("p")
    driver.press(.enter)
    #expect(driver.model.notice?.text.hasPrefix("\"p\" could be any of") == true)
    driver.press(.character(":"))
    driver.type("nonsense")
    driver.press(.enter)
    #expect(driver.model.notice?.text == "no command \"nonsense\"")
  }

  @Test func aPasteNeverRunsKeys() {
    var driver = pools()
    driver.press(.paste("dddxy\nwy"))
    #expect(driver.pool("relay_transport") == before)
    #expect(driver.model.notice?.text == "a paste is taken only where text is typed")
    driver.press(.character("a"), .paste("smtp:[out-gw9.example]\n"))
    #expect(driver.pool("relay_transport") == before)
    driver.press(.enter)
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw9.example] x1")
  }

  @Test func helpIsSearched() {
    var driver = Driver.ready()
    driver.press(.character("?"))
    driver.type("drain")
    let screen = driver.screen(120, 40)
    #expect(screen.contains("Send no mail"))
    #expect(!screen.contains("Probe all"))
    driver.press(.escape)
    #expect(driver.model.dialog == nil)
  }

  @Test func aProblemLeadsToItsPlace() throws {
    let config = sampleConfig(moreEntries: "bad.example [in-gw1.example]:25\n")
    var driver = Driver.ready(config) { config in Linter().lint(config).diagnostics }
    driver.press(.character("4"))
    let problem = try #require(driver.model[ProblemsView.self].chosenProblem)
    #expect(problem.file == "/etc/postfix/transport")
    driver.press(.enter)
    #expect(driver.shows(RoutesView.self))
    #expect(driver.model[RoutesView.self].chosenRoute?.line == problem.start.line)
  }
}

@Suite struct BindingTests {
  @Test func everyKeyMeansOneThingInAView() {
    for view in ViewList.all {
      let keys = Binding.all(in: view).flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(view)")
    }
  }

  @Test func everyBindingSaysWhatItDoes() {
    for binding in Binding.all {
      #expect(!binding.description.isEmpty && !binding.description.hasSuffix("."))
      #expect(!binding.keys.isEmpty && !binding.command.contains(" "))
    }
  }
}
