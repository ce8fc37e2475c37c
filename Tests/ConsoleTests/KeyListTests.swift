// The help as a palette: it runs what is chosen, and changes nothing where nothing is.

import Testing

@testable import Console

@Suite struct KeyListTests {
  init() { #expect(utf8Locale) }

  private func help(_ view: Character = "2") -> Driver {
    var driver = Driver.ready(diagnostics: { _ in twoProblems })
    driver.press(.character(view), .character("?"))
    return driver
  }

  @Test func enterRunsWhatIsChosen() {
    var driver = help()
    driver.type("once more")
    #expect(driver.screen(80, 24).contains(" Enter runs it "))
    driver.press(.enter)
    #expect(driver.model.dialog == nil)
    #expect(driver.pool("relay_transport").first == "smtp:[out-gw1.example] x3")
  }

  @Test func arrowsChoose() {
    var driver = help()
    // The second one is `-`.
    driver.press(.down, .down, .enter)
    #expect(driver.pool("relay_transport").first == "smtp:[out-gw1.example] x1")
  }

  @Test func withoutAChoiceEnterOnlyLeaves() {
    var driver = help()
    driver.press(.enter)
    #expect(driver.model.dialog == nil && !driver.model.facts.session.isEdited)
    driver.press(.character("?"))
    driver.type("reboot")
    driver.press(.enter)
    #expect(driver.model.dialog == nil && !driver.model.facts.session.isEdited)
  }

  @Test func whatWorksElsewhereSaysWhere() {
    var driver = help()
    driver.type("safe fix")
    driver.press(.enter)
    #expect(driver.model.notice?.text == "fix: not in Pools; it works in Problems")
  }

  @Test func whatIsOffSaysWhy() {
    var driver = help()
    driver.type("undone edit")
    driver.press(.enter)
    #expect(driver.model.notice?.text == "redo: no edit was undone")
  }

  /// At each size, what Enter would run is on the screen.
  @Test(arguments: [Size(40, 10), Size(80, 24), Size(200, 60)])
  func theChosenOneShows(size: Size) {
    var driver = help()
    for binding in driver.model.bindings(in: KeyList()) {
      driver.press(.down)
      driver.model.settle(on: size)
      let words = binding.description.split(separator: " ").prefix(2).joined(separator: " ")
      let lit = driver.model.view(size).styled.split(separator: "\n").filter { $0.contains("selection:") }
      #expect(lit.contains { $0.contains(words) }, "\(words): \(driver.screen(size.columns, size.rows))")
    }
  }
}
