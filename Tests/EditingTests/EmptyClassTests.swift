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

  /// Old configurations have the names of this host in relay_domains where nothing is set: their mail goes nowhere else.
  @Test(arguments: ["", "compatibility_level = 1\n"]) func theDefaultOfOldConfigurationsIsNoMail(
    level: String
  ) {
    let words = refused("\(level)mydestination = a.example\n", "class:relay", "relay:[a]", "relay:[b]")
    #expect(
      words
        == "class:relay: relay_domains is not set. Here that means $mydestination, whose mail is delivered on this host. Write `relay_domains = relayed.example` into main.cf, or say to:relayed.example"
    )
    #expect(
      refused(
        "mydestination = a.example\nrelay_domains = $mydestination, b.example\n", "class:relay", "relay:[a]",
        "relay:[b]"
      ).contains(
        "a.example is in mydestination, which comes first, and would match the key a.example: take one out, of mydestination or of relay_domains"
      ))
    // The other class has another default.
    let mailboxes = refused(
      "virtual_mailbox_maps = inline:{u@v.example=u}\n", "class:virtual", "lmtp:[a]", "lmtp:[b]")
    #expect(
      mailboxes.contains("virtual_mailbox_domains") && !mailboxes.contains("mydestination"), "\(mailboxes)")
  }
}
