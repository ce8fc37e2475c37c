// The help on the screens that it has to fit on: what a key does is read in full at each of them.

import Testing

@testable import Console

@Suite struct HelpTests {
  init() { #expect(utf8Locale) }

  private func help() -> Driver {
    var driver = Driver.ready()
    driver.press(.character("?"))
    return driver
  }

  @Test func onTheSmallestScreen() {
    var driver = help()
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         ┌─ Keys ─────────────────────────────┐
         │ type to search, Esc leaves:        │
         │                                    │
         │ +          List the member once    │
         │            more: a larger share of │
         │            the mail                │
         │ -          List the member once    │
         └──────────────────────── 63 more ↓ ─┘
         d drain  p probe  ? help  q quit
        """)
    driver.type("last write")
    #expect(
      driver.screen(40, 10)
        == """
         randmap        4+ 1x 1!  25.0% at risk
         ┌─ Keys ─────────────────────────────┐
         │ search: last write                 │
         │                                    │
         │ W          Show what taking the    │
         │            last write back changes │
         │            in the files, then do   │
         │            it                      │
         └─ Enter runs it ────────────────────┘
         d drain  p probe  ? help  q quit
        """)
  }

  @Test func wordsThatNothingHasAreSaid() {
    var driver = help()
    driver.type("reboot")
    for size in [(40, 10), (80, 24)] {
      #expect(driver.screen(size.0, size.1).contains("no key or command has these"))
    }
  }

  /// What a person looks for who knows `randmap report` or the column REAL.
  @Test(arguments: ["report", "real", "log"]) func theRealSharesAreFound(word: String) {
    var driver = help()
    driver.type(word)
    let screen = driver.screen(120, 40)
    #expect(screen.contains("│ T ") && screen.contains(":window") && screen.contains(":report"), "\(screen)")
  }

  @Test(arguments: [(120, 40), (80, 24), (40, 40)]) func reportSaysWhereTheFiguresComeFrom(
    columns: Int, rows: Int
  ) {
    var driver = Driver.ready()
    driver.press(.character("3"), .character(":"))
    driver.type("report")
    driver.press(.enter)
    let text = driver.screen(columns, rows).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for words in [
      "What really happened", "the mail log is not read yet", "chance does not explain",
      "in 1 Gateways and 2 Pools",
      "without a running Postfix: randmap report /var/log/mail.log",
    ] { #expect(text.contains(words), "\(words): \(text)") }
    driver.press(.escape)
    #expect(driver.shows(RoutesView.self) && driver.model.dialog == nil)
  }

  /// However often one pages past the end, one key goes back from there.
  @Test func scrollingEndsAtTheEnd() {
    let size = Size(80, 24)
    var driver = help()
    func settled() -> String {
      driver.model.settle(on: size)
      return driver.model.view(size).styled
    }
    var screens: [String] = [settled()]
    for _ in 0..<20 {
      driver.press(.pageDown)
      screens.append(settled())
    }
    #expect(screens[19] == screens[20])
    driver.press(.up)
    #expect(settled() != screens[20])
    driver.press(.down)
    #expect(settled() == screens[20])
    driver.type("write")
    #expect(settled().contains("search: ") && driver.screen(80, 24).contains("search: write"))
  }

  /// Scrolled from key to key, each description comes by as a whole.
  @Test(arguments: [Size(40, 10), Size(64, 12), Size(80, 24), Size(130, 45)])
  func noWordIsCut(size: Size) {
    var driver = help()
    var unseen = Set(Binding.all.map(\.description))
    for _ in 0...Binding.all.count {
      let screen = driver.screen(size.columns, size.rows)
      #expect(!screen.contains("…"), "\(screen)")
      let words = screen.split(separator: "\n").flatMap { line in
        line.split { " │".contains($0) }
      }
      unseen = unseen.filter { description in
        // The words in this order, with keys and reasons of other rows between them or not.
        var rest = words[...]
        return !description.split(separator: " ").allSatisfy { word in
          guard let at = rest.firstIndex(of: word) else { return false }
          rest = rest[(at + 1)...]
          return true
        }
      }
      driver.press(.down)
    }
    #expect(unseen.isEmpty)
  }
}
