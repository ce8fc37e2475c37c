// One gateway asked about one recipient: by its key, by a line, and what is seen of the answer.

import Gateways
import Liveness
import PostfixFiles
import Testing

@testable import Console
@testable import Routing

@Suite struct AddressTrialTests {
  init() { #expect(utf8Locale) }

  private func trials(_ driver: Driver) -> [AddressTrial] {
    driver.effects.compactMap { if case .tryAddress(let trial) = $0 { trial } else { nil } }
  }

  private func reading(_ answer: RecipientAnswer, _ address: String = "192.0.2.1") -> Reading {
    Reading(address: address, port: 25, finding: .answers, recipient: answer)
  }

  @Test func aKeyAsksForTheAddressAndNothingIsSentBefore() throws {
    var driver = Driver.ready()
    driver.press(.character("@"))
    #expect(driver.screen(80, 24).contains("such as user@example.com; no message is sent"))
    driver.press(.enter)
    driver.press(.character("@"))
    driver.type("u@")
    driver.press(.enter)
    #expect(trials(driver).isEmpty)
    driver.type("example.com")
    #expect(
      driver.screen(80, 24).contains("Enter sends MAIL FROM:<>, RCPT TO, RSET and QUIT, and no message"))
    driver.press(.enter)
    let trial = try #require(trials(driver).first)
    #expect(trial.recipient == "u@example.com" && !trial.targets.isEmpty)
    var answered = trial
    answered.readings = [
      trial.targets[0].approach: [
        reading(.taken(Reply(code: 250, text: "Ok"))),
        reading(.refused(Reply(code: 550, text: "who"), .recipient), "192.0.2.2"),
      ]
    ]
    driver.send(.message(.tried(answered)))
    #expect(
      driver.model.notice?.text
        == "\(trial.gateway), u@example.com: 192.0.2.1 takes it: 250 Ok; "
        + "192.0.2.2 refuses it after RCPT TO: 550 who")
    driver.press(.character("i"))
    #expect(driver.screen(80, 24).contains("recipient     u@example.com"))
  }

  @Test func aLineNamesTheGateway() {
    var driver = Driver.ready(isReadOnly: true)
    driver.press(.character("4"), .character(":"))
    driver.type("try-address [in-gw1.example]:25 u@example.com")
    driver.press(.enter)
    #expect(trials(driver).map(\.gateway) == [.host("in-gw1.example", port: 25)])
    driver.press(.character(":"))
    driver.type("try-address nosuch u@example.com")
    #expect(driver.screen(120, 40).contains("no gateway has this name"))
  }

  /// The address may be another one by then.
  @Test func onlyTheNewestAnswerCounts() throws {
    var driver = Driver.ready()
    for name in ["one", "two"] {
      driver.press(.character("@"))
      driver.type("\(name)@example.com")
      driver.press(.enter)
    }
    var first = try #require(trials(driver).first)
    first.readings = [:]
    driver.send(.message(.tried(first)))
    #expect(driver.model.notice?.text.hasSuffix("about two@example.com") == true)
  }

  @Test(arguments: ["", "u", "u@", "@x", "a b@x", "u@x>", "ü@example.com", "u@x\r\nDATA"])
  func whatIsNoAddressIsNotSent(text: String) { #expect(AddressTrial.problem(with: text) != nil) }

  /// What the configuration says of the gateway.
  @Test(arguments: [("[in-gw1.example]", true), ("[other.example]", false)])
  func aLoginOfTheConfigurationIsNotSent(key: String, wantsLogin: Bool) {
    let tables = "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = inline:{\(key)=user:Hunter2}\n"
    var driver = Driver.ready(sampleConfig(main: sampleMain + tables))
    driver.press(.character(":"))
    driver.type("try-address [in-gw1.example]:25 u@example.com")
    driver.press(.enter)
    #expect(trials(driver).map(\.wantsLogin) == [wantsLogin])
  }

  /// No probe of it has come back yet.
  @Test func whatWasSaidShowsBeforeTheFirstProbe() throws {
    var driver = Driver()
    driver.send(.message(.filesRead(sampleConfig())))
    driver.press(.character("@"))
    driver.type("u@example.com")
    driver.press(.enter)
    var trial = try #require(trials(driver).first)
    var transcript = Transcript()
    transcript.add(.gateway, "250 2.1.5 Ok".utf8)
    trial.readings = [
      trial.targets[0].approach: [
        Reading(
          address: "192.0.2.1", port: 25, finding: .answers, transcript: transcript,
          recipient: .taken(Reply(code: 250, text: "2.1.5 Ok")))
      ]
    ]
    driver.send(.message(.tried(trial)))
    driver.press(.character("i"))
    let screen = driver.screen(80, 24)
    #expect(screen.contains("not probed yet") && screen.contains("250 2.1.5 Ok\n"), "\(screen)")
  }

  /// Gateways that are gone leave nothing.
  @Test func aGatewayThatGoesIsForgotten() {
    var driver = Driver.ready()
    #expect(!driver.model.facts.latencies.isEmpty)
    driver.send(.message(.gateways([])))
    #expect(driver.model.facts.latencies.isEmpty && driver.model.facts.statuses.isEmpty)
  }

  @Test func aLoginThatIsNotSentIsSaid() {
    let gateway = Gateway.host("gw", port: 25)
    let trial = AddressTrial(gateway: gateway, recipient: "u@x", targets: [], wantsLogin: true)
    #expect(trial.omission == "without the login that a transport sends, and without a message")
  }
}
