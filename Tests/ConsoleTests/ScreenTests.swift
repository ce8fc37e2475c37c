// Whole screens as text, at the three sizes that must be clear.

import Testing

@testable import Console

@Suite struct ScreenTests {
  init() { #expect(utf8Locale) }

  @Test func dump() {
    var driver = Driver.ready()
    print(driver.screen(40, 10))
    driver.press(.character("2"), .character("+"))
    print(driver.screen(80, 24))
    driver.press(.character("="))
    driver.type("33")
    print(driver.screen(80, 24))
    driver.press(.enter)
    driver.press(.character("5"))
    print(driver.screen(80, 24))
    driver.press(.character("w"))
    print(driver.screen(80, 24))
    print(driver.screen(40, 10))
    driver.press(.escape, .character("?"))
    print(driver.screen(80, 24))
    print(driver.screen(40, 10))
    print(Driver.ready(symbols: .ascii).screen(80, 24))
    print(Driver().screen(80, 24))
  }
}
