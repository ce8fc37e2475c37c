// The time of a drain as a person types it in the prompt: alone, or after an option.

import Editing
import Routing
import Testing

@testable import Console

@Suite struct DrainTimeTests {
  init() { #expect(utf8Locale) }

  /// A time needs no option: a span is one from now on, a time of the day the end.
  @Test(
    arguments: [
      ("18:00", nil), ("2h", nil), ("tomorrow 8:00", nil), ("--until 18:00", nil),
      ("18:00 --why new disk", "new disk"),
      ("2h --why \"new disk\"", "new disk"), ("tomorrow 8:00 --why x", "x"),
      ("2099-12-31T18:00 --why x", "x"),
    ] as [(String, String?)])
  func drainTakesATimeAlone(text: String, why: String?) throws {
    var wish = try #require(DrainWish(typed: text))
    #expect(wish.why == why && wish.problem == nil)
    #expect((wish.span != nil) == text.hasPrefix("2h"))
    #expect((wish.until != nil) == !text.hasPrefix("2h"))
    let takesAnother = wish.take(end: "3h")
    #expect(!takesAnother)
    // Today's six in the evening may be past.
    if text.contains("18:00"), !text.contains("-12-") { return }
    var driver = Driver.ready()
    driver.press(.character("2"), .character("d"))
    driver.type(text)
    driver.press(.enter)
    let drained = driver.model.facts.session.current.pool("relay_transport")?.members.last { $0.isDrained }
    #expect(drained?.drain?.until != nil && drained?.drain?.why == why, "\(text)")
  }

  @Test(arguments: ["soon", "2h 18:00", "18:00 new disk", "--for 2h 18:00", "25:00"])
  func noTimeIsNoDrain(text: String) { #expect(DrainWish(typed: text) == nil) }
}
