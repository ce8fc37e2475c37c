// The dialogue that shares mail as whole screens, at sizes that must be clear: 120x40, 80x24 and 40x10.

import Testing

@testable import Console

@Suite struct SharingScreenTests {
  init() { #expect(utf8Locale) }

  @Test func screensAtThreeSizes() {
    var driver = Driver.ready(oneRelay())
    driver.press(.character("n"))
    #expect(
      driver.screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                                                             2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

          MAIL                                         GOES TO                                         DECIDED BY
        ▸ all mail to the outside                      smtp:[gw1.example]:587                          relayhost
          mail for the relay domains                   relay:[gw1.example]:587                         relayhost
          mail for example.com                         smtp:[in-gw1.example]                           transport_maps




























         Other mail (a domain or an address):
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         Enter its gateways  Up/Down choose  Esc leave
        """)
    #expect(
      driver.screen(80, 24)
        == """
         randmap  mx1.example  /etc/postfix                     2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

          MAIL                      GOES TO                         DECIDED BY
        ▸ all mail to the outside   smtp:[gw1.example]:587          relayhost
          mail for the relay doma…  relay:[gw1.example]:587         relayhost
          mail for example.com      smtp:[in-gw1.example]           transport_maps












         Other mail (a domain or an address):
        ────────────────────────────────────────────────────────────────────────────────
         Enter its gateways  Up/Down choose  Esc leave
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap  /etc/postfix             2 up
         1 Gateways  2  3  4  5  6
         Share mail  1 of 3: Which mail
        ▸ all mail to the outside
          mail for the relay domains
          mail for example.com

         Other:
        ────────────────────────────────────────
         Enter its gateways  Esc leave
        """)
    driver.press(.enter)
    driver.type("[gw2.example]:587=30%")
    #expect(
      driver.screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                                                             2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

         all mail to the outside

          GATEWAY                                       WEIGHT     SHARE  STATE
          [gw1.example]:587                                        70.0%  + up  12 ms
        ▸ [gw2.example]:587                             30%        30.0%  not probed yet



























         Enter shows what changes
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         Enter preview  Tab weight  Up/Down line  Esc back
        """)
    #expect(
      driver.screen(80, 24)
        == """
         randmap  mx1.example  /etc/postfix                     2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

         all mail to the outside

          GATEWAY                          WEIGHT     SHARE  STATE
          [gw1.example]:587                           70.0%  + up  12 ms
        ▸ [gw2.example]:587                30%        30.0%  not probed yet











         Enter shows what changes
        ────────────────────────────────────────────────────────────────────────────────
         Enter preview  Tab weight  Up/Down line  Esc back
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap  /etc/postfix             2 up
         1 Gateways  2  3  4  5  6
         Share mail  2 of 3: Gateways
          GATEWAY               WT      SHARE
          [gw1.example]:587             70.0% +
        ▸ [gw2.example]:587     30%     30.0% ?

         Enter shows what changes
        ────────────────────────────────────────
         Enter preview  Tab weight  Esc back
        """)
    driver.press(.enter)
    #expect(
      driver.screen(120, 40)
        == """
         randmap  mx1.example  /etc/postfix                                                             2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview

         all mail to the outside
            70.0%  [gw1.example]:587   + up  12 ms
            30.0%  [gw2.example]:587   not probed yet

         Where mail goes
           all mail to the outside (someone@elsewhere.example)
               smtp:[gw1.example]:587 → smtp:[gw1.example]:587 70.0%, smtp:[gw2.example]:587 30.0%
           mail for the relay domains (someone@relay.example)
               relay:[gw1.example]:587 → relay:[gw1.example]:587 70.0%, relay:[gw2.example]:587 30.0%
           local mail (postmaster@mx1.example)
               as before: local:mx1.example
           mail for example.com (someone@example.com)
               as before: smtp:[in-gw1.example]

         What changes in the files
         --- a/etc/postfix/main.cf
         +++ b/etc/postfix/main.cf
         @@ -1,4 +1,17 @@
          mydestination = mx1.example
          relay_domains = relay.example
         -relayhost = [gw1.example]:587
         +sender_dependent_relayhost_maps =
         +    unionmap:{
         +        randmap:{
         +            [gw1.example]:587,   (7 times)
         +            [gw2.example]:587,
         +            [gw2.example]:587,
         +            [gw2.example]:587},
         +        static:{[gw1.example]:587,[gw2.example]:587}}
          transport_maps = texthash:/etc/postfix/transport



        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         w write  k keep as an edit  Up/Down scroll  Esc back
        """)
    #expect(
      driver.screen(80, 24)
        == """
         randmap  mx1.example  /etc/postfix                     2 up    no mail at risk
         1 Gateways  2 Pools  3 Routes  4 Problems  5 Changes  6 History
        ────────────────────────────────────────────────────────────────────────────────
         Share mail   1 Which mail   2 Gateways   3 Preview                  15 more ↓

         all mail to the outside
            70.0%  [gw1.example]:587   + up  12 ms
            30.0%  [gw2.example]:587   not probed yet

         Where mail goes
           all mail to the outside (someone@elsewhere.example)
               smtp:[gw1.example]:587 → smtp:[gw1.example]:587 70.0%,
               smtp:[gw2.example]:587 30.0%
           mail for the relay domains (someone@relay.example)
               relay:[gw1.example]:587 → relay:[gw1.example]:587 70.0%,
               relay:[gw2.example]:587 30.0%
           local mail (postmaster@mx1.example)
               as before: local:mx1.example
           mail for example.com (someone@example.com)
               as before: smtp:[in-gw1.example]

         What changes in the files
        ────────────────────────────────────────────────────────────────────────────────
         w write  k keep as an edit  Up/Down scroll  Esc back
        """)
    #expect(
      driver.screen(40, 10)
        == """
         randmap  /etc/postfix             2 up
         1 Gateways  2  3  4  5  6
         Share mail  3 of 3: Preview 29 more ↓
         all mail to the outside
            70.0%  [gw1.example]:587   + up  1…
            30.0%  [gw2.example]:587   not pro…

         Where mail goes
        ────────────────────────────────────────
         w write  k keep as an edit  Esc back
        """)
  }
}
