// What the keys of Problems do, with what the rules really find.

import PostfixFiles
import Testing

@testable import Checks
@testable import Console

@Suite struct ProblemKeyTests {
  init() { #expect(utf8Locale) }

  /// `main.cf` with one finding of a rule that has a safe fix.
  private func driver(_ rule: Rule) -> Driver {
    var driver = Driver.ready(
      rule.bad.config, diagnostics: { Linter(LintOptions(select: [rule.code])).lint($0).diagnostics })
    driver.press(.character("4"))
    return driver
  }

  /// The first rule whose bad example is fixed safely.
  private func fixable() throws -> Rule {
    try #require(
      Rule.all.first { rule in
        Linter(LintOptions(select: [rule.code])).lint(rule.bad.config).diagnostics.first?.fix != nil
      })
  }

  @Test func fMakesTheFixShowsItAndUndoTakesItBack() throws {
    let rule = try fixable()
    var driver = driver(rule)
    let before = driver.model.facts.session.current
    #expect(driver.model[ProblemsView.self].rows.contains { $0.code == rule.code })
    driver.press(.character("f"))
    #expect(driver.shows(ChangesView.self))
    #expect(driver.screen(120, 40).contains("fix \(rule.code) in"))
    #expect(driver.model.facts.session.isEdited)
    let found = Linter(LintOptions(select: [rule.code])).lint(driver.model.facts.session.current).diagnostics
    #expect(found.count < Linter(LintOptions(select: [rule.code])).lint(before).diagnostics.count)
    driver.press(.character("u"))
    #expect(driver.model.facts.session.current.hasSameTexts(as: before))
  }

  @Test func iSaysThatItIsMeantForThatLineAlone() throws {
    let rule = try fixable()
    var driver = driver(rule)
    let count = driver.model[ProblemsView.self].rows.count
    driver.press(.character("i"))
    #expect(driver.screen(120, 40).contains("# randmap: disable=\(rule.code)"))
    driver.press(.character("4"))
    #expect(driver.model[ProblemsView.self].rows.count < count)
  }

  @Test func iBelowTheFirstCommentsCountsForItsLineAlone() {
    let text = "# a comment\nrelay_transport = randmap:!smtp:[a.example]\n"
    var driver = Driver.ready(sampleConfig(main: text)) { config in
      [
        Diagnostic(
          Finding(
            FileRange(file: config.main.document.path, range: 30..<40), "something"), code: "RM801",
          severity: .warning, start: Position(line: 2, column: 1), end: Position(line: 2, column: 2))
      ]
    }
    driver.press(.character("4"), .character("i"))
    #expect(
      driver.model.facts.session.current.main.document.bytes.text
        == "# a comment\n\n# randmap: disable=RM801\nrelay_transport = randmap:!smtp:[a.example]\n")
  }

  @Test(arguments: [Size(120, 40), Size(80, 24), Size(40, 10)])
  func xExplainsTheRule(size: Size) throws {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character("4"), .character("x"))
    let rule = try #require(Rule.named("RM201"))
    let screen = driver.screen(size.columns, size.rows)
    #expect(screen.contains("RM201: "))
    #expect(screen.contains("Severity: \(rule.severity.rawValue)"))
    driver.press(.escape)
    #expect(driver.screen(size.columns, size.rows).contains("RM201"))
  }

  /// The bottom line offers no key that nothing in the list can be answered with.
  @Test func aFixIsOfferedWhereThereIsOne() throws {
    for (columns, rows) in [(120, 40), (80, 24), (40, 10)] {
      var none = Driver.ready(diagnostics: { _ in twoProblems })
      none.press(.character("4"))
      let last = none.screen(columns, rows).split(separator: "\n").last ?? ""
      #expect(!last.contains("f fix") && last.contains("x explain"), "\(last)")
      var empty = Driver.ready()
      empty.press(.character("4"))
      let nothing = empty.screen(columns, rows).split(separator: "\n").last ?? ""
      #expect(!nothing.contains("explain") && !nothing.contains("f fix") && nothing.contains("q quit"))
    }
    #expect(driver(try fixable()).screen(120, 40).contains(" f fix "))
  }

  @Test func theKeysSayWhyTheyAreOff() {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character("4"), .character("f"))
    #expect(
      driver.model.notice?.text == "fix: no automatic fix: x explains the rule, o opens the file")
    var reader = Driver.ready(isReadOnly: true, diagnostics: { _ in twoProblems })
    reader.press(.character("4"), .character("i"))
    #expect(reader.model.notice?.text.contains("read-only") == true)
  }
}
