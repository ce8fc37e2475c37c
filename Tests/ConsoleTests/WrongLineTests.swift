// The second step of the dialogue where a line is wrong, and what it says of lines that are right.

import Editing
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Console

@Suite struct WrongLineTests {
  init() { #expect(utf8Locale) }

  private func opened(_ config: MailConfig = oneRelay()) -> Driver {
    var driver = Driver.ready(config)
    driver.press(.character("n"), .enter)
    return driver
  }

  private func step(_ driver: Driver) -> GatewaysStep? {
    guard case .sharing(let dialogue) = driver.model.dialog, case .gateways(let step, _) = dialogue.step
    else { return nil }
    return step
  }

  @Test(arguments: [(120, 40), (80, 24), (40, 10)])
  func aWrongLineIsMarkedAndTheCursorGoesThere(columns: Int, rows: Int) {
    var driver = opened()
    driver.press(.paste("[gw2.example=1, [gw3.example]:587=2"))
    #expect(step(driver)?.at == 3)
    func marked() -> [Substring] {
      driver.screen(columns, rows).split(separator: "\n").filter { $0.dropFirst().hasPrefix("!") }
    }
    // On the smallest screen the line is above what shows.
    #expect(rows < 24 || marked().count == 1, "\(driver.screen(columns, rows))")
    driver.press(.enter)
    #expect(step(driver)?.at == 1 && step(driver)?.field == .gateway)
    #expect(marked().count == 1 && marked()[0].contains("[gw2.example"), "\(driver.screen(columns, rows))")
  }

  @Test func aWrongWeightIsWhereTheCursorGoes() {
    var driver = opened()
    driver.press(.paste("[gw2.example]=130%, [gw3.example]:587=20%"), .enter)
    #expect(step(driver)?.at == 1 && step(driver)?.field == .weight)
  }

  /// What only the plan finds out: the second of two that are the same, a lane that is no address of this host.
  @Test func whatThePlanRefusesIsMarkedToo() {
    var driver = opened()
    driver.press(.paste("[gw2.example]:587=1, [gw2.example]:587=2, [gw3.example]:587=2"), .enter)
    #expect(step(driver)?.wrong == [2] && step(driver)?.at == 2, "\(driver.screen(100, 24))")
    driver = opened()
    driver.press(.up, .control("u"), .paste("lane:192.0.2.77=1, [gw3.example]:587=2"), .enter)
    #expect(step(driver)?.refused?.index == 0, "\(driver.screen(100, 24))")
  }

  @Test func anAddressOfThisHostNamesTheLane() {
    var driver = opened(sampleConfig(main: "mydestination = mx1.example\n"))
    driver.press(.paste("127.0.0.1=4, 127.0.0.2=3"))
    let words = "127.0.0.1 is this host, and no gateway; to send from this address: lane:127.0.0.1"
    #expect(driver.screen(120, 24).contains(words), "\(driver.screen(120, 24))")
    #expect(step(driver)?.wrong == [0, 1])
    // Another program on this host is a gateway.
    driver = opened(sampleConfig(main: "mydestination = mx1.example\n"))
    driver.press(.paste("[127.0.0.1]:10025=4, [127.0.0.2]:10025=3"))
    #expect(!driver.screen(120, 24).contains("lane:"), "\(driver.screen(120, 24))")
  }

  @Test func ctrlUTakesALineOutAndIsShownWhereItDoes() {
    var driver = opened()
    let words = "Ctrl-U remove the line"
    #expect(!driver.screen(80, 24).contains(words))
    driver.type("[gw2.example]:587=30")
    #expect(!driver.screen(80, 24).contains(words))
    driver.press(.up)
    #expect(driver.screen(80, 24).contains(words))
    driver.press(.control("u"))
    #expect(step(driver)?.rows.map(\.gateway.text) == ["[gw2.example]:587", ""])
    driver.press(.tab, .control("u"))
    #expect(step(driver)?.rows.first?.weight.isEmpty == true && step(driver)?.rows.count == 2)
    driver.press(.control("u"))
    #expect(step(driver)?.rows.map(\.gateway.text) == [""])
  }

  @Test func theHintFitsHowManyThereAre() {
    #expect(opened().screen(100, 24).contains("add a gateway, such as [gw2.example]:587"))
    let pool = sampleConfig(
      main: "relayhost =\nsender_dependent_relayhost_maps = randmap:{[gw1.example],[gw2.example]}\n")
    let screen = opened(pool).screen(100, 24)
    #expect(screen.contains("change a weight, remove a line, or add a gateway on the last line"), "\(screen)")
    #expect(!screen.contains("such as [gw2.example]"))
  }

  // MARK: - What depends on other files

  /// A password that is written in another window: the warning goes while the preview is open.
  @Test func aRepairedTableIsSeen() throws {
    let place = try TemporaryDirectory()
    try writeFile(
      "\(place.path)/main.cf",
      """
      mydestination = mx1.example
      relayhost = [gw1.example]:587
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = texthash:\(place.path)/sasl

      """)
    try writeFile("\(place.path)/master.cf", "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    try writeFile("\(place.path)/sasl", "[gw1.example]:587 u:p\n")
    let read = try MailConfig(
      directory: place.path, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)))
    let files = FileWatch(read)
    var driver = Driver.ready(files.readNamedFiles(of: read))
    #expect(files.look() == nil)
    driver.press(.character("n"), .enter)
    driver.type("[gw2.example]:587=30%")
    #expect(driver.screen(120, 40).contains("sasl"), "\(driver.screen(120, 40))")
    driver.press(.enter)
    #expect(driver.screen(120, 40).contains("has no entry in"), "\(driver.screen(120, 40))")
    // The console looks again though no key is pressed.
    let wake = try #require(driver.model.wakeTime)
    #expect(wake - driver.start <= .seconds(5))
    try writeFile("\(place.path)/sasl", "[gw1.example]:587 u:p\n[gw2.example]:587 u:p2\n")
    guard case .loginsChanged? = files.look() else {
      Issue.record("the table has changed")
      return
    }
    #expect(files.look() == nil)
    driver.send(.message(.loginsChanged))
    #expect(!driver.screen(120, 40).contains("has no entry in"), "\(driver.screen(120, 40))")
    #expect(driver.screen(120, 40).contains(" w write  "))
    // Back in the lines the plan is a new one too.
    driver.press(.escape)
    #expect(driver.screen(120, 40).contains("Enter shows what changes"), "\(driver.screen(120, 40))")
    // And so is the question before a write.
    driver.press(.enter, .character("k"))
    driver.model.writeCheck.know(
      CheckAnswer(
        revision: driver.model.facts.session.revision, states: driver.model.facts.states,
        guards: [.hardLinks(path: "x")]))
    driver.send(.message(.loginsChanged))
    driver.press(.character("w"))
    #expect(!driver.screen(120, 40).contains("hard links"))
  }
}
