// The line editor, selections, filters, and which part of a long list shows.

import Testing

@testable import Console

@Suite struct WidgetTests {
  init() { #expect(utf8Locale) }

  func typed(_ text: String, _ keys: [Key]) -> LineEditor {
    var line = LineEditor(text)
    for key in keys {
      let isTaken = line.handle(key)
      #expect(isTaken)
    }
    return line
  }

  @Test func edits() {
    #expect(typed("", [.character("a"), .character("b"), .left, .character("c")]).text == "acb")
    #expect(typed("smtp:[gw]", [.backspace, .home, .delete, .end, .character("!")]).text == "mtp:[gw!")
    #expect(typed("smtp:[out-gw1]", [.wordLeft, .control("k")]).text == "smtp:[out-")
    #expect(typed("smtp:[out-gw1]", [.wordLeft, .wordLeft, .control("u")]).text == "out-gw1]")
    #expect(typed("one two", [.control("w")]).text == "one ")
    #expect(
      typed("one two", [.home, .wordRight, .control("d"), .right, .right, .right, .right, .right]).text
        == "onetwo")
    #expect(typed("", [.backspace, .delete, .left, .wordLeft, .wordRight]).text == "")
  }

  @Test func aPasteIsOneLineAndNeverControls() {
    #expect(typed("", [.paste("a\nb\r\n\tc\u{1B}\u{03}\n")]).text == "a b c")
    #expect(typed("", [.character("e"), .paste("\u{301}")]).cursor == 1)
  }

  @Test func leavesOtherKeysAlone() {
    var line = LineEditor("x")
    for key in [Key.enter, .escape, .tab, .up, .control("c"), .function(1)] {
      let isTaken = line.handle(key)
      #expect(!isTaken)
    }
    #expect(line.text == "x")
  }

  @Test func scrollsSoThatTheCursorShows() {
    var frame = Frame(Size(6, 1))
    LineEditor("abcdefgh").draw(in: &frame, x: 0, y: 0, width: 6)
    #expect(frame.text == "defgh")
    #expect(frame.cursor == Point(5, 0))
    LineEditor("日本語").draw(in: &frame, x: 0, y: 0, width: 6)
    #expect(frame.text == "本語")
    #expect(frame.cursor == Point(4, 0))
  }

  @Test func aSelectionStaysInItsList() {
    var selection = Selection()
    #expect(selection.index(of: 0) == nil)
    selection.move(by: 5, of: 3)
    #expect(selection.index(of: 3) == 2)
    #expect(selection.index(of: 2) == 1)
    selection.move(by: -9, of: 2)
    #expect(selection.index(of: 2) == 0)
  }

  @Test func aLongListShowsWhatIsAroundTheSelection() {
    #expect(visibleLines(of: 3, height: 10, around: 2..<3) == 0..<3)
    #expect(visibleLines(of: 100, height: 10, around: 0..<1) == 0..<10)
    #expect(visibleLines(of: 100, height: 10, around: 50..<51) == 45..<55)
    #expect(visibleLines(of: 100, height: 10, around: 99..<100) == 90..<100)
    #expect(visibleLines(of: 100, height: 3, around: 50..<60) == 50..<53)
    #expect(visibleLines(of: 0, height: 3, around: 0..<0) == 0..<0)
    #expect(visibleLines(of: 9, height: 0, around: 0..<1) == 0..<0)
  }

  @Test func aFilterTakesEveryWord() {
    #expect(Filter("GW1 down").matches("[out-gw1.example]:25 DOWN"))
    #expect(!Filter("gw1 up").matches("[out-gw1.example]:25 DOWN"))
    #expect(Filter("  ").isEmpty)
  }
}
