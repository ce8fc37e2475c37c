// What is true of the screen whichever view is in front. The screens of each view are in Views/.

import Checks
import Testing

@testable import Console

@Suite struct ScreenTests {
  init() { #expect(utf8Locale) }

  @Test func tooSmall() {
    #expect(Driver.ready().screen(30, 8).hasPrefix("randmap needs 40x10, this is\n30x8"))
    #expect(Driver.ready().screen(1, 1).count == 1)
    #expect(Driver.ready().screen(0, 0).isEmpty)
  }

  @Test func emptyViewsSayWhatToDo() {
    let nothing = sampleConfig(main: "")
    var driver = Driver.ready(nothing)
    #expect(driver.screen(80, 24).contains("No gateway is named in /etc/postfix"))
    driver.press(.character("2"))
    #expect(driver.screen(80, 24).contains("No pool yet. n makes one"))
    driver.press(.character("3"))
    #expect(driver.screen(80, 24).contains("Nothing decides a destination here yet"))
    driver.press(.character("4"))
    #expect(driver.screen(80, 24).contains("No problem found"))
    driver.press(.character("5"))
    #expect(driver.screen(80, 24).contains("Nothing to write"))
    driver.press(.character("6"))
    #expect(driver.screen(80, 24).contains("Nothing was written yet"))
    // Each offers the first thing that a person wants, and none does where there is a pool.
    for key in "123456" {
      driver.press(.character(key))
      #expect(
        driver.screen(80, 24).matches(of: #/\bn\s+(makes|shares)/#).count >= 1, "\(driver.screen(80, 24))")
      for (columns, rows) in [(40, 10), (120, 40)] {
        #expect(driver.screen(columns, rows).contains("n "), "\(driver.screen(columns, rows))")
      }
    }
    var sharing = Driver.ready()
    sharing.press(.character("6"))
    #expect(!sharing.screen(80, 24).contains("No pool yet"))
  }

  @Test func statesHaveTheirRoles() {
    let driver = Driver.ready()
    let screen = driver.model.view(Size(80, 24)).styled
    #expect(screen.contains("‹down:! DOWN 3 min›"))
    #expect(screen.contains("‹refused:x REFUSED 3 min›"))
    #expect(screen.contains("‹up/selection:+ up›"))
    #expect(screen.contains("‹live:  /etc/postfix›"))
    #expect(Driver.ready(isDemo: true).model.view(Size(80, 24)).styled.contains("‹demo:  /etc/postfix"))
  }

  /// Every size shows something and nothing outside of it, whatever is on the screen.
  @Test func everySizeIsDrawn() {
    var driver = Driver.ready()
    for key in "123456" {
      driver.press(.character(key))
      for opener: Key? in [nil, .character("?"), .character("/"), .character("q")] {
        if let opener { driver.press(opener) }
        for columns in [1, 39, 40, 64, 130] {
          for rows in [1, 9, 10, 16, 45] {
            let lines = driver.screen(columns, rows).split(separator: "\n", omittingEmptySubsequences: false)
            let size = "\(key) \(opener.map { "\($0)" } ?? "") \(columns)x\(rows)"
            #expect(lines.count == rows, "\(size)")
            #expect(lines.allSatisfy { $0.count <= columns }, "\(size)")
            #expect(lines.contains { !$0.allSatisfy(\.isWhitespace) }, "\(size)")
            if columns >= 40, rows >= 10 { #expect(lines[0].contains("randmap"), "\(size)") }
          }
        }
        driver.press(.escape)
        driver.effects = []
      }
    }
  }
}
