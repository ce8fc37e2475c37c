// Taking back a write that is not the last one, or after which others edited the file.

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
    #expect(merged("a\nB\nc\n", "a\nB\nX\n", "a\nb\nc\n") == nil)
  }
}
