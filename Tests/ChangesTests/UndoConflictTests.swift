// What stops taking a write back is shown place by place: as the write left it, as it is now, as it would be.

import TestSupport
import Testing

@testable import Changes

@Suite struct UndoConflictTests {
  private func conflicts(_ base: String, _ now: String, _ wanted: String) -> [String] {
    Merge.conflicts("/x/main.cf", base: Array(base.utf8), now: Array(now.utf8), wanted: Array(wanted.utf8))
      .map { conflict in
        func text(_ lines: [[UInt8]]) -> String { String(decoding: lines.joined(), as: UTF8.self) }
        return "\(conflict.line): \(text(conflict.left))|\(text(conflict.now))|\(text(conflict.wanted))"
          .replacing("\n", with: "")
      }
  }

  @Test func eachPlaceWithItsThreeTexts() {
    #expect(conflicts("a\nB\nc\n", "a\nX\nc\n", "a\nb\nc\n") == ["2: B|X|b"])
    // The line is that of the file as it is now, after what others put in above.
    #expect(conflicts("a\nB\nc\n", "1\n2\na\nX\nc\n", "a\nb\nc\n") == ["4: B|X|b"])
    // Lines side by side are two places, where they can be told apart.
    #expect(conflicts("a\nB\nc\n", "a\nB\nX\n", "a\nb\nc\n") == [])
    #expect(conflicts("a\nB\nc\n", "a\nX\nY\n", "a\nb\nc\n") == ["2: Bc|XY|bc"])
    #expect(
      conflicts("A\nb\nc\nd\nE\n", "X\nb\nc\nd\nY\n", "a\nb\nc\nd\ne\n") == ["1: A|X|a", "5: E|Y|e"])
    // The same change made twice, and changes elsewhere, are none.
    #expect(conflicts("a\nB\nc\n", "a\nb\nc\n", "a\nb\nc\n") == [])
    #expect(conflicts("a\nB\nc\nd\ne\n", "a\nB\nc\nd\nX\n", "a\nb\nc\nd\ne\n") == [])
  }

  /// Where a merge says no there is a place to show, and nowhere else.
  @Test func thereIsAConflictWhereAMergeIsRefused() {
    var random = SeededGenerator(seed: 17)
    func text() -> [UInt8] {
      (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in
        ["a\n", "b\n", "c\n", " d\n", "# e\n"].randomElement(using: &random).map { Array($0.utf8) } ?? []
      }
    }
    for _ in 0..<3000 {
      let (base, now, wanted) = (text(), text(), text())
      let isRefused = Merge.merged(base: base, now: now, wanted: wanted) == nil
      let found = Merge.conflicts("x", base: base, now: now, wanted: wanted)
      #expect(
        found.isEmpty != isRefused,
        "\(String(decoding: base, as: UTF8.self))|\(String(decoding: now, as: UTF8.self))|\(String(decoding: wanted, as: UTF8.self))"
      )
    }
  }
}
