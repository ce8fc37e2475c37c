// Tells two contents apart without keeping both: the length and a 64-bit digest, for "is this still what we
// wrote". It guards against accidents, not against somebody who wants a collision.

/// The length of some bytes, and FNV-1a over them, eight at a time.
struct Digest: Hashable, Sendable, Codable {
  let length: Int
  let value: UInt64

  init(_ bytes: [UInt8]) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let prime: UInt64 = 0x100_0000_01b3
    bytes.withUnsafeBytes { raw in
      var index = 0
      while index + 8 <= raw.count {
        // The upper half is folded in, or high bytes would never reach the low bits.
        hash = (hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* prime
        hash ^= hash >> 32
        index += 8
      }
      while index < raw.count {
        hash = (hash ^ UInt64(raw[index])) &* prime
        index += 1
      }
    }
    length = bytes.count
    value = hash
  }
}
