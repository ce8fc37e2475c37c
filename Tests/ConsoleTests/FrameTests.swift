// The grid of cells: widths, clipping, alignment, shapes.

import Glibc
import Testing

@testable import Console

/// Widths are the locale's: every suite that draws more than ASCII asks for this first.
let utf8Locale: Bool = setlocale(LC_CTYPE, "C.UTF-8") != nil

@Suite struct FrameTests {
  init() { #expect(utf8Locale) }

  func frame(_ columns: Int, _ rows: Int = 1, symbols: Symbols = .unicode, _ draw: (inout Frame) -> Void)
    -> Frame
  {
    var frame = Frame(Size(columns, rows), symbols: symbols)
    draw(&frame)
    return frame
  }

  @Test func clipsWithAnEllipsis() {
    #expect(frame(8) { $0.put("out-gw1.example", x: 0, y: 0) }.text == "out-gw1…")
    #expect(frame(8, symbols: .ascii) { $0.put("out-gw1.example", x: 0, y: 0) }.text == "out-gw1~")
    #expect(frame(8) { $0.put("12345678", x: 0, y: 0) }.text == "12345678")
    #expect(frame(8) { $0.put("abc", x: 6, y: 0) }.text == "      a…")
    #expect(frame(3) { $0.put("abc", x: 5, y: 0) }.text == "")
    #expect(frame(3) { $0.put("abc", x: 0, y: 4) }.text == "")
  }

  @Test func wideCharactersTakeTwoCells() {
    let wide = frame(6) { $0.put("日本語", x: 0, y: 0) }
    #expect(wide.text == "日本語")
    #expect(wide.row(0).map(\.text) == ["日", "", "本", "", "語", ""])
    // Two cells are left: the third character does not fit beside the ellipsis.
    #expect(frame(5) { $0.put("日本語", x: 0, y: 0) }.text == "日本…")
    #expect(cellWidth("日本語") == 6)
  }

  @Test func halfAWideCharacterIsBlanked() {
    #expect(
      frame(6) {
        $0.put("日本", x: 0, y: 0); $0.put("x", x: 1, y: 0)
      }.text == " x本")
    #expect(
      frame(6) {
        $0.put("日本", x: 0, y: 0); $0.put("x", x: 0, y: 0)
      }.text == "x 本")
  }

  @Test func combiningMarksShareACell() {
    let marked = frame(4) { $0.put("e\u{301}x", x: 0, y: 0) }
    #expect(marked.row(0).map(\.text) == ["e\u{301}", "x", " ", " "])
    #expect(cellWidth("e\u{301}\u{302}") == 1)
    #expect(glyphs(of: "e" + String(repeating: "\u{301}", count: 50))[0].text.unicodeScalars.count == 5)
  }

  @Test func controlCharactersNeverReachACell() {
    #expect(frame(9) { $0.put("a\u{1B}[2J\nb\u{202E}", x: 0, y: 0) }.text == "a?[2J?b?")
  }

  @Test func alignsInAColumn() {
    let columns = [
      Column("A", width: 4), Column("B", width: 5, align: .right), Column("C", width: 0),
      Column("D", width: 2),
    ]
    let table = frame(20, 2) {
      $0.header(columns, x: 1, y: 0)
      $0.row(
        [[Span("x")], [Span("12", .up), Span("%", .dim)], [Span("gone")], [Span("yyy")]], in: columns, x: 1,
        y: 1)
    }
    #expect(table.text == " A         B  D\n x       12%  y…")
    #expect(table.styled.split(separator: "\n").last == " x       ‹up:12›‹dim:%›  y…")
  }

  @Test func barsShowSharesToAnEighth() {
    #expect(Symbols.unicode.bar(0.5, width: 8) == "████")
    #expect(Symbols.unicode.bar(0.5625, width: 8) == "████▌")
    #expect(Symbols.unicode.bar(0.0001, width: 8) == "▏")
    #expect(Symbols.unicode.bar(0, width: 8) == "")
    #expect(Symbols.unicode.bar(7, width: 3) == "███")
    #expect(Symbols.ascii.bar(0.5, width: 8) == "####")
    #expect(Symbols.lines.bar(0.5625, width: 8) == "█████")
    #expect(Symbols.ascii.bar(0.01, width: 8) == "#")
  }

  @Test func drawsABoxInTheMiddle() {
    let screen = frame(16, 5) {
      $0.fill($0.bounds)
      let room = $0.modal(Size(6, 1), title: "Hi")
      $0.put("inside", x: room.x, y: room.y)
    }
    #expect(screen.text == "\n   ┌─ Hi ───┐\n   │ inside │\n   └────────┘\n")
  }

  @Test func aGroundShowsInRoles() {
    let row = frame(6) {
      $0.put("+ up", x: 0, y: 0, Style(.up))
      $0.lay(Rect(x: 0, y: 0, width: 4, height: 1), on: .selection)
    }
    #expect(row.styled == "‹up/selection:+ up›")
  }

  @Test func wrapsAtSpaces() {
    #expect(wrap("need one of these words", width: 8) == ["need one", "of these", "words"])
    #expect(wrap("abcdefghij k", width: 4) == ["abcd", "efgh", "ij k"])
    #expect(wrap("", width: 4) == [])
    #expect(wrap("日本", width: 1) == [])
  }
}
