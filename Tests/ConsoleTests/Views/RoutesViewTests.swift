// The screens of the Routes view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Testing

@testable import Console

@Suite struct RoutesViewTests {
  init() { #expect(utf8Locale) }

  @Test func atTwoSizes() {
    var driver = Driver.ready()
    driver.press(.character("3"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix         4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes
        ────────────────────────────────────────────────────────────────────────────────
            PARAMETER OR KEY            RESULT                        WHERE
        ▸!  relay_transport             pool of 3  randmap: !smtp:[…  main.cf:2
         x  virtual_transport           pool of 2  randmap:!lmtp:[s…  main.cf:8
            transport_maps              texthash:/etc/postfix/trans…  main.cf:9
         +  example.com                 smtp:[in-gw1.example]         transport:1
         +  example.net                 pool of 2  randmap:!smtp:[o…  transport:2













        ────────────────────────────────────────────────────────────────────────────────
         x remove  e edit  a add  n share  u undo  w write  / filter  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3 Routes  4  5
            PARAMETER OR K…  RESULT
        ▸!  relay_transport  pool of 3  randm…
         x  virtual_transp…  pool of 2  randm…
            transport_maps   texthash:/etc/po…
         +  example.com      smtp:[in-gw1.exa…
         +  example.net      pool of 2  randm…
        ────────────────────────────── 1 of 5 ──
         x remove  a add  ? help  q quit
        """)
  }

  @Test func theCursorIsOnWhatWasAdded() {
    var driver = Driver.ready()
    driver.press(.character("3"), .character("/"))
    driver.type("example.net")
    driver.press(.enter, .character("a"))
    driver.type("new.example smtp:[in-gw9.example]")
    driver.press(.enter)
    // The filter would hide it.
    #expect(driver.model[RoutesView.self].filter == nil)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "new.example")
    driver.press(.character("a"))
    driver.type("relayhost [gw1.example]")
    driver.press(.enter)
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "relayhost")
    driver.press(.character("u"), .character("u"))
    #expect(!driver.model.facts.session.isEdited)
  }

  /// A key press waits for no search among very many routes: a thread does it, and what is shown stays until then.
  @Test func manyRoutesAreFilteredOnAThread() throws {
    let entries = (1...10_001).map { "d\($0).example smtp:[in-gw1.example]" }.joined(separator: "\n")
    var driver = Driver.ready(sampleConfig(moreEntries: entries + "\n"))
    driver.threadsAreFast = false
    driver.press(.character("3"), .character("/"))
    driver.type("d777")
    let all = driver.model[RoutesView.self].count
    #expect(all > 10_001)
    func searches() -> [ViewWork] {
      driver.effects.compactMap { if case .workOut(let work) = $0 { work } else { nil } }
    }
    func answer(_ work: ViewWork) { driver.send(.message(.workedOut(work()))) }
    // One thread, however many keys there are.
    #expect(searches().count == 1)
    answer(try #require(searches().last))
    #expect(driver.model[RoutesView.self].count == all, "the answer for \"d\" is not that for \"d777\"")
    answer(try #require(searches().last))
    #expect(searches().count == 2)
    #expect(driver.model[RoutesView.self].count == 11)
    driver.press(.enter)
    #expect(driver.screen(80, 24).contains("d7770.example"))
    driver.press(.escape)
    #expect(driver.model[RoutesView.self].count == all)
  }
}
