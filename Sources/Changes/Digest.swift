// Tells whether a file still has the contents that were recorded: its length and SHA-256.
//
// The hash is written out here (FIPS 180-4) because the alternatives cost more: swift-crypto compiles a second copy of
// BoringSSL, about 190 seconds of processor time in each cold build, for this one function.

import Store

/// The length and the SHA-256 of some contents.
struct Digest: Hashable, Sendable, Codable {
  let length: Int
  /// In hexadecimal; empty in a record of randmap 0.1.0 and older, which kept another hash. Such a record matches nothing.
  let sha256: String

  var isKnown: Bool { !sha256.isEmpty }

  private enum CodingKeys: String, CodingKey { case length, sha256 }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    length = try container.decode(Int.self, forKey: .length)
    sha256 = try container.decodeIfPresent(String.self, forKey: .sha256) ?? ""
  }

  init(_ bytes: [UInt8]) {
    var hash = SHA256()
    hash.update(bytes[...])
    self.init(hash)
  }

  /// Of two texts. They are nearly always the same up to some place: what they begin with is gone through once.
  static func both(_ one: [UInt8], _ other: [UInt8]) -> (Digest, Digest) {
    let same = CommonEnds(one, other).start & ~63
    var hash = SHA256()
    hash.update(one[..<same])
    var second = hash
    hash.update(one[same...])
    second.update(other[same...])
    return (Digest(hash), Digest(second))
  }

  init(_ hash: consuming SHA256) {
    length = hash.length
    sha256 = hash.finish()
  }
}

/// The length and the SHA-256 of `bytes` as one word, to be kept and compared.
package func digestWord(_ bytes: [UInt8]) -> String {
  let digest = Digest(bytes)
  return "\(digest.length)-\(digest.sha256)"
}

/// SHA-256 of bytes that come in pieces.
struct SHA256 {
  private(set) var length = 0
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// What does not fill a block yet.
  private var rest: [UInt8] = []

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    length += bytes.count
    var bytes = bytes
    if !rest.isEmpty {
      let missing = bytes.prefix(64 - rest.count)
      rest += missing
      bytes = bytes.dropFirst(missing.count)
      if rest.count < 64 { return }
      rest.withUnsafeBytes { block in Self.round.withUnsafeBufferPointer { compress(block, $0) } }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = bytes.count & ~63
    bytes.prefix(whole).withUnsafeBytes { blocks in
      Self.round.withUnsafeBufferPointer { round in
        for start in stride(from: 0, to: whole, by: 64) {
          compress(UnsafeRawBufferPointer(rebasing: blocks[start..<start + 64]), round)
        }
      }
    }
    rest += bytes.dropFirst(whole)
  }

  /// The hash in hexadecimal.
  mutating func finish() -> String {
    let bits = UInt64(length) * 8
    let zeros = (119 - length % 64) % 64
    update([0x80] + [UInt8](repeating: 0, count: zeros))
    update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }[...])
    let digits = Array("0123456789abcdef")
    return String(
      state.flatMap { word in (0..<8).map { digits[Int(word >> (28 - 4 * UInt32($0)) & 15)] } })
  }

  private mutating func compress(_ block: UnsafeRawBufferPointer, _ round: UnsafeBufferPointer<UInt32>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for index in 0..<16 {
        words[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
      }
      for index in 16..<64 {
        let early = words[index - 15]
        let late = words[index - 2]
        let small = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
        let great = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
        words[index] = words[index - 16] &+ small &+ words[index - 7] &+ great
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      for index in 0..<64 {
        let choice = (e & f) ^ (~e & g)
        let first =
          h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ round[index] &+ words[index]
        let majority = (a & b) ^ (a & c) ^ (b & c)
        let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
        (h, g, f, e) = (g, f, e, d &+ first)
        (d, c, b, a) = (c, b, a, first &+ second)
      }
      for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }
  }

  private static let round: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

private func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }
