// A document is its bytes, whatever they are; and an edited one is what a plain array would be.

import PostfixFiles
import TestSupport
import Testing

/// Pieces that real files are made of, and some that break parsers.
private let pieces: [String] = [
  "\n", "\n", "\n", " ", "\t", "#", "a", "name", " = ", "=", "value", "randmap:", "!smtp:[a]", "{", "}", ",",
  "$x", "${", "\"",
  "\\", ":", "[", "]", "\r\n", "\0", "\u{FEFF}", "é", "\u{1B}[2J", "# randmap: drained smtp:[a] x2\n",
  "    !smtp:[b]\n",
]

private func randomBytes(_ generator: inout SeededGenerator) -> Bytes {
  var bytes = Bytes()
  for _ in 0..<Int.random(in: 0...30, using: &generator) {
    bytes += Bytes((pieces.randomElement(using: &generator) ?? "").utf8)
    if Int.random(in: 0..<20, using: &generator) == 0 {
      bytes.append(.random(in: 0...255, using: &generator))
    }
  }
  return bytes
}

private let newline = UInt8(ascii: "\n")

/// Random bytes whose lines end with LF only.
private func randomLines(_ generator: inout SeededGenerator) -> Bytes {
  randomBytes(&generator).filter { $0 != UInt8(ascii: "\r") }
}

@Suite struct DocumentTests {
  @Test(arguments: [
    ("a = b\n", "# x\na = b\n\n  # y\n", true), ("a = b\n  c\n", "a = b\n# x\n  c", true), ("", "#", true),
    ("a = b\n", "a = c\n", false), ("a = b\n", "a = b\nc = d\n", false), ("a\nb\n", "b\na\n", false),
    ("a = b\n  c\n", "a = b\nc\n", false), ("a = b #x\n", "a = b #y\n", false),
  ])
  func commentsAndBlankLinesAreNothingToPostfix(one: String, other: String, isSame: Bool) {
    #expect(Bytes(one.utf8).isSameWithoutComments(Bytes(other.utf8)) == isSame)
    #expect(Bytes(other.utf8).isSameWithoutComments(Bytes(one.utf8)) == isSame)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func anyBytesComeOutAsTheyWentIn(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      let bytes = randomBytes(&generator)
      let document = Document(path: "/any", bytes: bytes)
      #expect(MainCf(document).document.bytes == bytes)
      #expect(MasterCf(document).document.bytes == bytes)
      #expect(Table(document).document.bytes == bytes)
      #expect(!document.isEdited)
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func editsAreThoseOfAPlainArray(seed: UInt64) {
    var generator = SeededGenerator(seed: 1000 + seed)
    for _ in 0..<20 {
      var plain = randomBytes(&generator)
      let original = plain
      var document = Document(path: "/any", bytes: plain)
      for _ in 0..<12 {
        let low = Int.random(in: 0...plain.count, using: &generator)
        let high = Int.random(in: low...min(plain.count, low + 12), using: &generator)
        let new = Bool.random(using: &generator) ? [] : Bytes(randomBytes(&generator).prefix(15))
        plain.replaceSubrange(low..<high, with: new)
        document.replace(low..<high, with: new)
        #expect(document.bytes == plain)
        #expect(document.original == original)
        let fresh = Document(path: "/any", bytes: plain)
        #expect(Array(document.lines) == Array(fresh.lines), "lines after an edit")
        for offset in stride(from: 0, through: plain.count, by: 7) {
          #expect(document.position(at: offset) == fresh.position(at: offset))
        }
      }
    }
  }

  /// Many edits at once are those edits one after the other, from the end on; and in CR LF they are the same edits.
  @Test(arguments: 0..<10 as Range<UInt64>)
  func manyEditsAreEachOfThem(seed: UInt64) {
    var generator = SeededGenerator(seed: 2000 + seed)
    for _ in 0..<5 {
      // Far apart and near, so that some are made together and some are not.
      let filling = Bytes(repeating: UInt8(ascii: "x"), count: Int.random(in: 0...9000, using: &generator))
      let plain = (0..<6).flatMap { _ in randomLines(&generator) + filling }
      let offsets = (0..<12).map { _ in Int.random(in: 0...plain.count, using: &generator) }.sorted()
      let splices = stride(from: 0, to: 12, by: 2).map {
        Splice(range: offsets[$0]..<offsets[$0 + 1], bytes: Bytes(randomLines(&generator).prefix(15)))
      }
      var expected = plain
      for splice in splices.reversed() { expected.replaceSubrange(splice.range, with: splice.bytes) }
      let edited = Document(path: "/any", bytes: plain).applying(splices.shuffled(using: &generator))
      // Two that begin at one place may come in either order.
      guard Set(splices.map(\.range.lowerBound)).count == splices.count else { continue }
      #expect(edited.bytes == expected)

      guard plain.firstIndex(of: newline) != nil else { continue }
      func inCRLF(_ bytes: some Collection<UInt8>) -> Bytes {
        let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
        return Bytes(lines.joined(separator: [UInt8(ascii: "\r"), newline]))
      }
      let moved = splices.map { splice in
        let low = inCRLF(plain[..<splice.range.lowerBound]).count
        return Splice(range: low..<low + inCRLF(plain[splice.range]).count, bytes: splice.bytes)
      }
      #expect(Document(path: "/any", bytes: inCRLF(plain)).applying(moved).bytes == inCRLF(expected))
    }
  }

  @Test func whereLinesEndWithCRLFABoundBehindTheCRIsOneInFrontOfIt() {
    let document = Document(path: "/any", bytes: Bytes("a\r\nb\r\nc".utf8))
    let edits: [(Range<Int>, String, String)] = [
      (2..<2, "\nx", "a\r\nx\r\nb\r\nc"), (3..<5, "d", "a\r\nd\r\nc"), (5..<7, "", "a\r\nb"),
      (3..<3, "x\r\n", "a\r\nx\r\nb\r\nc"), (7..<7, "\n", "a\r\nb\r\nc\r\n"),
    ]
    for (range, text, expected) in edits {
      #expect(document.applying([Splice(range: range, bytes: Bytes(text.utf8))]).bytes.text == expected)
    }
    // Both lines are taken out, and the one newline that they share.
    let both = [Splice(range: 3..<6, bytes: []), Splice(range: 5..<7, bytes: [])]
    #expect(document.applying(both).bytes.text == "a\r\n")
  }

  @Test func takingAnEditBackLeavesNoEdit() {
    var document = Document(path: "/any", bytes: Bytes("relayhost = [a]\n".utf8))
    document.replace(13..<14, with: Bytes("b".utf8))
    #expect(document.isEdited)
    document.replace(13..<14, with: Bytes("a".utf8))
    #expect(!document.isEdited)
  }

  @Test func logicalLinesAreThoseOfPostfix() {
    let text = " orphan\n# comment\nname = value\n# inside\n\n  more\n\tand more\nlast = x"
    let document = Document(path: "/any", bytes: Bytes(text.utf8))
    #expect(document.lines.map(\.kind) == [.orphan, .continued, .single])
    #expect(document.lines.map(\.number) == [1, 3, 8])
    #expect(SourcedText(document.lines[1], of: document).text == "name = value  more\tand more")
  }

  @Test func sourcedTextKnowsWhereItStands() {
    let text = "pool = a\n  b\n"
    let document = Document(path: "/f", bytes: Bytes(text.utf8))
    let joined = SourcedText(document.lines[0], of: document)
    #expect(joined.origin(at: 10) == Origin(file: "/f", offset: 11))
    #expect(joined.fileRange(7..<8) == FileRange(file: "/f", range: 7..<8))
    #expect(joined.fileRange(7..<11) == nil)
    #expect(document.position(at: 11) == Position(line: 2, column: 3))
  }

  @Test func positionsAreTheSameInWhateverOrderTheyAreFound() {
    var document = Document(
      path: "/x", bytes: Bytes("a = b,\n  c,\n\n# d\n  e\nf = g\n\n  h\n# the end".utf8))
    document.replace(4..<5, with: Bytes("b1,\n b2".utf8))
    var finder = PositionFinder(document)
    let inOrder = (0...document.count).map { finder.position(at: $0) }
    let afresh = (0...document.count).map { document.position(at: $0) }
    #expect(inOrder == afresh)
    #expect(afresh[8] == Position(line: 2, column: 1))
    #expect(afresh.last == Position(line: 10, column: 10))
    for step in [3, 7, 11] {
      let offsets = (0...document.count).map { $0 * step % (document.count + 1) }
      #expect(offsets.map { finder.position(at: $0) } == offsets.map { afresh[$0] })
    }
  }

  @Test func nulCutsTheRestOfALogicalLineOff() {
    let document = Document(path: "/f", bytes: Bytes("a smtp:[x\0y]\n  more\n".utf8))
    #expect(SourcedText(document.lines[0], of: document).text == "a smtp:[x")
  }

  @Test func wordsAreFoundWhereverTheyBegin() {
    let texts = ["", "ab", "aab", "abab", "ababab abba aab", "xab\nab\n\nab", "abaab", "b"]
    for text in texts {
      let document = Document(path: "t", bytes: Bytes(text.utf8))
      for word in ["ab", "a", "aba", "abab", "aab"] {
        let slowly = text.indices.filter { text[$0...].hasPrefix(word) }.map { $0.utf16Offset(in: text) }
        #expect(document.positions(of: word) == slowly, "\(word) in \(text)")
      }
    }
    let table = Document(
      path: "t", bytes: Bytes("a randmap:x\n# randmap:\nb\n  randmap:y randmap:z\nc d\n".utf8))
    #expect(table.lines(containing: "randmap:").map(\.number) == [1, 3])
  }
}
