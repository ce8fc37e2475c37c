// The line after `:` with words: the same commands as in a call, completed and checked as one types.

import Editing
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct CommandLineTests {
  init() { #expect(utf8Locale) }

  private func typed(_ text: String) -> Driver {
    var driver = Driver.ready()
    driver.press(.character(":"))
    driver.type(text)
    return driver
  }

  private func line(_ driver: Driver) -> String {
    if case .prompt(let prompt) = driver.model.dialog { prompt.line.text } else { "" }
  }

  @Test(arguments: [
    ("set relay_transport [out-gw1.example] 1", "smtp:[out-gw1.example] x1"),
    ("set relay_transport smtp:[out-gw1.example] 60%", "smtp:[out-gw1.example] x3"),
    ("add relay_transport smtp:[new.example] 2", "smtp:[new.example] x2"),
    ("add relay_transport smtp:[new.example] 50%", "smtp:[new.example] x4"),
    ("drain [out-gw1.example] --pool relay_transport", "smtp:[out-gw1.example] x2 drained"),
    ("drain --pool=relay_transport [out-gw1.example]", "smtp:[out-gw1.example] x2 drained"),
  ])
  func makesTheEditOfTheCommand(text: String, member: String) {
    var driver = typed(text)
    #expect(!driver.model.facts.session.isEdited)
    driver.press(.enter)
    #expect(driver.pool("relay_transport").contains(member), "\(driver.pool("relay_transport"))")
    driver.press(.character("u"))
    #expect(!driver.model.facts.session.isEdited)
  }

  @Test func drainAndRestoreMeanEveryPoolThatHasTheMember() {
    var driver = typed("drain [out-gw1.example]")
    driver.press(.enter)
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw1.example] x2 drained")
    #expect(driver.pool("transport:example.net").last == "smtp:[out-gw1.example] x1 drained")
    driver.press(.character(":"))
    driver.type("restore [out-gw1.example]")
    driver.press(.enter)
    #expect(!driver.pool("relay_transport").contains { $0.hasSuffix("drained") })
    driver.press(.character(":"))
    driver.type("remove relay_transport [out-gw3.example]")
    driver.press(.enter)
    #expect(driver.pool("relay_transport").count == 2)
    driver.press(.character(":"))
    driver.type("set-route relayhost [gw1.example]:587")
    driver.press(.enter)
    #expect(
      driver.model.facts.session.current.main.document.bytes.text.contains("relayhost = [gw1.example]:587"))
    driver.press(.character(":"))
    driver.type("remove-route relayhost")
    driver.press(.enter)
    #expect(!driver.model.facts.session.current.main.document.bytes.text.contains("relayhost"))
  }

  @Test func tabCompletesCommandsPoolsMembersAndOptions() {
    var driver = typed("set rel")
    driver.press(.tab)
    #expect(line(driver) == "set relay_transport ")
    driver.type("smtp:[out-gw3")
    driver.press(.tab)
    #expect(line(driver) == "set relay_transport smtp:[out-gw3.example] ")
    #expect(driver.screen(80, 24).contains("set POOL MEMBER WEIGHT"))
    driver = typed("drain [store2")
    driver.press(.tab)
    #expect(line(driver) == "drain [store2.example]:24 ")
    driver.type("--p")
    driver.press(.tab)
    #expect(line(driver) == "drain [store2.example]:24 --pool ")
    driver.type("v")
    driver.press(.tab)
    #expect(line(driver) == "drain [store2.example]:24 --pool virtual_transport ")
    driver = typed("set-")
    driver.press(.tab)
    #expect(line(driver) == "set-route")
    driver = typed("pool out")
    driver.press(.tab)
    #expect(line(driver) == "pool outbound ")
  }

  /// A word that is still being typed is not wrong yet, and what it may become is not cut off.
  @Test func whatAWordMayBecomeIsShownAsItIsTyped() {
    let half = typed("drain [out-").screen(80, 24)
    #expect(half.contains("[out-gw1.example]:25  [out-gw2.example]:25") && !half.contains("no pool has"))
    #expect(typed("drain ").screen(80, 24).contains(" drain MEMBER [TIME]  smtp:[out-gw1.example]  smtp:["))
    #expect(typed("set relay_transport smtp:[out-gw1").screen(40, 10).contains("smtp:[out-gw1.example]"))
    #expect(
      typed("set relay_transport smtp:[out-gw1.example] ").screen(80, 24).contains("POOL MEMBER WEIGHT"))
    let nobody = typed("drain [nobody.example]").screen(120, 24)
    #expect(
      nobody.contains("no pool has a member \"[nobody.example]\"; members are: smtp:[out-gw1.example], "))
  }

  @Test func whatIsWrongIsSaidAndTakesNothing() {
    for (text, words) in [
      ("set nowhere [x] 2", "no pool \"nowhere\""), ("set relay_transport [x] 2", "has no member"),
      ("set relay_transport [out-gw1.example] much", "need a weight such as 3"),
      ("drain [nobody.example]", "no pool has a member"), ("undo last", "need the number of a write"),
      ("restore [out-gw1.example]", "is not drained"), ("frobnicate x", "no such command"),
    ] {
      var driver = typed(text)
      #expect(driver.screen(120, 24).contains(words), "\(text): \(driver.screen(120, 24))")
      driver.press(.enter)
      #expect(!driver.model.facts.session.isEdited)
    }
    var readOnly = Driver.ready(isReadOnly: true)
    readOnly.press(.character(":"))
    readOnly.type("drain [out-gw1.example]")
    readOnly.press(.enter)
    #expect(!readOnly.model.facts.session.isEdited)
  }

  @Test func poolRouteAndUndoOpenWhatTheyMean() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character(":"))
    driver.type("pool outbound [gw1.example]:587=70 [gw2.example]:587=30")
    #expect(driver.screen(100, 24).contains("Enter shows what changes for all mail to the outside"))
    driver.press(.enter)
    #expect(driver.screen(100, 40).contains("smtp:[gw1.example]:587 70.0%, smtp:[gw2.example]:587 30.0%"))
    driver.press(.character("k"), .character(":"))
    driver.type("route someone@example.com")
    driver.press(.enter)
    #expect(driver.screen(100, 40).contains("100.0%  smtp:[in-gw1.example]"))
    driver.press(.escape, .character("u"), .character(":"))
    driver.type("undo 7")
    driver.press(.enter)
    let numbers = driver.effects.compactMap {
      if case .previewUndo(let number, _) = $0 { number } else { nil }
    }
    #expect(numbers == [7])
  }

  @Test func aForgottenWeightIsSaid() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character(":"))
    driver.type("pool outbound [gw1.example]:587=70 [gw2.example]:587")
    driver.press(.enter)
    #expect(
      driver.screen(160, 40).contains("[gw2.example]:587 has no weight, so it counts as 1 and gets 1.4%"))
  }

  @Test func addToOneDestinationIsTheDialogue() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character(":"))
    driver.type("add relayhost [gw2.example]:587 30%")
    driver.press(.enter)
    #expect(driver.screen(100, 40).contains("smtp:[gw1.example]:587 70.0%, smtp:[gw2.example]:587 30.0%"))
  }

  @Test func copiesWhatIsChosen() {
    var driver = Driver.ready()
    func copied() -> [String] {
      driver.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }
    }
    driver.press(.character("y"), .character("2"), .character("y"), .character("3"), .end, .character("y"))
    #expect(
      copied() == [
        "[out-gw1.example]:25", "smtp:[out-gw1.example]",
        "example.net\trandmap:!smtp:[out-gw1.example]!smtp:[in-gw1.example]",
      ])
    driver.press(.character("5"), .character("y"))
    #expect(driver.model.notice?.text == "copy: nothing is chosen")
    driver.press(.character("2"), .character("+"), .character("5"), .character("y"))
    #expect(copied().last?.hasPrefix("--- a/etc/postfix/main.cf\n") == true)
  }

  /// Who pastes it gets no control characters of main.cf.
  @Test func copiesNoControlCharacters() {
    var driver = Driver.ready(
      MailConfig(directory: "/etc/postfix", main: "relayhost = [gw1.example\u{1B}[2J\u{07}x]\n"))
    for view in ["1", "2", "3", "4"] { driver.press(.character(Character(view)), .character("y")) }
    let copied = driver.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }
    #expect(!copied.isEmpty && copied.contains { $0.contains("gw1.example") }, "\(copied)")
    #expect(copied.allSatisfy { printable($0) == $0 }, "\(copied)")
  }

  @Test func base64AsInItsPaper() {
    // The test vectors of RFC 4648.
    for (text, wanted) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(base64(text.utf8) == wanted)
    }
  }

  @Test func opensTheFileAtTheLine() {
    var driver = Driver.ready()
    func opened() -> [String] {
      driver.effects.compactMap { effect in
        if case .openEditor(let place) = effect { "\(place.path):\(place.line)" } else { nil }
      }
    }
    driver.press(.character("2"), .down, .character("o"), .character("3"), .end, .character("o"))
    #expect(opened() == ["/etc/postfix/main.cf:6", "/etc/postfix/transport:2"])
    // What it left is asked about at once where there are edits.
    driver.press(.character("2"), .character("+"), .character("o"))
    let changed = sampleConfig(moreEntries: "other.example smtp:[x.example]\n")
    driver.send(.message(.filesChanged(changed)))
    #expect(driver.screen(100, 24).contains("Read it again and make the edit on that?"))
    driver.press(.character("y"))
    #expect(driver.model.facts.session.isEdited)
    #expect(driver.model.facts.session.saved.hasSameTexts(as: changed))
  }

  /// The words of `randmap drain` and `randmap ramp`, options and quotes as in a call.
  @Test func drainTakesAnEndAndAReason() throws {
    var driver = typed("drain [out-gw2.example] --for 2h --why \"new disk\"")
    #expect(driver.screen(120, 40).contains("Enter takes it"))
    driver.press(.enter)
    let member = driver.model.facts.session.current.pool("relay_transport")?.members.last { $0.isDrained }
    #expect(member?.drain?.why == "new disk" && member?.drain?.until != nil)
    // No timer and no agent here.
    #expect(driver.model.notice?.text.contains("nothing will restore it by itself") == true)
    // Who writes at once is told by the question.
    driver.press(.character("w"))
    #expect(driver.screen(120, 40).contains("nothing will restore it by itself"), "\(driver.screen(120, 40))")
    driver.press(.escape)
    driver = typed("drain [out-gw2.example] --for soon")
    #expect(driver.screen(120, 40).contains("--for soon: need a span of time such as 30m, 2h or 3d"))
    driver = typed("drain [out-gw2.example] --until 2020-01-01T00:00Z")
    #expect(driver.screen(120, 40).contains("that is past"))
    driver = typed("drain [out-gw2.example] --for 2h --until 18:00")
    #expect(driver.screen(120, 40).contains("--until and --for: need one of the two"))
  }

  @Test func whereATimerRunsNothingIsSaidOfTheEnd() {
    var driver = Driver.ready(isDemo: true)
    driver.press(.character(":"))
    driver.type("drain [out-gw2.example] --for 2h")
    driver.press(.enter)
    #expect(driver.model.notice?.text.contains("by itself") == false)
  }

  @Test func rampMakesPausesAndEndsAPlan() throws {
    var driver = typed("ramp [out-gw2.example] --to 40% --over 4w")
    driver.press(.enter)
    func ramp() -> Ramp? {
      driver.model.facts.session.current.pool("relay_transport")?.members
        .first { $0.result == "smtp:[out-gw2.example]" }?.ramp
    }
    #expect(ramp()?.to == 0.4)
    #expect(driver.model.notice?.text.contains("nothing will move its share by itself") == true)
    driver.press(.character(":"))
    driver.type("ramp [out-gw2.example] --pause --why 'too many deferred'")
    driver.press(.enter)
    #expect(ramp()?.pause?.why == "too many deferred")
    driver.press(.character(":"))
    driver.type("ramp [out-gw2.example] --cancel")
    driver.press(.enter)
    #expect(ramp() == nil)
    driver = typed("ramp [out-gw2.example]")
    #expect(driver.screen(120, 40).contains("need --to and --over, or one of --pause, --resume and --cancel"))
    driver = typed("ramp [out-gw2.example] --cancel")
    #expect(driver.screen(120, 40).contains("has no plan"))
  }

  @Test func aCommandWithoutItsWordsSaysWhichItNeeds() {
    var driver = typed("ramp")
    driver.press(.enter)
    #expect(driver.model.notice?.text.hasPrefix("need ramp MEMBER") == true)
  }
}
