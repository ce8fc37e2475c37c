// The screens of the Gateways view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Testing

@testable import Console

@Suite struct GatewaysViewTests {
  init() { #expect(utf8Locale) }

  @Test func atThreeSizes() {
    let driver = Driver.ready()
    #expect(
      driver.screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                    4 up  1 REFUSED  1 DOWN    on average 25.0% of each pool at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
          GATEWAY               STATE                  MS  LAST 30 MIN                     SHARE OF EACH POOL
        ▸ [out-gw1.example]:25  + up                   12  ··························▃▃▃▃  ████████                  33.3%
          [out-gw2.example]:25  + up                   12  ··························▃▃▃▃  ██                         8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -  ··························!!!!  ██                         8.3%
                                connection refused
          [store1.example]:24   + up                   12  ··························▃▃▃▃  ████                      16.7%
          [store2.example]:24   x REFUSED 3 min        12  ··························xxxx  ████                      16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12  ··························▃▃▃▃  ████                      16.7%


















        ── [out-gw1.example]:25 ────────────────────────────────────────────────────────────────────────────────────────────────
          pools         50.0% of relay_transport   50.0% of transport:example.net
          share         33.3% in the list: the mean of these and 1 other pool, as how much mail comes to each is not known
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING



        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         +/- weight  = percent  d drain  r restore  p probe  n share  u undo  Enter pools  / filter  i detail  ? help  q quit
        """)
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
          GATEWAY               STATE                  MS  30 MIN    SHARE OF POOL
        ▸ [out-gw1.example]:25  + up                   12  ·······▃  ███▍        33.3%
          [out-gw2.example]:25  + up                   12  ·······▃  ▉            8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -  ·······!  ▉            8.3%
                                connection refused
          [store1.example]:24   + up                   12  ·······▃  █▋          16.7%
          [store2.example]:24   x REFUSED 3 min        12  ·······x  █▋          16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12  ·······▃  █▋          16.7%


        ── [out-gw1.example]:25 ────────────────────────────────────────────────────────
          pools         50.0% of relay_transport   50.0% of transport:example.net
          share         33.3% in the list: the mean of these and 1 other pool, as how …
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING



        ────────────────────────────────────────────────────────────────────────────────
         d drain  p probe  n share  Enter pools  / filter  i detail  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1 Gateways  2  3  4  5  6
         GATEWAY              STATE       SHARE
        ▸[out-gw1.example]:25 + up        33.3%
         [out-gw2.example]:25 + up         8.3%
         [out-gw3.example]:25 ! DOWN       8.3%
         [store1.example]:24  + up        16.7%
         [store2.example]:24  x REFUSED   16.7%
        ────────────────────────────── 1 of 6 ──
         d drain  p probe  ? help  q quit
        """)
  }

  @Test func withoutUTF8() {
    #expect(
      Driver.ready(symbols: .ascii).screen(80, 24)
        == """
         randmap  /etc/postfix                   4 up  1 REFUSED  1 DOWN  25.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        --------------------------------------------------------------------------------
          GATEWAY               STATE                  MS  30 MIN    SHARE OF POOL
        > [out-gw1.example]:25  + up                   12         :  ###         33.3%
          [out-gw2.example]:25  + up                   12         :  #            8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -         !  #            8.3%
                                connection refused
          [store1.example]:24   + up                   12         :  ##          16.7%
          [store2.example]:24   x REFUSED 3 min        12         x  ##          16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12         :  ##          16.7%


        -- [out-gw1.example]:25 --------------------------------------------------------
          pools         50.0% of relay_transport   50.0% of transport:example.net
          share         33.3% in the list: the mean of these and 1 other pool, as how ~
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING



        --------------------------------------------------------------------------------
         d drain  p probe  n share  Enter pools  / filter  i detail  ? help  q quit
        """)
  }
}
