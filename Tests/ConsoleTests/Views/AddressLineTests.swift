// An address typed at `@`: where its mail goes as one types, who sends it, and what is no address.

import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct AddressLineTests {
  init() { #expect(utf8Locale) }

  @Test func anAddressShowsItsDestinationsAndWhyAsOneTypes() {
    var driver = Driver.ready()
    driver.press(.character("3"), .character("@"))
    #expect(driver.screen(80, 24).contains("Where does the mail for an address go?"))
    driver.type("user@example.net")
    let screen = driver.screen(100, 30)
    #expect(screen.contains("50.0%  smtp:[out-gw1.example]  + up"))
    #expect(screen.contains("transport_maps"))
    #expect(screen.contains("transport:2"))
    driver.press(.escape)
    #expect(driver.model.dialog == nil)
    // The edits count too.
    driver.press(.character("2"), .end, .character("+"), .character("3"), .character("@"))
    driver.type("user@example.net")
    #expect(driver.screen(100, 30).contains("66.7%"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix  edited           4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes 1  6 History
        ────────────────────────────────────────────────────────────────────────────────
         user@example.net  from the null sender
           66.7%  smtp:[in-gw1.example]  + up
           33.3%  smtp:[out-gw1.example]  + up

         Decided by
           transport_maps     transport:2  example.net gives randmap:!smtp:[out-gw1.ex…
         Looked at too
           default_transport  default  smtp
           randmap            default  the agent takes a member of the pool










         Mail for: user@example.net
         A sender: x@y.example from a@b.example   Up and Down scroll, Esc leaves
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3 Routes  4  5 1  6
         user@example.net  from the null sender
           66.7%  smtp:[in-gw1.example]  + up
           33.3%  smtp:[out-gw1.example]  + up

         Decided by
           transport_maps     transpo 3 more ↓
         Mail for: user@example.net
         Up and Down scroll, Esc leaves
        """)
  }

  /// Who sends it is said in one of a few ways; other words are refused where they are typed, and never answered in silence.
  @Test(arguments: [
    "x@y.example from a@cust.example", "x@y.example --from a@cust.example",
    "x@y.example --from=a@cust.example",
    "--from a@cust.example x@y.example", "x@y.example a@cust.example", "<x@y.example> from <a@cust.example>",
  ])
  func aSenderIsTakenHoweverItIsSaid(text: String) {
    let line = AddressLine(number: 1, text)
    #expect(line.problem == nil)
    #expect(line.question == AddressQuestion(recipient: "x@y.example", sender: "a@cust.example"))
  }

  @Test(arguments: [
    ("from:a@cust.example", "no address: need the recipient, then"),
    ("x@y.example from:a@cust.example", "no address: need the recipient, then"),
    ("to:x@y.example", "need \"x@y.example\""), ("x@y.example --sender a@b.example", "need --from"),
    ("x@y.example an", "need \"x@y.example from SENDER\""),
    ("x@y.example from a@b.example z@y.example", "one word too many"),
    ("x@y.example from a@b.example from c@d.example", "named twice"),
    ("--from a@b.example", "need the recipient too"),
  ])
  func otherWordsAreRefused(text: String, words: String) {
    var driver = Driver.ready()
    driver.press(.character("3"), .character("@"))
    driver.type(text)
    let screen = driver.screen(120, 24)
    #expect(screen.contains(words), "\(screen)")
    #expect(!screen.contains("Decided by"))
    // It stays, to be put right.
    driver.press(.enter)
    #expect(driver.model.dialog != nil)
  }

  /// What is still being typed is no mistake.
  @Test func noWordIsRefusedBeforeItIsWhole() {
    for text in ["", "x", "x@y.example ", "x@y.example f", "x@y.example from", "x@y.example from a"] {
      #expect(AddressLine(number: 1, text).problem == nil, "\(text)")
    }
    #expect(
      AddressLine(number: 1, "x@y.example from").question
        == AddressQuestion(recipient: "x@y.example", sender: ""))
  }

  @Test func anAddressAfterTheColonIsSaidToBeOne() {
    var driver = Driver.ready()
    driver.press(.character(":"))
    driver.type("x@y.example")
    #expect(
      driver.screen(120, 24).contains(
        "that is an address. @ in 3 Routes shows where its mail goes, or type :route x@y.example"))
    driver.press(.enter)
    #expect(driver.model.notice?.text.contains("type :route x@y.example") == true)
    driver.press(.character(":"))
    driver.type("route from:a@b.example")
    #expect(driver.screen(120, 24).contains("need the recipient, then"))
    driver.press(.control("u"))
    driver.type("route user@example.net --from a@b.example")
    driver.press(.enter)
    #expect(driver.screen(120, 24).contains("from a@b.example"))
  }

  /// The newest address counts, and no key waits for a table.
  @Test func oneThreadLooksUpWhatIsTypedLast() throws {
    var driver = Driver.ready()
    driver.threadsAreFast = false
    driver.press(.character("3"), .character("@"))
    driver.type("user@example.net")
    func works() -> [ViewWork] {
      driver.effects.compactMap { if case .workOut(let work) = $0 { work } else { nil } }
    }
    func answer(_ work: ViewWork) { driver.send(.message(.workedOut(work()))) }
    #expect(works().count == 1)
    answer(try #require(works().last))
    #expect(works().count == 2)
    answer(try #require(works().last))
    #expect(works().count == 2)
    #expect(driver.screen(100, 30).contains("50.0%  smtp:[out-gw1.example]"))
  }
}
