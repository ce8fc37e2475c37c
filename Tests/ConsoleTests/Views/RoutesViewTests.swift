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
         x remove  e edit  a add  u undo  w write  / filter  ? help  q quit
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
}
