// The mouse: what is clicked is what is seen, and no click answers a question.

import Testing

@testable import Console

@Suite struct MouseTests {
  private let size = Size(120, 40)

  init() { #expect(utf8Locale) }

  /// Clicks on the first cell of a text on the screen, as the loop would.
  private func click(_ driver: inout Driver, _ text: String, line: (String) -> Bool = { _ in true }) throws {
    driver.model.settle(on: size)
    let lines = driver.screen(size.columns, size.rows).split(
      separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(lines.firstIndex { $0.contains(text) && line(String($0)) })
    let range = try #require(lines[row].firstRange(of: text))
    let column = cellWidth(String(lines[row][..<range.lowerBound]))
    driver.press(.mouse(Mouse(.click, at: Point(column, row))))
  }

  @Test func reportsAreReadOrLeftAlone() {
    #expect(Mouse(report: "0;10;5M") == Mouse(.click, at: Point(9, 4)))
    #expect(Mouse(report: "64;1;1M") == Mouse(.wheelUp, at: Point(0, 0)))
    #expect(Mouse(report: "65;300;90M") == Mouse(.wheelDown, at: Point(299, 89)))
    // Let go, the other buttons, a key held down, and what no terminal sends.
    for report in ["0;10;5m", "2;1;1M", "16;1;1M", "0;0;1M", "0;1M", ";;M", "M", "99999999999999999999;1;1M"]
    {
      #expect(Mouse(report: report) == nil, "\(report)")
    }
  }

  @Test func aClickChoosesARowAndShowsAView() throws {
    var driver = Driver.ready()
    try click(&driver, "[store1.example]")
    #expect(driver.model[GatewaysView.self].chosenUse?.gateway.name == "store1.example")
    try click(&driver, "2 Pools")
    #expect(driver.shows(PoolsView.self))
    try click(&driver, "lmtp:[store2.example]:24")
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "lmtp:[store2.example]:24")
  }

  @Test func aClickOnAHintIsItsKeyAndOnAHeadingSorts() throws {
    var driver = Driver.ready()
    try click(&driver, "? help")
    guard case .help = driver.model.dialog else {
      Issue.record("the help opens")
      return
    }
    driver.press(.escape)
    try click(&driver, "STATE")
    #expect(driver.screen(120, 40).contains("STATE↓"))
    #expect(driver.model[GatewaysView.self].rows.first?.gateway.name == "out-gw3.example")
    try click(&driver, "STATE↓")
    #expect(driver.screen(120, 40).contains("STATE↑"))
    #expect(driver.model[GatewaysView.self].rows.last?.gateway.name == "out-gw3.example")
  }

  @Test func aHintWithTwoKeysIsEachWhereItIs() throws {
    var driver = Driver.ready()
    driver.press(.character("2"))
    try click(&driver, "+/- weight")
    #expect(driver.pool("relay_transport").first == "smtp:[out-gw1.example] x3")
    try click(&driver, "- weight")
    #expect(driver.pool("relay_transport").first == "smtp:[out-gw1.example] x2")
  }

  @Test func theWheelScrolls() {
    var driver = Driver.ready()
    driver.model.settle(on: size)
    driver.press(.mouse(Mouse(.wheelDown, at: Point(3, 30))))
    #expect(driver.model[GatewaysView.self].chosen == 3)
    driver.press(.mouse(Mouse(.wheelUp, at: Point(3, 30))))
    #expect(driver.model[GatewaysView.self].chosen == 0)
  }

  /// A second click, meant for what was there before, must not write.
  @Test func noClickAnswersAQuestion() throws {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("w"))
    for x in 0..<size.columns {
      for y in 0..<size.rows { driver.press(.mouse(Mouse(.click, at: Point(x, y)))) }
    }
    guard case .confirm = driver.model.dialog else {
      Issue.record("the question stays")
      return
    }
    #expect(driver.writes.isEmpty)
    driver.press(.character("y"))
    #expect(driver.writes.count == 1)
  }

  @Test func theKeyGivesTheMouseBack() throws {
    var driver = Driver.ready()
    driver.press(.character("M"))
    #expect(driver.screen(80, 24).contains("the terminal has the mouse, to select text"))
    let settings = driver.effects.compactMap {
      if case .useSettings(let settings) = $0 { settings } else { nil }
    }
    #expect(settings.map(\.mouse) == [false])
    try click(&driver, "[store1.example]")
    #expect(driver.model[GatewaysView.self].chosen == 0)
    driver.press(.character("M"))
    try click(&driver, "[store1.example]")
    #expect(driver.model[GatewaysView.self].chosen == 3)
  }

  @Test(arguments: [Size(120, 40), Size(80, 24), Size(40, 10), Size(39, 9)])
  func everyCellOfEveryViewMayBeClicked(size: Size) {
    for view in "123456" {
      var driver = Driver.ready(diagnostics: { _ in twoProblems })
      driver.press(.character(view))
      for y in 0..<size.rows - 1 {
        for x in stride(from: 0, to: size.columns, by: 7) {
          driver.model.settle(on: size)
          driver.press(.mouse(Mouse(.click, at: Point(x, y))))
        }
      }
      #expect(!driver.screen(size.columns, size.rows).isEmpty)
    }
  }
}
