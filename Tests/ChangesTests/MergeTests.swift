// Taking back a write that is not the last one, or after which others edited the file.

import PostfixFiles
import TestSupport
import Testing

@testable import Changes

@Suite struct MergeTests {
  private func merged(_ base: String, _ now: String, _ wanted: String) -> String? {
    Merge.merged(base: Array(base.utf8), now: Array(now.utf8), wanted: Array(wanted.utf8))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func editsInOtherLinesStay() {
    #expect(merged("a\nB\nc\nd\ne\n", "a\nB\nc\nd\nE\nf\n", "a\nb\nc\nd\ne\n") == "a\nb\nc\nd\nE\nf\n")
    #expect(merged("a\nB\nc\n", "x\na\nB\nc\n", "a\nc\n") == "x\na\nc\n")
    #expect(merged("a\n", "a\n", "b\n") == "b\n")
    #expect(merged("a\nb\n", "a\nc\n", "a\nc\n") == "a\nc\n")
  }

  /// Two writes that each appended a parameter: each can be taken back alone.
  @Test func linesBesideThoseThatGoStay() {
    #expect(merged("x\nA\n", "x\nA\nB\n", "x\n") == "x\nB\n")
    #expect(merged("x\nA\n", "x\nB\nA\n", "x\n") == "x\nB\n")
    #expect(merged("x\nA\nB\n", "x\nA\n", "x\nB\n") == "x\n")
    // No continuation line comes to another line.
    #expect(merged("x\nA\n", "x\nA\n more\n", "x\n") == nil)
    #expect(merged("x\nA\nB\n", "x\nA\n more\n", "x\nB\n") == nil)
    #expect(merged("x\nA\n# c\n", "x\nA\n# c\n more\n", "x\n# c\n") == nil)
    #expect(merged("x\nA\n# c\n more\n", "x\nA\n# c\nB\n more\n", "x\nA\n# c\n") == nil)
    #expect(merged("x\nA\n more\n", "x\nB\nA\n more\n", "x\n more\n") == nil)
    #expect(merged("x\nA\n more\n", "x\nA\n more\n again\n", "x\nA\n") == nil)
  }

  /// What others put above or below what a write changed has its place: the last line of main.cf is where people add one.
  @Test func linesBesideAChangeStay() {
    #expect(merged("a\nB\n", "a\nB\nx\ny\n", "a\nb\n") == "a\nb\nx\ny\n")
    #expect(merged("a\nB\n", "a\nx\nB\n", "a\nb\n") == "a\nx\nb\n")
    #expect(merged("a\nB =\n  C\n", "a\nB =\n  C\nx\n", "a\nb\n") == "a\nb\nx\n")
    #expect(merged("a\nB\nc\n", "x\na\nB\ny\nc\nz\n", "a\nb\nc\n") == "x\na\nb\ny\nc\nz\n")
    // It goes on with the value that changed.
    #expect(merged("a\nB =\n  C\n", "a\nB =\n  C\n  D\n", "a\nb\n") == nil)
    // Both put something at one place.
    #expect(merged("a\nb\n", "a\nx\nb\n", "a\ny\nb\n") == nil)
  }

  @Test func editsOfTheSameLinesAreAConflict() {
    #expect(merged("a\nB\nc\n", "a\nX\nc\n", "a\nb\nc\n") == nil)
    #expect(merged("a\nB\nC\nd\n", "a\nB\nX\nY\n", "a\nb\nc\nd\n") == nil)
  }

  /// The line below, or above, that somebody else changed is another line.
  @Test func aChangedLineBesideAChangedLineStays() {
    #expect(merged("a\nB\nc\n", "a\nB\nX\n", "a\nb\nc\n") == "a\nb\nX\n")
    #expect(merged("a\nB\nc\n", "X\nB\nc\n", "a\nb\nc\n") == "X\nb\nc\n")
    #expect(merged("a\nB\nc\n", "X\nB\nY\n", "a\nb\nc\n") == "X\nb\nY\n")
    #expect(merged("A =\n  B\nc\n", "A =\n  B\nX\n", "a\nc\n") == "a\nX\n")
    // One of them became two: the new line is beside the other one all the same.
    #expect(merged("a\nB\nc\n", "a\nB\nX\nY\n", "a\nb\nc\n") == "a\nb\nX\nY\n")
    // Both put a line in between them, or may have.
    #expect(merged("a\nB\nc\n", "a\nB\nX\nY\n", "a\nb\nz\nc\n") == nil)
    // It goes on with the value that changed.
    #expect(merged("a\nB\nc\n", "a\nB\n  X\n", "a\nb\nc\n") == nil)
    #expect(merged("a\nB\nc\n  d\n", "a\nB\n# x\n  d\n", "a\nb\nc\n  d\n") == nil)
  }

  /// What Postfix reads: each line with those that go on with it, without comments and blank lines.
  private func logicalLines(_ text: [UInt8]) -> [String] {
    Document(path: "x", bytes: text).lines.map { line in
      String(decoding: text[line.range], as: UTF8.self).split(separator: "\n")
        .filter { !$0.allSatisfy(\.isWhitespace) && $0.first { !$0.isWhitespace } != "#" }
        .joined(separator: "\n")
    }
  }

  /// What merged before lines side by side were taken apart merges to the same bytes, and what merges says the same
  /// whichever side is asked first.
  @Test func nothingThatMergedBeforeIsOtherwiseNow() {
    var random = SeededGenerator(seed: 23)
    let all = ["a\n", "b\n", "c\n", " d\n", "# e\n", "\n", "f\n"].map { Array($0.utf8) }
    func edited(_ lines: [[UInt8]]) -> [[UInt8]] {
      var lines = lines
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let line = all.randomElement(using: &random) ?? []
        let at = Int.random(in: 0...lines.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: lines.insert(line, at: at)
        case 1 where at < lines.count: lines.remove(at: at)
        default: if at < lines.count { lines[at] = line }
        }
      }
      return lines
    }
    var (former, more) = (0, 0)
    for _ in 0..<20_000 {
      let base = (0..<Int.random(in: 0...7, using: &random)).map { _ in
        all.randomElement(using: &random) ?? []
      }
      let texts = [base, edited(base), edited(base)].map { Array($0.joined()) }
      let found = Merge.merged(base: texts[0], now: texts[1], wanted: texts[2])
      let words = texts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
      #expect(found == Merge.merged(base: texts[0], now: texts[2], wanted: texts[1]), "\(words)")
      if let before = FormerMerge.merged(base: texts[0], now: texts[1], wanted: texts[2]) {
        former += 1
        #expect(found == before, "\(words)")
      } else if let found {
        more += 1
        // No line goes on with what the other side wrote.
        let known = Set(texts.flatMap(logicalLines))
        #expect(logicalLines(found).allSatisfy(known.contains), "\(words)")
      }
    }
    #expect(former > 1000 && more > 100, "\(former) \(more)")
  }

  /// Lines that are all different, each changed, taken out or left by each side: what comes of it is known.
  @Test func eachLineIsAsTheSideThatChangedItSays() {
    var random = SeededGenerator(seed: 5)
    var (merges, conflicts) = (0, 0)
    for _ in 0..<5000 {
      let base = (0..<6).map { "old\($0)\n" }
      func side(_ name: String) -> [String] {
        base.indices.map {
          [base[$0], base[$0], "\(name)\($0)\n", ""][Int.random(in: 0..<4, using: &random)]
        }
      }
      let (theirs, ours) = (side("their"), side("our"))
      let both = base.indices.filter { theirs[$0] != base[$0] && ours[$0] != base[$0] }
      let isConflict = both.contains { theirs[$0] != ours[$0] }
      let wanted = base.indices.map { theirs[$0] == base[$0] ? ours[$0] : theirs[$0] }.joined()
      let found = merged(base.joined(), theirs.joined(), ours.joined())
      if isConflict { #expect(found == nil, "\(theirs) \(ours)") }
      if let found {
        merges += 1
        #expect(found == wanted, "\(theirs) \(ours)")
      } else {
        conflicts += 1
        // A line that goes beside one that changes may be that one.
        #expect(isConflict || (theirs + ours).contains(""), "\(theirs) \(ours)")
      }
    }
    #expect(merges > 500 && conflicts > 500)
  }
}
