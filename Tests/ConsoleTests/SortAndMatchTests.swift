// From match to match while a filter or a search is on, and lists sorted by their columns.

import PostfixFiles
import Testing

@testable import Checks
@testable import Console

@Suite struct SortAndMatchTests {
  init() { #expect(utf8Locale) }

  private func filtered(_ view: Character, _ text: String) -> Driver {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character(view), .character("/"))
    driver.type(text)
    driver.press(.enter)
    return driver
  }

  // MARK: Matches

  /// A pool shows as a whole, and n goes to those of its rows that have the word themselves.
  @Test func nGoesFromMemberToMemberAndRoundTheEnd() {
    var driver = filtered("2", "gw1")
    driver.press(.home)
    var visited: [String] = []
    for _ in 0..<3 {
      driver.press(.character("n"))
      let row = driver.model[PoolsView.self].chosenRow
      visited.append("\(row?.pool.id ?? "") \(row?.member?.result ?? "")")
    }
    #expect(
      visited == [
        "relay_transport smtp:[out-gw1.example]",
        "transport:example.net smtp:[out-gw1.example]", "transport:example.net smtp:[in-gw1.example]",
      ])
    driver.press(.character("n"))
    #expect(driver.model[PoolsView.self].chosenRow?.pool.id == "relay_transport")
    #expect(driver.screen(80, 24).contains("from the first again"))
    driver.press(.character("N"))
    #expect(driver.model[PoolsView.self].chosenRow?.pool.id == "transport:example.net")
    #expect(driver.screen(80, 24).contains("from the last again"))
  }

  @Test func nSharesMailAgainOnceTheFilterIsGone() {
    var driver = filtered("1", "gw")
    #expect(driver.screen(120, 40).split(separator: "\n").last?.contains("n/N match") == true)
    driver.press(.character("n"))
    #expect(driver.model.dialog == nil)
    driver.press(.escape)
    #expect(driver.screen(120, 40).split(separator: "\n").last?.contains("n share") == true)
    driver.press(.character("n"))
    guard case .sharing = driver.model.dialog else {
      Issue.record("n opens the dialogue where no filter is set")
      return
    }
  }

  @Test func withoutAFilterTheCommandSaysWhatIsMissing() {
    var driver = Driver.ready()
    driver.press(.character(":"))
    driver.type("next-match")
    driver.press(.enter)
    #expect(driver.screen(80, 24).contains("no filter is set: / sets one"))
    driver.press(.escape)
    #expect(driver.model.notice == nil)
  }

  @Test func theHelpSaysWhatNMeansWhenItMeansIt() {
    var driver = Driver.ready()
    driver.press(.character("?"))
    driver.type("match")
    #expect(driver.screen(120, 40).contains("While a filter or a search (/) is on: go to the next match"))
  }

  /// A diff is not narrowed: its lines would say something else.
  @Test func aDiffIsSearched() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("5"), .character("/"))
    let all = driver.model[ChangesView.self].lines
    driver.type("virtual")
    #expect(driver.model[ChangesView.self].lines == all)
    driver.press(.enter)
    let chosen = driver.model[ChangesView.self].chosen.map { all[$0] }
    #expect(chosen?.contains("virtual_transport") == true)
    #expect(driver.screen(80, 24).contains(" search: virtual "))
    driver.press(.character("n"))
    #expect(driver.screen(80, 24).contains("the only match"))
    driver.press(.escape)
    #expect(!driver.screen(80, 24).contains("search:"))
  }

  // MARK: Orders

  @Test func membersAreSortedWithinTheirPools() {
    var driver = Driver.ready()
    driver.press(.character("2"), .end, .character("s"))
    let chosen = driver.model[PoolsView.self].chosenRow?.identity
    func members() -> [String] {
      driver.model[PoolsView.self].rows.filter { $0.pool.id == "relay_transport" }.compactMap {
        $0.member?.result
      }
    }
    #expect(driver.screen(80, 24).contains(" sorted by member "))
    #expect(members() == ["smtp:[out-gw1.example]", "smtp:[out-gw2.example]", "smtp:[out-gw3.example]"])
    driver.press(.character("S"))
    #expect(members() == ["smtp:[out-gw3.example]", "smtp:[out-gw2.example]", "smtp:[out-gw1.example]"])
    #expect(driver.screen(80, 24).contains(" sorted by member, reversed "))
    driver.press(.character("s"), .character("s"), .character("s"))
    #expect(driver.screen(80, 24).contains(" sorted by state "))
    #expect(members().first == "smtp:[out-gw3.example]")
    #expect(driver.model[PoolsView.self].chosenRow?.identity == chosen)
    // A state that changes moves its member.
    for _ in 1...3 { driver.probe(.host("out-gw2.example", port: 25), .connectionRefused) }
    _ = driver.screen(80, 24)
    driver.press(.up)
    #expect(members().prefix(2) == ["smtp:[out-gw2.example]", "smtp:[out-gw3.example]"])
    driver.press(.character("s"))
    #expect(!driver.screen(80, 24).contains("sorted by"))
  }

  @Test func routesAreSortedAndTheChoiceStays() {
    var driver = Driver.ready(sampleConfig(moreEntries: "aaa.example smtp:[zzz.example]"))
    driver.press(.character("3"))
    func names() -> [String] { driver.model[RoutesView.self].rows?.map(\.name) ?? [] }
    let plain = names()
    driver.press(.end)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "aaa.example")
    driver.press(.character("s"))
    #expect(names() == plain.sorted())
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "aaa.example")
    driver.press(.character("s"))
    #expect(names().last == "transport_maps")
    driver.press(.character("S"))
    #expect(names().first == "transport_maps")
    driver.press(.character("s"))
    #expect(names() == plain)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "aaa.example")
  }

  /// No key waits for a sort: it is done on a thread, and what is seen until then is what keys act on.
  @Test func aVeryLargeTableIsSortedOnAThread() {
    let entries = (0..<12_000).map { "d\(($0 * 7_919) % 12_000).example smtp:[gw.example]" }
    var driver = Driver.ready(sampleConfig(moreEntries: entries.joined(separator: "\n")))
    driver.press(.character("3"))
    let plain = driver.model[RoutesView.self].rows?.map(\.name) ?? []
    driver.threadsAreFast = false
    driver.press(.character("s"))
    #expect(driver.screen(80, 24).contains(" sorting "))
    #expect(driver.model[RoutesView.self].rows?.map(\.name) == plain)
    driver.endThreads()
    #expect(driver.model[RoutesView.self].rows?.map(\.name) == plain.sorted())
    #expect(driver.screen(80, 24).contains(" sorted by key "))
  }

  @Test func problemsAreSortedAndOneGoesToThePlaceOfTheRightOne() {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character("4"))
    func codes() -> [String] { driver.model[ProblemsView.self].rows.map(\.code) }
    #expect(codes() == ["RM201", "RM801"])
    driver.press(.character("s"))
    #expect(codes() == ["RM801", "RM201"])
    driver.press(.character("s"))
    #expect(codes() == ["RM201", "RM801"])
    driver.press(.character("S"))
    #expect(codes() == ["RM801", "RM201"])
    driver.press(.home, .enter)
    #expect(driver.model[PoolsView.self].chosenRow?.pool.id == "virtual_transport")
  }

  @Test(arguments: [Size(120, 40), Size(80, 24), Size(40, 10)])
  func everyOrderOfEveryViewIsDrawnAtEverySize(size: Size) {
    for view in "123456" {
      var driver = Driver.ready(diagnostics: { _ in twoProblems })
      driver.press(.character(view))
      for _ in 0..<10 {
        driver.press(.character("s"), .character("S"))
        #expect(driver.screen(size.columns, size.rows).contains("q quit"))
      }
    }
  }
}
