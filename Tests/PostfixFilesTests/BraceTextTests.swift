// Text is split as Postfix's mystrtokq() splits it: at separators, but not inside braces.
import PostfixFiles
import Testing

@Suite struct BraceTextTests {
  @Test(arguments: [
    ("a, b c", ["a", "b", "c"]), (" ,, a ,\tb\r\n", ["a", "b"]), ("", []), (", ,", []),
    ("randmap:{a, b}, static:x", ["randmap:{a, b}", "static:x"]),
    ("inline:{ { k = v, w }, x=y } z", ["inline:{ { k = v, w }, x=y }", "z"]),
    // An open brace holds everything to the end; a closing one too many is a byte like others.
    ("{a, b", ["{a, b"]), ("a}, b", ["a}", "b"]), ("{a}{b, c} d", ["{a}{b, c}", "d"]),
  ])
  func aListHasItems(text: String, items: [String]) {
    #expect(SourcedText(builtIn: text).listItems.map(\.text) == items)
  }

  @Test func withoutBracesKeptEachSeparatorSeparates() {
    let text = SourcedText(builtIn: "{a, b}!c")
    #expect(
      text.split(where: { $0 == UInt8(ascii: "!") }, keepingBraces: false).map(\.text) == ["{a, b}", "c"])
    #expect(text.split(where: \.isListSeparator, keepingBraces: false).map(\.text) == ["{a", "b}!c"])
  }

  @Test(arguments: [
    ("{a}", 0, 3), ("{a{b}c}d", 0, 7), ("x{a}y", 1, 4), ("{}", 0, 2), ("{a", 0, nil), ("a}", 0, nil),
    ("{a}", 3, nil), ("", 0, nil),
  ])
  func bracesEndWhereTheyAreBalanced(text: String, start: Int, end: Int?) {
    #expect(SourcedText(builtIn: text).endOfBraces(at: start) == end)
  }

  @Test(arguments: [
    ("{ a b }", "a b"), ("{}", ""), ("{{a}}", "{a}"), ("{a} b", "{a} b"), ("{a}{b}", "{a}{b}"), ("a", "a"),
    ("{a", "{a"),
  ])
  func onePairOfBracesIsTakenOff(text: String, inside: String) {
    #expect(SourcedText(builtIn: text).withoutBraces.text == inside)
  }

  /// Items are parts of the file that they came from, continuation lines included.
  @Test func anItemKnowsItsPlace() throws {
    let document = Document(path: "/etc/postfix/main.cf", bytes: Bytes("x = a,\n  bc\n# remark\n  d\n".utf8))
    let text = SourcedText(try #require(document.lines.first), of: document)
    let items = text.listItems
    #expect(items.map(\.text) == ["x", "=", "a", "bc", "d"])
    #expect(items.map { $0.fileRange()?.range } == [0..<1, 2..<3, 4..<5, 9..<11, 23..<24])
    #expect(items.allSatisfy { $0.fileRange()?.file == "/etc/postfix/main.cf" })
    #expect(text.fileRange() == nil, "it is not one part of the file")
    #expect(text.span()?.range == 0..<24)
  }
}
