// Searching a document after edits finds what a search of its bytes finds, and does not go over all of them again.

import TestSupport
import Testing

@testable import PostfixFiles

@Suite struct DocumentSearchTests {
  private func naive(_ word: String, in bytes: Bytes) -> [Int] {
    let word = Bytes(word.utf8)
    guard bytes.count >= word.count else { return [] }
    return (0...bytes.count - word.count).filter { bytes[$0..<$0 + word.count].elementsEqual(word) }
  }

  @Test func findsWhatASearchOfTheBytesFinds() {
    var random = SeededGenerator(seed: 20_261_128)
    for _ in 0..<300 {
      // Few letters, so that words lie across the seams of edits.
      func text(_ most: Int) -> Bytes {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in
          Bytes("ab\n".utf8).randomElement(using: &random) ?? 0
        }
      }
      var document = Document(path: "t", bytes: text(60))
      for _ in 0..<4 {
        for word in ["a", "ab", "aba", "abab", "b\na"] {
          #expect(document.positions(of: word) == naive(word, in: document.bytes))
        }
        let low = Int.random(in: 0...document.count, using: &random)
        let high = Int.random(in: low...min(document.count, low + 6), using: &random)
        document.replace(low..<high, with: text(5))
      }
    }
  }

  @Test func anEditInALargeFileIsNotASearchOfAllOfIt() {
    let line = Bytes("some-domain.example   smtp:[gw1.example]:587\n".utf8)
    var large = Bytes()
    for _ in 0..<200_000 { large += line }
    var document = Document(path: "t", bytes: large + Bytes("a randmap:{b}\n".utf8))
    let clock = ContinuousClock()
    let first = clock.measure { #expect(document.positions(of: "randmap:").count == 1) }
    document.replace(0..<4, with: Bytes("another randmap:".utf8))
    let second = clock.measure { #expect(document.positions(of: "randmap:").count == 2) }
    #expect(second * 10 < first, "\(second) after an edit, \(first) at first")
  }
}
