// The screens of the Problems view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Testing

@testable import Console

@Suite struct ProblemsViewTests {
  init() { #expect(utf8Locale) }

  @Test func atTwoSizes() {
    var driver = Driver.ready { _ in twoProblems }
    driver.press(.character("4"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems 2  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
        ▸ ! error   transport:2 RM201  the text before the first colon is taken for the
                                       name of a transport; need
                                       smtp:[in-gw1.example]:25
          ~ warning main.cf:8   RM801  both members have one address















        ────────────────────────────────────────────────────────────────────────────────
         n share  u undo  w write  x explain  Enter go  / filter  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3  4 Problems 2  5  6
        ▸ ! error    transport:2          RM201
          the text before the first colon is
          taken for the name of a transport;
          need smtp:[in-gw1.example]:25
          ~ warning  main.cf:8            RM801
          both members have one address
        ────────────────────────────────────────
         x explain  Enter go  ? help  q quit
        """)
  }
}
