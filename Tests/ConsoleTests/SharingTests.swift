// The dialogue that shares mail, without a terminal: its steps, what is typed, and what it comes to.

import Editing
import Gateways
import PostfixFiles
import Routing
import System
import Testing

@testable import Console

/// One relay, two domains of its own, and a table with an entry.
func oneRelay(_ more: String = "", entries: String = "example.com smtp:[in-gw1.example]\n") -> MailConfig {
  var config = MailConfig(
    directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)),
    main: """
      mydestination = mx1.example
      relay_domains = relay.example
      relayhost = [gw1.example]:587
      transport_maps = texthash:\(directory)/transport
      \(more)
      """, master: "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n")
  config.files["\(directory)/transport"] = .read(
    Document(path: "\(directory)/transport", bytes: Bytes(entries.utf8)))
  return config
}

@Suite struct SharingTests {
  init() { #expect(utf8Locale) }

  private func ready(_ config: MailConfig = oneRelay()) -> Driver {
    var driver = Driver.ready(config)
    driver.effects = []
    return driver
  }

  /// What the dialogue is about to make.
  private func shares(_ driver: Driver) -> [String] {
    guard case .sharing(let dialogue) = driver.model.dialog, case .gateways(let step, _) = dialogue.step
    else {
      return []
    }
    return step.rows.indices.compactMap { index in
      step.shares[index].map { "\(step.rows[index].gateway.text) \(percent($0))" }
    }
  }

  private func typed(_ driver: Driver) -> [String] {
    guard case .sharing(let dialogue) = driver.model.dialog, case .gateways(let step, _) = dialogue.step
    else {
      return []
    }
    return step.rows.map { "\($0.gateway.text) \($0.weight.text)" }
  }

  private func mail(_ driver: Driver) -> [String] {
    guard case .sharing(let dialogue) = driver.model.dialog, case .mail(let step) = dialogue.step else {
      return []
    }
    return step.rows.map(\.words)
  }

  @Test func fromOneRelayToAWrittenPoolInAFewKeys() throws {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587=30%")
    #expect(shares(driver) == ["[gw1.example]:587 70.0%", "[gw2.example]:587 30.0%"])
    driver.press(.enter)
    #expect(driver.screen(80, 24).contains("smtp:[gw1.example]:587 → smtp:[gw1.example]:587 70.0%,"))
    // Nothing is an edit yet.
    #expect(!driver.model.facts.session.isEdited)
    driver.press(.character("w"))
    #expect(driver.screen(80, 24).contains("Write main.cf in /etc/postfix?"))
    // The preview has checked it: once is enough.
    #expect(driver.checks.isEmpty)
    driver.press(.character("y"))
    #expect(driver.writes.count == 1)
  }

  @Test func everyStepGoesBackAndNothingIsTypedTwice() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587 30%")
    driver.press(.enter, .left)
    #expect(typed(driver) == ["[gw1.example]:587 ", "[gw2.example]:587 30%", " "])
    driver.press(.enter, .escape, .escape)
    #expect(mail(driver).first == "all mail to the outside")
    driver.press(.enter)
    #expect(typed(driver) == ["[gw1.example]:587 ", "[gw2.example]:587 30%", " "])
    // Other mail has other gateways.
    driver.press(.escape, .down, .down, .enter)
    #expect(typed(driver) == ["smtp:[in-gw1.example] ", " "])
    driver.press(.escape, .escape)
    #expect(driver.model.dialog == nil)
    #expect(!driver.model.facts.session.isEdited)
  }

  @Test func keptAsAnEditTheCursorIsOnTheNewGateway() {
    var driver = ready()
    driver.press(.character("3"), .character("n"), .enter)
    driver.type("[gw2.example]:587")
    driver.press(.enter, .character("k"))
    #expect(driver.shows(PoolsView.self))
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "[gw2.example]:587")
    #expect(driver.model.facts.session.isEdited)
    #expect(driver.writes.isEmpty)
    driver.press(.character("u"))
    #expect(!driver.model.facts.session.isEdited)
  }

  /// A gateway is no mail, in whatever way it is written.
  @Test(arguments: ["lane:127.0.0.9=60%", "[gw2.example]:587", "smtp:[gw2.example]", "gw2.example=70"])
  func aGatewayInThePlaceOfTheMailIsRefused(text: String) {
    var driver = ready()
    driver.press(.character("n"))
    driver.type(text)
    #expect(mail(driver).isEmpty)
    driver.press(.enter)
    #expect(
      driver.screen(120, 24).contains(
        "\"\(text)\" is a gateway: choose the mail that it is for, then Enter, and type it there"),
      "\(driver.screen(120, 24))")
  }

  /// A lane where only next hops go says where lanes go.
  @Test func aLaneForRelayhostIsRefused() {
    var driver = ready()
    driver.press(.character("3"), .character("a"))
    driver.type("lane:127.0.0.9=60%")
    driver.press(.enter)
    #expect(
      driver.screen(240, 24).contains(
        "need next hops, such as [gw1.example]:587; a lane or a transport is for all mail to the outside"),
      "\(driver.screen(240, 24))")
    // In a table a lane is no destination yet.
    driver.press(.escape, .escape, .end, .up, .character("a"))
    driver.type("new.example lane:127.0.0.9")
    #expect(driver.screen(240, 24).contains("need one of master.cf, such as smtp:[gw1.example]"))
  }

  @Test func whichMailIsWhatTheConfigurationTellsApartAndWhatIsTyped() {
    var driver = ready()
    driver.press(.character("n"))
    #expect(
      mail(driver) == ["all mail to the outside", "mail for the relay domains", "mail for example.com"])
    driver.type("customer-a.example")
    #expect(mail(driver) == ["mail for customer-a.example", "mail from customer-a.example"])
    driver.press(.down, .enter)
    driver.type("[gw3.example] [gw4.example]")
    driver.press(.enter)
    #expect(driver.screen(100, 30).contains("mail from customer-a.example"))
    driver.press(.escape, .escape, .control("u"))
    driver.type("mx1.example")
    driver.press(.enter)
    // Local mail is delivered here, whatever is typed.
    #expect(driver.screen(100, 30).contains("mx1.example is local (mydestination)"))
    driver.press(.enter)
    driver.type("[gw3.example]")
    driver.press(.enter)
    guard case .sharing(let dialogue) = driver.model.dialog, case .gateways = dialogue.step else {
      Issue.record("a refused wish has no preview")
      return
    }
  }

  /// Where relayhost is not set, it decides nothing.
  @Test func whatDecidesWithoutARelayhostIsSaid() {
    var driver = ready(sampleConfig(main: "mydestination = mx1.example\n"))
    driver.press(.character("n"))
    #expect(driver.screen(120, 24).contains("the recipient's MX"), "\(driver.screen(120, 24))")
    #expect(!driver.screen(120, 24).contains("relayhost"))
    driver = ready()
    driver.press(.character("n"))
    #expect(
      driver.screen(120, 24).contains("  relayhost") && !driver.screen(120, 24).contains("recipient's MX"))
  }

  @Test func weightsAreTypedAsOneLikesAndListsArePasted() {
    var driver = ready()
    driver.press(.character("n"), .enter, .up)
    // The weight of the first line, then the next line.
    driver.press(.tab)
    driver.type("70")
    driver.press(.down)
    driver.type("[gw2.example]:587=30")
    #expect(shares(driver) == ["[gw1.example]:587 70.0%", "[gw2.example]:587 30.0%"])
    driver.press(.tab, .paste("[gw3.example]:587 50\n[gw4.example]:587=50, [gw5.example]:587"))
    #expect(
      typed(driver) == [
        "[gw1.example]:587 70", "[gw2.example]:587 30", "[gw3.example]:587 50", "[gw4.example]:587 50",
        "[gw5.example]:587 ", " ",
      ])
    #expect(shares(driver).last == "[gw5.example]:587 0.5%")
    // A line that is emptied is gone.
    driver.press(.up, .control("u"), .up)
    #expect(typed(driver).count == 5)
  }

  /// The gateway of now is in the list already: it takes its weight.
  @Test func aPastedListMayNameTheGatewayOfNow() {
    var driver = ready()
    driver.press(.character("n"), .enter, .paste("[gw1.example]:587 70\n[gw2.example]:587 30\n"))
    #expect(typed(driver) == ["[gw1.example]:587 70", "[gw2.example]:587 30", " "])
    #expect(shares(driver) == ["[gw1.example]:587 70.0%", "[gw2.example]:587 30.0%"])
  }

  @Test func upAndDownStayInTheColumn() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587 30 [gw3.example]:587 20")
    driver.press(.up)
    driver.type("5")
    driver.press(.up)
    driver.type("7")
    #expect(typed(driver) == ["[gw1.example]:587 7", "[gw2.example]:587 305", "[gw3.example]:587 20", " "])
  }

  /// Without its transport too.
  @Test func aPastedListNeedNotNameTheTransportOfNow() {
    var driver = ready()
    driver.press(.character("n"), .enter, .up, .control("u"))
    driver.type("smtp:[gw1.example]:587")
    driver.press(.paste("[gw1.example]:587 70\n[gw2.example]:587 30\n"))
    #expect(typed(driver) == ["smtp:[gw1.example]:587 70", "[gw2.example]:587 30", " "])
  }

  @Test func whatIsWrongIsSaidAndTakesNothing() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    for (text, words) in [
      ("[gw2.example", "missing"), ("[gw1.example]:587", "named twice"), ("[gw2.example]=0", "weight of 0"),
      ("[gw2.example]=130%", "up to 100%"), ("lane:192.0.2.77", "not an address of this host"),
    ] {
      driver.type(text)
      #expect(driver.screen(100, 30).contains(words), "\(text): \(driver.screen(100, 30))")
      driver.press(.enter)
      #expect(!typed(driver).isEmpty, "\(text)")
      driver.press(.control("u"))
      if text.contains("=") { driver.press(.backspace, .control("u")) }
    }
    driver.press(.control("c"))
    #expect(driver.model.dialog == nil)
    #expect(!driver.model.facts.session.isEdited)
  }

  /// Half a name may be the name of another host: what is typed is probed after a pause, each gateway once.
  @Test func newGatewaysAreProbedAsOneTypes() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    func watched() -> [[String]] {
      driver.effects.compactMap { effect in
        guard case .watch(let targets) = effect else { return nil }
        return targets.map(\.gateway.description).sorted()
      }
    }
    driver.type("[gw2.example]:58")
    driver.type("7")
    #expect(watched().isEmpty)
    let wake = driver.model.wakeTime
    #expect(wake.map { $0 <= driver.start + .seconds(1) } == true)
    driver.send(.wake, after: .seconds(1))
    #expect(watched() == [["[gw1.example]:587", "[gw2.example]:587", "[in-gw1.example]:25"]])
    guard let gateway = driver.model.typed.probed.first?.gateway else { return }
    driver.probe(gateway, .connectionRefused)
    #expect(driver.screen(100, 30).contains("! DOWN  connection refused"))
    driver.press(.enter)
    #expect(driver.screen(100, 30).contains("! [gw2.example]:587 is down: connection refused"))
    driver.press(.character("w"))
    // The question says it too.
    #expect(driver.screen(100, 30).contains("[gw2.example]:587 is down: connection refused"))
    driver.press(.escape, .character("u"))
    driver.effects = []
    driver.press(.character("n"), .enter)
    driver.type("[gw9.example]")
    driver.send(.wake, after: .seconds(3))
    driver.press(.escape, .escape)
    #expect(watched().last == ["[gw1.example]:587", "[in-gw1.example]:25"], "what was typed is let go")
  }

  /// A thread works; keys go on, the newest question counts, and Enter waits for its answer.
  @Test func noKeyWaitsForAPlan() throws {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.threadsAreFast = false
    driver.effects = []
    func works() -> [ViewWork] {
      driver.effects.compactMap { if case .workOut(let work) = $0 { work } else { nil } }
    }
    func answer(_ work: ViewWork) { driver.send(.message(.workedOut(work()))) }
    driver.type("[gw2.example]:587=30%")
    #expect(works().count == 1, "one thread, however many keys there are")
    driver.press(.enter)
    #expect(driver.screen(100, 30).contains("working it out; Esc stops it"))
    answer(try #require(works().last))
    #expect(works().count == 2)
    answer(try #require(works().last))
    #expect(driver.screen(100, 30).contains("Where mail goes"))
    #expect(driver.screen(100, 30).contains("checking for new errors"))
    // Written before the check is done: the question comes after it.
    driver.press(.character("w"))
    #expect(driver.model.work == .check)
    #expect(driver.checks.count == 1)
    // An answer to a dialogue that is closed changes nothing.
    for work in works().suffix(1) { answer(work) }
    #expect(driver.model.dialog == nil)
  }

  @Test func aOnOneGatewayKnowsItsMail() {
    var driver = ready()
    driver.press(.character("1"), .character("a"))
    #expect(typed(driver) == ["[gw1.example]:587 ", " "])
    driver.press(.escape)
    #expect(mail(driver).count == 3, "the step before is there too")
    driver.press(.escape, .character("2"), .character("a"))
    #expect(typed(driver) == ["[gw1.example]:587 ", " "])
  }

  /// `70 %` is one weight: as it is typed, pasted, and after the colon.
  @Test func aPercentageMayHaveABlank() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587 30 %")
    #expect(typed(driver) == ["[gw1.example]:587 ", "[gw2.example]:587 30%", " "])
    #expect(shares(driver) == ["[gw1.example]:587 70.0%", "[gw2.example]:587 30.0%"])
    driver.press(.escape, .escape, .character("n"), .down, .down, .enter)
    driver.press(.paste("[gw3.example] 60 %\n[gw4.example]=40 %\n"))
    #expect(typed(driver).suffix(3) == ["[gw3.example] 60%", "[gw4.example] 40%", " "])
    driver.press(.escape, .escape, .character(":"))
    driver.type("pool outbound [gw1.example]:587=70 % [gw2.example]:587=30 %")
    driver.press(.enter)
    #expect(driver.screen(100, 30).contains("70.0%  [gw1.example]:587"))
    // A sign alone is still a word.
    driver.press(.escape, .escape, .escape, .character("n"), .enter, .character("%"))
    #expect(typed(driver) == ["[gw1.example]:587 ", "% ", " "])
  }

  @Test func aPoolIsChangedAsAWholeAndMadeOneGatewayAgain() {
    var driver = ready()
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587=30%")
    driver.press(.enter, .character("k"), .character("n"), .enter)
    #expect(typed(driver) == ["[gw1.example]:587 7", "[gw2.example]:587 3", " "])
    driver.press(.up, .control("u"), .enter)
    #expect(driver.screen(100, 30).contains("100.0%  [gw1.example]:587"))
    driver.press(.character("k"))
    // That is how it was: nothing is left to write.
    #expect(driver.model.facts.session.current.main.document.bytes == oneRelay().main.document.bytes)
    #expect(!driver.model.facts.session.isEdited)
  }

  @Test func readOnlyOffersNothingToType() {
    var driver = Driver.ready(oneRelay(), isReadOnly: true)
    driver.press(.character("n"))
    #expect(driver.model.dialog == nil)
    #expect(driver.model.notice?.text == "share: read-only: started with --read-only")
  }
}
