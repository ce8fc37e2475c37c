// Whole screens as text, at the three sizes that must be clear: 120x40, 80x24 and 40x10.

import Checks
import Testing

@testable import Console

@Suite struct ScreenTests {
  init() { #expect(utf8Locale) }

  @Test func gateways() {
    let driver = Driver.ready()
    #expect(
      driver.screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                                    4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
          GATEWAY               STATE                  MS  LAST 30 MIN                     SHARE OF MAIL
        ▸ [out-gw1.example]:25  + up                   12  ··························▃▃▃▃  ████████                  33.3%
          [out-gw2.example]:25  + up                   12  ··························▃▃▃▃  ██                         8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -  ··························!!!!  ██                         8.3%
                                connection refused
          [store1.example]:24   + up                   12  ··························▃▃▃▃  ████                      16.7%
          [store2.example]:24   x REFUSED 3 min        12  ··························xxxx  ████                      16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12  ··························▃▃▃▃  ████                      16.7%


















        ── [out-gw1.example]:25 ────────────────────────────────────────────────────────────────────────────────────────────────
          pools         relay_transport 50.0%   transport:example.net 50.0%
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING




        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         +/- weight  = percent  d drain  r restore  p probe  u undo  w write  Enter pools  / filter  i detail  ? help  q quit
        """)
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix         4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes
        ────────────────────────────────────────────────────────────────────────────────
          GATEWAY               STATE                  MS  30 MIN    SHARE OF MAIL
        ▸ [out-gw1.example]:25  + up                   12  ·······▃  ███▍        33.3%
          [out-gw2.example]:25  + up                   12  ·······▃  ▉            8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -  ·······!  ▉            8.3%
                                connection refused
          [store1.example]:24   + up                   12  ·······▃  █▋          16.7%
          [store2.example]:24   x REFUSED 3 min        12  ·······x  █▋          16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12  ·······▃  █▋          16.7%


        ── [out-gw1.example]:25 ────────────────────────────────────────────────────────
          pools         relay_transport 50.0%   transport:example.net 50.0%
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING




        ────────────────────────────────────────────────────────────────────────────────
         +/- weight  d drain  p probe  Enter pools  / filter  i detail  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1 Gateways  2  3  4  5
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
         randmap  /etc/postfix         4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes
        --------------------------------------------------------------------------------
          GATEWAY               STATE                  MS  30 MIN    SHARE OF MAIL
        > [out-gw1.example]:25  + up                   12         :  ###         33.3%
          [out-gw2.example]:25  + up                   12         :  #            8.3%
          [out-gw3.example]:25  ! DOWN 3 min            -         !  #            8.3%
                                connection refused
          [store1.example]:24   + up                   12         :  ##          16.7%
          [store2.example]:24   x REFUSED 3 min        12         x  ##          16.7%
                                refuses us: 554 not you
          [in-gw1.example]:25   + up                   12         :  ##          16.7%


        -- [out-gw1.example]:25 --------------------------------------------------------
          pools         relay_transport 50.0%   transport:example.net 50.0%
          address       192.0.2.1  + up  12 ms
            offers      PIPELINING




        --------------------------------------------------------------------------------
         +/- weight  d drain  p probe  Enter pools  / filter  i detail  ? help  q quit
        """)
  }

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

  @Test func theDiffAndTheQuestionBeforeAWrite() {
    var driver = Driver.ready()
    driver.press(.character("2"), .character("="))
    driver.type("20")
    driver.press(.enter, .character("w"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix  edited           4 up  1 REFUSED  1 DOWN  30.0% at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes 3
        ────────────────────────────────────────────────────────────────────────────────
         · set smtp:[out-gw1.example] of relay_transport to 20.0%

         --- a/etc/postfix/main.cf
         +++ b/etc/postfix/main.cf
         @@ -2,8 +2,9 @@
          relay_transport =
              randmap:
                  !smtp:[out-gw1.example]
         -        !smtp:[out-gw1.example]
                  !smtp:[out-gw2.example]
         +        !smtp:[out-gw2.example]
         +        !smtp:[out-gw3.example]
                  !smtp:[out-gw3.example]
          virtual_transport = randmap:!lmtp:[store1.example]:24!lmtp:[store2.example]:…
          transport_maps = texthash:/etc/postfix/transport


        ────────────────────────────────────────────────────────────────────────────────
         Write main.cf in /etc/postfix?
         postfix reload brings it into force: main.cf is read at the start only
         y write   r write and reload   Esc no   Up/Down the changes
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  30.0% at risk
         1  2  3  4  5 Changes 3
              randmap:
                  !smtp:[out-gw1.example]
         -        !smtp:[out-gw1.example]
                  !smtp:[out-gw2.example]
         +        !smtp:[out-gw2.exa 4 more ↓
        ────────────────────────────────────────
         Write main.cf in /etc/postfix?
         y write   r write and reload   Esc no
        """)
  }

  @Test func routes() {
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

  @Test func problems() {
    var driver = Driver.ready { _ in twoProblems }
    driver.press(.character("4"))
    #expect(
      driver.screen(80, 24)
        == """
         randmap  /etc/postfix         4 up  1 REFUSED  1 DOWN    25.0% of mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems 2  5 Changes
        ────────────────────────────────────────────────────────────────────────────────
        ▸ ! error   transport:2 RM201  the text before the first colon is taken for the
                                       name of a transport; need
                                       smtp:[in-gw1.example]:25
          ~ warning main.cf:8   RM801  both members have one address















        ────────────────────────────────────────────────────────────────────────────────
         u undo  w write  Enter go  / filter  ? help  q quit
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         1  2  3  4 Problems 2  5
        ▸ ! error    transport:2          RM201
          the text before the first colon is
          taken for the name of a transport;
          need smtp:[in-gw1.example]:25
          ~ warning  main.cf:8            RM801
          both members have one address
        ────────────────────────────────────────
         Enter go  / filter  ? help  q quit
        """)
  }

  @Test func tooSmall() {
    #expect(Driver.ready().screen(30, 8).hasPrefix("randmap needs 40x10, this is\n30x8"))
    #expect(Driver.ready().screen(1, 1).count == 1)
    #expect(Driver.ready().screen(0, 0).isEmpty)
  }

  @Test func emptyViewsSayWhatToDo() {
    let nothing = sampleConfig(main: "")
    var driver = Driver.ready(nothing)
    #expect(driver.screen(80, 24).contains("No gateway is named in /etc/postfix"))
    driver.press(.character("2"))
    #expect(driver.screen(80, 24).contains("No pool here yet"))
    driver.press(.character("3"))
    #expect(driver.screen(80, 24).contains("Nothing decides a destination here yet"))
    driver.press(.character("4"))
    #expect(driver.screen(80, 24).contains("No problem found"))
    driver.press(.character("5"))
    #expect(driver.screen(80, 24).contains("Nothing to write"))
  }

  @Test func statesHaveTheirRoles() {
    let driver = Driver.ready()
    let screen = driver.console.view(Size(80, 24)).styled
    #expect(screen.contains("‹down:! DOWN 3 min›"))
    #expect(screen.contains("‹refused:x REFUSED 3 min›"))
    #expect(screen.contains("‹up/selection:+ up›"))
    #expect(screen.contains("‹live:  /etc/postfix›"))
    #expect(Driver.ready(isDemo: true).console.view(Size(80, 24)).styled.contains("‹demo:  /etc/postfix"))
  }

  /// Every size shows something and nothing outside of it, whatever is on the screen.
  @Test func everySizeIsDrawn() {
    var driver = Driver.ready()
    for key in "12345" {
      driver.press(.character(key))
      for opener: Key? in [nil, .character("?"), .character("/"), .character("q")] {
        if let opener { driver.press(opener) }
        for columns in [1, 39, 40, 64, 130] {
          for rows in [1, 9, 10, 16, 45] {
            let lines = driver.screen(columns, rows).split(separator: "\n", omittingEmptySubsequences: false)
            let size = "\(key) \(opener.map { "\($0)" } ?? "") \(columns)x\(rows)"
            #expect(lines.count == rows, "\(size)")
            #expect(lines.allSatisfy { $0.count <= columns }, "\(size)")
            #expect(lines.contains { !$0.allSatisfy(\.isWhitespace) }, "\(size)")
            if columns >= 40, rows >= 10 { #expect(lines[0].contains("randmap"), "\(size)") }
          }
        }
        driver.press(.escape)
        driver.effects = []
      }
    }
  }
}
