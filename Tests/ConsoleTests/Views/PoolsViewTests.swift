// The screens of the Pools view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Testing

@testable import Console

@Suite struct PoolsViewTests {
  init() { #expect(utf8Locale) }

  @Test func sharesBeforeAndAfter() {
    var driver = Driver.ready()
    driver.press(.character("2"))
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2 Pools  3  4  5
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
         randmap  /etc/postfix         4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes
        ────────────────────────────────────────────────────────────────────────────────
          MEMBER                      WEIGHT     WAS     SHARE               STATE
          relay_transport  in-line, main.cf:4  40.0% at risk
        ▸   smtp:[out-gw1.example]         1   50.0% →   20.0%  ██▎          + up
            smtp:[out-gw2.example]         2   25.0% →   40.0%  ████▍        + up
            smtp:[out-gw3.example]         2   25.0% →   40.0%  ████▍        ! DOWN

          virtual_transport  in-line, main.cf:8  50.0% at risk
            lmtp:[store1.example]:24       1             50.0%  █████▌       + up
            lmtp:[store2.example]:24       1             50.0%  █████▌       x REFUSED

          transport:example.net  in-line, transport:2
            smtp:[out-gw1.example]         1             50.0%  █████▌       + up
            smtp:[in-gw1.example]          1             50.0%  █████▌       + up






         Percent for smtp:[out-gw1.example]: 20
         weight 1 of 5, 20.0%: Enter takes it, Esc leaves it
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2 Pools  3  4  5
         MEMBER                   WAS    SHARE
         relay_transport  40.0% at risk
        ▸ [out-gw1.example]:25  50.0% →  20.0% +
          [out-gw2.example]:25  25.0% →  40.0% +
          [out-gw3.example]:25  25.0% →  40.0% !
         virtual_transport  50.0% at risk
         Percent for smtp:[…: 20
         weight 1 of 5, 20.0%: Enter takes it, …
        """)
  }
}
