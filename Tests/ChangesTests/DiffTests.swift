// Diffs: patch(1) has to make the new text from the old one, whatever the bytes are.

import Changes
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite struct DiffTests {
  @Test func looksAsPeopleExpect() {
    let diff = FileDiff(
      path: "/etc/postfix/main.cf", before: Array("a\nb\nc\nd\ne\nf\ng".utf8),
      after: Array("a\nb\nc\nd\nE\nf\ng".utf8))
    let text = """
      --- a/etc/postfix/main.cf
      +++ b/etc/postfix/main.cf
      @@ -2,6 +2,6 @@
       b
       c
       d
      -e
      +E
       f
       g
      \\ No newline at end of file

      """
    #expect(String(decoding: diff.unified, as: UTF8.self) == text)
    #expect(diff.hunks.first?.lines.map(\.oldNumber) == [2, 3, 4, 5, nil, 6, 7])
    #expect(FileDiff(path: "/x", before: [1, 10], after: [1, 10]).unified.isEmpty)
  }

  @Test func controlCharactersStayInTheDataAndOffTheScreen() {
    let diff = FileDiff(path: "/x", before: nil, after: Array("a\u{1B}[2J\n".utf8))
    #expect(diff.unified.contains(0x1B))
    #expect(diff.printableLines == ["--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+a?[2J"])
  }

  /// More lines that differ than are compared one with another: those that stay are still found.
  @Test func linesThatStayAreFoundBetweenThousandsThatChange() {
    func text(_ word: String) -> [UInt8] {
      Array((0..<4_000).map { "\(word) \($0)\nstays \($0)\n" }.joined().utf8)
    }
    let lines = FileDiff(path: "/t", before: text("old"), after: text("new")).hunks.flatMap(\.lines)
    #expect(lines.count { $0.kind == .context } == 4_000)
    #expect(lines.count { $0.kind == .removed } == 4_000 && lines.count { $0.kind == .added } == 4_000)
  }

  @Test func oneLineOfAGreatTableIsOneHunk() {
    let line = Array("host.example.com\tsmtp:[gateway.example]:25\n".utf8)
    var old: [UInt8] = []
    for _ in 0..<900_000 { old += line }
    var new = old
    new[20_000_000] = UInt8(ascii: "#")
    let diff = FileDiff(path: "/t", before: old, after: new)
    #expect(diff.hunks.count == 1)
    #expect(diff.hunks.first?.lines.count == 8)
  }
}

@Suite(.waits) struct PatchTests {
  /// Texts of a few, often equal lines, and edits of them at any byte.
  @Test func patchMakesTheNewTextFromTheOld() throws {
    var random = SystemRandomNumberGenerator()
    let temporary = try TemporaryDirectory()
    for round in 0..<300 {
      let old = randomText(&random, lines: Int.random(in: 0...40, using: &random))
      let new = Bool.random(using: &random) ? mutate(old, &random) : randomText(&random, lines: 12)
      let diff = FileDiff(path: "/file", before: old, after: new)
      if diff.unified.isEmpty {
        #expect(old == new)
        continue
      }
      let file = temporary.file("file")
      try writeFile(file, old)
      let patched = try run(
        "patch", ["--binary", "-s", "-p1", file], input: diff.unified)
      #expect(patched.status == .exited(0), "round \(round): \(patched.summary)\n\(diff.printableLines)")
      #expect((try? readFile(file)) ?? [] == new, "round \(round): \(old) -> \(new)")
    }
  }

  private func randomText(_ random: inout SystemRandomNumberGenerator, lines: Int) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<lines {
      text += Array(
        ["a", "b", "", "-- c", "++ d", "\u{7}é\r"].randomElement(using: &random)?.utf8 ?? "".utf8)
      text.append(10)
    }
    if Bool.random(using: &random), !text.isEmpty { text.removeLast() }
    return text
  }

  private func mutate(_ text: [UInt8], _ random: inout SystemRandomNumberGenerator) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0...text.count, using: &random)
      switch Int.random(in: 0...2, using: &random) {
      case 0: text.insert(contentsOf: Array("new\n".utf8), at: place)
      case 1: text.removeSubrange(place..<min(text.count, place + 3))
      default: if place < text.count { text[place] = UInt8(ascii: "x") }
      }
    }
    return text
  }
}
