// The screens of the Changes view as whole texts, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Changes
import Testing

@testable import Console

@Suite struct ChangesViewTests {
  init() { #expect(utf8Locale) }

  /// `W` is offered where there is a write to take back.
  @Test func theLastWriteIsOfferedWhereThereIsOne() {
    let (write, undone) = (HistoryViewTests.write(1, "set"), HistoryViewTests.write(1, "set", undone: true))
    for (log, isOffered) in [([], false), ([undone], false), ([write], true)] {
      let archive = Archive(log: { .success(log) }, diff: { _ in .success([]) })
      var driver = Driver.ready(archive: archive)
      driver.press(.character("5"))
      #expect(driver.screen(80, 24).contains("W takes the last write back.") == isOffered)
    }
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
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes 1  6 History
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
         postfix reload brings it into force: main.cf is read again, without a restart
         y write   r write and reload   Esc no   Up/Down the changes
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  30.0% at risk
         1  2  3  4  5 Changes 1  6
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
}
