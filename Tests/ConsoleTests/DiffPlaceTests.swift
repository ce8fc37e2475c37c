// From a line of a diff to the line of the file that an editor opens.

import Changes
import Testing

@testable import Console

@Suite struct DiffPlaceTests {
  private let diff = FileDiff(
    path: "/etc/postfix/main.cf", before: Array("a\nb\nc\nd\n-- e\nf\ng\n".utf8),
    after: Array("a\nb\nX\nc\nd\nf\ng\n".utf8)
  ).printableLines

  private func line(of text: String, _ side: DiffSide) -> Int? {
    diff.firstIndex(of: text).flatMap { diff.place(ofDiffLine: $0, on: side)?.line }
  }

  @Test func eachLineIsFoundInBothTexts() {
    #expect(diff.firstChange.map { diff[$0] } == "+X")
    #expect(line(of: "+X", .after) == 3 && line(of: "+X", .before) == 3)
    #expect(line(of: " d", .after) == 5 && line(of: " d", .before) == 4)
    // It looks like the head of another file.
    #expect(line(of: "--- e", .before) == 5)
    #expect(line(of: " f", .before) == 6 && line(of: " f", .after) == 6)
    #expect(diff.place(ofDiffLine: 4, on: .before)?.path == "/etc/postfix/main.cf")
    #expect(diff.place(ofDiffLine: 99, on: .before) == nil)
  }

  @Test func aLineThatIsShownOnceCountsAsOftenAsItIsThere() {
    let folded = ["--- a/x", "+++ b/x", "@@ -1,5 +1,6 @@", " same line   (4 times)", "+new", " last"]
    #expect(folded.place(ofDiffLine: 4, on: .after)?.line == 5)
    #expect(folded.place(ofDiffLine: 5, on: .before)?.line == 5)
  }

  /// A line of the file may end as one does that is shown once.
  @Test func aNumberInTheFileIsNoneOfTheDiffs() {
    let diff = [
      "--- a/x", "+++ b/x", "@@ -1,3 +1,4 @@", " # x   (9223372036854775807 times)",
      " # y   (-9223372036854775808 times)", "+new", " last",
    ]
    #expect(diff.place(ofDiffLine: 5, on: .after)?.line == 3)
  }

  @Test func theEditorOpensTheFileOfTheChange() throws {
    var driver = Driver.ready()
    driver.press(.character("2"), .down, .character("+"), .character("5"), .character("o"))
    let place = try #require(
      driver.effects.compactMap { if case .openEditor(let place) = $0 { place } else { nil } }.first)
    #expect(place.path == "\(directory)/main.cf" && place.line > 1)
  }
}
