// The cursor stays on its gateway, member, route, problem or write while the list around it changes: also where nobody
// moved it. Otherwise a key that is pressed twice acts on two things.

import PostfixFiles
import Synchronization
import Testing

@testable import Checks
@testable import Console

@Suite struct CursorTests {
  init() { #expect(utf8Locale) }

  private let main = """
    # randmap: agent
    relay_transport = randmap:
        !smtp:[a.example]
        !smtp:[a.example]
        !smtp:[a.example]
        !smtp:[a.example]
        !smtp:[b.example]
        !smtp:[b.example]
        !smtp:[b.example]
        !smtp:[c.example]
        !smtp:[c.example]

    """

  @Test func drainPressedTwiceDrainsOneGateway() {
    var driver = Driver.ready(sampleConfig(main: main))
    let gateway = driver.model[GatewaysView.self].chosenUse?.gateway
    #expect(gateway?.name == "a.example")
    driver.press(.character("d"), .enter)
    // The drained one goes down in the list.
    #expect(driver.model[GatewaysView.self].rows.first?.gateway != gateway)
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway == gateway)
    driver.press(.character("d"))
    let drained = ["smtp:[a.example] x4 drained", "smtp:[b.example] x3", "smtp:[c.example] x2"]
    #expect(driver.pool("relay_transport").sorted() == drained)
    driver.press(.character("r"))
    #expect(driver.pool("relay_transport").contains("smtp:[a.example] x4"))
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway == gateway)
  }

  /// Also where a filter lets only gateways through that are up.
  @Test func drainPressedTwiceUnderAFilterDrainsOneGateway() {
    var driver = Driver.ready(sampleConfig(main: main))
    driver.press(.character("/"))
    driver.type("up")
    driver.press(.enter)
    let names = driver.model[GatewaysView.self].rows.map(\.gateway.name)
    #expect(names.prefix(3) == ["a.example", "b.example", "c.example"])
    driver.press(.character("d"), .enter, .character("d"))
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway.name == "a.example")
    #expect(
      driver.pool("relay_transport").filter { $0.hasSuffix("drained") } == ["smtp:[a.example] x4 drained"])
    // Once the cursor is elsewhere, the filter holds for it too.
    driver.press(.home, .character("p"))
    #expect(!driver.model[GatewaysView.self].rows.contains { $0.gateway.name == "a.example" })
  }

  @Test(arguments: ["+", "-", "d"] as [Character])
  func everyKeyThatChangesSharesLeavesTheCursorOnItsMember(key: Character) {
    for view in "12" {
      var driver = Driver.ready(sampleConfig(main: main))
      driver.press(.character(view))
      driver.press(.character("s"), until: { $0.views[$0.shown].sorting.column == "share" })
      func chosen() -> String? {
        view == "1"
          ? driver.model[GatewaysView.self].chosenUse?.gateway.name
          : driver.model[PoolsView.self].chosenRow?.identity.result
      }
      let before = chosen()
      #expect(before != nil)
      for _ in 0..<3 {
        driver.press(.character(key))
        // A drain asks until when and why.
        if driver.model.dialog != nil { driver.press(.enter) }
        #expect(chosen() == before)
      }
    }
  }

  /// While it is typed, the weight moves the member through the list; what is written then is no other one's.
  @Test(arguments: ["#", "="] as [Character]) func aTypedWeightLeavesTheCursorOnItsMember(key: Character) {
    var driver = Driver.ready(sampleConfig(main: main))
    driver.press(.character("2"))
    driver.press(.character("s"), until: { $0[PoolsView.self].sorting.column == "share" })
    let before = driver.model[PoolsView.self].chosenRow?.identity
    #expect(before?.result == "smtp:[a.example]")
    driver.press(.character(key))
    for _ in 0..<6 { driver.press(.backspace) }
    driver.type("1")
    #expect(driver.model[PoolsView.self].chosenRow?.identity == before)
    driver.press(.enter)
    #expect(driver.pool("relay_transport").contains("smtp:[a.example] x1"))
    #expect(driver.model[PoolsView.self].chosenRow?.identity == before)
    #expect(driver.model[PoolsView.self].rows.last?.identity == before)
  }

  @Test func anEditElsewhereLeavesTheCursorOnItsRoute() {
    var driver = Driver.ready(sampleConfig(moreEntries: "aaa.example smtp:[zzz.example]"))
    driver.press(.character("3"))
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "example.net" })
    driver.press(.up, .character("x"), .character("y"), .end)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "aaa.example")
    let index = driver.model[RoutesView.self].chosen
    driver.press(.character("u"))
    #expect(driver.model[RoutesView.self].chosen == index.map { $0 + 1 })
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "aaa.example")
  }

  @Test func aProblemThatComesAboveLeavesTheCursorOnItsOwn() {
    let later = Diagnostic(
      Finding(FileRange(file: "\(directory)/main.cf", range: 0..<0), "a graver one"), code: "RM101",
      severity: .error, start: Position(line: 1, column: 1), end: Position(line: 1, column: 2))
    var driver = Driver.ready(diagnostics: { _ in [twoProblems[0]] })
    driver.press(.character("4"))
    let chosen = driver.model[ProblemsView.self].chosenProblem
    #expect(chosen?.code == "RM801")
    driver.diagnostics = { _ in [later, twoProblems[0]] }
    driver.press(.character("2"), .character("+"), .character("4"))
    #expect(driver.model[ProblemsView.self].rows.map(\.code) == ["RM101", "RM801"])
    #expect(driver.model[ProblemsView.self].chosenProblem == chosen)
  }

  @Test func aNewWriteLeavesTheCursorOnItsOwn() {
    let more = HistoryViewTests.AskedNumbers()
    let archive = Archive(
      log: {
        let count = 3 + more.numbers.withLock { $0.count }
        return .success(
          (1...count).map { HistoryViewTests.write($0, $0 == 4 ? "add" : "write \($0)") })
      }, diff: { _ in .success([]) })
    var driver = Driver.ready(archive: archive)
    driver.press(.character("6"))
    driver.press(.character("s"), until: { $0[HistoryView.self].sorting.column == "what" })
    driver.press(.end)
    #expect(driver.model[HistoryView.self].chosenWrite?.number == 3)
    more.numbers.withLock { $0.append(0) }
    driver.press(.character("5"), .character("6"))
    #expect(driver.model[HistoryView.self].rows.map(\.number) == [4, 1, 2, 3])
    #expect(driver.model[HistoryView.self].chosenWrite?.number == 3)
  }
}
