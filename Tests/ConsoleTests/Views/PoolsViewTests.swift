// The screens of the Pools view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import PostfixFiles
import System
import Testing

@testable import Console

@Suite struct PoolsViewTests {
  init() { #expect(utf8Locale) }

  /// Lanes are no members without a gateway: what decides their next hop is said.
  @Test(arguments: [
    ("sender_dependent_relayhost_maps = randmap:{[gw1.example], [gw2.example]}", "to relays"),
    ("relayhost = [gw1.example]", "to relays"), ("", "to each MX"),
  ]) func whereTheMailOfLanesGoes(relays: String, words: String) {
    let config = MailConfig(
      directory: directory, environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 7)),
      main: "sender_dependent_default_transport_maps = randmap:{lane1:, lane2:}\n\(relays)\n",
      master: "smtp unix - - n - - smtp\nlane1 unix - - n - - smtp\nlane2 unix - - n - - smtp\n")
    var driver = Driver.ready(config)
    driver.press(.character("2"))
    for width in [120, 80] {
      let lines = driver.screen(width, 24).split(separator: "\n").filter { $0.contains("lane1:") }
      #expect(lines.count == 1 && lines[0].hasSuffix(words), "\(driver.screen(width, 24))")
    }
  }

  @Test func sharesBeforeAndAfter() {
    var driver = Driver.ready()
    driver.press(.character("2"))
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2 Pools  3  4  5  6
         MEMBER                      WT  SHARE
         relay_transport  25.0% at risk
        ▸ [out-gw1.example]:25        2  50.0% +
          [out-gw2.example]:25        1  25.0% +
          [out-gw3.example]:25        1  25.0% !
         virtual_transport  50.0% at risk
        ───────────────────────────── 2 of 10 ──
         +/- weight  = percent  ? help  q quit
        """)
    driver.press(.character("="))
    driver.type("20")
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
          MEMBER                      WEIGHT     WAS     SHARE               STATE
          relay_transport  mail for the relay domains  40.0% at risk
        ▸   smtp:[out-gw1.example]         1   50.0% →   20.0%  ██▎          + up
            smtp:[out-gw2.example]         2   25.0% →   40.0%  ████▍        + up
            smtp:[out-gw3.example]         2   25.0% →   40.0%  ████▍        ! DOWN

          virtual_transport  mail for the virtual mailbox domains  50.0% at risk
            lmtp:[store1.example]:24       1             50.0%  █████▌       + up
            lmtp:[store2.example]:24       1             50.0%  █████▌       x REFUSED

          transport:example.net  mail for example.net  in-line, transport:2
            smtp:[out-gw1.example]         1             50.0%  █████▌       + up
            smtp:[in-gw1.example]          1             50.0%  █████▌       + up






         Percent for smtp:[out-gw1.example]: 20
         weight 1 of 5, 20.0%: Enter takes it, Esc leaves it
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2 Pools  3  4  5  6
         MEMBER                   WAS    SHARE
         relay_transport  40.0% at risk
        ▸ [out-gw1.example]:25  50.0% →  20.0% +
          [out-gw2.example]:25  25.0% →  40.0% +
          [out-gw3.example]:25  25.0% →  40.0% !
         virtual_transport  50.0% at risk
         smtp:[out-gw1.exam…: 20
         weight 1 of 5, 20.0%: Enter takes it, …
        """)
  }

  @Test func theCursorIsOnWhatWasAdded() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("a"))
    driver.type("smtp:[out-gw4.example]")
    driver.press(.enter)
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "smtp:[out-gw4.example]")
    driver.press(.character("+"))
    #expect(driver.pool("relay_transport").last == "smtp:[out-gw4.example] x2")
    driver.press(.character("e"), .backspace)
    driver.type("]:26")
    driver.press(.enter)
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "smtp:[out-gw4.example]:26")
  }

  @Test func aWeightIsTypedAsANumber() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("#"))
    driver.type("0")
    #expect(driver.screen(80, 24).contains("need a whole number from 1 to 1000; d drains the member"))
    driver.press(.backspace)
    driver.type("6")
    #expect(driver.screen(80, 24).contains("weight 6 of 8, 75.0%: Enter takes it, Esc leaves it"))
    #expect(driver.screen(80, 24).contains("50.0% →   75.0%"))
    driver.press(.enter)
    #expect(driver.pool("relay_transport")[0] == "smtp:[out-gw1.example] x6")
    #expect(driver.model.notice?.text == "set smtp:[out-gw1.example] of relay_transport to weight 6")
  }

  /// What is typed changes the rows while it is typed: the cursor comes back to where it was.
  @Test func escapeLeavesTheCursorWhereItWas() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("e"), .backspace)
    driver.type("]:2525")
    driver.press(.escape)
    #expect(driver.model[PoolsView.self].chosenRow?.member?.result == "smtp:[out-gw1.example]")
  }
}
