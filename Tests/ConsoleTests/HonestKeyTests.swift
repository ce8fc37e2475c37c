// Keys and commands that do nothing here say why, and what would: in which view, with which words.

import Checks
import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct HonestKeyTests {
  init() { #expect(utf8Locale) }

  private func notice(_ driver: Driver) -> String { driver.model.notice?.text ?? "" }

  private func command(_ text: String, in view: Character = "2") -> Driver {
    var driver = Driver.ready()
    driver.press(.character(view), .character(":"))
    driver.type(text)
    driver.press(.enter)
    return driver
  }

  @Test func aKeyOfAnotherViewSaysWhose() {
    var driver = Driver.ready()
    driver.press(.character("5"), .character("x"))
    #expect(
      notice(driver) == "x does nothing in Changes: remove in Pools and Routes, explain in Problems")
    driver.press(.function(9))
    #expect(notice(driver) == "F9 does nothing in Changes: ?, the help, has all keys")
    // Esc is pressed to be sure that nothing is open.
    driver.press(.escape)
    #expect(driver.model.notice == nil)
  }

  @Test func aCommandOfAnotherViewSaysWhose() {
    #expect(notice(command("fix")) == "fix: not in Pools; it works in Problems")
    #expect(
      notice(command("route"))
        == "route: not in Pools; it works in Routes; anywhere: route ADDRESS [--from ADDRESS]")
  }

  @Test func aWholeNameIsNoBeginning() {
    #expect(notice(command("pool")) == "need pool SCOPE MEMBER ... [--notation NOTATION]")
    #expect(notice(command("p")).hasPrefix("\"p\" could be any of "))
  }

  /// A line may show what its last word could become: Enter then says what is missing.
  @Test func aLineThatIsNotWholeSaysWhatIsMissing() {
    let driver = command("add relay_transport")
    #expect(driver.screen(100, 24).contains("need add POOL MEMBER [WEIGHT]"))
    #expect(!driver.model.facts.session.isEdited && driver.model.dialog != nil)
  }

  @Test func whatNoCommandBeginsWithIsSaid() {
    var driver = Driver.ready()
    driver.press(.character(":"))
    driver.type("!ls")
    #expect(driver.screen(80, 24).contains("no command begins like this; Esc, then ? shows all of them"))
    driver.press(.control("u"), .paste(String(repeating: "x", count: 5_000)), .enter)
    #expect(notice(driver).count < 100)
  }

  /// A theme that is not there would stop the next start.
  @Test func aSettingThatCannotBeFollowedDoesNotHold() throws {
    var driver = command("config theme nosuch")
    let change = try #require(
      driver.effects.compactMap { if case .tryOut(let change) = $0 { change } else { nil } }.first)
    #expect(change.isKept && change.settings.theme == "nosuch")
    driver.send(.message(.settingRefused(change, reason: "there is no theme \"nosuch\"")))
    #expect(driver.model.facts.settings.theme == "default")
    #expect(notice(driver) == "not set: there is no theme \"nosuch\"")
  }

  /// What was set after it stays, also the same setting.
  @Test func onlyTheSettingThatCannotBeFollowedIsTakenBack() throws {
    var driver = command("config theme nosuch")
    let change = try #require(
      driver.effects.compactMap { if case .tryOut(let change) = $0 { change } else { nil } }.first)
    for line in ["config mouse no", "config window 1h"] {
      driver.press(.character(":"))
      driver.type(line)
      driver.press(.enter)
    }
    var other = driver
    other.press(.character(":"))
    other.type("config theme dark")
    other.press(.enter)
    for (driver, theme) in [(driver, "default"), (other, "dark")] {
      var driver = driver
      driver.send(.message(.settingRefused(change, reason: "there is none")))
      #expect(driver.model.facts.settings.theme == theme)
      #expect(!driver.model.facts.settings.mouse && driver.model.facts.window == .hour)
    }
  }

  @Test func theWrongHostIsCalledWrong() throws {
    var driver = Driver.ready()
    driver.model.facts.settings.production = .everywhere
    driver.press(.character("2"), .character("+"), .character("w"), .character("y"))
    driver.type("mx")
    #expect(driver.screen(80, 24).contains("production: type mx1.example and Enter to write"))
    driver.type("2")
    #expect(driver.screen(80, 24).contains("this host is mx1.example: type that and Enter to write"))
    driver.press(.enter)
    #expect(driver.writes.isEmpty)
  }

  /// The number on a tab is that of the rows behind it, or of the edits.
  @Test func theNumbersOnTheTabs() {
    let info = Diagnostic(
      Finding(FileRange(file: "\(directory)/main.cf", range: 0..<0), "a remark"), code: "RM318",
      severity: .info, start: Position(line: 1, column: 1), end: Position(line: 1, column: 2))
    var driver = Driver.ready(diagnostics: { _ in twoProblems + [info] })
    driver.press(.character("2"), .character("+"), .character("+"))
    driver.press(.character("4"))
    #expect(driver.model[ProblemsView.self].count == 3)
    #expect(driver.screen(80, 24).contains("4 Problems 3  5 Changes 2 "))
    let calm = Driver.ready(diagnostics: { _ in [info] })
    #expect(calm.screen(80, 24).contains("4 Problems 1  5 Changes "))
    driver.press(.character("u"), .character("u"))
    #expect(driver.screen(80, 24).contains("5 Changes  6 History"))
  }

  /// On the smallest screen, the keys of the view come before those of all views.
  @Test func theBottomLineHasTheKeysOfTheView() {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character("4"))
    let screen = driver.screen(40, 10)
    #expect(screen.contains(" x explain  Enter go  ? help  q quit"), "\(screen)")
    #expect(!screen.contains(" of 2 "), "\(screen)")
  }

  /// Edits wait for these two: they come before what works at any time.
  @Test func theBottomLineHasWhatEditsWaitFor() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("+"), .character("1"))
    #expect(driver.screen(80, 24).contains("u undo  w write"), "\(driver.screen(80, 24))")
  }

  /// Rows may be of several lines: where not all show, the screen says so.
  @Test func howManyRowsThereAre() {
    var driver = Driver.ready(diagnostics: { _ in twoProblems + twoProblems })
    driver.press(.character("4"))
    #expect(driver.screen(40, 10).contains(" 1 of 4 "))
    #expect(!driver.screen(80, 24).contains(" 1 of 4 "))
  }

  @Test func theEndOfATitleIsCutWithASign() {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character("4"), .character("x"))
    let title = driver.screen(40, 10).split(separator: "\n").first { $0.contains("RM201") } ?? ""
    #expect(title.contains("… ") && title.contains(" more ↓"), "\(title)")
  }
}
