// SHA-256, against the examples of FIPS 180-4 and against sha256sum(1).

import TestSupport
import TestTraits
import Testing

@testable import Changes

@Suite struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func ofTheStandardsExamples(text: String, sha256: String) {
    #expect(Digest(Array(text.utf8)).sha256 == sha256)
  }
}

@Suite(.waits) struct DigestToolTests {
  /// Every length around the ends of blocks, taken in pieces of any size.
  @Test func inPiecesAsInOne() throws {
    let temporary = try TemporaryDirectory()
    for length in [1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 4_099] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      try writeFile(temporary.file("bytes"), bytes)
      let expected = try run("sha256sum", [temporary.file("bytes")]).standardOutput.prefix(64)
      for piece in [1, 7, 64, 100, length] {
        var hash = SHA256()
        for start in stride(from: 0, to: length, by: piece) {
          hash.update(bytes[start..<min(length, start + piece)])
        }
        #expect(hash.finish() == expected, "\(length) bytes in pieces of \(piece)")
      }
    }
  }
}
