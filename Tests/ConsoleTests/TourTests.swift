// The tour of the demonstration.

import Testing

@testable import Console

@Suite struct TourTests {
  init() { #expect(utf8Locale) }

  @Test func itSaysWhatComesNext() {
    var driver = Driver.ready(isDemo: true)
    #expect(driver.screen(120, 24).contains(" tour: each row is a gateway"))
    driver.press(.character("2"))
    #expect(driver.screen(120, 24).contains(" tour: + and - change a share, d drains  (. ends the tour) "))
    driver.press(.character("+"), .down)
    #expect(driver.screen(120, 24).contains(" tour: nothing is written yet: w shows the diff"))
    driver.send(.message(.written(.written(driver.model.facts.session.current.written, note: ""))))
    driver.press(.up)
    #expect(driver.screen(120, 24).contains(" tour: it is written: W takes it back"))
  }

  @Test func aKeyEndsItForGood() {
    var driver = Driver.ready(isDemo: true)
    driver.press(.character("."))
    let kept = driver.effects.compactMap { effect in
      if case .tryOut(let change) = effect { change.isKept ? [change.name, change.value] : nil } else { nil }
    }
    #expect(kept == [["tour", "no"]])
    driver.press(.character("2"))
    #expect(!driver.screen(120, 24).contains("tour"))
  }

  /// A sentence is there whole, or not at all; where there is room it is there.
  @Test(arguments: [Size(40, 10), Size(60, 12), Size(80, 24), Size(300, 60)])
  func itIsNeverCut(size: Size) {
    for view in "123456" {
      var driver = Driver.ready(isDemo: true)
      driver.press(.character(view))
      let screen = driver.screen(size.columns, size.rows)
      guard let words = driver.model.tourWords, screen.contains("tour:") else {
        #expect(size.columns < 300, "\(view)")
        continue
      }
      #expect(screen.contains(" tour: \(words) "), "\(screen)")
    }
  }

  @Test func onlyTheDemonstrationHasIt() {
    var driver = Driver.ready()
    #expect(!driver.screen(120, 24).contains("tour"))
    driver.press(.character("."))
    #expect(driver.model.notice?.text == "tour: only the demonstration (--demo) has a tour")
  }
}
