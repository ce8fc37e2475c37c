// Assignments of main.cf, and the lines that are none.
import PostfixFiles
import Testing

private func mainCf(_ text: String) -> MainCf {
  MainCf(Document(path: "/d/main.cf", bytes: Bytes(text.utf8)))
}

@Suite struct MainCfTests {
  @Test(arguments: [
    ("a = b\n", "a", "b"), ("a=b", "a", "b"), ("a =\n", "a", ""), ("a\t=\t b c \t\n", "a", "b c"),
    ("a = b\n  c\n", "a", "b  c"), ("a = b\n# remark\n\n c\n", "a", "b c"), ("a = b = c\n", "a", "b = c"),
    ("a = b # no remark\n", "a", "b # no remark"), ("a =\n  b\n", "a", "b"),
  ])
  func aLineIsANameAndAValue(text: String, name: String, value: String) {
    let assignments = mainCf(text).assignments
    #expect(assignments.map(\.name) == [name])
    #expect(assignments.map(\.value.text) == [value])
  }

  @Test func theLastOfANameIsInForce() {
    let file = mainCf("a = 1\nb = 2\na = 3\n")
    #expect(file["a"]?.value.text == "3")
    #expect(file["b"]?.value.text == "2")
    #expect(file["c"] == nil)
    #expect(file.assignments.count == 3)
  }

  @Test func aLineThatIsNoAssignmentIsAProblem() {
    let file = mainCf("  lost\nname only\n= value\nx = y\n")
    #expect(file.problems.map(\.problem) == [.startsWithSpace, .missingEquals, .missingName])
    #expect(file.assignments.map(\.name) == ["x"])
  }

  /// Postfix's texts end at a NUL byte.
  @Test func nothingAfterANULCounts() {
    #expect(mainCf("a = b\0c\n").assignments.map(\.value.text) == ["b"])
  }

  @Test func anEditOfTheDocumentIsParsedAgain() {
    var file = mainCf("a = 1\nb = 2\n")
    file.document.replace(4..<5, with: Bytes("17".utf8))
    #expect(file["a"]?.value.text == "17")
    #expect(file["b"]?.value.text == "2")
  }
}
