// The pool of a class that has no domain any more may go without a question: RM331 asks for that.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct EmptyClassTests {
  @Test(arguments: ["relay_domains =\n", "", "compatibility_level = 0\n"])
  func itsPoolGoesWithoutAQuestion(list: String) throws {
    let line = "relay_domains = r.example\n"
    let made = try planned(line, "class:relay", "relay:[a]", "relay:[b]").config.main.document.bytes.text
    let remove = Edit.removeRoute(key: "class:relay", table: nil)
    func asked(_ main: String) throws -> [String] {
      let config = configToPlan(main)
      return config.guards(against: try config.applying(remove), states: [:]).map(\.message)
    }
    #expect(try asked(made.replacing(line, with: list)) == [])
    // With a domain it has mail.
    #expect(try asked(made).contains { $0.contains("100.0% of the live share") })
  }
}
