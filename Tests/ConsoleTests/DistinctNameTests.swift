// Names that are cut to fit a narrow screen still differ where the whole ones do.

import Editing
import PostfixFiles
import Routing
import System
import TestSupport
import Testing

@testable import Console

@Suite struct DistinctNameTests {
  init() { #expect(utf8Locale) }

  private func distinct(_ texts: [String], _ width: Int) -> [String] {
    Console.distinct(texts, width: width, ellipsis: "…")
  }

  @Test func whatDiffersStays() {
    #expect(
      distinct(["lane-127-0-0-10:[gw1.example]", "lane-127-0-0-11:[gw1.example]"], 14)
        == ["…-0-10:[gw1.example]", "…-0-11:[gw1.example]"])
    // All of the end, where it fits.
    #expect(
      distinct(["[out.long.example]:2525", "[out.long.example]:2526"], 12)
        == ["…ample]:2525", "…ample]:2526"])
    // What fits, and what differs at its beginning, stays as it is.
    let plain = ["[gw1.example]", "[gw2.very.long.example]", "[gw3.very.long.example]"]
    #expect(distinct(plain, 14) == plain)
    let same = ["[gw.very.long.example]", "[gw.very.long.example]"]
    #expect(distinct(same, 10) == same)
  }

  /// However they differ: as they are drawn, no two are alike where the column can show it.
  @Test func noTwoLookAlike() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let head = String(repeating: "h", count: Int.random(in: 0...30, using: &random))
      let texts = Set(
        (0..<Int.random(in: 2...9, using: &random)).map { _ in
          "\(head)\(Int.random(in: 0...99, using: &random)):\(Bool.random(using: &random) ? "[gw.example]" : "[gw]")"
        }
      ).sorted()
      let width = Int.random(in: 10...24, using: &random)
      let shown = distinct(texts, width).map { $0.count <= width ? $0 : String($0.prefix(width - 1)) + "…" }
      #expect(Set(shown).count == texts.count, "\(texts) \(width) \(shown)")
    }
  }

  /// Two lanes to one gateway, and the addresses that are typed.
  @Test func lanesDifferOnNarrowScreens() throws {
    let members = [
      "lane:127.0.0.10", "lane:127.0.0.11", "lane:2001:db8:0:0:0:0:0:1", "lane:2001:db8:0:0:0:0:0:2",
    ]
    let config = oneRelay()
    let machine = Machine(addresses: ["2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2"])
    var wanted: [WantedMember] = []
    for member in members { wanted.append(try WantedMember(member)) }
    let plan = try config.planning(PoolWish(.outbound, wanted), on: machine)
    var driver = Driver.ready(plan.config)
    driver.press(.character("2"))
    #expect(
      driver.screen(40, 10)
        == """
         randmap  /etc/postfix  edited     2 up
         1  2 Pools  3  4  5 0  6
         MEMBER                      WT  SHARE
         relayhost  all mail to the outside
        ▸ [gw1.example]:587           1 100.0% +
         outbound
          lane-127-0-0-10:[gw1.exa…   1  25.0% +
          lane-127-0-0-11:[gw1.exa…   1  25.0% +
        ────────────────────────────── 2 of 7 ──
         a add  w write  ? help  q quit
        """)
    #expect(
      driver.screen(60, 12)
        == """
         randmap  /etc/postfix  edited      2 up    no mail at risk
         1  2 Pools  3  4  5 0  6
         MEMBER                                          WT  SHARE
         relayhost  all mail to the outside
        ▸ [gw1.example]:587                               1 100.0% +
         sender_dependent_default_transport_maps  outbound
          lane-127-0-0-10:[gw1.example]:587               1  25.0% +
          lane-127-0-0-11:[gw1.example]:587               1  25.0% +
          lane-2001-db8-0-0-0-0-0-1:[gw1.example]:587     1  25.0% +
          lane-2001-db8-0-0-0-0-0-2:[gw1.example]:587     1  25.0% +
        ────────────────────────────────────────────────────────────
         a add  e edit  n share  w write  / filter  ? help  q quit
        """)
    // What is typed for one of them names it.
    driver.press(.end, .character("#"))
    #expect(driver.screen(40, 10).contains(" …-0-0-2:[gw1.examp…:"), "\(driver.screen(40, 10))")
    driver.press(.escape, .up, .character("="))
    #expect(driver.screen(40, 10).contains(" …-0-0-1:[gw1.examp…:"), "\(driver.screen(40, 10))")
    driver.press(.escape, .character("n"), .enter)
    #expect(
      driver.screen(40, 12)
        == """
         randmap  /etc/postfix  edited     2 up
         1  2 Pools  3  4  5 0  6
         Share mail  2 of 3: Gateways
         all mail to the outside
          GATEWAY               WT      SHARE
          lane-127-0-0-11:[gw1…         25.0% +
          …0-0-0-1:[gw1.exampl…         25.0% +
          …0-0-0-2:[gw1.exampl…         25.0% +
        ▸
         this is how it is today: change a weig…
        ────────────────────────────────────────
         Enter preview  Tab weight  Esc back
        """)
  }
}
