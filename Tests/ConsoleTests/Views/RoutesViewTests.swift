// The screens of the Routes view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import PostfixFiles
import Routing
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
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
            PARAMETER OR KEY            RESULT                        WHERE
        ▸!  relay_transport             pool of 3  randmap: !smtp:[…  main.cf:2
         x  virtual_transport           pool of 2  randmap:!lmtp:[s…  main.cf:8
            transport_maps              texthash:/etc/postfix/trans…  main.cf:9
         +  example.com                 smtp:[in-gw1.example]         transport:1
         +  example.net                 pool of 2  randmap:!smtp:[o…  transport:2













        ────────────────────────────────────────────────────────────────────────────────
         x remove  e edit  a add  n share  u undo  @ route  / filter  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3 Routes  4  5  6
            PARAMETER OR K…  RESULT
        ▸!  relay_transport  pool of 3  randm…
         x  virtual_transp…  pool of 2  randm…
            transport_maps   texthash:/etc/po…
         +  example.com      smtp:[in-gw1.exa…
         +  example.net      pool of 2  randm…
        ────────────────────────────────────────
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
    driver.press(.home)
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "transport_maps" })
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

  @Test func addOffersWhatExistsAndMakesTheTableWhereThereIsNone() {
    var driver = Driver.ready()
    driver.press(.character("3"), .down, .down, .character("a"))
    #expect(driver.screen(100, 24).contains("New entry of transport:"))
    driver.press(.down)
    #expect(driver.screen(100, 24).contains("New table by sender:"))
    driver.type("@customer.example smtp:[gw7.example]")
    driver.press(.enter)
    let config = driver.model.facts.session.current
    #expect(
      config.main.document.bytes.text.contains(
        "sender_dependent_default_transport_maps = hash:$config_directory/sender_transport"))
    #expect(
      config.document("\(directory)/sender_transport")?.bytes.text
        == "# randmap: table\n@customer.example\tsmtp:[gw7.example]\n")
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "@customer.example")
    // Now it is there. On the entry itself another gateway would share its mail.
    driver.press(.character("a"))
    #expect(driver.screen(100, 24).contains("mail from customer.example"))
    driver.press(.escape, .escape, .home)
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "transport_maps" })
    driver.press(.character("a"), .down)
    #expect(driver.screen(100, 24).contains("New entry of sender_transport:"))
    driver.press(.up, .up)
    #expect(driver.screen(100, 24).contains("New lmtp_fallback_relay:"))
    driver.press(.escape, .character("u"))
    #expect(driver.model.facts.session.current.document("\(directory)/sender_transport") == nil)
  }

  /// Of one relay it makes a pool, as in Gateways and Pools; in a table it adds an entry.
  @Test func addOnAParameterAsksForAnotherGateway() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character("3"))
    #expect(driver.model[RoutesView.self].chosenRoute?.name == "relayhost")
    driver.press(.character("a"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  mx1.example  /etc/postfix                     2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

         the mail of relayhost

          GATEWAY                          WEIGHT     SHARE  STATE
          [gw1.example]:587                          100.0%  + up  12 ms
        ▸











         this is how it is today: add a gateway, such as [gw2.example]:587
        ────────────────────────────────────────────────────────────────────────────────
         Enter preview  Tab weight  Up/Down line  Esc back
        """)
    driver.type("[gw2.example]:587 30%")
    driver.press(.enter, .character("k"))
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "[gw2.example]:587")
    // It is a pool now, and gets a member.
    driver.press(.character("3"), .home)
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "sender_dependent_relayhost_maps" })
    driver.press(.character("a"))
    #expect(driver.screen(120, 24).contains("New member of sender_dependent_relayhost_maps:"))
    #expect(driver.screen(120, 24).contains("such as [gw3.example] or [gw3.example]:2525=3"))
    driver.press(.escape)
    // A list of tables.
    driver.press(.home)
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "transport_maps" })
    driver.press(.character("a"))
    #expect(driver.screen(80, 24).contains("New entry of transport:"))
  }

  /// The entry of one gateway becomes a pool for its mail, as a parameter does.
  @Test func addOnAnEntryAsksForAnotherGateway() throws {
    let config = oneRelay(
      "sender_dependent_relayhost_maps = texthash:\(directory)/senders\n",
      entries: "example.com smtp:[in-gw1.example]\nlocal.example local:\n")
    var with = config
    with.files["\(directory)/senders"] = .read(
      Document(path: "\(directory)/senders", bytes: Bytes("@cust.example [gw9.example]:587\n".utf8)))
    for (key, words, gateway) in [
      ("example.com", "mail for example.com", "smtp:[in-gw1.example]"),
      ("@cust.example", "mail from cust.example", "[gw9.example]:587"),
    ] {
      var driver = Driver.ready(with)
      driver.press(.character("3"))
      driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == key })
      driver.press(.character("a"))
      let screen = driver.screen(100, 30)
      #expect(
        screen.contains(" Share mail ") && screen.contains(words) && screen.contains(gateway), "\(screen)")
      // Its gateway alone leads there too.
      driver.press(.escape, .escape, .character("1"))
      driver.press(
        .down,
        until: { $0[GatewaysView.self].chosenUse.map { gateway.contains("[\($0.gateway.name)]") } == true })
      driver.press(.character("a"))
      let again = driver.screen(100, 30)
      #expect(again.contains(" Share mail ") && again.contains(words), "\(again)")
    }
    var driver = Driver.ready(with)
    driver.press(.character("3"))
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "example.com" })
    driver.press(.character("a"))
    driver.type("smtp:[in-gw2.example] 30%")
    driver.press(.enter, .character("k"))
    let shares = try #require(
      driver.model.facts.session.pools.first { $0.members.contains { $0.result.contains("in-gw2") } })
    #expect(shares.totalWeight == 10)
    // What goes to no gateway is no mail to share.
    driver = Driver.ready(with)
    driver.press(.character("3"))
    driver.press(.down, until: { $0[RoutesView.self].chosenRoute?.name == "local.example" })
    driver.press(.character("a"))
    #expect(driver.screen(80, 24).contains("New entry of transport:"))
  }

  /// A value in braces may begin with anything: the row says the mail that the pool is for.
  @Test func aPoolInBracesSaysItsMail() {
    var driver = Driver.ready(
      sampleConfig(
        main:
          "transport_maps = pipemap:{ inline:{ c.example=x, d.example=x }, randmap:{smtp:[a.example], smtp:[b.example]} }\n"
      ))
    driver.press(.character("3"))
    #expect(driver.screen(120, 24).contains("pool of 2 for c.example, d.example  pipemap:{ inline"))
  }

  /// A word that is no route is not left without a word.
  @Test func oneWordIsRefused() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character("3"), .end, .up, .character("a"))
    driver.type("lane:127.0.0.9=60%")
    driver.press(.enter)
    #expect(
      driver.screen(120, 24).contains(
        "\"lane:127.0.0.9=60%\" is one word. Need the domain and a result, such as example.com smtp:[gw1.example]."
      ), "\(driver.screen(100, 24))")
    #expect(driver.screen(100, 24).contains("To share mail between gateways: Esc, then n"))
    driver.press(.control("u"), .enter)
    #expect(driver.model.dialog == nil)
    #expect(!driver.model.facts.session.isEdited)
  }

  /// The two parameters begin alike, and differ far behind.
  @Test func namesThatBeginAlikeShowWhereTheyDiffer() {
    var driver = Driver.ready(
      oneRelay(
        "sender_dependent_relayhost_maps = inline:{{@a.example=[b]}}\n"
          + "sender_dependent_default_transport_maps = inline:{{@a.example=smtp:[b]}}"))
    driver.press(.character("3"))
    let screen = driver.screen(40, 12)
    #expect(screen.contains("…ent_relayhost…") && screen.contains("…ent_default_t…"), "\(screen)")
  }
}
