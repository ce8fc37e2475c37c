// Finding the entry of a key in a text table: the fast search finds what comparing every key would find.

import PostfixFiles
import Testing

@Suite struct TableTests {
  private let text = """
    # first.example a:
    first.example   smtp:[a.example]
    First.Example.Org smtp:[b.example]
    "quoted key" smtp:[c.example]
    spread.example
      # a comment in between
      smtp:[d.example]
    first.exam smtp:[e.example]
    bücher.example smtp:[f.example]
    \u{212A}elvin.example smtp:[g.example]
    short
    twice.example smtp:[h.example]
    twice.example smtp:[i.example]
    last smtp:[j.example]
    """

  @Test(arguments: [
    ("first.example", "a"), ("FIRST.example.org", "b"), ("\"Quoted key\"", "c"), ("spread.example", "d"),
    ("first.exam", "e"), ("BÜCHER.example", "f"), ("kelvin.example", "g"), ("twice.example", "h"),
    ("last", "j"),
  ])
  func findsTheFirstEntryOfAKey(key: String, host: String) {
    let table = Table(Document(path: "/t", bytes: Bytes(text.utf8)))
    #expect(table.first(key)?.value.text == "smtp:[\(host).example]")
  }

  @Test(arguments: ["first", "first.example.or", "short", "nowhere.example", "", "#", "last.example"])
  func findsNothingElse(key: String) {
    let table = Table(Document(path: "/t", bytes: Bytes(text.utf8)))
    #expect(table.first(key) == nil)
  }

  @Test func findsWhatAnEditHasMade() {
    var document = Document(path: "/t", bytes: Bytes(text.utf8))
    document.replace(document.count..<document.count, with: Bytes("\nnew.example\tsmtp:[k.example]\n".utf8))
    #expect(Table(document).first("new.example")?.value.text == "smtp:[k.example]")
    #expect(Table(document).first("last")?.value.text == "smtp:[j.example]")
  }
}
